"""A drift report for the terminal: what changed, by pass; then every kernel with its changes."""

from __future__ import annotations

from collections import Counter

from tl_passlab.diff.render_text import clean
from tl_passlab.drift.group import Group, by_origin, clusters, grouped
from tl_passlab.drift.result import CHANGED, STATUSES, Drift, PairDrift
from tl_passlab.report.text import Style

LINES = 4
CLUSTERS = 12


def render_drift(drift: Drift, style: Style, *, full: bool = False) -> str:
    """The summary; with `full` every change of every kernel with its lines."""
    count = Counter(pair.status for pair in drift.pairs)
    head = f"tilelang {drift.before} -> {drift.after}   {len(drift.pairs)} kernel x target pairs"
    statuses = "   ".join(f"{status} {count[status]}" for status in STATUSES if count[status])
    lines = [style.bold(head), statuses]
    lines += _passes(drift) + _origins(drift, style) + _clusters(drift, style) + _failures(drift, style)
    lines += ["", style.bold("kernels")]
    for pair in drift.pairs:
        lines += _pair(pair, style, full)
    return "\n".join(lines)


def _passes(drift: Drift) -> list[str]:
    """The passes that only one lane runs, over all kernels."""
    lines = []
    for lane, names in drift.own_passes:
        if names:
            lines.append(f"passes only in {lane}: {', '.join(names)}")
    return lines


def _origins(drift: Drift, style: Style) -> list[str]:
    rows = by_origin(drift)
    if not rows:
        return []
    width = max(len(label) for label, _, _ in rows)
    head = ["", style.bold("where the changes begin")]
    return [
        *head,
        *(f"  {label:<{width}}  {changes:>5} changes in {kernels} kernels" for label, changes, kernels in rows),
    ]


def _clusters(drift: Drift, style: Style) -> list[str]:
    found = clusters(drift)
    if not found:
        return []
    lines = ["", style.bold("most frequent changes")]
    for cluster in found[:CLUSTERS]:
        text = clean(f"{cluster.kind}: {cluster.reason}")
        lines.append(f"  {len(cluster.kernels):>3} kernels  {style.clip(text, 40)}   [{cluster.origin}]")
    if len(found) > CLUSTERS:
        lines.append(style.dim(f"  ... {len(found) - CLUSTERS} more kinds of change; --html and --json have them all"))
    return lines


def _failures(drift: Drift, style: Style) -> list[str]:
    noted = [pair for pair in drift.pairs if pair.note and pair.status != "rejected"]
    if not noted:
        return []
    lines = ["", style.bold("kernels that stopped or began to lower")]
    for pair in noted:
        lines.append(f"  {pair.case}  {pair.target}: {pair.status}")
        lines += [f"      {clean(line)}" for line in pair.note.splitlines()[:LINES]]
    return lines


def _pair(pair: PairDrift, style: Style, full: bool) -> list[str]:
    origins = ", ".join(f"{label} {count}" for label, count in pair.origins.items())
    row = f"  {pair.case}  {pair.target}  {pair.status}"
    if pair.status != CHANGED:
        return [style.dim(row)]
    lines = [f"{row}  {len(pair.changes)}   {origins}"]
    if full:
        for group in grouped(pair.changes):
            lines += _change(group, style)
    return lines


def _change(group: Group, style: Style) -> list[str]:
    change = group.example
    times = f"  ({group.count} times)" if group.count > 1 else ""
    after = f"; there its input differs since {', '.join(change.origin.after)}" if change.origin.after else ""
    near = " (near)" if change.near else ""
    head = f"    {change.hunk.kind}: {clean(change.hunk.reason)}{times}"
    lines = []
    for sign, texts in (("-", change.hunk.before), ("+", change.hunk.after)):
        lines += [style.diff_line(f"{sign} {clean(text.strip())}") for text in texts[:LINES]]
        if len(texts) > LINES:
            lines.append(f"  ... {len(texts) - LINES} more lines")
    return [head, f"      from {change.origin.label}{near}{after}", *(f"      {line}" for line in lines)]
