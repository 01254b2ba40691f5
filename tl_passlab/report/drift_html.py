"""A drift report as one page: no scripts, no network, everything escaped; it opens from a file or an artifact store."""

from __future__ import annotations

from collections import Counter

from tl_passlab.drift.group import Cluster, Group, by_origin, clusters, grouped
from tl_passlab.drift.result import STATUSES, Drift, PairDrift
from tl_passlab.report.page import document, escape

LINES = 60
NAMED = 12

_STYLE = """
body { max-width: 72rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top; }
th { border-bottom: 1px solid var(--line); font-weight: 600; } td.n { text-align: right; }
details { border-top: 1px solid var(--line); padding: .35rem 0; } summary { cursor: pointer; }
pre { margin: .3rem 0; overflow-x: auto; font: 12.5px/1.4 ui-monospace, monospace; overflow-wrap: normal; }
pre span { display: block; width: max-content; min-width: 100%; }
.old { background: var(--old); } .new { background: var(--new); } .dim { color: var(--dim); }
.change { margin: .6rem 0 .9rem 1rem; } .kind { font-weight: 600; }
"""


def render_html(drift: Drift) -> str:
    """The whole page."""
    title = f"tilelang {drift.before} → {drift.after}"
    body = [f"<h1>{escape(title)}: what the generated code loses, gains and changes</h1>", _summary(drift)]
    body += [_origins(drift), _clusters(drift), _kernels(drift)]
    return document(title, _STYLE, "\n".join(body))


def _summary(drift: Drift) -> str:
    count = Counter(pair.status for pair in drift.pairs)
    cells = "".join(f"<tr><td>{escape(s)}</td><td class=n>{count[s]}</td></tr>" for s in STATUSES if count[s])
    parts = [f"<p>{len(drift.pairs)} kernel × target pairs.</p><table>{cells}</table>"]
    for lane, names in drift.own_passes:
        if names:
            parts.append(f"<p>Passes that only {escape(lane)} runs: {escape(', '.join(names))}</p>")
    return "\n".join(parts)


def _origins(drift: Drift) -> str:
    rows = "".join(
        f"<tr><td>{escape(label)}</td><td class=n>{changes}</td><td class=n>{kernels}</td></tr>"
        for label, changes, kernels in by_origin(drift)
    )
    head = "<tr><th>pass</th><th>changes</th><th>kernels</th></tr>"
    return f"<h2>Where the changes begin</h2><table>{head}{rows}</table>" if rows else ""


def _clusters(drift: Drift) -> str:
    found = clusters(drift)
    return "<h2>Changes, most widespread first</h2>\n" + "\n".join(map(_cluster, found)) if found else ""


def _cluster(cluster: Cluster) -> str:
    names = ", ".join(cluster.kernels[:NAMED]) + (" ..." if len(cluster.kernels) > NAMED else "")
    head = (
        f"<span class=kind>{escape(cluster.kind)}</span>: {escape(cluster.reason)} "
        f"<span class=dim>{escape(cluster.origin)}, {len(cluster.kernels)} kernels</span>"
    )
    body = f"<p class=dim>{escape(names)}</p>{_lines(cluster.example.hunk.before, cluster.example.hunk.after)}"
    return f"<details><summary>{head}</summary>{body}</details>"


def _kernels(drift: Drift) -> str:
    return "<h2>Kernels</h2>\n" + "\n".join(map(_kernel, drift.pairs))


def _kernel(pair: PairDrift) -> str:
    origins = ", ".join(f"{label} {count}" for label, count in pair.origins.items())
    head = (
        f"{escape(pair.case)} <span class=dim>{escape(pair.target)}</span> "
        f"<span class=kind>{escape(pair.status)}</span> <span class=dim>{escape(origins)}</span>"
    )
    body = f"<pre>{escape(pair.note)}</pre>" if pair.note else ""
    body += "".join(_group(group) for group in grouped(pair.changes))
    return f"<details><summary>{head}</summary>{body}</details>"


def _group(group: Group) -> str:
    change = group.example
    times = f" ({group.count} times)" if group.count > 1 else ""
    since = f"; its input differs since {', '.join(change.origin.after)}" if change.origin.after else ""
    where = " > ".join(change.hunk.breadcrumbs)
    ir = _lines(change.ir.before, change.ir.after) if change.ir is not None else ""
    shown_ir = f"<details><summary class=dim>in the last IR</summary>{ir}</details>" if ir else ""
    return (
        f"<div class=change><span class=kind>{escape(change.hunk.kind)}</span>: {escape(change.hunk.reason)}{times}<br>"
        f"from <b>{escape(change.origin.label)}</b>{' (near)' if change.near else ''}{escape(since)} "
        f"<span class=dim>{escape(where)}</span>{_lines(change.hunk.before, change.hunk.after)}{shown_ir}</div>"
    )


def _lines(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    rows = [f"<span class=old>- {escape(line)}</span>" for line in before[:LINES]]
    rows += [f"<span class=new>+ {escape(line)}</span>" for line in after[:LINES]]
    rest = max(len(before) - LINES, 0) + max(len(after) - LINES, 0)
    rows += [f"<span class=dim>... {rest} more lines</span>"] if rest else []
    return f"<pre>{''.join(rows)}</pre>"
