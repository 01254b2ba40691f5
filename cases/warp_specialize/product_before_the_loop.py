"""One product before the pipelined loop, more in it, all into one accumulator.

What to look at: ProducerConsumerWarpSpecialized must see that a product writes its accumulator, and put the first one
into the consumer branch, after the operands that all threads loaded together.
"""

import re

from cases.pipeline import gemm_pipelined
from cases.pipeline.gemm_pipelined import reference  # noqa: F401
from cases.regressions.prelude_product import kernel  # noqa: F401

TARGETS = ["cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized"]
SIZES = {"M": 128, "N": 128, "K": 256}
NOT_ON = {
    "cuda:sm_90a": {"0.1.11": "the accumulator gets two layouts: regressions/prelude_product"},
    "cuda:sm_100a": {"0.1.11": "the accumulator gets two layouts: regressions/prelude_product"},
    "c": "LayoutInference finds no layout for the accumulator fragment",
}


def inputs(rng, M, N, K):
    return gemm_pipelined.inputs(rng, M, N, K, 2)


def claim_every_product_is_the_consumers(trace):
    """The producer branch has no product; the consumer branch clears the accumulator and has both products."""
    branches = re.split(r"\n +if tx < 128:\n|\n +else:\n", trace.after("ProducerConsumerWarpSpecialized"))
    products = [re.findall(r"T\.(gemm|fill)\(", branch) for branch in branches]
    assert products == [[], [], ["fill", "gemm", "gemm"]], f"shared part, producer, consumer: {products}"
