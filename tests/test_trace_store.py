"""A trace as a directory: what is written is what is read, and nothing else is overwritten."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from tests.traces import make_trace
from tl_passlab.errors import UsageError
from tl_passlab.model import Failure
from tl_passlab.trace_store import read_trace, write_trace

TRACE = make_trace(("tl.Simplify", "a\n", "b\n"), ("tl.LowerTileOp", "b\n", "ä\n\n"), ("tl.Simplify", "ä\n\n", "ä\n\n"))


def test_trace_round_trips(tmp_path: Path) -> None:
    assert read_trace(write_trace(TRACE, tmp_path / "deep" / "trace")) == TRACE


def test_failed_trace_round_trips(tmp_path: Path) -> None:
    before = TRACE.boundaries[0].before
    failed = dataclasses.replace(
        TRACE, source="", source_extension="", launches=(), failure=Failure("LowerTileOp", "crash", "SIGABRT", before)
    )
    assert read_trace(write_trace(failed, tmp_path / "trace")) == failed


def test_one_file_for_each_distinct_ir(tmp_path: Path) -> None:
    write_trace(TRACE, tmp_path / "trace")
    files = sorted((tmp_path / "trace" / "ir").iterdir())
    assert len(files) == 3
    assert {f.read_text(encoding="utf-8") for f in files} == {"a\n", "b\n", "ä\n\n"}
    assert (tmp_path / "trace" / "kernel.cu").read_text() == TRACE.source


def test_older_trace_is_replaced_whole(tmp_path: Path) -> None:
    write_trace(TRACE, tmp_path / "trace")
    write_trace(make_trace(("tl.X", "x\n", "x\n")), tmp_path / "trace")
    assert len(list((tmp_path / "trace" / "ir").iterdir())) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["trace"]


def test_empty_directory_is_used(tmp_path: Path) -> None:
    (tmp_path / "trace").mkdir()
    assert read_trace(write_trace(TRACE, tmp_path / "trace")) == TRACE


def test_foreign_directory_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match="left alone"):
        write_trace(TRACE, tmp_path / "mine")
    assert [(p.name, p.read_text()) for p in (tmp_path / "mine").iterdir()] == [("thesis.tex", "years of work")]


def test_foreign_directory_with_a_manifest_of_its_own_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "manifest.json").write_text('{"name": "a web application"}')
    (tmp_path / "app" / "index.html").write_text("hello")
    with pytest.raises(UsageError, match="left alone"):
        write_trace(TRACE, tmp_path / "app")
    assert (tmp_path / "app" / "index.html").read_text() == "hello"


def test_out_that_is_a_file_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(UsageError):
        write_trace(TRACE, tmp_path / "notes")
    assert (tmp_path / "notes").read_text() == "mine"


@pytest.mark.parametrize(("field", "value"), [("version", 2), ("version", None), ("format", "something else")])
def test_other_version_or_format_is_refused(tmp_path: Path, field: str, value: object) -> None:
    path = write_trace(TRACE, tmp_path / "trace") / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    with pytest.raises(UsageError, match="expected passlab-trace version 1"):
        read_trace(tmp_path / "trace")


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"text"'])
def test_corrupted_manifest_is_refused(tmp_path: Path, content: str) -> None:
    path = write_trace(TRACE, tmp_path / "trace") / "manifest.json"
    path.write_text(content)
    with pytest.raises(UsageError):
        read_trace(tmp_path / "trace")


@pytest.mark.parametrize("field", ["boundaries", "case", "failure", "source"])
def test_manifest_without_a_field_is_refused(tmp_path: Path, field: str) -> None:
    path = write_trace(TRACE, tmp_path / "trace") / "manifest.json"
    head = json.loads(path.read_text())
    del head[field]
    path.write_text(json.dumps(head))
    with pytest.raises(UsageError, match=field):
        read_trace(tmp_path / "trace")


def test_trace_that_lost_an_ir_file_is_refused(tmp_path: Path) -> None:
    write_trace(TRACE, tmp_path / "trace")
    lost = tmp_path / "trace" / "ir" / f"{TRACE.boundaries[0].before}.tir"
    lost.unlink()
    with pytest.raises(UsageError, match="missing") as caught:
        read_trace(tmp_path / "trace")
    assert caught.value.evidence == lost.stem


def test_source_is_read_from_the_trace_only(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("not yours")
    path = write_trace(TRACE, tmp_path / "trace") / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "source": "../secret"}))
    with pytest.raises(UsageError, match="damaged"):
        read_trace(tmp_path / "trace")


def test_directory_without_a_manifest_is_no_trace(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a trace"):
        read_trace(tmp_path)
