"""What the tests on real kernels share: which case runs where, and one lowering for each case and target."""

from __future__ import annotations

import functools
import os
import pickle
import zlib
from pathlib import Path
from typing import cast

from tl_passlab import lanes
from tl_passlab.capture import capture
from tl_passlab.cases import find_cases, load_case
from tl_passlab.isolation import trace_in_child
from tl_passlab.model import CaseInfo, Target, Trace
from tl_passlab.targets import SUPPORTED, parse_target

LANE = lanes.running_lane()[0]
CASES = find_cases()
TARGETS = [parse_target(spec) for spec in SUPPORTED]
SHARED: Path | None = None


def stored_pairs() -> list[tuple[CaseInfo, Target]]:
    """Every case with every target it stores goldens for, on this lane."""
    pairs = [(case, parse_target(spec)) for case in CASES for spec in (*case.targets, *case.rejected)]
    seen: dict[tuple[str, str], tuple[CaseInfo, Target]] = {}
    for case, target in pairs:
        if not case.reason_not_on(target, LANE.tilelang):
            seen.setdefault((case.name, target.spec), (case, target))
    return list(seen.values())


# A worker runs a case's tests one after the other: a few traces are enough, and a trace is up to a megabyte.
@functools.lru_cache(maxsize=8)
def trace_of(name: str, spec: str) -> Trace:
    """The lowering of a case for a target, once in a run of the suite; of one that must crash, in a child."""
    case, target = load_case(name), parse_target(spec)
    kept = SHARED / f"{name}-{target.slug}".replace("/", "-") if SHARED is not None else None
    if kept is not None and kept.is_file():
        return cast(Trace, pickle.loads(zlib.decompress(kept.read_bytes())))
    crashes = "SIG" in case.info.rejected_on(target, LANE.tilelang)
    trace = trace_in_child(name, target, {}) if crashes else capture(case, target)
    if kept is not None:
        # Another worker reads it: whole or not at all.
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_bytes(zlib.compress(pickle.dumps(trace), level=1))
        draft.replace(kept)
    return trace


def share_traces(folder: Path) -> None:
    """Keep the traces of this run in a folder, for all of its workers: half of a run's lowerings are second ones."""
    global SHARED
    SHARED = folder
    folder.mkdir(exist_ok=True)
