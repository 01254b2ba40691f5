"""Every golden of every case on this lane: `-k LayoutInference`, `-k gemm_pipelined`, `-k "metal and kernel"`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lowering import LANE, stored_pairs, trace_of
from tl_passlab import goldens, lanes
from tl_passlab.cases import load_case
from tl_passlab.checks import read_blocks, run_checks
from tl_passlab.goldens import hygiene
from tl_passlab.goldens.claims import check_claims
from tl_passlab.model import CaseInfo, Target
from tl_passlab.passes import find_pass
from tl_passlab.pytest_golden import Golden

ROOT = Path(__file__).resolve().parent.parent / "goldens"
PINNED = ("tilelang", "apache-tvm-ffi", "z3-solver")


def golden_parameters() -> list[Any]:
    """One parameter set for each golden; the id names the pass, the case and the target."""
    rows = []
    for case, target in stored_pairs():
        for name in goldens.golden_names(case, target, LANE.tilelang):
            subject = name.removesuffix(".diff").removesuffix(".txt").partition("kernel.")
            label = "kernel" if subject[1] else subject[0]
            rows.append(pytest.param(case, target, name, id=f"{label}-{case.stem}-{target.slug}"))
    return rows


@pytest.mark.skipif(not LANE.full, reason=f"no goldens are kept for lane {LANE.tilelang}")
@pytest.mark.parametrize(("case", "target", "name"), golden_parameters())
def test_golden(case: CaseInfo, target: Target, name: str, golden: Golden) -> None:
    trace = trace_of(case.name, target.spec)
    if name != "error.txt" and trace.failure is not None:
        pytest.fail(f"{case.name} no longer lowers for {target.spec}\n{goldens.error_text(trace)}", pytrace=False)

    def read(other: str) -> str | None:
        return goldens.read_golden(goldens.golden_path(ROOT, LANE.tilelang, target, case, other))

    def explain(stored: str | None) -> goldens.Explanation:
        return goldens.explain(name, stored, trace, case, target, read)

    def claims() -> dict[str, str]:
        known = {claim for claim in case.claims if case.reason_known_broken(claim, LANE.tilelang)}
        held = {name: claim for name, claim in load_case(case.name).claims.items() if name not in known}
        return {**check_claims(held, trace), **run_checks(read_blocks(case), trace)}

    content = goldens.golden_content(trace, name)
    golden(goldens.golden_path(ROOT, LANE.tilelang, target, case, name), content, explain, claims)
    if content is None:
        pytest.skip(f"{name.removesuffix('.diff')} does not run for {target.spec} on tilelang {LANE.tilelang}")


@pytest.mark.skipif(not LANE.full, reason=f"no goldens are kept for lane {LANE.tilelang}")
@pytest.mark.parametrize("slug", sorted({target.slug for _, target in stored_pairs()}))
def test_golden_provenance(slug: str, golden: Golden) -> None:
    content = goldens.provenance({name: lanes.installed_version(name) or "" for name in PINNED})

    def explain(stored: str | None) -> goldens.Explanation:
        reason = "the goldens of this lane were made with other versions than are installed"
        next_command = f"pip install -c constraints/{LANE.tilelang}.txt -e '.[lane]'"
        return goldens.explain_text("LANE.toml", stored, content, reason, next_command)

    golden(ROOT / LANE.tilelang / slug / "LANE.toml", content, explain)


@pytest.mark.skipif(not LANE.full, reason=f"no goldens are kept for lane {LANE.tilelang}")
def test_goldens_are_in_order() -> None:
    faults = [fault for fault in hygiene.check_lane(ROOT.parent, LANE.tilelang) if fault.kind != hygiene.UNREAD]
    assert faults == [], "next: passlab goldens check"


def test_watched_passes_are_known() -> None:
    for case, _ in stored_pairs():
        for name in case.watch:
            find_pass(name)
