"""A diff in a terminal: one summary line, then the hunks, side by side where there is room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import zip_longest

from tl_passlab.diff.intraline import Span, spans
from tl_passlab.diff.result import COSMETIC, Diff, Hunk

SIDE_BY_SIDE_WIDTH = 150
MAX_HUNK_LINES = 40

_RESET, _BOLD, _DIM, _RED, _GREEN, _YELLOW, _REVERSE = (f"\x1b[{n}m" for n in (0, 1, 2, 31, 32, 33, 7))


def render_summary(diff: Diff, hidden: Collection[str] = COSMETIC, *, color: bool = False) -> str:
    """One line: how many hunks of each class, most dangerous first; `identical` when there are none."""
    if not diff.hunks:
        return "identical"
    words = []
    for kind, count in diff.counts.items():
        text = f"{kind} {count}" + (" (hidden)" if kind in hidden else "")
        words.append(_paint(text, _DIM if kind in hidden else _BOLD, color))
    return "   ".join(words)


def render_hunks(
    diff: Diff,
    width: int = 100,
    color: bool = False,
    *,
    unified: bool = False,
    show: Collection[str] | None = None,
    max_lines: int = MAX_HUNK_LINES,
) -> str:
    """The hunks as text. Without `show` the semantic ones; `show` names the classes to show, of any kind."""
    chosen = [h for h in diff.hunks if (not h.cosmetic if show is None else any(k in show for k in h.kinds))]
    side_by_side = width >= SIDE_BY_SIDE_WIDTH and not unified
    blocks = []
    for hunk in chosen:
        lines = [_headline(hunk, width, color)]
        body = _columns(hunk, width, color) if side_by_side else _unified(hunk, color)
        lines += body[:max_lines]
        if len(body) > max_lines:
            lines.append(_paint(f"     ... {len(body) - max_lines} more lines", _DIM, color))
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def clean(text: str) -> str:
    """Text without control characters: a dump must not be able to steer the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _headline(hunk: Hunk, width: int, color: bool) -> str:
    also = f" (also {', '.join(hunk.also)})" if hunk.also else ""
    head = clean(f"{hunk.kind}: {hunk.reason}{also}")
    where = clean(" > ".join(hunk.breadcrumbs))
    place = f"{hunk.before_line}:{hunk.after_line}"
    tail = f"{where}  {place}" if where else place
    style = _DIM if hunk.cosmetic else _YELLOW
    if len(head) + len(tail) + 2 <= width:
        return _paint(head, style, color) + " " * (width - len(head) - len(tail)) + _paint(tail, _DIM, color)
    return _paint(head, style, color) + "\n  " + _paint(tail, _DIM, color)


def _paint(text: str, style: str, color: bool) -> str:
    return f"{style}{text}{_RESET}" if color else text


def _painted(parts: Iterable[Span], style: str, color: bool) -> str:
    if not color:
        return "".join(text for text, _ in parts)
    return "".join(f"{style}{_REVERSE if changed else ''}{text}{_RESET}" for text, changed in parts)


def _dedented(hunk: Hunk) -> tuple[list[str], list[str]]:
    """Each side without the indentation its lines share."""
    return _cut(hunk.before), _cut(hunk.after)


def _cut(side: tuple[str, ...]) -> list[str]:
    lines = [clean(line) for line in side]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[margin:] for line in lines]


def _spans(before: Sequence[str], after: Sequence[str]) -> tuple[list[list[Span]], list[list[Span]]]:
    if len(before) != len(after):
        return [[(line, False)] for line in before], [[(line, False)] for line in after]
    pairs = [spans(old, new) for old, new in zip(before, after, strict=True)]
    return [old for old, _ in pairs], [new for _, new in pairs]


def _unified(hunk: Hunk, color: bool) -> list[str]:
    old, new = _spans(*_dedented(hunk))
    lines = [_paint("   - ", _RED, color) + _painted(parts, _RED, color) for parts in old]
    return lines + [_paint("   + ", _GREEN, color) + _painted(parts, _GREEN, color) for parts in new]


def _columns(hunk: Hunk, width: int, color: bool) -> list[str]:
    """Old left, new right; lines longer than a column go on in the next row."""
    column = (width - 7) // 2
    old, new = _spans(*_dedented(hunk))
    lines: list[str] = []
    nothing: list[Span] = []
    for left, right in zip_longest(old, new, fillvalue=nothing):
        for one, two in zip_longest(_wrapped(left, column), _wrapped(right, column), fillvalue=nothing):
            length = sum(len(text) for text, _ in one)
            lines.append(
                f"  {_painted(one, _RED, color)}{' ' * (column - length)} | {_painted(two, _GREEN, color)}".rstrip()
            )
    return lines


def _wrapped(parts: list[Span], width: int) -> list[list[Span]]:
    rows: list[list[Span]] = [[]]
    room = width
    for text, changed in parts:
        while text:
            rows[-1].append((text[:room], changed))
            text, room = text[room:], room - len(text[:room])
            if room == 0:
                rows.append([])
                room = width
    return rows if rows[-1] or len(rows) == 1 else rows[:-1]
