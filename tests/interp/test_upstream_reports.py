"""Wrong code reported to upstream in passes that no target owns: blame names the pass that upstream mends.

Found from the kernel a user would write, with no device. A lane that is missing in a row has the mend, or rejects it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lowering import LANE
from tl_passlab.cases import load_case
from tl_passlab.interp.check import check
from tl_passlab.targets import parse_target

KERNELS = Path(__file__).parent / "kernels" / "upstream_reports.py"
RACE, CONFLICT, VALUES = "race", "conflict", "differs"
FIRST, LATER = ("0.1.11",), ("0.1.11", "0.1.13")
EVERY = (*LATER, "0.1.15")

# Kernel -> the pass that is to blame, how it shows, and the lanes that have it.
REPORTS = {
    "merged_guards": ("MergeIfStmt", VALUES, FIRST),  # mended by 2744
    "guards_of_two_buffers": ("LoopUnswitching", VALUES, FIRST),  # mended by 2585
    "cast_under_two_guards": ("DecoupleTypeCast", VALUES, FIRST),  # 2820
    "barrier_for_48_threads": ("ThreadSync", RACE, FIRST),  # rejected since 2679
    "barrier_in_the_other_branch": ("ThreadSync", RACE, LATER),  # mended by 3085
    "nested_modulo": ("FlattenBuffer", VALUES, LATER),  # mended by 3065
    "shifted_fragment": ("LowerTileOp", VALUES, LATER),  # rejected since 3090
    "fragment_in_a_serial_loop": ("LowerTileOp", CONFLICT, EVERY),
    "barrier_in_a_strided_guard": ("ThreadSync", RACE, EVERY),  # 3138, not in a release
}


@pytest.mark.parametrize("name", REPORTS)
def test_the_pass_that_upstream_mends_is_blamed(name: str) -> None:
    guilty, shows_as, lanes = REPORTS[name]
    result = check(load_case(f"{KERNELS}::{name}"), parse_target("cuda:sm_80"), stop=True)
    first = result.first_failure
    if LANE.tilelang not in lanes:
        assert first is None and not result.unsupported()
        return
    assert first is not None, "upstream has mended this, or the interpreter no longer sees it"
    assert first.name.partition(".")[0] == guilty
    assert shows_as in {first.verdict, *(f.kind for f in first.findings)}
