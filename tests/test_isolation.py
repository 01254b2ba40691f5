"""Lowering in a child: whatever a pass does to its process, the caller learns which one, and what came before."""

from __future__ import annotations

import dataclasses
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tl_passlab import isolation
from tl_passlab.capture import capture
from tl_passlab.cases import load_case
from tl_passlab.errors import FindingError, UsageError
from tl_passlab.isolation import trace_in_child, trace_in_fork
from tl_passlab.model import Case, Trace
from tl_passlab.targets import parse_target

BROKEN = f"{Path(__file__).parent / 'kernels' / 'broken_pass.py'}::kernel"
SM_80 = parse_target("cuda:sm_80")


def check_broken_off_before_layout_inference(trace: Trace) -> None:
    """The pass is named, its input is kept, and so is everything that had run."""
    assert trace.failure is not None
    assert trace.failure.pass_name == "LayoutInference"
    done = [b.name for b in trace.pipeline()]
    assert "InjectSoftwarePipeline" in done and "LayoutInference" not in done
    assert trace.failure.before == trace.pipeline()[-1].after
    assert "A[i]" in trace.texts[trace.failure.before]


each_ending = pytest.mark.parametrize(
    ("how", "kind", "message"),
    [
        ("raise", "ValueError", "cannot infer a layout for this"),
        ("abort", "crash", "SIGABRT"),
        ("segfault", "crash", "SIGSEGV"),
        ("exit", "crash", "exit 0"),
    ],
)


@each_ending
def test_failing_pass_is_named_with_what_came_before(how: str, kind: str, message: str) -> None:
    trace = trace_in_child(BROKEN, SM_80, {"how": how})
    check_broken_off_before_layout_inference(trace)
    assert trace.failure is not None
    assert (trace.failure.kind, message in trace.failure.message) == (kind, True)


def test_hanging_pass_is_stopped_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock starts when the pass says that it hangs, so that a slow machine changes nothing."""
    children: list[Any] = []

    class Child(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.log = Path(options["stdout"].name)
            children.append(self)

        def wait(self, timeout: float | None = None) -> int:
            while timeout is not None and self.poll() is None and "hanging" not in self.log.read_text():
                time.sleep(0.05)
            return super().wait(timeout and 0.1)

    monkeypatch.setattr(isolation.subprocess, "Popen", Child)
    trace = trace_in_child(BROKEN, SM_80, {"how": "hang"}, timeout=60)
    check_broken_off_before_layout_inference(trace)
    assert trace.failure is not None
    assert "no answer after 60 s" in trace.failure.message
    assert children[0].poll() is not None


def broken(how: str) -> Case:
    """The kernel whose LayoutInference fails; what it patches, it patches in the copy that lowers it."""
    case = load_case(BROKEN)
    return dataclasses.replace(case, info=dataclasses.replace(case.info, sizes={"how": how, "N": 128}))


@each_ending
def test_failing_pass_of_a_forked_lowering_is_named_and_this_process_lives(how: str, kind: str, message: str) -> None:
    import tilelang

    before = tilelang.transform.LayoutInference
    trace = trace_in_fork(broken(how), SM_80)
    check_broken_off_before_layout_inference(trace)
    assert trace.failure is not None
    assert (trace.failure.kind, message in trace.failure.message) == (kind, True)
    assert tilelang.transform.LayoutInference is before


def test_hanging_pass_of_a_forked_lowering_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline passes when the pass says that it hangs."""

    def clock() -> float:
        hangs = any("hanging" in log.read_text() for log in tmp_path.glob("passlab-*/stderr"))
        return time.monotonic() + (1e6 if hangs else 0.0)

    monkeypatch.setattr(isolation.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(isolation, "time", SimpleNamespace(monotonic=clock, sleep=time.sleep))
    trace = trace_in_fork(broken("hang"), SM_80, timeout=200)
    check_broken_off_before_layout_inference(trace)
    assert trace.failure is not None and "no answer after 200 s" in trace.failure.message


def test_a_forked_lowering_gives_what_one_in_this_process_gives() -> None:
    """Also of a kernel that no file and name lead to."""
    plain = load_case("elementwise/add")
    scale = [plain.build(**plain.info.sizes)]
    nameless = dataclasses.replace(plain, build=lambda **sizes: scale[0])
    forked, own = trace_in_fork(nameless, SM_80), capture(nameless, SM_80)
    assert (forked.texts, forked.source, forked.case) == (own.texts, own.source, own.case)
    assert [b.name for b in forked.pipeline()] == [b.name for b in own.pipeline()]


def test_where_a_process_cannot_be_copied_the_lowering_is_in_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, built = load_case("elementwise/add"), []

    def build(**sizes: Any) -> Any:
        built.append(sizes)
        return plain.build(**sizes)

    case = dataclasses.replace(plain, build=build)
    assert trace_in_fork(case, SM_80).source and built == []
    monkeypatch.delattr(isolation.os, "fork")
    assert trace_in_fork(case, SM_80).source and built == [plain.info.sizes]


def test_a_usage_error_of_a_forked_lowering_comes_back_whole() -> None:
    def build(**sizes: Any) -> Any:
        raise UsageError("kernel", "here", "it returned a str", evidence="text", next_command="passlab doctor")

    plain = load_case("elementwise/add")
    with pytest.raises(UsageError, match="it returned a str") as caught:
        trace_in_fork(dataclasses.replace(plain, build=build), SM_80)
    assert (caught.value.evidence, caught.value.next_command) == ("text", "passlab doctor")


def test_child_that_never_gets_to_the_lowering_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "sleepy.py"
    path.write_text("import time\ntime.sleep(60)\ndef k():\n    'T.prim_func'\n")
    with pytest.raises(FindingError, match=r"no answer after 0\.5 s") as caught:
        trace_in_child(str(path), SM_80, timeout=0.5)
    assert caught.value.where == str(path)


def test_child_that_dies_on_import_is_a_finding_with_its_last_words(tmp_path: Path) -> None:
    path = tmp_path / "dying.py"
    path.write_text("import os, sys\nprint('last words', file=sys.stderr, flush=True)\nos.abort()\n")
    with pytest.raises(FindingError, match="SIGABRT") as caught:
        trace_in_child(str(path), SM_80)
    assert "last words" in caught.value.evidence


def test_usage_error_of_the_child_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "two.py"
    path.write_text("def one():\n    'T.prim_func'\ndef two():\n    'T.prim_func'\n")
    with pytest.raises(UsageError, match="several kernels") as caught:
        trace_in_child(str(path), SM_80)
    assert caught.value.evidence.splitlines() == ["one", "two"]
    assert caught.value.next_command == f"passlab trace {path}::one"


def test_child_environment_is_deterministic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "77")
    monkeypatch.setenv("TL_LOWER_TRACE", "1")
    environment = isolation.child_environment()
    assert (environment["PYTHONHASHSEED"], environment["TL_LOWER_TRACE"]) == ("0", "")


def test_paths_that_importing_tilelang_left_do_not_reach_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = isolation._tilelang_folder()
    monkeypatch.setenv("TVM_LIBRARY_PATH", f"{folder}/lib")
    monkeypatch.setenv("PYTHONPATH", f"{folder}/3rdparty/tvm/python:/home/me/kernels")
    monkeypatch.setenv("TL_TEMPLATE_PATH", "/home/me/templates")
    environment = isolation.child_environment()
    assert folder and "TVM_LIBRARY_PATH" not in environment
    assert environment["PYTHONPATH"] == "/home/me/kernels"
    assert environment["TL_TEMPLATE_PATH"] == "/home/me/templates"
