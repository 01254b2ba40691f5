"""One pass alone: on a case, on hand-written IR, with what upstream's pipeline would hand to it or without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lowering import LANE, trace_of
from tl_passlab.cases import load_case
from tl_passlab.errors import UsageError
from tl_passlab.events import Event, trace_from_events
from tl_passlab.linediff import diff_lines
from tl_passlab.model import Trace
from tl_passlab.single_pass import record_pass
from tl_passlab.targets import parse_target

GEMM = "pipeline/gemm_pipelined"
HAND_WRITTEN = str(Path(__file__).parent / "kernels" / "before_pipelining.py")


def run_pass(name: str, reference: str, spec: str, *, with_prerequisites: bool = False, **sizes: Any) -> Trace:
    events: list[Event] = []
    wide = with_prerequisites
    record_pass(load_case(reference), parse_target(spec), name, events.append, sizes, with_prerequisites=wide)
    return trace_from_events(events)


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("InjectSoftwarePipeline", "cuda:sm_80"),
        ("tl.layoutinference", "cuda:sm_90a"),
        ("Simplify.2", "cuda:sm_80"),
        ("MetalFragmentToSimdgroup", "metal"),
        ("ProducerConsumerWarpSpecializedTiled", "cuda:sm_90a"),
    ],
)
def test_pass_with_prerequisites_does_what_it_does_in_the_pipeline(name: str, spec: str) -> None:
    trace = run_pass(name, GEMM, spec, with_prerequisites=True)
    assert trace.failure is None
    (boundary,) = trace.boundaries
    whole = trace_of(GEMM, spec)
    in_pipeline = whole.boundary(boundary.name)
    # A thread variable is renamed in place by LayoutInference, after the pipeline's boundaries were printed.
    assert _text(trace.texts[boundary.before]) == _text(whole.texts[in_pipeline.before])
    assert _text(trace.texts[boundary.after]) == _text(whole.texts[in_pipeline.after])


def _text(ir: str) -> str:
    return ir.replace("thread_binding", "tx")


def test_occurrence_picks_the_run_with_its_own_arguments() -> None:
    first = run_pass("ThreadSync", GEMM, "cuda:sm_80", with_prerequisites=True)
    second = run_pass("ThreadSync.2", GEMM, "cuda:sm_80", with_prerequisites=True)
    assert _barriers(first) == {'T.tvm_storage_sync("shared")'}
    assert _barriers(second) == {'T.tvm_storage_sync("shared.dyn")'}
    assert second.boundaries[0].before == first.boundaries[0].after


def _barriers(trace: Trace) -> set[str]:
    """The barriers that the one pass of a trace inserted."""
    (boundary,) = trace.boundaries
    rows = diff_lines(trace.texts[boundary.before].splitlines(), trace.texts[boundary.after].splitlines())
    return {line.strip() for sign, line in rows if sign == "+" and "storage_sync" in line}


def test_pass_on_hand_written_ir() -> None:
    trace = run_pass("InjectSoftwarePipeline", HAND_WRITTEN, "cuda:sm_80")
    assert trace.failure is None
    assert "software_pipeline_stage" in trace.before("InjectSoftwarePipeline")
    after = trace.after("InjectSoftwarePipeline")
    assert "software_pipeline_stage" not in after and "(2, 32)" in after


def test_pass_that_rejects_its_input_is_a_failure_by_name() -> None:
    trace = run_pass("LayoutInference", GEMM, "c")
    assert trace.failure is not None
    assert (trace.failure.pass_name, trace.failure.kind) == ("LayoutInference", "InternalError")
    assert "layout for fragment C_local" in trace.failure.message
    assert "T.gemm" in trace.texts[trace.failure.before or ""]


def test_unknown_pass_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="unknown pass"):
        run_pass("NoSuchPass", GEMM, "cuda:sm_80")


def test_pass_that_never_runs_for_a_target_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="never runs this pass here"):
        run_pass("MetalFragmentToSimdgroup", GEMM, "cuda:sm_80", with_prerequisites=True)


def test_occurrence_that_does_not_exist_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"ThreadSync\.9"):
        run_pass("ThreadSync.9", GEMM, "cuda:sm_80")


def test_instruction_annotation_is_where_it_is() -> None:
    if LANE.tilelang != "0.1.11":
        with pytest.raises(UsageError, match=r"gone since 0\.1\.12"):
            run_pass("InstructionAnnotation", GEMM, "cuda:sm_90a")
        return
    trace = run_pass("InstructionAnnotation", GEMM, "cuda:sm_90a", with_prerequisites=True)
    assert trace.failure is None
    assert "tl_instruction_kind" in trace.after("InstructionAnnotation")
