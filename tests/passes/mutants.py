"""For each check that reads whole kernels an edit of a stored execution that breaks that invariant, and no other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A pass, one of its checks by a piece of its name, the golden of an execution, and an edit of the text after it.

    With `both` the text before is edited too: what the pass was given would have been wrong already.
    """

    pass_name: str
    check: str
    golden: str
    pattern: str
    replacement: str
    both: bool = False


PLANNING = "PipelinePlanning"
PIPELINE = "InjectSoftwarePipeline"
LAYOUT = "LayoutInference"
METAL = "MetalFragmentToSimdgroup"
ROLES = "ProducerConsumerWarpSpecialized"

_SM80 = "cuda_sm_80/pipeline/gemm_pipelined"
_SM90 = "cuda_sm_90a/pipeline/gemm_pipelined"
_ON_METAL = "metal/pipeline/gemm_pipelined"
_SPARSE = "cuda_sm_90a/sparse/block_sparse_gemm"
_SWIZZLED = "cuda_sm_90a/layout/swizzled_layout"
_PADDED = "cuda_sm_90a/layout/padded_layout"
_TWO_FRAGMENTS = "metal/metal/fragment_beside_an_accumulator"

MUTANTS = (
    Mutant(PLANNING, "one entry", _SM80, r'(software_pipeline_stage": )\[0, 0, 2\]', r"\1[0, 2]"),
    Mutant(PLANNING, "permutation", _SM80, r'(software_pipeline_order": )\[0, 1, 2\]', r"\1[0, 1, 1]"),
    Mutant(PLANNING, "no earlier stage", _SM80, r'(software_pipeline_stage": )\[0, 0, 2\]', r"\1[2, 0, 0]"),
    Mutant(PLANNING, "num_stages", _SM80, r'"tl_pipelined_num_stages": 3', '"tl_pipelined_num_stages": 2'),
    Mutant(PLANNING, "num_stages", _SM80, r'(software_pipeline_stage": )\[0, 0, 2\]', r"\1[0, 0, 4]"),
    # The body one iteration short, one too long, an epilogue without its last product.
    Mutant(PIPELINE, "once per iteration", _ON_METAL, r"T\.serial\(6,", "T.serial(5,"),
    Mutant(PIPELINE, "once per iteration", _ON_METAL, r"T\.serial\(6,", "T.serial(7,"),
    Mutant(PIPELINE, "once per iteration", _SM80, r"T\.gemm\(T\.region\(A_shared\[T\.FloorMod\(7, 3\).*\n", "pass\n"),
    Mutant(PIPELINE, "the version its writer", _ON_METAL, r"(gemm\(T\.region\(A_shared\[)ko % 3", r"\1(ko + 1) % 3"),
    Mutant(
        PIPELINE,
        "the version its writer",
        _ON_METAL,
        r"A_shared\[\(ko \+ 2\) % 3, 0, 0\], 2",
        "A_shared[ko % 3, 0, 0], 2",
    ),
    Mutant(PIPELINE, "is awaited", _SM80, r"T\.ptx_wait_group\(2\)", "T.ptx_wait_group(3)"),
    Mutant(PIPELINE, "is awaited", _SM80, r"T\.ptx_wait_group\(0\)", "T.ptx_wait_group(1)"),
    Mutant(PIPELINE, "is awaited", _SM80, r"(T\.ptx_commit_group\(\)\n +)T\.ptx_wait_group\(2\)", r"\1pass"),
    Mutant(PIPELINE, "parameters", _SM80, r"def main\(", "def main(ko: T.int32, "),
    Mutant(PIPELINE, "parameters", _SM80, r"T\.region\(C\[by \* 64", "T.region(C[by * 64 + ko * 0"),
    Mutant(PIPELINE, "layout is expanded", _PADDED, r"(A_shared\S*: Layout\(\(2, .*? = \(_i, _j \* )40", r"\g<1>48"),
    Mutant(LAYOUT, "every fragment", _SM90, r", C_local: Fragment\(.*?replicate = 1\)", ""),
    Mutant(LAYOUT, "shared operand", _SM90, r"A_shared: Layout\(.*?\)\), ", ""),
    Mutant(LAYOUT, "input shape", _SM90, r"A_shared: Layout\(\(3, 64, 32\)", "A_shared: Layout((3, 32, 64)"),
    Mutant(LAYOUT, "annotated layouts", _SWIZZLED, r"(A_shared\w*: Layout\(.*?\) = \(_i, 0, _j) // 8", r"\1 // 4"),
    Mutant(LAYOUT, "threads of the block", _SM90, r"threads = 128\.\.256", "threads = 256..384"),
    Mutant(METAL, "every gemm accumulator", _TWO_FRAGMENTS, r"metal\.simdgroup", "local.fragment"),
    Mutant(METAL, "only gemm accumulators", _TWO_FRAGMENTS, r'(bias = .*)"local\.fragment"', r'\1"metal.simdgroup"'),
    Mutant(METAL, "nothing but", _TWO_FRAGMENTS, r"T\.float32\(2\.0\)", "T.float32(3.0)"),
    Mutant(METAL, "whole 8x8", _TWO_FRAGMENTS, r"(C_local = \S+)\(32, 32\)", r"\1(4, 64)", both=True),
    Mutant(METAL, "as many matrices", _TWO_FRAGMENTS, r"(C_local = \S+)\(32, 32\)", r"\1(8, 16)", both=True),
    Mutant(ROLES, "share the threads", _SM90, r"T\.attr\(\[128, 128\]", "T.attr([64, 128]"),
    Mutant(ROLES, "share the threads", _SM90, r'("threadIdx\.x", )256', r"\g<1>384"),
    Mutant(ROLES, "every statement runs", _SM90, r" +T\.fill\(.*\n", ""),
    Mutant(ROLES, "one full and one empty", _SM90, r"\[1, 1, 1, 128, 128, 128\]", "[1, 1, 1, 128, 128, 64]"),
    Mutant(ROLES, "inverted parity", _SM90, r"T\.bitwise_xor\(ko // 3 % 2, 1\)", "ko // 3 % 2"),
    Mutant(ROLES, "filled for it", _SM90, r"(gemm\(T\.region\(A_shared\[)ko % 3", r"\g<1>0"),
    Mutant(ROLES, "num_stages versions", _SM90, r"(A_shared = \S+)\(3, ", r"\1(4, "),
    Mutant(
        ROLES,
        "consumer-only initialisation",
        _SM90,
        r"(if tx < 128:\n)((?:.*\n)*?)( +else:\n)( +T\.fill\(.*\n)",
        r"\1\4\2\3",
    ),
    Mutant(
        ROLES,
        "registers of the other",
        _SPARSE,
        r"( +)(consumer_phase_cnt\[0\] = 0\n)",
        r"\1\2\1T.evaluate(producer_phase_cnt[0])\n",
    ),
    Mutant(
        ROLES,
        "phase counters",
        _SPARSE,
        r"T\.mbarrier_wait_parity\((\w+)\[consumer_phase_cnt\[0\] % 2\]",
        r"T.mbarrier_wait_parity(\1[(consumer_phase_cnt[0] + ko * 2) % 2]",
    ),
    Mutant(ROLES, "layout is expanded", _SWIZZLED, r"(A_shared\w*: Layout\(\(2, .*? = \(_i, )", r"\g<1>1 + "),
)
