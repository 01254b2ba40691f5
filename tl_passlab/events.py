"""The event stream of a lowering, and the fold that makes a Trace of it.

Events are JSON objects. A child process writes them one a line (`write_event`), so a stream that breaks off is still a
trace: the pass that began and did not end is the one that crashed.

    {"event": "start", "case", "target", "lane", "sizes"}
    {"event": "text", "id", "text"}
    {"event": "begin", "pass", "before"}        nested executions nest begin/end
    {"event": "end", "after", "ms"}
    {"event": "error", "kind", "message"}
    {"event": "done", "source", "extension", "launches", "ms"}
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from tl_passlab.model import Boundary, Failure, Launch, Trace

Event = dict[str, Any]


def display_name(pass_name: str) -> str:
    """Upstream's name without the `tl.` prefix; other prefixes stay: `Simplify` and `tirx.Simplify` differ."""
    return pass_name.removeprefix("tl.")


def occurrence_names(names: Sequence[str]) -> list[str]:
    """`[Simplify, LowerTileOp, Simplify]` -> `[Simplify, LowerTileOp, Simplify.2]`."""
    count: Counter[str] = Counter()
    qualified = []
    for name in map(display_name, names):
        count[name] += 1
        qualified.append(name if count[name] == 1 else f"{name}.{count[name]}")
    return qualified


def write_event(stream: TextIO, event: Event) -> None:
    """Append one event and flush it: what is written survives a crash of the writer."""
    stream.write(json.dumps(event) + "\n")
    stream.flush()


def read_events(lines: Iterable[str]) -> list[Event]:
    """The events of a stream; a last line that a crash cut short is dropped."""
    events = []
    for line in lines:
        try:
            events.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return events


@dataclass
class _Run:
    """A pass execution that has begun."""

    name: str
    index: int
    depth: int
    parent: int | None
    before: str
    after: str | None = None
    ms: float = 0.0


@dataclass
class _Fold:
    runs: list[_Run] = field(default_factory=list)
    open: list[_Run] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def begin(self, event: Event) -> None:
        parent = self.open[-1] if self.open else None
        run = _Run(
            event["pass"], len(self.runs), len(self.open), None if parent is None else parent.index, event["before"]
        )
        self.runs.append(run)
        self.open.append(run)

    def end(self, event: Event) -> None:
        run = self.open.pop()
        run.after, run.ms = event["after"], event["ms"]

    def names(self) -> dict[int, str]:
        """Index of a run -> its qualified name."""
        top = [run for run in self.runs if run.depth == 0]
        qualified = dict(
            zip((run.index for run in top), occurrence_names([run.name for run in top]), strict=True),
        )
        for run in self.runs:
            if run.parent is not None:
                qualified[run.index] = f"{qualified[run.parent]} > {display_name(run.name)}"
        return qualified

    def boundaries(self) -> tuple[Boundary, ...]:
        names = self.names()
        return tuple(
            Boundary(names[r.index], r.index, r.depth, r.parent, r.before, r.after, r.ms)
            for r in self.runs
            if r.after is not None
        )


def trace_from_events(events: Iterable[Event], crash: str = "") -> Trace:
    """The trace of an event stream. `crash` says how the writer ended when the stream has neither error nor done."""
    fold = _Fold()
    head: Event = {}
    done: Event = {}
    error: Event | None = None
    for event in events:
        kind = event["event"]
        if kind == "start":
            head = event
        elif kind == "text":
            fold.texts[event["id"]] = event["text"]
        elif kind == "begin":
            fold.begin(event)
        elif kind == "end":
            fold.end(event)
        elif kind == "error":
            error = event
        elif kind == "done":
            done = event
    if error is None and not done:
        error = {"kind": "crash", "message": crash or "the lowering stopped without a message"}
    return Trace(
        case=head.get("case", ""),
        target=head.get("target", ""),
        lane=head.get("lane", ""),
        sizes=head.get("sizes", {}),
        boundaries=fold.boundaries(),
        texts=fold.texts,
        source=done.get("source", ""),
        source_extension=done.get("extension", ""),
        launches=tuple(_launch(item) for item in done.get("launches", [])),
        failure=None if error is None else _failure(fold, error),
        ms=done.get("ms", 0.0),
    )


def _launch(item: Event) -> Launch:
    return Launch(item["kernel"], tuple(item["grid"]), tuple(item["block"]), item["shared_bytes"])


def _failure(fold: _Fold, error: Event) -> Failure:
    """The pass that was running, by qualified name; between passes (code generation, say), what ran last."""
    names = fold.names()
    guilty = fold.open[0] if fold.open else None
    if guilty is None:
        last = next((run for run in reversed(fold.runs) if run.depth == 0), None)
        stage = "the front end" if last is None else f"the step after {names[last.index]}"
        return Failure(stage, error["kind"], error["message"], None if last is None else last.after)
    return Failure(names[guilty.index], error["kind"], error["message"], guilty.before)
