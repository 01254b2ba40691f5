"""Why a kernel was not warp-specialised: the reason, on kernels that differ from a specialised one in that alone."""

from __future__ import annotations

import pytest

from tests.lowering import trace_of
from tests.passes.lowered import boundaries
from tl_passlab.cases import load_case
from tl_passlab.commands import run as run_command
from tl_passlab.errors import UsageError
from tl_passlab.passes import PASSES
from tl_passlab.passes.why_not_specialised import tma_can_write, why_absent, why_not
from tl_passlab.single_pass import record_pass
from tl_passlab.targets import parse_target

SPEC = PASSES["ProducerConsumerWarpSpecialized"]

REASONS = [
    ("pitch", "A -> A_shared: a pitch of 520 bytes is no multiple of 16"),
    ("converting", "A -> A_shared: float32 becomes float16 on the way, TMA does not convert"),
    ("disabled", "A -> A_shared: disable_tma is set on it"),
    ("loops", "no copy from global to shared memory in the pipelined loop is a T.copy"),
]


def test_ProducerConsumerWarpSpecialized_a_specialised_kernel_has_no_reason() -> None:
    before, after = boundaries("pipelined_gemm", "cuda:sm_90a", "tma")[SPEC.name]
    assert why_not(before, after) == []
    assert SPEC.remark is not None
    assert SPEC.remark(before, after).startswith("warp-specialised: 128 producer + 128 consumer threads, 2 stages")


@pytest.mark.parametrize(("copies", "reason"), REASONS, ids=[name for name, _ in REASONS])
def test_ProducerConsumerWarpSpecialized_the_one_reason_is_found(copies: str, reason: str) -> None:
    before, after = boundaries("pipelined_gemm", "cuda:sm_90a", copies)[SPEC.name]
    assert "kWarpSpecializationScope" not in after
    assert reason in why_not(before, after)[0]
    assert SPEC.remark is not None
    assert reason in SPEC.remark(before, after)


def test_ProducerConsumerWarpSpecialized_no_reason_is_invented_for_a_copy_that_meets_every_condition() -> None:
    before, _ = boundaries("pipelined_gemm", "cuda:sm_90a", "tma")[SPEC.name]
    (reason,) = why_not(before, before)
    assert "yet the rewriter declined" in reason


def test_ProducerConsumerWarpSpecialized_structure_around_the_loop_is_a_reason() -> None:
    before, _ = boundaries("pipelined_gemm", "cuda:sm_90a", "tma")[SPEC.name]
    lines = []
    for line in before.splitlines():
        inside = line.lstrip().startswith("for ko")
        lines += [line[: len(line) - len(line.lstrip())] + "while flag[0] > 0:"] if inside else []
        lines.append("    " + line if inside or "ko" in line or "T.gemm" in line else line)
    (reason,) = why_not("\n".join(lines), "")
    assert reason.startswith("the pipelined loop is under `while flag[0] > 0`")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('T.target({"arch": "sm_80"})\nfor ko in T.serial(8, annotations={"num_stages": 3}):\n', "sm_80 has no TMA"),
        ('T.target({"arch": "sm_90a"})\nfor ko in T.serial(8):\n', "no pipelined loop"),
        ('T.target({"arch": "sm_90a"})\nT.attr([128, 128], "kWarpSpecializationScope", 0)\n', "has roles already"),
    ],
)
def test_ProducerConsumerWarpSpecialized_conditions_before_the_copies(text: str, reason: str) -> None:
    assert reason in why_not(text, text)[0]


def test_why_absent_names_the_target_or_the_configuration() -> None:
    assert why_absent(parse_target("cuda:sm_80"), {}) == "cuda:sm_80 has no TMA"
    assert why_absent(parse_target("metal"), {}) == "metal has no TMA"
    disabled = {"tl.disable_warp_specialized": True}
    assert "tl.disable_warp_specialized" in why_absent(parse_target("cuda:sm_90a"), disabled)
    assert why_absent(parse_target("cuda:sm_90a"), {}) == ""


@pytest.mark.parametrize(
    ("case", "target", "reason"),
    [
        ("pipeline/gemm_pipelined", "cuda:sm_80", "cuda:sm_80 has no TMA"),
        ("pipeline/gemm_pipelined", "metal", "metal has no TMA"),
        (
            "warp_specialize/gemm_without_warp_specialization",
            "cuda:sm_90a",
            "the kernel's pass configuration sets tl.disable_warp_specialized",
        ),
    ],
)
def test_ProducerConsumerWarpSpecialized_that_never_runs_says_why(case: str, target: str, reason: str) -> None:
    spec = parse_target(target)
    with pytest.raises(UsageError, match="never runs this pass here") as caught:
        record_pass(load_case(case), spec, SPEC.name, lambda event: None, {}, with_prerequisites=True)
    said = run_command.with_reason(caught.value, SPEC, case, spec)
    assert said.why == f"upstream's pipeline never runs this pass here: {reason}"


def test_ProducerConsumerWarpSpecialized_a_layout_that_TMA_cannot_write_is_a_reason() -> None:
    trace = trace_of("layout/padded_layout", "cuda:sm_90a")
    before, after = trace.before(SPEC.name), trace.after(SPEC.name)
    reasons = why_not(before, after)
    assert ["is one that TMA cannot write" in reason for reason in reasons] == [True, True]


def test_ProducerConsumerWarpSpecialized_control_flow_within_the_loop_is_a_reason() -> None:
    before, after = boundaries("copies_in_an_inner_loop", "cuda:sm_90a")[SPEC.name]
    assert "kWarpSpecializationScope" not in after
    wanted = "A -> A_shared is under `for half in range(2)`, no statement of the loop"
    assert why_not(before, after)[0] == wanted
    assert SPEC.remark is not None
    assert SPEC.remark(before, after) == f"not warp-specialised: {wanted}"


def offsets(pitch: int, swizzle: int) -> dict[tuple[int, ...], int]:
    found = {}
    for i in range(16):
        for j in range(64):
            at = i * pitch + j
            found[i, j] = (at * 2 ^ ((at * 2 >> 7) % swizzle << 4)) // 2
    return found


@pytest.mark.parametrize(("pitch", "swizzle", "can"), [(64, 1, True), (64, 8, True), (72, 1, False), (64, 3, False)])
def test_TMA_writes_rows_and_its_own_swizzles_only(pitch: int, swizzle: int, can: bool) -> None:
    assert tma_can_write(offsets(pitch, swizzle), (16, 64), 16) is can
