"""Clusters: one change is one cause however many goldens show it; two changes are never accepted together."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from tests.review.synthetic import CHANGES, make_pending, store_goldens
from tl_passlab.goldens.pending import Mirror, Pending, entries
from tl_passlab.goldens.roots import Root
from tl_passlab.review.clusters import Cluster, cluster
from tl_passlab.review.queue import pending_clusters

MOST_CLUSTERS = 10


def run(tmp_path: Path, changes: dict[int, frozenset[str]]) -> tuple[list[Cluster], dict[str, frozenset[str]]]:
    """The clusters after each case is lowered with its changes, and the changes that each pending golden shows."""
    mirror = Mirror(tmp_path, tmp_path / ".passlab" / "pending")
    store_goldens(tmp_path, changes)
    known: dict[str, frozenset[str]] = {}
    for index, applied in changes.items():
        known.update(make_pending(mirror, index, applied))
    clusters = pending_clusters(mirror)
    assert sorted(known) == sorted(e.path for c in clusters for e in c.entries)
    return clusters, known


def assert_pure(clusters: list[Cluster], known: dict[str, frozenset[str]]) -> None:
    """The goldens that show a cluster's cause show the same changes, and no golden attached to it shows another."""
    for found in clusters:
        shown = {known[e.path] for e in found.findings}
        attached = frozenset[str]().union(*(known[e.path] for e in found.entries))
        one = len(shown) == 1 and attached <= next(iter(shown))
        # Where a golden has two causes, both are in the title.
        named = len(attached) == len(found.roots) > 1
        assert one or named, f"{found.title} shows {shown} and holds {attached}"


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_one_change_over_many_goldens_gives_few_pure_clusters(change: str, tmp_path: Path) -> None:
    clusters, known = run(tmp_path, {index: frozenset({change}) for index in range(15)})
    assert len(known) >= 15
    assert len(clusters) <= 4
    assert_pure(clusters, known)


def test_one_change_over_500_goldens_gives_at_most_ten_pure_clusters(tmp_path: Path) -> None:
    clusters, known = run(tmp_path, {index: frozenset({"layout"}) for index in range(130)})
    assert len(known) >= 500
    assert len(clusters) <= MOST_CLUSTERS
    assert_pure(clusters, known)


def test_two_changes_never_share_a_cluster(tmp_path: Path) -> None:
    both = frozenset({"layout", "sync"})
    sets = (frozenset({"layout"}), frozenset({"sync"}), both)
    clusters, known = run(tmp_path, {index: sets[index % 3] for index in range(18)})
    assert_pure(clusters, known)
    assert both in {known[e.path] for c in clusters for e in c.entries}


@pytest.mark.slow
@pytest.mark.parametrize("pair", list(itertools.combinations(sorted(CHANGES), 2)), ids="-".join)
def test_every_pair_of_changes_is_kept_apart_where_both_occur(pair: tuple[str, str], tmp_path: Path) -> None:
    sets = (frozenset(pair[:1]), frozenset(pair[1:]), frozenset(pair))
    clusters, known = run(tmp_path, {index: sets[index % 3] for index in range(18)})
    assert_pure(clusters, known)


@pytest.mark.parametrize("pair", [("layout", "scope"), ("stages", "wait"), ("cast", "sync"), ("wait", "sync")])
def test_independent_changes_in_different_cases_are_kept_apart(pair: tuple[str, str], tmp_path: Path) -> None:
    clusters, known = run(tmp_path, {index: frozenset({pair[index % 2]}) for index in range(12)})
    assert_pure(clusters, known)
    by_change = defaultdict(set)
    for found in clusters:
        by_change[known[found.entries[0].path]].add(found.roots)
    assert len(by_change) == 2


def test_what_follows_is_attached_to_its_cause(tmp_path: Path) -> None:
    (only,), _ = run(tmp_path, {0: frozenset({"layout"})})
    assert [e.label for e in only.findings] == ["LayoutInference"]
    assert sorted(e.label for e in only.attached) == ["LowerTileOp", "ThreadSync", "kernel"]
    assert only.title == "LayoutInference: layout sblock_attr"


def test_an_unwatched_pass_is_named_by_the_pipeline(tmp_path: Path) -> None:
    clusters, _ = run(tmp_path, {0: frozenset({"cast"})})
    assert {root.pass_name for c in clusters for root in c.roots} == {"Simplify"}


def test_cause_between_watched_passes_is_named_by_a_case_that_watches_it() -> None:
    seen = Pending("goldens/l/t/a/b/P.diff", "changed", "", "1", "2", lane="l", roots=(Root("P", ("layout: x",)),))
    hidden = Root("before Q", ("layout: x",), between=("O", "P"), indirect=True)
    other = Pending("goldens/l/t/a/c/Q.diff", "changed", "", "1", "2", lane="l", roots=(hidden,), follows=True)
    assert [c.title for c in cluster([seen, other])] == ["P: layout x"]
    elsewhere = replace(other, roots=(replace(hidden, between=("O",)),))
    assert [c.title for c in cluster([seen, elsewhere])] == ["P: layout x", "before Q: layout x"]


def test_a_new_case_is_one_cluster(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path, tmp_path / "pending")
    make_pending(mirror, 3, frozenset())
    (only,) = pending_clusters(mirror)
    assert only.title == "synthetic/kernel_003: new case"
    assert len(only.entries) == 6


def test_numbers_last_while_a_cluster_is_pending(tmp_path: Path) -> None:
    clusters, _ = run(tmp_path, {0: frozenset({"layout"}), 1: frozenset({"sync"}), 2: frozenset({"sync"})})
    mirror = Mirror(tmp_path, tmp_path / ".passlab" / "pending")
    first, second = clusters
    for entry in first.entries:
        mirror.about_path(entry.path).unlink()
    assert [(c.number, c.roots) for c in pending_clusters(mirror)] == [(second.number, second.roots)]


def test_numbers_start_again_when_none_of_the_old_clusters_is_left(tmp_path: Path) -> None:
    run(tmp_path, {0: frozenset({"layout"})})
    found = entries(Mirror(tmp_path, tmp_path / ".passlab" / "pending"))
    assert [c.number for c in cluster(found, {"another": 7})] == [1]
