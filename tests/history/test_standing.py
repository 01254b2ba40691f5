"""How a test stands against its past: each rule on a line of outcomes, one letter a run."""

from __future__ import annotations

import pytest

from tl_passlab.history.record import EXPECTED, FAILED, PASSED, SKIPPED
from tl_passlab.history.standing import (
    FINE,
    FIXED,
    FLAKY,
    KNOWN,
    NEW,
    NOT_RUN,
    STUCK,
    WINDOW,
    Point,
    history_of,
    standing_of,
)

OUTCOMES = {"P": PASSED, "F": FAILED, "s": SKIPPED, "x": EXPECTED}


def points(line: str, tilelang: str = "0.1.15") -> list[Point]:
    """A letter is a run; a space before it means that the commit changed."""
    made: list[Point] = []
    commit = 0
    for letter in line:
        if letter == " ":
            commit += 1
        else:
            started = f"2026-01-{len(made) + 1:02}T00:00:00+00:00"
            made.append(Point(f"r{len(made)}", started, tilelang, f"c{commit}", OUTCOMES[letter]))
    return made


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("P", FINE),
        ("F", NEW),
        ("P F", NEW),
        ("P F F", KNOWN),
        ("P FF", KNOWN),
        ("PF", NEW),  # a flake by definition, but nobody has seen it before
        ("PFP", FLAKY),
        ("PFPF", FLAKY),
        ("PFPFF", FLAKY),
        ("PFPFFF", NEW),  # three in a row is no flake any more, and must be said once
        ("PFPFFFF", KNOWN),
        ("F P", FIXED),
        ("F P P", FINE),
        ("F sP", FIXED),
        ("P sF", NEW),
        ("P F s", NOT_RUN),
        ("P F s F", KNOWN),
        ("P x", FINE),
        ("x F", NEW),  # a strict expected failure that passes is reported as failed: upstream mended it
        ("F x", FIXED),
        ("PFP" + " P" * (WINDOW - 1), FINE),  # the flakes have left the window
    ],
)
def test_status(line: str, status: str) -> None:
    assert history_of("t", points(line)).status == status


def test_the_third_failure_in_a_row_is_the_one_reported() -> None:
    assert STUCK == 3


def test_a_failure_is_traced_to_the_run_where_it_began_and_what_changed_there() -> None:
    line = points("P P F F")
    history = history_of("t", line)
    assert history.last_passed == line[1] and history.first_failed == line[2]
    assert history.changed_at == "commit c1 -> c2"


def test_an_earlier_failure_that_was_mended_is_not_where_the_present_one_began() -> None:
    line = points("P F F P P F")
    history = history_of("t", line)
    assert history.first_failed == line[5] and history.last_passed == line[4]


def test_a_change_of_tilelang_is_named() -> None:
    old = points("P", "0.1.14")
    new = Point("r9", "2026-02-01T00:00:00+00:00", "0.1.15", "c0", FAILED)
    assert history_of("t", [*old, new]).changed_at == "tilelang 0.1.14 -> 0.1.15"


def test_skipped_runs_between_do_not_hide_the_change() -> None:
    assert history_of("t", points("P s sF")).changed_at == "commit c0 -> c2"


def test_nothing_changed_is_said() -> None:
    assert history_of("t", points("PF")).changed_at.startswith("nothing changed: tilelang 0.1.15, commit c0")
    assert "never passed" in history_of("t", points("F")).changed_at
    assert history_of("t", points("P")).changed_at == ""


def test_flake_rate_counts_only_changes_of_outcome_without_a_change_of_code() -> None:
    assert history_of("t", points("PFPP")).flake_rate == pytest.approx(2 / 3)
    assert history_of("t", points("P F P P")).flake_rate == 0
    assert history_of("t", points("PsF")).flake_rate == 1
    assert history_of("t", points("Px")).flake_rate == 0


def test_unknown_versions_are_never_the_same() -> None:
    nameless = [Point("a", "1", "", "", PASSED), Point("b", "2", "", "", FAILED), Point("c", "3", "", "", PASSED)]
    assert history_of("t", nameless).flake_rate == 0


def test_standing_has_each_test_in_one_list_and_the_measurements() -> None:
    measured = [Point("r", f"2026-01-0{n}", "0.1.15", "c", PASSED, n / 2) for n in (1, 2)]
    lines = {"broke": "P F", "mended": "F P", "shaky": "PFP", "old": "P F F", "good": "P"}
    found = standing_of([*(history_of(n, points(line)) for n, line in lines.items()), history_of("fast", measured)])
    assert (found.new, found.fixed, found.flaky, found.known) == (("broke",), ("mended",), ("shaky",), ("old",))
    assert found.trends == {"fast": (("2026-01-01", 0.5), ("2026-01-02", 1.0))}
    assert set(found.history) == {*lines, "fast"}
