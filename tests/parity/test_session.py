"""Whatever a kernel does to its process: that step gets its verdict, and the others still run."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tl_passlab.parity import outcome as kinds
from tl_passlab.parity import session
from tl_passlab.parity.outcome import Outcome, Step
from tl_passlab.parity.session import Job, run_job
from tl_passlab.targets import parse_target

KERNEL = str(Path(__file__).parent / "kernels" / "misbehaving.py")


def run(*faults: str, step_seconds: float = 60.0) -> list[Outcome]:
    """One step for each fault, each a variant of its own."""
    chosen = tuple(Step(f"{i}", {"N": 64, "fault": fault}, i + 1) for i, fault in enumerate(faults))
    return list(run_job(Job(KERNEL, parse_target("c"), "python", chosen, step_seconds)))


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("abort", kinds.RUNTIME_ERROR, "SIGABRT"),
        ("fail", kinds.RUNTIME_ERROR, "illegal memory access"),
        ("out of memory", kinds.RUNTIME_ERROR, "out of memory"),
        ("does not compile", kinds.COMPILE_ERROR, "too much shared data"),
        ("wrong shape", kinds.SHAPE, "declares (65,)"),
        ("wrong dtype", kinds.DTYPE, "declares int32"),
        ("modifies its input", kinds.INPUT_MODIFIED, "input X"),
        ("writes past the end", kinds.OUT_OF_BOUNDS, "after the memory of Y"),
        ("inputs that fail", kinds.CASE_ERROR, "inputs or reference fail: IndexError: no such shape"),
    ],
)
def test_a_bad_step_gets_its_verdict_and_the_next_ones_run(fault: str, kind: str, words: str) -> None:
    before, bad, after = run("", fault, "")
    assert (before.kind, bad.kind, after.kind) == (kinds.PASS, kind, kinds.PASS)
    assert words in bad.reason
    assert f"--seed {bad.step.seed}" in bad.replay and "misbehaving.py" in bad.replay


@pytest.fixture
def deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> float:
    """A step's deadline, which passes at once when a kernel says that it hangs, and never for another one."""
    hung, seconds = tmp_path / "hung", 60.0
    hung.touch()

    def clock() -> float:
        return time.monotonic() + (seconds + 1) * len(hung.read_text().splitlines())

    monkeypatch.setenv("PASSLAB_TEST_HUNG", str(hung))
    monkeypatch.setattr(session, "time", SimpleNamespace(monotonic=clock, sleep=time.sleep))
    return seconds


def test_a_hanging_kernel_is_killed_at_its_deadline(deadline: float) -> None:
    hanging, after = run("hang", "", step_seconds=deadline)
    assert (hanging.kind, after.kind) == (kinds.HANG, kinds.PASS)
    assert "no answer after 60 s" in hanging.reason


def test_a_shape_that_hung_is_not_run_again(deadline: float) -> None:
    steps = [Step("a", {"N": 64, "fault": "hang"}, seed) for seed in (1, 2)] + [Step("b", {"N": 64, "fault": ""}, 1)]
    found = list(run_job(Job(KERNEL, parse_target("c"), "python", tuple(steps), deadline)))
    assert [(o.step.variant, o.kind) for o in found] == [
        ("a", kinds.HANG),
        ("a", kinds.SKIPPED),
        ("b", kinds.PASS),
    ]


def test_a_device_that_disappears_fails_every_step_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSLAB_TEST_DEVICE_GONE", str(tmp_path / "gone"))
    first, *rest = run("", "vanish", "", "")
    assert first.kind == kinds.PASS
    assert [outcome.kind for outcome in rest] == [kinds.RUNTIME_ERROR] * 3
    assert "did not start" in rest[-1].reason and "no such device" in rest[-1].detail
