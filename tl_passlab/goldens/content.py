"""What a golden holds: from a trace to text, and back from a full-context diff to the two IRs it holds."""

from __future__ import annotations

from tl_passlab.linediff import count_changes, diff_lines
from tl_passlab.model import CaseInfo, Target, Trace

UNCHANGED = "= the pass leaves the IR as it is\n"


def golden_names(case: CaseInfo, target: Target, lane: str = "") -> list[str]:
    """The goldens of a case for a target on a lane, by file name, in pipeline order of what the case watches."""
    if case.rejected_on(target, lane):
        return ["error.txt"]
    return ["pipeline.txt", *(f"{name}.diff" for name in case.watch), f"kernel.{target.extension}"]


def golden_content(trace: Trace, name: str) -> str | None:
    """What a golden of this trace would hold; None when the trace has no such thing (a watched pass did not run)."""
    if name == "error.txt":
        return None if trace.failure is None else error_text(trace)
    if name == "pipeline.txt":
        return pipeline_text(trace)
    if name.startswith("kernel."):
        return trace.source or None
    try:
        boundary = trace.boundary(name.removesuffix(".diff"))
    except KeyError:
        return None
    return full_context_diff(trace.texts[boundary.before], trace.texts[boundary.after])


def error_text(trace: Trace) -> str:
    """The pass that rejected the kernel, and its message."""
    if trace.failure is None:
        return ""
    return f"{trace.failure.pass_name}: {trace.failure.kind}\n{trace.failure.message}\n"


def pipeline_text(trace: Trace) -> str:
    """`= InjectAssumes` for a pass that left the IR alone, `~ LayoutInference +9 -4` for one that changed it."""
    lines = []
    for b in trace.pipeline():
        added, removed = count_changes(trace.texts[b.before], trace.texts[b.after])
        lines.append(f"~ {b.name} +{added} -{removed}" if b.changed else f"= {b.name}")
    return "\n".join(lines) + "\n"


def full_context_diff(before: str, after: str) -> str:
    """Every line of the IR prefixed ` `, `-` or `+`."""
    if before == after:
        return UNCHANGED
    return "".join(f"{sign}{line}\n" for sign, line in diff_lines(before.splitlines(), after.splitlines()))


def split_diff(text: str) -> tuple[str, str]:
    """The IR before and after, from a full-context diff."""
    lines = text.splitlines()
    before = "".join(line[1:] + "\n" for line in lines if line[:1] in (" ", "-"))
    after = "".join(line[1:] + "\n" for line in lines if line[:1] in (" ", "+"))
    return before, after
