"""Directories as ordered lists of named texts: our traces, upstream's lower traces, any tree of dumps.

Names never carry an ordinal: `Simplify.3` is the third run of Simplify wherever it stands, so that one inserted pass
adds one name and renames none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tl_passlab.diff.inputs import read_source
from tl_passlab.errors import UsageError

_ORDINAL = re.compile(r"^\d+[-_.](?=\D)")
_LOWER_TRACE = re.compile(r"^(\d+)_(.+)_(before|after)\.(tir|cpp)$")
_SUFFIX = re.compile(r"(?:\.(?:tir|py|txt|cu|metal|hip|c|cpp|ptx|diff))?(?:\.gz)?$")
_SIDE = re.compile(r"[._](before|after)$")


@dataclass(frozen=True)
class Entry:
    """One text of a directory: what it is called, how to load it; `before` is the IR a pass was given."""

    name: str
    load: Callable[[], str]
    before: Callable[[], str] | None = None
    extension: str = ".tir"


def entries(directory: Path) -> list[Entry]:
    """The texts of a directory in execution (or name) order."""
    manifest = directory / "manifest.json"
    if manifest.is_file() and _is_trace(manifest):
        return _trace(directory, manifest)
    run = _lower_trace_run(directory)
    if run is not None:
        return _lower_trace(run)
    found = _tree(directory)
    if not found:
        raise UsageError("diff", str(directory), "there is nothing to compare in this directory")
    return found


def is_trace(directory: Path) -> bool:
    """Whether the directory holds pass boundaries with both sides, so that `--pass` means something."""
    manifest = directory / "manifest.json"
    if (manifest.is_file() and _is_trace(manifest)) or _lower_trace_run(directory) is not None:
        return True
    return any(entry.before for entry in _tree(directory))


def find_pass(found: list[Entry], wanted: str, where: str) -> Entry:
    """The boundary of that name: case and a leading `tl.` do not matter."""
    plain = wanted.removeprefix("tl.").lower()
    for entry in found:
        if entry.name.lower() == plain:
            return entry
    near = [entry.name for entry in found if plain.split(".")[0] in entry.name.lower()]
    raise UsageError(
        "diff",
        where,
        f"no pass {wanted} ran in this trace",
        evidence="\n".join(["there are:", *(near or [entry.name for entry in found])]),
        next_command=f"passlab diff {where} --pass {near[0]}" if near else "",
    )


def _loader(path: Path) -> Callable[[], str]:
    return lambda: read_source(str(path)).text


def _is_trace(manifest: Path) -> bool:
    try:
        return bool(json.loads(manifest.read_text(encoding="utf-8")).get("format") == "passlab-trace")
    except (OSError, ValueError, AttributeError):
        return False


def _trace(directory: Path, manifest: Path) -> list[Entry]:
    head = json.loads(manifest.read_text(encoding="utf-8"))
    if head.get("version") != 1:
        raise UsageError("diff", str(manifest), f"trace format version {head.get('version')} is not known, only 1 is")
    found: list[Entry] = []
    try:
        for boundary in head["boundaries"]:
            if boundary["depth"] == 0:
                before, after = (_text_file(directory, boundary[side]) for side in ("before", "after"))
                found.append(Entry(str(boundary["name"]), _loader(after), _loader(before)))
        source = head.get("source") or ""
    except (KeyError, TypeError) as error:
        raise UsageError("diff", str(manifest), f"not a complete trace: {error} is missing") from error
    if source and (directory / Path(source).name).is_file():
        path = directory / Path(source).name
        found.append(Entry(path.name, _loader(path), extension=path.suffix))
    return found


def _text_file(directory: Path, name: str) -> Path:
    # A manifest may come from anywhere: it names files of the trace, not paths.
    return directory / "ir" / f"{Path(name).name}.tir"


def _lower_trace_run(directory: Path) -> Path | None:
    """The run to read: of a folder with several runs the latest."""
    candidates = [directory, *sorted(directory.iterdir())] if directory.is_dir() else []
    for candidate in candidates:
        records = candidate / ".run_records"
        runs = sorted(run for run in records.iterdir() if run.is_dir()) if records.is_dir() else []
        if runs:
            return runs[-1]
    phases = [phase for phase in candidates[1:] if phase.is_dir()]
    if any(_LOWER_TRACE.match(file.name) for phase in phases for file in phase.iterdir()):
        return directory
    return directory if any(_LOWER_TRACE.match(file.name) for file in candidates[1:]) else None


def _lower_trace(run: Path) -> list[Entry]:
    """`<phase>/NN_<pass>_{before,after}.tir`, numbered over all phases in the order in which passes began."""
    steps: dict[int, tuple[str, dict[str, Path]]] = {}
    for path in run.rglob("*"):
        match = _LOWER_TRACE.match(path.name)
        if match:
            number, name, side, _ = match.groups()
            steps.setdefault(int(number), (name, {}))[1][side] = path
    counted: dict[str, int] = {}
    found: list[Entry] = []
    for number in sorted(steps):
        name, sides = steps[number]
        if "after" not in sides:
            continue
        before = _loader(sides["before"]) if "before" in sides else None
        found.append(Entry(_occurrence(name, counted), _loader(sides["after"]), before, sides["after"].suffix))
    return found


def _occurrence(name: str, counted: dict[str, int]) -> str:
    counted[name] = counted.get(name, 0) + 1
    return name if counted[name] == 1 else f"{name}.{counted[name]}"


def _tree(directory: Path) -> list[Entry]:
    """Any files below a directory by relative path, ordinals taken off and repeated names counted.

    `X.before.tir` and `X.after.tir` are the two sides of one boundary.
    """
    counted: dict[str, int] = {}
    found: dict[str, Entry] = {}
    for path in sorted(directory.rglob("*"), key=_natural):
        relative = path.relative_to(directory)
        if not path.is_file() or any(part.startswith(".") for part in relative.parts):
            continue
        extension = next((s for s in reversed(path.suffixes) if s != ".gz"), "")
        stem = _SUFFIX.sub("", str(relative))
        side = _SIDE.search(stem)
        key = stem[: side.start()] if side else str(relative)
        # The two sides of a boundary sort apart by one word: the first to come names both.
        old = found.get(key)
        plain = "/".join(_ORDINAL.sub("", part) for part in Path(key).parts).removesuffix(".gz")
        name = old.name if old else _occurrence(plain, counted)
        load, before = _loader(path), old.before if old else None
        if side and side.group(1) == "before":
            load, before = (old.load if old else _loader(path)), _loader(path)
        found[key] = Entry(name, load, before, extension)
    return list(found.values())


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Sort `9-x` before `10-x`."""
    parts = re.split(r"(\d+)", str(path))
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]
