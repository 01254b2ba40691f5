"""Line diffs: applying one gives the other text, and nothing is invented or lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tl_passlab.linediff import count_changes, diff_lines, unified

# Few distinct lines, so that most of a text is shared and moved, as between two IRs.
TEXTS = st.lists(st.sampled_from(["a", "b", "", "  x = 1", "}", "- a", "+"]), max_size=30)


@given(TEXTS, TEXTS)
def test_diff_lines_holds_both_texts(before: list[str], after: list[str]) -> None:
    rows = list(diff_lines(before, after))
    assert [line for sign, line in rows if sign != "+"] == before
    assert [line for sign, line in rows if sign != "-"] == after


@given(TEXTS)
def test_diff_of_equal_texts_has_no_sign(text: list[str]) -> None:
    assert all(sign == " " for sign, _ in diff_lines(text, text))


@given(TEXTS, TEXTS)
def test_count_changes_balances_the_lengths(before: list[str], after: list[str]) -> None:
    added, removed = count_changes("\n".join(before) + "\n", "\n".join(after) + "\n")
    assert len(after) - len(before) == added - removed or not before or not after


def test_small_change_stays_small() -> None:
    before = [f"line {k}" for k in range(200)]
    after = [*before[:100], "new", *before[101:]]
    assert [row for row in diff_lines(before, after) if row[0] != " "] == [("-", "line 100"), ("+", "new")]
    assert count_changes("\n".join(before), "\n".join(after)) == (1, 1)


def test_repeated_lines_at_both_ends_are_not_counted_twice() -> None:
    assert list(diff_lines(["a", "a"], ["a", "a", "a"])) == [(" ", "a"), (" ", "a"), ("+", "a")]


def test_unified_shows_context_and_gaps() -> None:
    before = "".join(f"line {k}\n" for k in range(20))
    after = before.replace("line 5\n", "").replace("line 15\n", "LINE 15\n")
    assert unified(before, after, context=1) == [
        "  line 4",
        "- line 5",
        "  line 6",
        "...",
        "  line 14",
        "- line 15",
        "+ LINE 15",
        "  line 16",
    ]


def test_unified_of_equal_texts_is_empty() -> None:
    assert unified("a\nb\n", "a\nb\n") == []
