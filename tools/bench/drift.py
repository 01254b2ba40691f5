"""Measures `passlab drift`: seconds and pairs per second over cases, and a text diff of the sources beside it.

    python tools/bench/drift.py [--from 0.1.11] [--to 0.1.15] [CASE ...]

The peer is what a user does without the tool: `diff` of the two generated sources. It is given the same two lowerings,
and its count of changed lines is what the reader would have to go through; ours is the changes after renames and equal
expressions are set aside and like ones are told once.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tl_passlab.drift.compare import compare_traces
from tl_passlab.drift.group import grouped
from tl_passlab.drift.lower import LaneWorker, lower_in_both
from tl_passlab.drift.report import run_drift
from tl_passlab.drift.select import jobs_for
from tl_passlab.errors import PasslabError
from tl_passlab.lane_env import lane_python
from tl_passlab.linediff import count_changes

DEFAULT = ["pipeline/gemm_pipelined", "attention/flash_forward", "layout/transpose"]


def main() -> int:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", default=DEFAULT)
    parser.add_argument("--from", dest="before", default="0.1.11")
    parser.add_argument("--to", dest="after", default="0.1.15")
    args = parser.parse_args()
    try:
        lanes = [(lane, lane_python(lane, create=False)) for lane in (args.before, args.after)]
    except PasslabError as error:
        print(f"skipped: {error}")
        return 0
    jobs = jobs_for(args.cases, [], (args.before, args.after))
    started = time.perf_counter()
    run_drift(lanes[0], lanes[1], jobs, 300.0)
    whole = time.perf_counter() - started
    print(f"{len(jobs)} kernel x target pairs in {whole:.1f} s: {whole / len(jobs):.2f} s each, start included")
    print(f"{'kernel':<44} {'diff lines':>10} {'changes':>8} {'kinds':>6} {'compare s':>10}")
    with contextlib.ExitStack() as stack:
        old, new = (stack.enter_context(LaneWorker(lane, python, 300.0)) for lane, python in lanes)
        for before, after in lower_in_both(jobs, old, new):
            started = time.perf_counter()
            pair = compare_traces(before, after)
            seconds = time.perf_counter() - started
            lines = sum(count_changes(before.source, after.source))
            name = f"{pair.case} {pair.target}"
            print(f"{name:<44} {lines:>10} {len(pair.changes):>8} {len(grouped(pair.changes)):>6} {seconds:>10.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
