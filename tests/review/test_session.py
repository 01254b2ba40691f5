"""The keys of the interactive review, without a terminal: what each decides, and that it takes effect at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.review.synthetic import make_pending, store_goldens
from tl_passlab.goldens.pending import Mirror, entries
from tl_passlab.report.text import Style
from tl_passlab.review.decide import Outcome
from tl_passlab.review.queue import pending_clusters
from tl_passlab.review.session import HELP, PROMPT, Session


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    """Two clusters: the layout of case 0 and 1, the barrier of case 2."""
    monkeypatch.delenv("CI", raising=False)
    found = Mirror(tmp_path, tmp_path / ".passlab" / "pending")
    store_goldens(tmp_path, range(3))
    for index, change in enumerate(("layout", "layout", "sync")):
        make_pending(found, index, frozenset({change}))
    return found


def review(mirror: Mirror, keys: str, *, even: bool = False) -> tuple[Outcome, str, list[str]]:
    """What was decided, what was shown, what was opened."""
    typed: Iterator[str] = iter(keys)
    shown: list[str] = []
    opened: list[str] = []

    def open_text(text: str, name: str) -> str:
        opened.append(name)
        return ""

    clusters = pending_clusters(mirror)
    session = Session(
        mirror,
        clusters,
        Style(),
        lambda: next(typed),
        shown.append,
        open_text,
        lambda entry: f"semantics: of {entry.case}",
        even_if_claims_fail=even,
    )
    return session.run(), "\n".join(shown), opened


def labels(mirror: Mirror) -> set[str]:
    return {entry.label for entry in entries(mirror)}


def test_a_then_r_decides_one_cluster_each(mirror: Mirror) -> None:
    sizes = [len(c.entries) for c in pending_clusters(mirror)]
    outcome, _, _ = review(mirror, "ar")
    assert [len(outcome.accepted), len(outcome.rejected)] == sizes
    assert entries(mirror) == []


def test_s_leaves_a_cluster_pending(mirror: Mirror) -> None:
    first, second = pending_clusters(mirror)
    outcome, _, _ = review(mirror, "sa")
    assert len(outcome.accepted) == len(second.entries)
    assert {e.path for e in entries(mirror)} == {e.path for e in first.entries}


@pytest.mark.parametrize(("key", "kept"), [("A", 0), ("R", 0), ("S", 11)])
def test_capital_decides_on_all_of_the_rest(mirror: Mirror, key: str, kept: int) -> None:
    assert len(entries(mirror)) == 11
    review(mirror, key)
    assert len(entries(mirror)) == kept


def test_q_keeps_what_was_decided(mirror: Mirror) -> None:
    first, second = pending_clusters(mirror)
    outcome, _, _ = review(mirror, "aq")
    assert len(outcome.accepted) == len(first.entries)
    assert {e.path for e in entries(mirror)} == {e.path for e in second.entries}


def test_cluster_shows_cause_counts_claims_and_the_structural_diff(mirror: Mirror) -> None:
    _, shown, _ = review(mirror, "q")
    assert "[1/2] LayoutInference: layout sblock_attr    8 goldens, 2 cases, 1 target" in shown
    assert "follows from it: " in shown and "LowerTileOp 2" in shown
    assert "claims: none" in shown
    assert "layout: " in shown and "- T.sblock_attr" in shown and "+ T.sblock_attr" in shown


def test_n_shows_another_golden_of_the_cluster(mirror: Mirror) -> None:
    _, shown, _ = review(mirror, "nq")
    assert "representative: synthetic/kernel_000" in shown
    assert "example 2: synthetic/kernel_001" in shown


def test_d_shows_the_golden_s_own_lines_and_o_opens_them(mirror: Mirror) -> None:
    _, shown, opened = review(mirror, "doq")
    assert shown.count("T.sblock_attr") >= 4
    assert opened == ["LayoutInference.diff.txt"]


def test_x_executes_the_golden_that_is_shown_and_decides_nothing(mirror: Mirror) -> None:
    _, shown, _ = review(mirror, "xnxq")
    first, second = (shown.index(f"      semantics: of synthetic/kernel_00{index}") for index in (0, 1))
    assert shown.index("representative: ") < first < shown.index("example 2: ") < second
    assert len(entries(mirror)) == 11


def test_the_prompt_fits_a_narrow_terminal_and_the_help_has_every_key() -> None:
    assert len(PROMPT) < 80 and {line[0] for line in HELP.splitlines()} == set("arsAndoxq")


def test_unknown_key_and_help_decide_nothing(mirror: Mirror) -> None:
    _, shown, _ = review(mirror, "z?q")
    assert "'z' is no key here" in shown and "skip: leave the cluster pending" in shown
    assert len(entries(mirror)) == 11


def test_cluster_with_a_broken_claim_stays_pending_on_a(mirror: Mirror) -> None:
    for entry in entries(mirror):
        about = json.loads(mirror.about_path(entry.path).read_text())
        mirror.about_path(entry.path).write_text(json.dumps({**about, "claims": {"claim_sync": "no barrier is left"}}))
    outcome, shown, _ = review(mirror, "as")
    assert outcome.accepted == []
    assert "claims: 0 of 2 hold" in shown and "no barrier is left" in shown
    assert "--even-if-claims-fail" in shown
    outcome, _, _ = review(mirror, "A", even=True)
    assert len(outcome.accepted) == 11
