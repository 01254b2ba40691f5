"""The pass sequence of each lane and target, as observed: text files beside this module, one pass a line.

They answer `passlab passes` for lanes that are not installed. `tools/pipelines.py` writes them; a test compares the
running lane's with a fresh lowering.
"""

from __future__ import annotations

import re
from pathlib import Path

from tl_passlab.errors import UsageError
from tl_passlab.model import Target

FOLDER = Path(__file__).parent / "pipelines"


def pipeline_file(lane: str, target: Target) -> Path:
    """Where the sequence of a lane and target lies."""
    return FOLDER / lane / f"{target.slug}.txt"


def observed_pipeline(lane: str, target: Target) -> list[str]:
    """The occurrence-qualified names of depth 0, in order. Raises UsageError where none is on record.

    An architecture without a file of its own has the sequence of its nearest relative.
    """
    path = pipeline_file(lane, target)
    if not path.is_file():
        relatives = sorted((FOLDER / lane).glob(f"{target.kind}_*.txt"), key=lambda p: _generation(p.stem))
        if not relatives:
            why = "no pipeline is on record for this lane and target"
            raise UsageError("passes", f"{lane}  {target.spec}", why, next_command="passlab passes")
        older = [p for p in relatives if _generation(p.stem) <= _generation(target.slug)]
        path = older[-1] if older else relatives[0]
    return path.read_text(encoding="utf-8").splitlines()


def _generation(slug: str) -> int:
    """The number of an architecture, without its feature suffix: 90 for `cuda_sm_90a`, which orders 80 before 100."""
    match = re.search(r"\d+", slug)
    return int(match.group()) if match else 0
