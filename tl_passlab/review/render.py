"""Pending goldens as text: a cluster and its representative, one golden in full, the list without a terminal."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from tl_passlab.diff import CLASSES, Diff, render_hunks
from tl_passlab.diff.render_text import clean
from tl_passlab.goldens.content import UNCHANGED
from tl_passlab.goldens.excerpt import first_difference
from tl_passlab.goldens.explain import difference
from tl_passlab.goldens.pending import Mirror, Pending, is_stale, read_text, stored_text
from tl_passlab.linediff import unified
from tl_passlab.report.text import Style
from tl_passlab.review.clusters import Cluster
from tl_passlab.review.semantics import check_command

PIPE_WIDTH = 120
BODY_LINES = 40


def headline(cluster: Cluster, place: str, style: Style) -> str:
    """`[1/3] LayoutInference: layout    180 goldens, 42 cases, 4 targets`."""
    counts = [count(len(cluster.entries), "golden")]
    if cluster.cases:
        counts.append(count(len(cluster.cases), "case"))
    if cluster.targets:
        counts.append(count(len(cluster.targets), "target"))
    if cluster.variants > 1:
        counts.append(count(cluster.variants, "variant"))
    return f"{style.bold(f'[{place}] {clean(cluster.title)}')}    {', '.join(counts)}"


def attached_line(cluster: Cluster) -> str:
    """What differs because of it further down the pipeline, by pass; empty for nothing."""
    labels = Counter(entry.label for entry in cluster.attached)
    if not labels:
        return ""
    listed = ", ".join(f"{label} {n}" for label, n in labels.most_common(8))
    return f"      follows from it: {listed}{', ...' if len(labels) > 8 else ''}"


def claims_line(cluster: Cluster) -> str:
    """How many of the claims hold on the new lowerings; the first that does not."""
    units = {entry.unit: entry.claims for entry in cluster.entries if entry.claims}
    total = sum(map(len, units.values()))
    if not total:
        return "      claims: none"
    broken = [(unit, name, why) for unit, claims in units.items() for name, why in claims.items() if why]
    line = f"      claims: {total - len(broken)} of {total} hold"
    if not broken:
        return line
    unit, name, why = broken[0]
    return f"{line}\n      FAILS  {name}  {unit}\n             {clean((why.splitlines() or [''])[0])}"


def entry_text(mirror: Mirror, entry: Pending, style: Style, *, full: bool = False) -> str:
    """One pending golden: what it is, and its change by meaning; `full` shows the golden's own lines instead."""
    lines = [style.bold(entry.path), f"  {clean(entry.reason)}"]
    if is_stale(mirror, entry):
        lines.append("  stale: the stored golden is not the one that was compared; it cannot be accepted")
    return "\n".join([*lines, *(f"  {line}" for line in body(mirror, entry, style, full=full).splitlines())])


def body(mirror: Mirror, entry: Pending, style: Style, *, full: bool = False) -> str:
    """The change of a golden as text."""
    stored, fresh = stored_text(mirror, entry), read_text(mirror, entry)
    if full:
        lines = unified(stored or "", fresh or "")
        return "\n".join(style.diff_line(clean(line)) for line in lines)
    if stored is None or fresh is None:
        return _one_sided(stored, fresh, style)
    diff = diff_of(entry, stored, fresh)
    if diff is None or not diff.hunks:
        return "\n".join(style.diff_line(line) for line in first_difference(stored, fresh).splitlines())
    shown = None if diff.semantic else set(diff.counts)
    # Only the first lines are shown: what matters most goes there.
    diff = replace(diff, hunks=tuple(sorted(diff.hunks, key=lambda hunk: CLASSES.index(hunk.kind))))
    width = (style.width or PIPE_WIDTH) - 2
    lines = render_hunks(diff, width, style.colour, show=shown, unified=True).splitlines()
    rest = len(lines) - BODY_LINES
    return "\n".join([*lines[:BODY_LINES], *([f"... {rest} more lines: d shows everything"] if rest > 0 else [])])


def diff_of(entry: Pending, stored: str | None, fresh: str | None) -> Diff | None:
    """The structural diff that shows an entry's change, None where only lines can."""
    return difference(entry.name, stored, fresh, drift=entry.reason.startswith("input drifted"))


def _one_sided(stored: str | None, fresh: str | None, style: Style) -> str:
    text = fresh if stored is None else stored
    if text == UNCHANGED:
        return text.strip()
    lines = [f"{'+' if stored is None else '-'} {clean(line)}" for line in (text or "").splitlines()]
    rest = len(lines) - BODY_LINES
    return "\n".join([*map(style.diff_line, lines[:BODY_LINES]), *([f"... {rest} more lines"] if rest > 0 else [])])


def cluster_text(mirror: Mirror, cluster: Cluster, place: str, style: Style, example: int = 0) -> str:
    """A cluster with one of its goldens."""
    examples = (*cluster.findings, *cluster.attached)
    entry = examples[example % len(examples)]
    which = "representative" if example % len(examples) == 0 else f"example {example % len(examples) + 1}"
    rows = [headline(cluster, place, style)]
    rows += [line for line in (attached_line(cluster), claims_line(cluster)) if line]
    rows.append(f"      {which}: {entry.case} {entry.target}" if entry.case else f"      {which}:")
    return "\n".join([*rows, entry_text(mirror, entry, style)])


def list_text(clusters: list[Cluster], shown: int | None = None) -> str:
    """Every cluster with its goldens (the first few with `shown`), for pipes and people without a terminal."""
    rows = [f"{count(len(clusters), 'cluster')}, {count(sum(len(c.entries) for c in clusters), 'pending golden')}"]
    for cluster in clusters:
        rows += ["", headline(cluster, f"cluster {cluster.number}", Style())]
        rows += [line for line in (attached_line(cluster), claims_line(cluster)) if line]
        entries = (*cluster.findings, *cluster.attached)
        rows += [f"      {entry.status:<8} {entry.path}" for entry in entries[:shown]]
        if shown is not None and len(entries) > shown:
            rows.append(f"      ... {len(entries) - shown} more; `passlab pending` lists all")
        command = check_command(cluster.findings[0])
        rows += [f"      execute the representative: {command}"] if command else []
    return "\n".join(rows)


def next_commands(cluster: Cluster) -> list[str]:
    """What to type to look at a cluster, to execute its representative, and to decide on it, without a terminal."""
    entry = cluster.findings[0]
    accept = f"passlab accept --cluster {cluster.number}{' --even-if-claims-fail' if cluster.broken else ''}"
    check = check_command(entry)
    looks = [f"passlab show {entry.path}", *([check] if check else [])]
    return [*looks, accept, f"passlab reject --cluster {cluster.number}"]


def count(number: int, noun: str) -> str:
    """`1 golden`, `2 goldens`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def cluster_json(mirror: Mirror, cluster: Cluster) -> dict[str, Any]:
    """A cluster with the hunks of its representative."""
    return {
        "number": cluster.number,
        "title": cluster.title,
        "roots": [{"pass": root.pass_name, "shape": list(root.shape)} for root in cluster.roots],
        "variants": cluster.variants,
        "cases": list(cluster.cases),
        "targets": list(cluster.targets),
        "representative": entry_json(mirror, cluster.findings[0]),
        "goldens": [summary_json(entry) for entry in (*cluster.findings, *cluster.attached)],
        "next": next_commands(cluster),
    }


def summary_json(entry: Pending) -> dict[str, Any]:
    """A pending golden without its text."""
    return {
        "path": entry.path,
        "status": entry.status,
        "reason": entry.reason,
        "case": entry.case,
        "lane": entry.lane,
        "target": entry.target,
        "follows": entry.follows,
        "claims": {name: {"holds": not why, "why": why} for name, why in entry.claims.items()},
    }


def entry_json(mirror: Mirror, entry: Pending) -> dict[str, Any]:
    """A pending golden with its hunks, or its lines where it has none."""
    stored, fresh = stored_text(mirror, entry), read_text(mirror, entry)
    diff = diff_of(entry, stored, fresh)
    hunks = [
        {
            "kind": hunk.kind,
            "reason": hunk.reason,
            "where": list(hunk.breadcrumbs),
            "before": list(hunk.before),
            "after": list(hunk.after),
            "cosmetic": hunk.cosmetic,
        }
        for hunk in (diff.hunks if diff is not None else ())
    ]
    lines = [] if hunks else unified(stored or "", fresh or "")
    return {**summary_json(entry), "stale": is_stale(mirror, entry), "hunks": hunks, "lines": lines}
