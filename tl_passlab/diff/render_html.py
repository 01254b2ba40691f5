"""A diff as one self-contained HTML page: every text of the user goes through `escape`, nothing is loaded.

The page works without its script too: everything is shown, only filters and keys are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tl_passlab.diff.compare_folders import Paired, first_difference
from tl_passlab.diff.intraline import Span, spans
from tl_passlab.diff.result import CLASSES, COSMETIC, Diff, Hunk
from tl_passlab.diff.rows import Row, rows
from tl_passlab.report.page import THEME_SCRIPT, document, escape, part

CONTEXT = 3
# A longer unchanged stretch is folded; in a very long page it is left out.
FOLD_FROM = 2 * CONTEXT + 3
MAX_FOLDED_LINES = 20_000


def render_page(diff: Diff, before: str, after: str) -> str:
    """The page for two texts."""
    heading = f"{escape(before)} <span>&rarr;</span> {escape(after)} <span>{escape(diff.language)}</span>"
    body = _table(diff, 0) if diff.hunks else f'<p class="empty">{_verdict(diff)}</p>'
    return _page(f"{before} -> {after}", heading, diff.counts, body, diff.notes)


def render_folders_page(found: Sequence[Paired], before: str, after: str) -> str:
    """The page for two directories: one folded section per name, the first difference open."""
    first = first_difference(list(found))
    counts: dict[str, int] = {}
    sections: list[str] = []
    for number, pair in enumerate(found):
        sections.append(_section(pair, number, pair is first))
        for kind, count in (pair.diff.counts if pair.diff else {}).items():
            counts[kind] = counts.get(kind, 0) + count
    different = sum(pair.differs for pair in found)
    heading = (
        f"{escape(before)} <span>&rarr;</span> {escape(after)} "
        f"<span>{len(found)} names, {different} different"
        f"{f', first: {escape(first.name)}' if first else ''}</span>"
    )
    ordered = {kind: counts[kind] for kind in CLASSES if kind in counts}
    return _page(f"{before} -> {after}", heading, ordered, "\n".join(sections), ())


def _section(pair: Paired, number: int, is_open: bool) -> str:
    name = escape(pair.name)
    if pair.diff is None:
        side = "only before" if pair.only == "before" else "only after"
        return f'<details class="file"><summary>{name}<small>{side}</small></summary></details>'
    words = ", ".join(f"{kind} {count}" for kind, count in pair.diff.counts.items()) or "identical"
    body = _table(pair.diff, number) if pair.diff.hunks else ""
    opened = " open" if is_open else ""
    return f'<details class="file"{opened}><summary>{name}<small>{escape(words)}</small></summary>{body}</details>'


def _page(title: str, heading: str, counts: Mapping[str, int], body: str, notes: Iterable[str]) -> str:
    chips = "".join(
        f'<button data-k="{_slug(kind)}" aria-pressed="{"false" if kind in COSMETIC else "true"}">'
        f"{escape(kind)} {count}</button>"
        for kind, count in counts.items()
    )
    said = "".join(f'<p class="notes">{escape(note)}</p>' for note in notes)
    parts = {"heading": heading, "chips": chips, "notes": said, "body": body}
    pieces = part(__file__, "page.html").split("{{")
    # One pass over the template: what is filled in is never searched for placeholders.
    filled = "".join(parts[name] + rest for name, _, rest in (piece.partition("}}") for piece in pieces[1:]))
    script = THEME_SCRIPT + part(__file__, "page.js")
    return document(title, part(__file__, "page.css"), pieces[0] + filled, script)


def _table(diff: Diff, section: int) -> str:
    """The rows of one comparison, with a header before the first row of each hunk."""
    out: list[str] = []
    same: list[Row] = []
    told: set[int] = set()
    budget = MAX_FOLDED_LINES
    for row in rows(diff):
        if row.hunk < 0:
            same.append(row)
            continue
        budget = _unchanged(diff, same, out, budget, bool(told))
        same = []
        if row.hunk not in told:
            told.add(row.hunk)
            out.append(_header(diff.hunks[row.hunk], f"h{section}-{row.hunk}"))
        out.append(_row(diff, row))
    _unchanged(diff, same, out, budget, bool(told), last=True)
    # A hunk whose every line belongs to another one (a rename on a changed line) still has its header.
    out += [_header(hunk, f"h{section}-{n}") for n, hunk in enumerate(diff.hunks) if n not in told]
    return "\n".join(out)


def _unchanged(diff: Diff, same: list[Row], out: list[str], budget: int, preceded: bool, last: bool = False) -> int:
    head = CONTEXT if preceded else 0
    tail = 0 if last else CONTEXT
    if len(same) < FOLD_FROM:
        out += [_row(diff, row) for row in same]
        return budget
    middle = same[head : len(same) - tail]
    out += [_row(diff, row) for row in same[:head]]
    if len(middle) <= budget:
        inner = "\n".join(_row(diff, row) for row in middle)
        out.append(f'<details class="same"><summary>{len(middle)} unchanged lines</summary>{inner}</details>')
    else:
        out.append(f'<details class="same"><summary>{len(middle)} unchanged lines, left out</summary></details>')
    out += [_row(diff, row) for row in same[len(same) - tail :]] if tail else []
    return budget - len(middle)


def _header(hunk: Hunk, anchor: str) -> str:
    kinds = " ".join(_slug(kind) for kind in hunk.kinds)
    also = f" <small>also {escape(', '.join(hunk.also))}</small>" if hunk.also else ""
    where = escape(" > ".join(hunk.breadcrumbs))
    style = "h cos" if hunk.cosmetic else "h"
    what = f"<strong>{escape(hunk.kind)}</strong> {escape(hunk.reason)}{also}"
    return f'<div class="{style}" id="{anchor}" data-k="{kinds}"><span>{what}</span><small>{where}</small></div>'


def _row(diff: Diff, row: Row) -> str:
    old = diff.before_lines[row.left - 1] if row.left else ""
    new = diff.after_lines[row.right - 1] if row.right else ""
    if row.hunk < 0:
        kind, data = "s" if row.left and row.right else "", ""
        left, right = [(old, False)], [(new, False)]
    else:
        hunk = diff.hunks[row.hunk]
        kind = "c" if hunk.cosmetic else "d"
        data = f' data-k="{" ".join(_slug(k) for k in hunk.kinds)}"'
        left, right = spans(old, new) if row.left and row.right else ([(old, False)], [(new, False)])
    return f'<div class="row {kind}"{data}>{_cell(row.left, left, "o")}{_cell(row.right, right, "n")}</div>'


def _cell(number: int, parts: list[Span], side: str) -> str:
    if not number:
        return '<b class="void"></b><code class="void"></code>'
    text = "".join(f"<i>{escape(part)}</i>" if changed else escape(part) for part, changed in parts)
    return f'<b>{number}</b><code class="{side}">{text}</code>'


def _verdict(diff: Diff) -> str:
    return "The two are identical." if diff.identical else "No difference."


def _slug(kind: str) -> str:
    return "".join(c for c in kind if c.isalnum())
