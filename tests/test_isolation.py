"""Lowering in a child: whatever a pass does to its process, the caller learns which one, and what came before."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tl_passlab import isolation
from tl_passlab.errors import FindingError, UsageError
from tl_passlab.isolation import trace_in_child
from tl_passlab.model import Trace
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


@pytest.mark.parametrize(
    ("how", "kind", "message"),
    [
        ("raise", "ValueError", "cannot infer a layout for this"),
        ("abort", "crash", "SIGABRT"),
        ("segfault", "crash", "SIGSEGV"),
        ("exit", "crash", "exit 0"),
    ],
)
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
