"""A trace as a table for people, one boundary as a diff, and a failed lowering as a message."""

from __future__ import annotations

from pathlib import Path

from tl_passlab.linediff import count_changes, unified
from tl_passlab.model import Boundary, Trace
from tl_passlab.passes.all_passes import PASSES
from tl_passlab.report.text import Style

NAME_WIDTH = 34


def render_table(trace: Trace, style: Style, *, only_changed: bool = False) -> str:
    """One line for each pass execution: its number among all of them, name, lines of IR, added, removed, time."""
    rows = [style.dim(f"{'#':>4}  {'pass':<{NAME_WIDTH}} {'lines':>6} {'+':>5} {'-':>5} {'ms':>8}")]
    rows += [_row(trace, b, style) for b in trace.boundaries if b.changed or not only_changed]
    return "\n".join([style.bold(headline(trace)), *rows, *footer(trace)])


def headline(trace: Trace) -> str:
    """`pipeline/gemm_pipelined  cuda:sm_90a  tilelang 0.1.15   79 passes, 32 changed the IR   0.21 s`."""
    top = trace.pipeline()
    changed = sum(b.changed for b in top)
    nested = len(trace.boundaries) - len(top)
    inner = f" (+{nested} nested)" if nested else ""
    return (
        f"{trace.case}  {trace.target}  tilelang {trace.lane}   "
        f"{len(top)} passes{inner}, {changed} changed the IR   {trace.ms / 1e3:.2f} s"
    )


def footer(trace: Trace) -> list[str]:
    """The generated source and how it is launched."""
    if not trace.source:
        return []
    lines = [f"kernel.{trace.source_extension}  {len(trace.source.encode()):,} bytes"]
    for launch in trace.launches:
        grid, block = ",".join(launch.grid), ",".join(launch.block)
        lines.append(f"{launch.kernel}  grid ({grid}) block ({block}) dynamic shared memory {launch.shared_bytes} B")
    return lines


def _row(trace: Trace, b: Boundary, style: Style) -> str:
    before, after = trace.texts[b.before], trace.texts[b.after]
    name = b.name if b.depth == 0 else "  " * b.depth + ". " + b.name.rpartition(" > ")[2]
    if b.changed:
        added, removed = count_changes(before, after)
        counts = f"{added:>5} {removed:>5}"
    else:
        counts = f"{'=':>5} {'':>5}"
    line = f"{b.index:>4}  {name:<{NAME_WIDTH}} {after.count(chr(10)):>6} {counts} {b.ms:>8.1f}"
    note = remark(b, before, after) if b.depth == 0 else ""
    line = line if b.changed else style.dim(line)
    return f"{line}   {style.clip(note, len(NAME_WIDTH * ' ') + 38)}" if note else line


def remark(b: Boundary, before: str, after: str) -> str:
    """What the pass's wrapper says of this execution; empty where it has nothing to say."""
    spec = PASSES.get(b.pass_name)
    return spec.remark(before, after) if spec is not None and spec.remark is not None else ""


def render_boundary(trace: Trace, b: Boundary, style: Style) -> str:
    """One boundary: what the pass did, as a diff with a little context."""
    before, after = trace.texts[b.before], trace.texts[b.after]
    added, removed = count_changes(before, after)
    head = f"{b.name}  {trace.case}  {trace.target}   +{added} -{removed}   {b.ms:.1f} ms"
    lines = [style.bold(head)]
    note = remark(b, before, after)
    if note:
        lines.append(note)
    if not b.changed:
        return "\n".join([*lines, "the pass leaves the IR as it is"])
    return "\n".join([*lines, *(style.diff_line(line) for line in unified(before, after))])


def render_failure(trace: Trace, reproducer: Path | None) -> str:
    """The pass that failed, its message, and where the IR it was given is kept."""
    if trace.failure is None:
        return ""
    where = f"{trace.case}  {trace.target}"
    done = len(trace.pipeline())
    lines = [f"trace  {where}: error: {trace.failure.pass_name} failed after {done} passes ({trace.failure.kind})"]
    message = [line for line in trace.failure.message.splitlines() if line.strip()]
    lines += [f"  {line}" for line in message[:10]]
    if reproducer is not None:
        lines.append(f"  IR before the pass: {reproducer}")
    return "\n".join(lines)
