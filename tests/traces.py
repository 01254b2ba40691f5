"""Hand-made traces: what the tests of everything past capture feed on, without tilelang."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tl_passlab.capture import text_id
from tl_passlab.events import occurrence_names
from tl_passlab.model import Boundary, CaseInfo, Launch, Trace

Step = tuple[str, str, str]


def make_trace(
    *steps: Step, case: str = "topic/idea", target: str = "cuda:sm_90a", source: str = "void k() {}\n"
) -> Trace:
    """A trace of passes of depth 0, each given as (upstream name, IR before, IR after)."""
    names = occurrence_names([name for name, _, _ in steps])
    texts = {text_id(text): text for _, before, after in steps for text in (before, after)}
    boundaries = tuple(
        Boundary(name, index, 0, None, text_id(before), text_id(after), 1.5)
        for index, (name, (_, before, after)) in enumerate(zip(names, steps, strict=True))
    )
    launch = Launch("k", ("8", "8", "1"), ("256", "1", "1"), "24576")
    return Trace(case, target, "0.1.15", {"M": 128}, boundaries, texts, source, "cu", (launch,), None, 12.5)


def make_case(watch: Sequence[str] = (), name: str = "topic/idea") -> CaseInfo:
    """The declarations of a case that watches those passes."""
    return CaseInfo(name, Path(f"cases/{name}.py"), "An idea.", ("cuda:sm_90a",), tuple(watch), {})
