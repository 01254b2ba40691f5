"""`passlab bench`: rivals take turns, the numbers are theirs, and whatever is in the way is said before anything runs.

No device: the children are stand-ins that answer known times, and the real child plays a kernel on the CPU.
"""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tl_passlab import lane_env, lanes
from tl_passlab.cli import main
from tl_passlab.errors import FindingError
from tl_passlab.parity import bench, bench_child, runners
from tl_passlab.parity.bench import measure

CHILD = """
import json, sys
name, subjects, times, order = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3]), open(sys.argv[4], "a")
head = {"case": "a/b", "target": "cuda:sm_90a", "sizes": {"M": 64}, "device": "none", "input_sets": 3}
print(json.dumps({**head, "subjects": subjects}), flush=True)
for turn, line in enumerate(sys.stdin):
    order.write(f"{name}{line.strip()} ")
    order.flush()
    print(json.dumps({"times_us": times[int(line)]}), flush=True)
"""


def child(tmp_path: Path, name: str, **times: list[float]) -> list[str]:
    """A stand-in that answers the same times in every round, one list for each subject."""
    values = json.dumps(list(times.values()))
    return [sys.executable, "-c", CHILD, name, json.dumps(list(times)), values, str(tmp_path / "order")]


def test_rivals_take_turns_in_an_order_that_reverses(tmp_path: Path) -> None:
    measure([child(tmp_path, "a", own=[1.0], torch=[1.0]), child(tmp_path, "b", other=[1.0])], "here")
    turns = (tmp_path / "order").read_text().split()
    assert turns == ["a0", "a1", "b0", "b0", "a1", "a0"] * (bench.ROUNDS // 2)


def test_median_middle_half_and_ratio(tmp_path: Path) -> None:
    one = child(tmp_path, "a", own=[10.0, 20.0, 30.0, 40.0, 900.0])
    two = child(tmp_path, "b", other=[60.0, 60.0, 60.0, 61.0, 1.0])
    found = measure([one, two], "here")
    own, other = found.timings
    assert (own.what, own.median_us, own.low_us, own.high_us) == ("own", 30.0, 20.0, 40.0)
    assert (other.what, other.median_us, other.repeats, other.input_sets) == ("other", 60.0, 5 * bench.ROUNDS, 3)
    assert found.ratio == 2.0
    assert measure([one], "here").ratio is None


@pytest.mark.parametrize(
    ("program", "seconds", "words"),
    [
        ("import sys; print('it broke', file=sys.stderr); sys.exit(7)", 60.0, ("exit 7", "it broke")),
        ("import time; time.sleep(600)", 0.1, ("no answer after 0.1 s",)),
    ],
)
def test_a_rival_that_fails_is_a_finding(tmp_path: Path, program: str, seconds: float, words: tuple[str, ...]) -> None:
    with pytest.raises(FindingError) as error:
        measure([[sys.executable, "-c", program]], "a/b  cuda:sm_90a", "passlab parity a/b", seconds)
    assert all(word in str(error.value) for word in (*words, "a/b  cuda:sm_90a", "next: passlab parity a/b"))


def test_a_rival_that_dies_in_the_middle_is_a_finding(tmp_path: Path) -> None:
    dying = child(tmp_path, "b", other=[1.0])
    dying[2] = CHILD.replace("    order.flush()", "    if turn == 3: sys.exit('the device is gone')")
    with pytest.raises(FindingError, match="the device is gone"):
        measure([child(tmp_path, "a", own=[1.0]), dying], "here")


KERNEL = """
SIZES = {"N": 64}

def kernel(N): ...

def parameters(N):
    return {"X": ((N,), "float32"), "Y": ((N,), "float32")}

def play(N):
    def double(X, Y):
        Y.copy_(X * FACTOR)
    return double

def inputs(rng, N):
    import torch
    return {"X": torch.from_numpy(rng.standard_normal(N, dtype="float32"))}

def reference(X):
    return {"Y": X * 2}
"""


def job(tmp_path: Path, factor: int) -> dict[str, Any]:
    path = tmp_path / f"times_{factor}.py"
    path.write_text(KERNEL.replace("FACTOR", str(factor)))
    return {"reference": str(path), "target": "c", "runner": "python", "sizes": {"N": 32}, "peer": False}


def test_the_child_judges_answers_and_keeps_rotating(tmp_path: Path) -> None:
    answers, launched = io.StringIO(), []

    def three(launches: Iterator[Callable[[], Any]]) -> list[float]:
        for launch in itertools.islice(launches, 3):
            launch()
            launched.append(id(launch))
        return [1.0, 2.0, 3.0]

    bench_child.serve(job(tmp_path, 2), ["0\n", "0\n"], answers, three)
    head, first, second = (json.loads(line) for line in answers.getvalue().splitlines())
    assert head["subjects"] == [f"tilelang {lanes.installed_version('tilelang')}"]
    assert (head["sizes"], head["input_sets"]) == ({"N": 32}, bench_child.MAX_SETS)
    assert first == second == {"times_us": [1.0, 2.0, 3.0]}
    assert len(set(launched)) == 6


def test_what_compilers_print_is_no_answer(tmp_path: Path) -> None:
    noisy = job(tmp_path, 2)
    path = Path(noisy["reference"])
    path.write_text("print('noise of a compiler')\n" + path.read_text())
    words = [sys.executable, "-m", "tl_passlab.parity.bench_child", json.dumps(noisy)]
    done = subprocess.run(words, input="", capture_output=True, text=True, timeout=300, check=True)
    assert len(done.stdout.splitlines()) == 1 and json.loads(done.stdout)["sizes"] == {"N": 32}
    assert "noise of a compiler" in done.stderr


def test_a_wrong_kernel_is_not_timed(tmp_path: Path) -> None:
    with pytest.raises(FindingError):
        bench_child.serve(job(tmp_path, 3), ["0\n"], io.StringIO(), lambda launches: pytest.fail("timed"))


def test_without_a_device_the_reason(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners, "why_not", lambda target: "no CUDA device: none here")
    assert main(["bench", "gemm_pipelined", "--target", "cuda:sm_80", "--against", "torch"]) == 2
    assert "no CUDA device: none here" in capsys.readouterr().err


OTHER = "0.1.11" if lanes.installed_version("tilelang") != "0.1.11" else "0.1.15"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["gemm_pipelined", "--against", "cublas"], 2, "neither torch nor a lane"),
        (["gemm_pipelined", "--against", str(lanes.installed_version("tilelang"))], 2, "own lane"),
        (["gemm_pipelined", "--target", "metal"], 2, "not a target of --device cuda"),
        (["histogram", "--against", "torch"], 1, "no single equivalent"),
        (["gemm_pipelined", "--against", OTHER], 1, "no environment of that lane"),
    ],
)
def test_what_is_in_the_way_is_said_first(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runners, "why_not", lambda target: "")
    monkeypatch.setattr(lane_env, "find_lane", lambda lane: None)
    monkeypatch.setattr(bench, "bench", lambda *args, **kwargs: pytest.fail("started"))
    target = [] if "--target" in arguments else ["--target", "cuda:sm_80"]
    assert main(["bench", *arguments, *target]) == code
    assert words in capsys.readouterr().err


def test_a_lane_on_which_the_case_does_not_lower_is_said_first(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "one_lane.py"
    path.write_text(f'LANES = ("{lanes.installed_version("tilelang")}",)\n{KERNEL}')
    monkeypatch.setattr(runners, "why_not", lambda target: "")
    assert main(["bench", str(path), "--target", "cuda:sm_80", "--against", OTHER]) == 1
    assert "the case exists on lanes" in capsys.readouterr().err


def test_another_lane_is_timed_in_its_own_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[list[str]] = []

    def stand_in(commands: list[list[str]], where: str, next_command: str) -> bench.Bench:
        started.extend(commands)
        return measure(
            [child(tmp_path, n, **{w: t}) for n, w, t in (("a", "own", [2.0]), ("b", "other", [3.0]))], where
        )

    monkeypatch.setattr(runners, "why_not", lambda target: "")
    monkeypatch.setattr(lane_env, "find_lane", lambda lane: Path(f"/lanes/{lane}/bin/python"))
    monkeypatch.setattr(bench, "measure", stand_in)
    words = ["bench", "gemm_pipelined", "--target", "cuda:sm_80", "--against", OTHER, "--set", "M=256"]
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ratio"] == 1.5
    assert [line[0] for line in started] == [sys.executable, f"/lanes/{OTHER}/bin/python"]
    assert all(json.loads(line[-1])["sizes"] == {"M": 256} for line in started)
    assert main(words) == 0
    assert "1.50 x   the time of other over that of own" in capsys.readouterr().out
