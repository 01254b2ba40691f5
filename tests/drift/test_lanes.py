"""Lowering in worker processes: one real lane always; two where the other lane's environment is there."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tl_passlab import lane_env, lanes
from tl_passlab.cli import main
from tl_passlab.drift.lower import LOADING, Job, LaneWorker, lower_in_both
from tl_passlab.drift.select import jobs_for
from tl_passlab.errors import FindingError, UsageError
from tl_passlab.isolation import trace_in_child
from tl_passlab.lane_env import find_lane
from tl_passlab.targets import parse_target

HERE = lanes.running_lane()[0].tilelang
OTHER = "0.1.11" if HERE != "0.1.11" else "0.1.15"
SM90 = parse_target("cuda:sm_90a")
GEMM = Job("pipeline/gemm_pipelined", SM90)
DIES = """
import os, time
import tilelang.language as T

def crash():
    os.kill(os.getpid(), 11)
    return T.prim_func

def hang():
    time.sleep(600)
    return T.prim_func

def bad_name(x):
    return T.prim_func
"""


@pytest.fixture(scope="module")
def worker() -> Iterator[LaneWorker]:
    with LaneWorker(HERE, Path(sys.executable), 60.0) as made:
        yield made


def test_a_worker_lowers_as_a_process_of_its_own_does(worker: LaneWorker) -> None:
    ours, alone = worker.trace(GEMM), trace_in_child(GEMM.reference, SM90)
    assert ours.source == alone.source
    assert [(b.name, b.after) for b in ours.boundaries] == [(b.name, b.after) for b in alone.boundaries]
    assert ours.texts == alone.texts and ours.lane == HERE


def test_a_worker_lives_through_a_crash_and_a_wrong_kernel(worker: LaneWorker, tmp_path: Path) -> None:
    file = tmp_path / "dies.py"
    file.write_text(DIES, encoding="utf-8")
    crashed = worker.trace(Job(f"{file}::crash", SM90))
    assert crashed.failure is not None and "SIGSEGV" in crashed.failure.message
    wrong = worker.trace(Job(f"{file}::bad_name", SM90))
    assert wrong.failure is not None and wrong.failure.pass_name == LOADING and "x" in wrong.failure.message
    assert worker.trace(GEMM).source


def test_a_worker_gives_up_on_a_kernel_that_hangs(tmp_path: Path) -> None:
    file = tmp_path / "dies.py"
    file.write_text(DIES, encoding="utf-8")
    with LaneWorker(HERE, Path(sys.executable), 2.0) as impatient:
        hung = impatient.trace(Job(f"{file}::hang", SM90))
    assert hung.failure is not None and "no answer after 2 s" in hung.failure.message


def test_a_lane_that_does_not_start_is_told_with_its_own_words(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho TypeAttr is already registered >&2\nexit 134\n", encoding="utf-8")
    broken.chmod(0o755)
    with LaneWorker("0.1.11", broken, 5.0) as dead, pytest.raises(FindingError, match="ended before") as failure:
        dead.trace(GEMM)
    assert "already registered" in str(failure.value) and "make test LANE=0.1.11" in str(failure.value)


def test_both_lanes_answer_in_the_order_of_the_jobs(worker: LaneWorker) -> None:
    jobs = [GEMM, Job("elementwise/add", parse_target("metal")), GEMM]
    with LaneWorker(HERE, Path(sys.executable), 60.0) as other:
        pairs = list(lower_in_both(jobs, worker, other))
    assert [(old.case, new.case, new.target) for old, new in pairs] == [
        (job.reference, job.reference, job.target.spec) for job in jobs
    ]
    assert all(old.source == new.source for old, new in pairs)


def test_jobs_of_a_topic_a_case_and_a_file(tmp_path: Path) -> None:
    both = ("0.1.11", "0.1.15")
    topic = jobs_for(["reject"], [], both)
    assert {job.reference.partition("/")[0] for job in topic} == {"reject"}
    assert {job.target.spec for job in jobs_for(["gemm_pipelined"], [], both)} == {"cuda:sm_80", "cuda:sm_90a", "metal"}
    assert [job.target.spec for job in jobs_for(["gemm_pipelined"], ["hip:gfx950"], both)] == ["hip:gfx950"]
    file = tmp_path / "mine.py"
    file.write_text("x = 1\n", encoding="utf-8")
    (job,) = jobs_for([f"{file}::kernel"], [], both)
    assert job == Job(f"{file}::kernel", SM90)
    assert [job.reference for job in jobs_for([str(tmp_path)], [], both)] == [str(file)]


def test_nothing_to_compare_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no kernel and target"):
        jobs_for(["gemm_pipelined"], ["c"], ("0.1.11", "0.1.15"))
    with pytest.raises(UsageError, match="unknown case"):
        jobs_for(["no_such_case_at_all"], [], ("0.1.11", "0.1.15"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "0.1.15", "--to", "0.1.15"],
        ["--from", "0.1.11", "--to", "9.9.9", "gemm_pipelined"],
        ["--from", "0.1.11", "--to", "0.1.15", "--env", "0.1.11"],
        ["--from", "0.1.11", "--to", "0.1.15", "--env", "0.1.12=somewhere"],
    ],
)
def test_wrong_usage_exits_2_and_makes_no_environment(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_env, "make_lane", lambda lane: pytest.fail(f"makes {lane}"))
    monkeypatch.setattr(lane_env, "find_lane", lambda lane: None)
    assert main(["drift", *arguments]) == 2
    assert "error" in capsys.readouterr().err


@pytest.mark.skipif(find_lane(OTHER) is None, reason=f"no environment of lane {OTHER} (make test LANE={OTHER})")
def test_drift_of_two_real_lanes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, data = tmp_path / "drift.html", tmp_path / "drift.json"
    words = ["drift", "--from", "0.1.11", "--to", "0.1.15", "gemm_pipelined", "--target", "cuda:sm_90a", "--full"]
    code = main([*words, "--html", str(page), "--json", str(data)])
    text, complaint = capsys.readouterr()
    assert (code, complaint) == (1, "")
    (pair,) = json.loads(data.read_text(encoding="utf-8"))["pairs"]
    added = [c for c in pair["changes"] if "increase_descriptor_offset added" in c["reason"]]
    assert added and {c["origin"]["name"] for c in added} == {"LowerTileOp"}
    assert "MaterializeKernelLaunch" in pair["only_after"]
    assert "passes only in 0.1.15: " in text and "LowerTileOp" in text
    assert page.read_text(encoding="utf-8").endswith("</html>\n")
