"""A trace as a directory: `manifest.json`, `ir/<id>.tir` for each distinct IR, and the generated source.

Format, version 1. `manifest.json`:

    format "passlab-trace", version 1
    case, target, lane, sizes, ms
    boundaries   [{name, index, depth, parent, before, after, ms}]   before/after: the stem of a file in ir/
    source       "kernel.cu", or "" when the lowering failed
    launches     [{kernel, grid, block, shared_bytes}]
    failure      null, or {pass_name, kind, message, before}

A reader of version N accepts version N only. Times (`ms`) are the only values that differ between two equal runs.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tl_passlab.errors import UsageError
from tl_passlab.model import Boundary, Failure, Launch, Trace

FORMAT = "passlab-trace"
VERSION = 1


def manifest(trace: Trace) -> dict[str, Any]:
    """The trace without its texts, as JSON values."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "case": trace.case,
        "target": trace.target,
        "lane": trace.lane,
        "sizes": dict(trace.sizes),
        "ms": trace.ms,
        "boundaries": [dataclasses.asdict(b) for b in trace.boundaries],
        "source": f"kernel.{trace.source_extension}" if trace.source else "",
        "launches": [dataclasses.asdict(launch) for launch in trace.launches],
        "failure": None if trace.failure is None else dataclasses.asdict(trace.failure),
    }


def write_trace(trace: Trace, directory: Path) -> Path:
    """Write a trace, replacing an older trace there. Raises UsageError where the directory holds anything else.

    The directory appears whole or not at all: it is written beside its place and renamed.
    """
    _check_free(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    try:
        (fresh / "ir").mkdir()
        for key, text in trace.texts.items():
            (fresh / "ir" / f"{key}.tir").write_text(text, encoding="utf-8", newline="\n")
        head = manifest(trace)
        if trace.source:
            (fresh / head["source"]).write_text(trace.source, encoding="utf-8", newline="\n")
        (fresh / "manifest.json").write_text(json.dumps(head, indent=1) + "\n", encoding="utf-8", newline="\n")
        fresh.chmod(0o755)
        if directory.exists():
            shutil.rmtree(directory)
        fresh.rename(directory)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return directory


def _check_free(directory: Path) -> None:
    """Raise UsageError where writing a trace would take something away that is no trace."""
    if not directory.exists():
        return
    if not directory.is_dir():
        why = "there is a file of that name; it is left alone"
    elif any(directory.iterdir()) and not _is_trace(directory):
        why = "the directory is not empty and holds no trace; it is left alone"
    else:
        return
    raise UsageError("trace", str(directory), why, next_command="--out ANOTHER_DIRECTORY")


def _is_trace(directory: Path) -> bool:
    """Whether it is a trace of any version: many a foreign directory has a manifest.json too."""
    try:
        head = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(head, dict) and head.get("format") == FORMAT


def read_trace(directory: Path) -> Trace:
    """Read a trace back. Raises UsageError when it is no trace, of another version, or damaged."""
    path = directory / "manifest.json"
    try:
        head = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError("trace", str(directory), f"not a trace directory: {error}") from error
    if not isinstance(head, dict) or head.get("format") != FORMAT or head.get("version") != VERSION:
        found = f"{head.get('format')} version {head.get('version')}" if isinstance(head, dict) else "no object"
        raise UsageError("trace", str(path), f"expected {FORMAT} version {VERSION}, found {found}")
    try:
        trace = _trace(head, directory)
    except (KeyError, TypeError, AttributeError, OSError, ValueError) as error:
        raise UsageError("trace", str(path), f"damaged: {type(error).__name__}: {error}") from error
    lost = sorted({key for b in trace.boundaries for key in (b.before, b.after)} - set(trace.texts))
    if lost:
        raise UsageError("trace", str(directory), "damaged: IR files are missing", evidence="\n".join(lost))
    return trace


def _trace(head: dict[str, Any], directory: Path) -> Trace:
    failure = head["failure"]
    # A manifest may come from anywhere: only a file of the trace itself is read.
    source = Path(head["source"]).name
    return Trace(
        case=head["case"],
        target=head["target"],
        lane=head["lane"],
        sizes=head["sizes"],
        boundaries=tuple(Boundary(**item) for item in head["boundaries"]),
        texts={p.stem: p.read_text(encoding="utf-8") for p in sorted((directory / "ir").glob("*.tir"))},
        source=(directory / source).read_text(encoding="utf-8") if source else "",
        source_extension=source.rpartition(".")[2],
        launches=tuple(
            Launch(i["kernel"], tuple(i["grid"]), tuple(i["block"]), i["shared_bytes"]) for i in head["launches"]
        ),
        failure=None if failure is None else Failure(**failure),
        ms=head["ms"],
    )
