"""What a user reads when something is wrong: one shape, at most ten lines of evidence, a next command."""

from __future__ import annotations

from tl_passlab.errors import FindingError, PasslabError, UsageError


def test_message_has_what_where_why_and_next() -> None:
    error = UsageError("trace", "mine.py", "no kernel", evidence="one\n\ntwo", next_command="passlab cases")
    assert str(error) == "trace  mine.py: error: no kernel\n  one\n  two\nnext: passlab cases"


def test_message_without_place_evidence_or_next_is_one_line() -> None:
    assert str(PasslabError("lane", "", "not installed")) == "lane: error: not installed"


def test_long_evidence_is_cut_and_counted() -> None:
    lines = str(FindingError("run", "x", "failed", evidence="\n".join(map(str, range(13))))).splitlines()
    assert lines[1:11] == [f"  {k}" for k in range(10)]
    assert lines[11:] == ["  ... 3 more lines"]


def test_exit_codes_are_the_documented_ones() -> None:
    assert (FindingError.exit_code, UsageError.exit_code, PasslabError.exit_code) == (1, 2, 1)
