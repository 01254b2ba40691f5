"""The fold from a stream of events to a trace: nesting, names, and streams that break off."""

from __future__ import annotations

import io
import json

from tl_passlab.events import Event, display_name, occurrence_names, read_events, trace_from_events, write_event

START: Event = {"event": "start", "case": "topic/idea", "target": "metal", "lane": "0.1.15", "sizes": {"M": 8}}
DONE: Event = {
    "event": "done",
    "source": "kernel void k() {}\n",
    "extension": "metal",
    "launches": [{"kernel": "k", "grid": ["1", "2", "3"], "block": ["128", "1", "1"], "shared_bytes": "0"}],
    "ms": 3.5,
}


def text(key: str) -> Event:
    return {"event": "text", "id": key, "text": f"IR {key}\n"}


def begin(name: str, before: str) -> Event:
    return {"event": "begin", "pass": name, "before": before}


def end(after: str) -> Event:
    return {"event": "end", "after": after, "ms": 1.0}


def test_display_name_drops_only_the_tl_prefix() -> None:
    assert [display_name(n) for n in ("tl.Simplify", "tirx.Simplify", "tir.tl.X")] == [
        "Simplify",
        "tirx.Simplify",
        "tir.tl.X",
    ]


def test_occurrence_names_count_each_name_for_itself() -> None:
    names = ["tl.Simplify", "tirx.Simplify", "tl.LowerTileOp", "tl.Simplify", "tirx.Simplify", "tl.Simplify"]
    assert occurrence_names(names) == [
        "Simplify",
        "tirx.Simplify",
        "LowerTileOp",
        "Simplify.2",
        "tirx.Simplify.2",
        "Simplify.3",
    ]


def test_nested_runs_are_children_and_take_no_occurrence_from_depth_0() -> None:
    events = [START, text("a"), text("b"), begin("tl.Simplify", "a"), end("a")]
    events += [begin("tl.LowerTileOp", "a"), begin("tl.Simplify", "a"), end("b"), begin("tl.LetInline", "b"), end("b")]
    events += [end("b"), begin("tl.Simplify", "b"), end("b"), DONE]
    trace = trace_from_events(events)
    assert [(b.name, b.index, b.depth, b.parent) for b in trace.boundaries] == [
        ("Simplify", 0, 0, None),
        ("LowerTileOp", 1, 0, None),
        ("LowerTileOp > Simplify", 2, 1, 1),
        ("LowerTileOp > LetInline", 3, 1, 1),
        ("Simplify.2", 4, 0, None),
    ]
    assert [b.name for b in trace.pipeline()] == ["Simplify", "LowerTileOp", "Simplify.2"]
    assert trace.boundary("LowerTileOp").changed and not trace.boundary("Simplify").changed
    assert trace.boundary("Simplify.2").pass_name == "Simplify"


def test_finished_stream_has_source_launches_and_no_failure() -> None:
    trace = trace_from_events([START, text("a"), begin("tl.X", "a"), end("a"), DONE])
    assert trace.failure is None
    assert (trace.case, trace.target, trace.lane, trace.sizes) == ("topic/idea", "metal", "0.1.15", {"M": 8})
    assert (trace.source, trace.source_extension, trace.ms) == ("kernel void k() {}\n", "metal", 3.5)
    assert trace.launches[0].grid == ("1", "2", "3")
    assert trace.after("tl.x") == "IR a\n"


def test_broken_off_stream_is_a_crash_of_the_pass_that_had_begun() -> None:
    events = [START, text("a"), text("b"), begin("tl.First", "a"), end("b"), begin("tl.Second", "b")]
    trace = trace_from_events(events, crash="SIGSEGV")
    assert trace.failure is not None
    assert (trace.failure.pass_name, trace.failure.kind, trace.failure.message) == ("Second", "crash", "SIGSEGV")
    assert trace.failure.before == "b"
    assert [b.name for b in trace.boundaries] == ["First"]


def test_crash_inside_a_nested_run_blames_the_pipeline_pass_by_occurrence() -> None:
    events = [START, text("a"), begin("tl.Outer", "a"), end("a"), begin("tl.Outer", "a"), begin("tl.Inner", "a")]
    trace = trace_from_events(events, crash="SIGABRT")
    assert trace.failure is not None
    assert trace.failure.pass_name == "Outer.2"


def test_error_between_passes_is_said_to_be_after_the_last_one() -> None:
    error = {"event": "error", "kind": "ValueError", "message": "no"}
    trace = trace_from_events([START, text("a"), text("b"), begin("tl.Last", "a"), end("b"), error])
    assert trace.failure is not None
    assert "after Last" in trace.failure.pass_name
    assert trace.failure.before == "b"


def test_error_before_any_pass_blames_no_pass() -> None:
    trace = trace_from_events([START, {"event": "error", "kind": "ValueError", "message": "no"}])
    assert trace.failure is not None
    assert "front end" in trace.failure.pass_name
    assert trace.failure.before is None


def test_stream_without_a_word_of_its_end_is_a_failure_too() -> None:
    failure = trace_from_events([START]).failure
    assert failure is not None and failure.message


def test_written_events_are_read_back_and_a_cut_line_is_dropped() -> None:
    stream = io.StringIO()
    for event in (START, text("ä"), DONE):
        write_event(stream, event)
    lines = stream.getvalue().splitlines()
    assert read_events(lines) == [START, text("ä"), DONE]
    assert read_events([*lines[:2], lines[2][:-7]]) == [START, text("ä")]


def test_write_event_flushes_each_line() -> None:
    class Stream(io.StringIO):
        flushed = ""

        def flush(self) -> None:
            self.flushed = self.getvalue()

    stream = Stream()
    write_event(stream, DONE)
    assert json.loads(stream.flushed) == DONE
