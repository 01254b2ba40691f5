"""Lowers a case under an instrument and records every pass execution. TVM objects stop here.

Events are written as they happen, so that a pass that aborts the process leaves everything up to itself on record; the
trace of a finished, a failed and a crashed lowering is made by the same fold (`trace_from_events`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any

from tl_passlab.errors import UsageError
from tl_passlab.events import Event, trace_from_events
from tl_passlab.model import Case, Target, Trace
from tl_passlab.normalise.message import normalise_message
from tl_passlab.normalise.source import normalise_source
from tl_passlab.normalise.tir import normalise_tir
from tl_passlab.targets import parse_target

Sink = Callable[[Event], None]


class Recorder:
    """A TVM pass instrument that turns pass executions into events; `modules` keeps the IR objects when asked to."""

    def __init__(self, emit: Sink, keep_modules: bool = False) -> None:
        self._emit = emit
        self._ids: dict[int, str] = {}
        self._seen: set[str] = set()
        self._starts: list[float] = []
        self._last: tuple[Any, str] | None = None
        self._spent = 0.0
        self.modules: list[tuple[int, str, Any]] | None = [] if keep_modules else None

    def before(self, mod: Any, name: str) -> None:
        """A pass is about to run."""
        last, self._last = self._last, None
        # Mostly the very object that the pass before returned: hashing it again would be half of what capturing costs.
        before = last[1] if last is not None and mod.same_as(last[0]) else self._text_id(mod)
        self._emit({"event": "begin", "pass": name, "before": before})
        self._starts.append(time.perf_counter())

    def after(self, mod: Any, name: str) -> None:
        """A pass has run. Its time excludes what recording its children took."""
        elapsed = time.perf_counter() - self._starts.pop()
        if self.modules is not None:
            self.modules.append((len(self._starts), name, mod))
        after = self._text_id(mod)
        if not self._starts:  # of depth 0: inside of a pass, its own code may change the module in between
            self._last = mod, after
        self._emit({"event": "end", "after": after, "ms": round(elapsed * 1e3, 3)})

    def _text_id(self, mod: Any) -> str:
        """The id of the module's text; printing is skipped where the structural hash is known.

        The hash ignores variable names, so a pass that only renames counts as changing nothing.
        """
        key = _structural_hash(mod)
        if key is None:
            return self._printed(mod)
        if key not in self._ids:
            self._ids[key] = self._printed(mod)
        return self._ids[key]

    def _printed(self, mod: Any) -> str:
        from tl_passlab.compat.printer import print_module

        text = normalise_tir(print_module(mod))
        name = text_id(text)
        if name not in self._seen:
            self._seen.add(name)
            self._emit({"event": "text", "id": name, "text": text})
        return name


def _structural_hash(mod: Any) -> int | None:
    """The hash of a module; None where it holds an object without one (the reducer info of lanes before 0.1.14)."""
    import tvm

    try:
        return int(tvm.ir.structural_hash(mod, map_free_vars=True))
    except TypeError:
        return None


def text_id(text: str) -> str:
    """The name of an IR text in a trace: the first 12 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def instrument(recorder: Recorder) -> Any:
    """The recorder as a TVM PassInstrument object."""
    import tvm

    @tvm.instrument.pass_instrument
    class Instrument:
        def run_before_pass(self, mod: Any, info: Any) -> None:
            recorder.before(mod, str(info.name))

        def run_after_pass(self, mod: Any, info: Any) -> None:
            recorder.after(mod, str(info.name))

    return Instrument()


def record(
    case: Case, target: Target, emit: Sink, sizes: Mapping[str, int] | None = None, *, keep_modules: bool = False
) -> Recorder:
    """Lower a case and emit its events; an exception of a pass is an event too, and does not propagate."""
    from tl_passlab import lanes
    from tl_passlab.compat import lowering

    lane, _ = lanes.running_lane()
    sizes = {**case.info.sizes, **(sizes or {})}
    head = {"case": case.info.name, "target": target.spec, "lane": lane.tilelang, "sizes": sizes}
    emit({"event": "start", **head})
    recorder = Recorder(emit, keep_modules)
    started = time.perf_counter()
    try:
        with lowering.pass_context(target, case.pass_configs):
            func = case.build(**sizes)
        lowered = lowering.lower(func, target, case.pass_configs, [instrument(recorder)])
        launches = [vars(launch) for launch in lowering.launches(lowered)]
    except UsageError:
        raise
    except Exception as error:
        message = normalise_message(str(error)).strip()
        emit({"event": "error", "kind": type(error).__name__, "message": message})
        return recorder
    source = normalise_source(lowered.source)
    ms = round((time.perf_counter() - started) * 1e3, 3)
    emit({"event": "done", "source": source, "extension": target.extension, "launches": launches, "ms": ms})
    return recorder


def capture(case: Case, target: Target | str, sizes: Mapping[str, int] | None = None) -> Trace:
    """Lower a case in this process and return its trace; `trace.failure` says where a failed lowering stopped.

    A pass that aborts the process takes the caller along: `tl_passlab.isolation.trace_in_child` does not.
    """
    events: list[Event] = []
    record(case, parse_target(target) if isinstance(target, str) else target, events.append, sizes)
    return trace_from_events(events)


def capture_modules(case: Case, target: Target | str, sizes: Mapping[str, int] | None = None) -> list[tuple[str, Any]]:
    """The IR objects after every pass of depth 0, by occurrence-qualified name: for consumers that execute them.

    The first entry is the input of the first pass, named `input`. Raises the pass's own exception if one fails.
    """
    from tl_passlab.compat import lowering
    from tl_passlab.events import occurrence_names

    resolved = parse_target(target) if isinstance(target, str) else target
    with lowering.pass_context(resolved, case.pass_configs):
        func = case.build(**{**case.info.sizes, **(sizes or {})})
    recorder = Recorder(lambda event: None, keep_modules=True)
    lowering.lower(func, resolved, case.pass_configs, [instrument(recorder)])
    depth0 = [(name, mod) for depth, name, mod in recorder.modules or [] if depth == 0]
    names = occurrence_names([name for name, _ in depth0])
    import tvm

    first = tvm.IRModule({func.attrs["global_symbol"]: func})
    return [("input", first), *zip(names, (mod for _, mod in depth0), strict=True)]
