"""Capture on real kernels: every pass execution is there, every layout is written out, and nothing varies."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lowering import trace_of
from tl_passlab.capture import Recorder, capture, capture_modules, text_id
from tl_passlab.cases import load_case
from tl_passlab.events import Event

GEMM = "pipeline/gemm_pipelined"
USER_FILE = Path(__file__).parent / "kernels" / "user_gemm.py"
TARGETS = ("cuda:sm_80", "cuda:sm_90a", "cuda:sm_100a", "metal")
# Upstream runs them on one of the two modules that SplitHostDevice leaves; the chain of texts forks there.
AFTER_THE_SPLIT = "tirx.Filter"


@pytest.mark.parametrize("spec", TARGETS)
def test_boundaries_of_depth_0_form_a_chain(spec: str) -> None:
    passes = trace_of(GEMM, spec).pipeline()
    assert len(passes) > 50
    for one, following in itertools.pairwise(passes):
        if following.pass_name == AFTER_THE_SPLIT:
            break
        assert following.before == one.after, f"{one.name} -> {following.name}"


@pytest.mark.parametrize("spec", TARGETS)
def test_nested_executions_hang_under_their_parent(spec: str) -> None:
    trace = trace_of(GEMM, spec)
    by_index = {b.index: b for b in trace.boundaries}
    nested = [b for b in trace.boundaries if b.parent is not None]
    assert any(by_index[b.parent].pass_name == "LowerTileOp" for b in nested)
    for b in nested:
        parent = by_index[b.parent]
        assert b.depth == parent.depth + 1 and b.index > parent.index
        assert b.name.startswith(f"{parent.name} > ")


@pytest.mark.parametrize("spec", TARGETS)
def test_every_layout_is_written_out(spec: str) -> None:
    trace = trace_of(GEMM, spec)
    assert [key for key, text in trace.texts.items() if "metadata[" in text] == []
    inferred = trace.after("LayoutInference")
    # On Metal LayoutInference leaves the operands of a GEMM as they are.
    assert spec == "metal" or "A_shared: Layout((3, 64, 32) -> (3, " in inferred
    assert spec == "metal" or "C_local: Fragment((64, 64) -> (" in inferred
    assert "thread = " in inferred or spec == "metal"


@pytest.mark.parametrize("spec", TARGETS)
def test_texts_are_named_by_their_content_and_all_used(spec: str) -> None:
    trace = trace_of(GEMM, spec)
    assert all(text_id(text) == key for key, text in trace.texts.items())
    assert set(trace.texts) == {key for b in trace.boundaries for key in (b.before, b.after)}


@pytest.mark.parametrize("spec", TARGETS)
def test_source_and_launch_are_recorded(spec: str) -> None:
    trace = trace_of(GEMM, spec)
    assert "main_kernel" in trace.source
    (launch,) = trace.launches
    # M = N = 128 in tiles of 64: two by two blocks of at least the 128 threads that the kernel asks for.
    assert launch.grid == ("2", "2", "1")
    assert int(launch.block[0]) >= 128 and launch.block[1:] == ("1", "1")
    # 3 versions of A (64 x 32) and B (32 x 64) in float16; Metal declares shared memory in the kernel.
    assert int(launch.shared_bytes) >= (0 if spec == "metal" else 3 * 2 * 64 * 32 * 2)


def test_sizes_reach_the_kernel() -> None:
    trace = capture(load_case(GEMM), "cuda:sm_80", {"M": 256})
    assert trace.sizes["M"] == 256
    assert trace.launches[0].grid == ("2", "4", "1")


def test_pass_configuration_of_a_case_reaches_the_passes() -> None:
    trace = trace_of("warp_specialize/gemm_without_warp_specialization", "cuda:sm_90a")
    assert "ProducerConsumerWarpSpecialized" not in [b.name for b in trace.pipeline()]


def test_rejected_kernel_is_a_failure_with_its_pass_and_its_input() -> None:
    trace = trace_of("reject/unequal_stages", "cuda:sm_90a")
    assert trace.failure is not None and trace.failure.pass_name == "LayoutInference"
    assert "InputShape()" in trace.failure.message
    assert trace.failure.before == trace.pipeline()[-1].after
    assert "T.gemm" in trace.texts[trace.failure.before]


def test_capture_modules_are_the_boundaries_as_objects() -> None:
    from tl_passlab.compat.printer import print_module
    from tl_passlab.normalise.tir import normalise_tir

    trace = trace_of(GEMM, "cuda:sm_80")
    modules = capture_modules(load_case(GEMM), "cuda:sm_80")
    assert [name for name, _ in modules] == ["input", *(b.name for b in trace.pipeline())]
    by_name = dict(modules)
    for name in ("InjectSoftwarePipeline", "LowerTileOp"):
        # LayoutInference renames the thread variable in place, in the modules that came before it too.
        text = normalise_tir(print_module(by_name[name])).replace("thread_binding", "tx")
        assert text == trace.after(name).replace("thread_binding", "tx")


CHILD = """
import json, sys
from tl_passlab.capture import capture
from tl_passlab.cases import load_case
from tl_passlab.trace_store import manifest

def untimed(value):
    if isinstance(value, dict):
        return {k: untimed(v) for k, v in value.items() if k != "ms"}
    return [untimed(v) for v in value] if isinstance(value, list) else value

case = load_case("user_gemm.py::gemm")
for spec in sys.argv[1:]:
    trace = capture(case, spec)
    print(json.dumps({**untimed(manifest(trace)), "texts": dict(trace.texts), "source_text": trace.source}))
"""


@pytest.mark.parametrize(
    ("name", "spec"),
    [(GEMM, "cuda:sm_90a"), (GEMM, "metal"), ("reject/unequal_stages", "cuda:sm_90a")],
)
def test_trace_holds_no_object_of_the_compiler(name: str, spec: str) -> None:
    assert _foreign(trace_of(name, spec)) == []


def _foreign(value: Any) -> list[type]:
    """The types in a trace that are not Python's own: a subclass of str may hold a TVM object."""
    if dataclasses.is_dataclass(value):
        return _foreign(vars(value))
    if type(value) in (tuple, list):
        return [kind for item in value for kind in _foreign(item)]
    if isinstance(value, dict):
        return _foreign([*value.keys(), *value.values()])
    return [] if type(value) in (str, int, float, type(None)) else [type(value)]


@pytest.mark.timeout(120)
def test_traces_are_equal_across_hash_seeds_and_directories(tmp_path: Path) -> None:
    children = []
    for seed in ("1", "4242"):
        folder = tmp_path / f"checkout-{seed}" / ("deep" * int(seed[0]))
        folder.mkdir(parents=True)
        (folder / USER_FILE.name).write_text(USER_FILE.read_text())
        command = [sys.executable, "-c", CHILD, *TARGETS]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        children.append(subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True))
    outputs = [child.communicate()[0].splitlines() for child in children]
    assert [child.returncode for child in children] == [0, 0]
    for spec, one, other in zip(TARGETS, *outputs, strict=True):
        first = json.loads(one)
        assert first["failure"] is None, f"{spec}: {first['failure']}"
        assert first["target"] == spec and len(first["texts"]) > 20
        assert str(tmp_path) not in one
        assert one == other, f"{spec} varies"


@pytest.fixture
def recorder() -> tuple[Recorder, list[Event]]:
    events: list[Event] = []
    return Recorder(events.append), events


def test_renaming_alone_counts_as_no_change(recorder: tuple[Recorder, list[Event]]) -> None:
    from tests.kernels import renamed

    one, other = (_module(renamed.kernel(name)) for name in ("first", "second"))
    assert _recorded(*recorder, one, other) == [True]


def test_real_change_beside_a_renaming_counts(recorder: tuple[Recorder, list[Event]]) -> None:
    from tests.kernels import renamed

    one, other = _module(renamed.kernel("first")), _module(renamed.kernel("second", value=2))
    assert _recorded(*recorder, one, other) == [False]


def test_change_of_a_layout_alone_counts(recorder: tuple[Recorder, list[Event]]) -> None:
    from tests.kernels import renamed

    one, other = (_module(renamed.annotated(padding)) for padding in (8, 16))
    assert _recorded(*recorder, one, other) == [False]


def _module(func: Any) -> Any:
    from tl_passlab.compat.passes import as_module

    return as_module(func)


def _recorded(recorder: Recorder, events: list[Event], before: Any, after: Any) -> list[bool]:
    """Whether each recorded execution left the IR as it was."""
    recorder.before(before, "tl.Something")
    recorder.after(after, "tl.Something")
    begin = [event["before"] for event in events if event["event"] == "begin"]
    end = [event["after"] for event in events if event["event"] == "end"]
    return [b == a for b, a in zip(begin, end, strict=True)]
