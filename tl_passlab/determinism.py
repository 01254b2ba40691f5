"""Lowers one kernel again and again in fresh processes, and says where the results part.

Each process has another hash seed, and the address space randomised: what a pass takes from the order of a hash table
or of pointers then differs, and a golden of it would fail by chance. A difference of names only (two equal buffers
that swap names) is told from a real one (a barrier that moved) by the structural diff.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tl_passlab.diff import Diff, diff_text
from tl_passlab.errors import EXIT_USAGE, FindingError, UsageError
from tl_passlab.events import read_events, trace_from_events
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
    job = json.dumps({"reference": reference, "target": target.spec, "sizes": dict(sizes)})
    for seed in range(count):
        traces.append(_lower(job, seed, timeout, reference))
        progress(seed + 1)
    return traces


def _lower(job: str, seed: int, timeout: float, reference: str) -> Trace:
    with tempfile.TemporaryDirectory(prefix="passlab-") as folder:
        events, log = Path(folder, "events.jsonl"), Path(folder, "log")
        with log.open("wb") as stream:
            command = [sys.executable, "-m", "tl_passlab.lane_child", job, str(events)]
            end = _run(command, seed, stream, timeout)
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        if end == str(EXIT_USAGE):
            raise _passed_on(said)
        lines = events.read_text(encoding="utf-8").splitlines() if events.is_file() else []
        if not lines:
            why = f"the lane process ended before it had lowered anything: {end}"
            raise FindingError("trace", reference, why, evidence="\n".join(said[-8:]), next_command="passlab doctor")
        return trace_from_events(read_events(lines), crash=end)


def _run(command: list[str], seed: int, log: Any, timeout: float) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed + 1), "TL_LOWER_TRACE": "", "TILELANG_DISABLE_CACHE": "1"}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=timeout, check=False,
            env=environment, preexec_fn=with_address_randomisation,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"no answer after {timeout:g} s"
    return str(done.returncode)


def with_address_randomisation() -> None:
    """Undo on Linux what a parent may have switched off (`setarch -R`); it is inherited."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).personality(0)


def _passed_on(log: Sequence[str]) -> UsageError:
    """The child's own usage error, the last line of its log."""
    try:
        fields = json.loads(log[-1])
        head = fields["what"], fields["where"], fields["why"]
        return UsageError(*head, evidence=fields["evidence"], next_command=fields["next_command"])
    except (IndexError, ValueError, KeyError):
        return UsageError("trace", "", "the kernel could not be loaded", evidence="\n".join(log))


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
    return trace.source or (f"{trace.failure.pass_name}: {trace.failure.message}" if trace.failure else "")


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
