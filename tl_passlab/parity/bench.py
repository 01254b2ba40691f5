"""Times a kernel on the device, beside torch or another lane: medians over rounds in which the rivals take turns.

Each lane has a process of its own, in its own environment (`bench_child`). All of them compile and judge the kernel
first; then one after the other is asked for a few launches, in an order that reverses each round, so that a clock that
falls or a neighbour that wakes up meets all of them alike.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tl_passlab.errors import FindingError
from tl_passlab.isolation import child_environment
from tl_passlab.model import Target

ROUNDS = 10
# Compiling and judging included.
TIMEOUT = 600.0


@dataclass(frozen=True)
class Timing:
    """Microseconds per launch: the median and the spread of the middle half of the repeats."""

    what: str
    median_us: float
    low_us: float
    high_us: float
    repeats: int
    input_sets: int


@dataclass(frozen=True)
class Bench:
    """A case timed at its sizes, the kernel of this lane first, then what it is compared with."""

    case: str
    target: str
    sizes: Mapping[str, Any]
    device: str
    timings: tuple[Timing, ...]

    @property
    def ratio(self) -> float | None:
        """The other's time over this lane's; None where there is no other."""
        return self.timings[1].median_us / self.timings[0].median_us if len(self.timings) > 1 else None


def bench(
    reference: str, target: Target, runner: str, sizes: Mapping[str, Any], pythons: Sequence[Path], peer: bool = False
) -> Bench:
    """Time a kernel in each environment, beside torch's equivalent where asked. Raises FindingError when one fails."""
    job = json.dumps(
        {"reference": reference, "target": target.spec, "runner": runner, "sizes": dict(sizes), "peer": peer}
    )
    commands = [[str(python), "-m", "tl_passlab.parity.bench_child", job] for python in pythons]
    return measure(commands, f"{reference}  {target.spec}", f"passlab parity {reference} --target {target.spec}")


def measure(commands: Sequence[Sequence[str]], where: str, next_command: str = "", seconds: float = TIMEOUT) -> Bench:
    """Start the children, let them take turns, and put their times together."""
    with contextlib.ExitStack() as stack:
        rivals = [stack.enter_context(start(command, where, next_command, seconds)) for command in commands]
        ready = [rival.answer() for rival in rivals]
        entries = [(r, index, name) for r, said in zip(rivals, ready, strict=True) for index, name in _subjects(said)]
        times: list[list[float]] = [[] for _ in entries]
        for turn in range(ROUNDS):
            order = list(enumerate(entries))
            for place, (rival, index, _) in order if turn % 2 == 0 else reversed(order):
                times[place] += rival.ask(index)["times_us"]
    sets = [said["input_sets"] for said in ready for _ in _subjects(said)]
    timings = tuple(_timing(entries[i][2], times[i], sets[i]) for i in range(len(entries)))
    return Bench(ready[0]["case"], ready[0]["target"], ready[0]["sizes"], ready[0]["device"], timings)


def _subjects(said: Mapping[str, Any]) -> list[tuple[int, str]]:
    return list(enumerate(said["subjects"]))


def _timing(what: str, times: Sequence[float], input_sets: int) -> Timing:
    ordered = sorted(times)
    quarter = len(ordered) // 4
    return Timing(what, statistics.median(ordered), ordered[quarter], ordered[-quarter - 1], len(ordered), input_sets)


@dataclass
class Rival:
    """A child process that answers questions: the number of a subject in, a line of JSON out."""

    child: subprocess.Popen[bytes]
    log: IO[bytes]
    where: str
    next_command: str
    seconds: float
    rest: bytes = b""

    def ask(self, subject: int) -> dict[str, Any]:
        """The answer to a question."""
        assert self.child.stdin is not None
        # A child that is gone is found out when its answer is read.
        with contextlib.suppress(BrokenPipeError):
            self.child.stdin.write(b"%d\n" % subject)
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """The next line. Raises FindingError when the child ends or does not answer in time."""
        assert self.child.stdout is not None
        deadline = time.monotonic() + self.seconds
        while b"\n" not in self.rest:
            ready, _, _ = select.select([self.child.stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise self._failure(f"no answer after {self.seconds:g} s")
            chunk = os.read(self.child.stdout.fileno(), 65536)
            if not chunk:
                raise self._failure(f"the benchmark ended with exit {self.child.wait()}")
            self.rest += chunk
        line, _, self.rest = self.rest.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def _failure(self, why: str) -> FindingError:
        self.log.seek(0)
        said = [line for line in self.log.read().decode(errors="replace").splitlines() if line.strip()]
        return FindingError("bench", self.where, why, evidence="\n".join(said[-8:]), next_command=self.next_command)


@contextlib.contextmanager
def start(command: Sequence[str], where: str, next_command: str, seconds: float) -> Iterator[Rival]:
    """A rival while it lasts; afterwards its process is gone, whatever it was doing."""
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=log, bufsize=0, env=child_environment(), start_new_session=True
        ) as child,
    ):
        try:
            yield Rival(child, log, where, next_command, seconds)
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
