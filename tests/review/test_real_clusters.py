"""Clusters on real lowerings in which one pass was changed: few, and never two changes in one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.lowering import LANE, stored_pairs, trace_of
from tests.review.injected import CHANGES, lower_with
from tl_passlab.goldens import explain, golden_content, golden_names, golden_path
from tl_passlab.goldens.pending import Mirror, Pending, add_pending, entries, relative_path
from tl_passlab.model import CaseInfo, Target
from tl_passlab.review.clusters import Cluster, cluster

MOST_CLUSTERS = 10
FEW = (
    ("pipeline/gemm_two_stages", "cuda:sm_80"),
    ("regressions/guarded_copies", "cuda:sm_80"),
    ("sync/block_reduction", "cuda:sm_80"),
)
PAIRS = {(case.name, target.spec): (case, target) for case, target in stored_pairs()}

pytestmark = pytest.mark.skipif(not LANE.full, reason="no goldens are kept for this lane")


def make_pending(mirror: Mirror, case: CaseInfo, target: Target, change: str) -> set[str]:
    """The goldens of a case that differ when one pass is changed, made pending; none where it does not lower then."""
    base = trace_of(case.name, target.spec)
    try:
        trace = lower_with(case.name, target, (CHANGES[change],))
    except Exception:
        return set()
    found = set()
    for name in golden_names(case, target):
        stored, content = golden_content(base, name), golden_content(trace, name)
        if stored != content:
            golden = golden_path(mirror.root / "goldens", LANE.tilelang, target, case, name)
            path = relative_path(mirror, golden)
            why = explain(name, stored, trace, case, target, lambda other: golden_content(base, other))
            add_pending(mirror, path, stored, content, why)
            found.add(path)
    return found


def mixed(clusters: Iterable[Cluster], known: dict[str, str]) -> list[str]:
    """The clusters that hold goldens of more than one change."""
    return [c.title for c in clusters if len({known[e.path] for e in c.entries}) > 1]


def test_injected_changes_are_few_clusters_and_kept_apart(tmp_path: Path) -> None:
    """A pass that loses its barriers, and one that reads another version of its buffers, in the same kernels."""
    pending: dict[str, list[Pending]] = {}
    for change in ("barrier", "version"):
        mirror = Mirror(tmp_path, tmp_path / change)
        for name, spec in FEW:
            if (name, spec) in PAIRS:
                make_pending(mirror, *PAIRS[name, spec], change)
        pending[change] = entries(mirror)
        (only,) = cluster(pending[change])
        assert only.title.startswith(f"{CHANGES[change].pass_name}: ")
    units = {unit: k % 2 for k, unit in enumerate(sorted({e.unit for e in pending["version"]}))}
    chosen = [e for e in pending["version"] if units[e.unit]] + [e for e in pending["barrier"] if not units.get(e.unit)]
    known = {e.path: change for change in pending for e in chosen if e in pending[change]}
    assert set(known.values()) == {"barrier", "version"}
    assert mixed(cluster(chosen), known) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_injected_change_over_all_cases(tmp_path: Path) -> None:
    pending: dict[str, list[Pending]] = {}
    for change in CHANGES:
        mirror = Mirror(tmp_path, tmp_path / change)
        for case, target in PAIRS.values():
            if not case.rejected_on(target):
                make_pending(mirror, case, target, change)
        pending[change] = entries(mirror)
        clusters = cluster(pending[change])
        print(f"{change}: {len(pending[change])} goldens, {len(clusters)} clusters")
        assert 1 <= len(clusters) <= MOST_CLUSTERS, [c.title for c in clusters]
    for one, two in itertools.combinations(CHANGES, 2):
        units = sorted({e.unit for e in (*pending[one], *pending[two])})
        side = {unit: (one, two)[k % 2] for k, unit in enumerate(units)}
        chosen = {e.path: (e, change) for change in (one, two) for e in pending[change] if side[e.unit] == change}
        clusters = cluster(e for e, _ in chosen.values())
        assert mixed(clusters, {path: change for path, (_, change) in chosen.items()}) == [], (one, two)
