"""Lowers one kernel again and again in fresh processes, and says where the results part.

Each process has another hash seed, and the address space randomised: what a pass takes from the order of a hash table
or of pointers then differs, and a golden of it would fail by chance. A difference of names only (two equal buffers
that swap names) is told from a real one (a barrier that moved) by the structural diff.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tl_passlab.diff import Diff, diff_text
from tl_passlab.isolation import trace_in_child, with_address_randomisation
from tl_passlab.model import Target, Trace

SOURCE = "generated source"
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|\S")
_DEFINITION = re.compile(r"\s*(?:[\w*]+ )*(?P<name>[A-Za-z_]\w*)(?:: [^=]*)? = ")


@dataclass(frozen=True)
class Variation:
    """One place where runs differ: the pass (or the source), the run that differs from the first, and how.

    `swapped` are the names that trade places, where that is all the difference.
    """

    place: str
    run: int
    distinct: int
    diff: Diff
    swapped: tuple[str, ...] = ()

    @property
    def real(self) -> bool:
        """Whether more than names, order and notation differs."""
        return not self.diff.equal and not self.swapped

    @property
    def how(self) -> str:
        """`names swapped (workspace, workspace_1)`, `names only (renamed 2)` or `real: synchronisation 1`."""
        if self.swapped:
            return f"names swapped ({', '.join(self.swapped)})"
        hunks = self.diff.semantic or self.diff.hunks
        counts = {h.kind: sum(g.kind == h.kind for g in hunks) for h in hunks}
        words = ", ".join(f"{kind} {count}" for kind, count in counts.items()) or "unclassified"
        return f"real: {words}" if self.real else f"names only ({words})"


@dataclass(frozen=True)
class Stability:
    """What N lowerings of one kernel have in common.

    `first` is the first pass whose output varies at all, `first_real` the first where it is more than names; `source`
    is how the generated source varies. All are None for a stable kernel.
    """

    runs: int
    distinct_sources: int
    first: Variation | None
    first_real: Variation | None
    source: Variation | None

    @property
    def stable(self) -> bool:
        """Whether all runs gave the same boundaries and the same source."""
        return self.first is None and self.source is None


def lower_repeatedly(
    reference: str,
    target: Target,
    sizes: Mapping[str, Any],
    count: int,
    timeout: float,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Trace]:
    """`count` lowerings, each in a process of its own. Raises as `isolation.trace_in_child` does."""
    traces = []
    for run in range(count):
        traces.append(
            trace_in_child(reference, target, sizes, timeout, hash_seed=run + 1, before_exec=with_address_randomisation)
        )
        progress(run + 1)
    return traces


def compare_runs(traces: Sequence[Trace]) -> Stability:
    """Where the traces of one kernel part. The first trace is what the others are compared with."""
    reference = traces[0]
    first = first_real = None
    for place, texts in _boundaries(traces):
        if first_real is not None or len(set(texts)) == 1:
            continue
        variation = _variation(place, texts, "tir")
        first = first or variation
        if variation.real:
            first_real = variation
    sources = [_outcome(trace) for trace in traces]
    source = _variation(SOURCE, sources, "auto", reference.source_extension) if len(set(sources)) > 1 else None
    return Stability(len(traces), len(set(sources)), first, first_real, source)


def _outcome(trace: Trace) -> str:
    """The generated source, or how the lowering failed."""
    if trace.source or trace.failure is None:
        return trace.source
    # What a process prints before it dies may vary (an address, a time of day); how it dies is the outcome.
    said = trace.failure.message.partition("\n")[0] if trace.failure.kind == "crash" else trace.failure.message
    return f"{trace.failure.pass_name}: {said}"


def _boundaries(traces: Sequence[Trace]) -> list[tuple[str, list[str]]]:
    """Each pass of depth 0 with its output in every run; a run that ended earlier, or took another pass, shows ""."""
    rows = []
    pipelines = [trace.pipeline() for trace in traces]
    longest = max(pipelines, key=lambda pipeline: len(pipeline))
    for index, boundary in enumerate(longest):
        texts = []
        for trace, pipeline in zip(traces, pipelines, strict=True):
            same = index < len(pipeline) and pipeline[index].name == boundary.name
            texts.append(trace.texts[pipeline[index].after] if same else "")
        rows.append((boundary.name, texts))
    return rows


def _variation(place: str, texts: Sequence[str], language: str, extension: str = "") -> Variation:
    """The variation of one text over the runs: against the first run, a real difference where there is one."""
    seen: dict[str, int] = {}
    for run, text in enumerate(texts):
        seen.setdefault(text, run)
    found = [
        Variation(
            place,
            run,
            len(seen),
            diff_text(texts[0], text, language, f".{extension}" if extension else ""),
            swapped_names(texts[0], text),
        )
        for text, run in seen.items()
        if run
    ]
    return next((variation for variation in found if variation.real), found[0])


def swapped_names(before: str, after: str) -> tuple[str, ...]:
    """The names that trade places in two texts, where nothing else differs; empty otherwise.

    Each is exchanged at every use; where it is defined (`name = ...`, `void* name = ...`) it may stay: two buffers that
    swap places in an arena keep their definitions and swap their uses.
    """
    old, new = (text.splitlines() for text in (before, after))
    if len(old) != len(new):
        return ()
    mapping: dict[str, str] = {}
    kept: set[str] = set()
    for one, two in zip(old, new, strict=True):
        first, second = _TOKEN.findall(one), _TOKEN.findall(two)
        if len(first) != len(second):
            return ()
        defines = _DEFINITION.match(one)
        for a, b in zip(first, second, strict=True):
            if a == b:
                if not defines or defines["name"] != a:
                    kept.add(a)
            elif not (a.isidentifier() and b.isidentifier()) or mapping.setdefault(a, b) != b:
                return ()
    permutation = set(mapping) == set(mapping.values())
    return tuple(sorted(mapping)) if permutation and not kept & set(mapping) else ()
