"""A change in a few lines: what a failing test shows of it before a person opens the review."""

from __future__ import annotations

from tl_passlab.diff import Diff, Hunk
from tl_passlab.diff.render_text import clean
from tl_passlab.linediff import diff_lines

SHOWN_LINES = 12
SHOWN_GROUPS = 4
WIDTH = 110


def summary_of(diff: Diff) -> list[str]:
    """One row for each distinct change: class, reason, first place, and how many more places have it."""
    groups: dict[tuple[str, str], list[Hunk]] = {}
    for hunk in diff.semantic or diff.hunks:
        groups.setdefault((hunk.kind, hunk.reason), []).append(hunk)
    width = max((len(kind) for kind, _ in groups), default=0)
    rows = []
    for (kind, reason), hunks in list(groups.items())[:SHOWN_GROUPS]:
        where = " > ".join(hunks[0].breadcrumbs) or f"line {hunks[0].before_line}"
        more = f", and {len(hunks) - 1} more" if len(hunks) > 1 else ""
        rows.append(cut(clean(f"{kind:<{width}}  {reason}"), WIDTH - 30) + f"  ({cut(clean(where), 60)}{more})")
    if len(groups) > SHOWN_GROUPS:
        rows.append(f"... {len(groups) - SHOWN_GROUPS} more kinds of change")
    return rows


def first_lines(diff: Diff) -> list[str]:
    """The lines of the first hunk, long ones cut to where they differ."""
    hunk = (diff.semantic or diff.hunks)[0]
    before, after = [clean(x.strip()) for x in hunk.before], [clean(x.strip()) for x in hunk.after]
    if len(before) == len(after):
        pairs = [around(a, b) for a, b in zip(before, after, strict=True) if a != b]
        before, after = [a for a, _ in pairs], [b for _, b in pairs]
    lines = [f"- {cut(x, WIDTH)}" for x in before] + [f"+ {cut(x, WIDTH)}" for x in after]
    rest = len(lines) - SHOWN_LINES
    return [*lines[:SHOWN_LINES], *([f"... {rest} more lines"] if rest > 0 else [])]


def around(before: str, after: str) -> tuple[str, str]:
    """Two lines cut to what surrounds their first difference."""
    start = next((k for k, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    if max(len(before), len(after)) <= WIDTH or start < WIDTH // 2:
        return before, after
    return f"... {before[start - 30 :]}", f"... {after[start - 30 :]}"


def cut(text: str, width: int) -> str:
    """The text, cut to a width."""
    return text if len(text) <= width else text[: width - 4] + " ..."


def first_difference(stored: str, fresh: str) -> str:
    """The first differing lines, at most SHOWN_LINES, with their line number in the stored text."""
    rows = list(diff_lines(stored.splitlines(), fresh.splitlines()))
    start = next((k for k, (sign, _) in enumerate(rows) if sign != " "), None)
    if start is None:
        return ""
    line = 1 + sum(sign != "+" for sign, _ in rows[:start])
    shown = rows[max(0, start - 1) : start + SHOWN_LINES]
    rest = sum(sign != " " for sign, _ in rows[start + SHOWN_LINES :])
    tail = [f"... {rest} more differing lines"] if rest else []
    return "\n".join([f"line {line}:", *(cut(clean(f"{sign} {text}"), WIDTH) for sign, text in shown), *tail])
