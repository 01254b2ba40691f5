"""The schedule of `schedule_by_hand` with a pipeline of depth three: three versions of the tiles, and of the barriers.

What to look at: only the depth is another. MaterializeWSSchedule takes every index modulo three, and the parity from
the iteration divided by three.
"""

import re

from cases.warp_specialize.schedule_by_hand import inputs, kernel, reference  # noqa: F401

LANES = ["0.1.15"]
TARGETS = ["cuda:sm_90a"]
WATCH = ["MaterializeWSSchedule"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 3}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def claim_versions_and_parity_go_by_three(trace):
    """Buffers of three versions; every version index is `ko % 3`, every parity comes from `ko // 3`."""
    if trace.target != "cuda:sm_90a":
        return
    text = trace.after("MaterializeWSSchedule")
    shapes = re.findall(r"[AB]_shared = T\.sblock_alloc_buffer\(\((\d), \d+, \d+\)", text)
    versions = set(re.findall(r"(?:_shared|_full_1|_empty_1)\[([^],]*)", text))
    parities = re.findall(r"T\.bitwise_and\((.*?), 1\)", text)
    assert (shapes, versions) == (["3", "3"], {"ko % 3"}), f"versions of the buffers {shapes}, indices {versions}"
    assert parities == ["ko // 3", "ko // 3"], f"parities: {parities}"
