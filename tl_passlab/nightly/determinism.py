"""The determinism step: `passlab trace --repeat N` on every case and target, a record a line as each is done.

A process of its own, and each lowering in others: whatever ends it, the lines that it has written are results.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import shlex
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tl_passlab import lanes
from tl_passlab.cases import find_cases
from tl_passlab.history.adapters import determinism_name, determinism_record
from tl_passlab.history.record import FAILED, Record
from tl_passlab.model import CaseInfo
from tl_passlab.targets import parse_target

# For all runs of one kernel on one target.
SECONDS = 1800.0


def main(argv: list[str] | None = None) -> int:
    """Lower everything and write the records; 1 when a kernel varies."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--repeat", type=int, required=True)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    lane = lanes.running_lane()[0].tilelang
    chosen = [case for case in find_cases() if not args.cases or case.name in args.cases]
    writing = threading.Lock()
    with args.out.open("w", encoding="utf-8") as out, ThreadPoolExecutor(args.jobs) as pool:

        def one(pair: tuple[str, str]) -> bool:
            record = examine(*pair, args.repeat, lane)
            with writing:
                out.write(json.dumps(dataclasses.asdict(record)) + "\n")
                out.flush()
            return record.outcome == FAILED

        return int(any(list(pool.map(one, [pair for case in chosen for pair in pairs_of(case, lane)]))))


def pairs_of(case: CaseInfo, lane: str) -> list[tuple[str, str]]:
    """The case with each target that it lowers for on a lane."""
    if case.lanes and lane not in case.lanes:
        return []
    return [(case.name, spec) for spec in case.targets if not case.reason_not_on(parse_target(spec), lane)]


def examine(case: str, target: str, repeat: int, lane: str, seconds: float = SECONDS) -> Record:
    """The record of one case and target, also when the command crashes or hangs."""
    words = ["trace", case, "--target", target, "--repeat", str(repeat)]
    replay = shlex.join(["passlab", *words])
    began = time.monotonic()
    command = [sys.executable, "-m", "tl_passlab.cli", *words, "--json"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False
        )
        end, said = f"exit {done.returncode}", done.stderr.strip()
        answer = json.loads(done.stdout) if done.returncode in (0, 1) and done.stdout.strip() else None
        # Exit 1 and yet stable: it failed to lower, the same way each time.
        if answer is not None and answer["stable"] == (done.returncode == 0):
            return determinism_record(answer, replay, time.monotonic() - began)
    except subprocess.TimeoutExpired:
        end, said = f"no answer after {seconds:g} s", ""
    message = said.partition("\n")[0] or end
    name = determinism_name(case, target)
    return Record(
        name, "determinism", FAILED, case, target, lane=lane, verdict="no result", message=message, detail=said,
        replay=replay, seconds=time.monotonic() - began,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
