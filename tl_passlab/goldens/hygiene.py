"""Finds goldens that nothing needs, that are missing, or that are not what this program would have written.

One lane at a time: another lane's goldens are made, and trimmed, where that lane is installed.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tl_passlab import lanes
from tl_passlab.cases import find_cases
from tl_passlab.errors import UsageError
from tl_passlab.files import TEMPORARY
from tl_passlab.goldens import store
from tl_passlab.goldens.content import UNCHANGED, golden_names
from tl_passlab.goldens.identity import FOLDER, LANE_FILE, RESOURCES, Identity, parse_identity
from tl_passlab.goldens.normal_form import faults_of
from tl_passlab.goldens.read_record import read_record
from tl_passlab.model import CaseInfo
from tl_passlab.passes.all_passes import find_pass
from tl_passlab.targets import parse_target

ORPHAN, LEFTOVER, UNREAD = "orphan", "leftover", "unread"
TRIMMED = (ORPHAN, LEFTOVER, UNREAD)


@dataclass(frozen=True)
class Fault:
    """Something wrong with a golden: its path in the project, the kind of fault, and why."""

    path: str
    kind: str
    why: str

    @property
    def trimmed(self) -> bool:
        """Whether `--fix` deletes the file."""
        return self.kind in TRIMMED


def check_lane(root: Path, lane: str) -> list[Fault]:
    """Every fault of a lane's goldens in a project, by path."""
    found: list[Fault] = []
    for folder in goldens_folders(root, lane):
        cases = _cases_beside(folder)
        found += _folder_faults(root, folder / lane, {case.name: case for case in cases})
        found += _missing(root, folder, lane, cases)
        found += _provenance_faults(root, folder / lane, lane)
    known = {fault.path for fault in found}
    found += [fault for fault in _unread(root, lane) if fault.path not in known]
    return sorted(found, key=lambda fault: (fault.path, fault.kind))


def trim(root: Path, faults: list[Fault]) -> list[str]:
    """Delete the files that nothing needs and the folders this empties; what was deleted. Raises UsageError in CI."""
    gone = []
    for fault in faults:
        path = root / fault.path
        if fault.trimmed and path.is_file():
            store.remove_golden(path)
            gone.append(fault.path)
            folder = path.parent
            while folder.name != FOLDER and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent
    return gone


def goldens_folders(root: Path, lane: str) -> list[Path]:
    """Every goldens/ folder of a project that holds goldens of a lane."""
    found = []
    for folder, inner, _ in os.walk(root):
        inner[:] = [name for name in inner if not name.startswith(".") and name not in ("node_modules", "build")]
        if FOLDER in inner and (Path(folder) / FOLDER / lane).is_dir():
            found.append(Path(folder) / FOLDER)
            inner.remove(FOLDER)
    return sorted(found)


def _cases_beside(folder: Path) -> list[CaseInfo]:
    """The cases whose goldens a folder holds; none for a folder beside tests."""
    beside = folder.parent / "cases"
    return find_cases(beside) if (beside / "__init__.py").is_file() else []


def _folder_faults(root: Path, folder: Path, cases: dict[str, CaseInfo]) -> Iterator[Fault]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        where = path.relative_to(root).as_posix()
        inside = path.relative_to(folder.parent)
        if path.name.startswith(TEMPORARY):
            yield Fault(where, LEFTOVER, "an interrupted write left it")
            continue
        if path.name == LANE_FILE and len(inside.parts) == 3:
            continue
        identity = parse_identity(inside.as_posix())
        if identity is None:
            yield Fault(where, "name", "outside the grammar <lane>/<target>/<topic>/<case>/<name>")
            continue
        gone = _no_case(identity, cases) if cases else _no_test(identity, folder.parent.parent)
        gone = gone or _no_run(identity, path)
        if gone:
            yield Fault(where, ORPHAN, gone)
            continue
        for why in faults_of(path.name, store.read_golden(path) or ""):
            yield Fault(where, "text", why)


def _no_case(identity: Identity, cases: dict[str, CaseInfo]) -> str:
    """Why a case does not want a golden; empty when it does."""
    name = f"{identity.topic}/{identity.case}"
    case = cases.get(name)
    if case is None:
        return f"there is no case {name}"
    for spec in (*case.targets, *case.rejected):
        target = parse_target(spec)
        if target.slug == identity.slug:
            reason = case.reason_not_on(target, identity.lane)
            if reason:
                return f"{name} is not for {spec} on this lane: {reason}"
            wanted = golden_names(case, target, identity.lane)
            if identity.name == RESOURCES:
                return "" if "kernel.cu" in wanted else f"{name} has no CUDA source for {spec}"
            return "" if identity.name in wanted else f"{name} does not watch {identity.label}"
    return f"{name} stores no goldens for {identity.slug}"


def _no_test(identity: Identity, folder: Path) -> str:
    """Why the test file beside a goldens/ folder does not want a golden; empty when it does."""
    file = folder / f"{identity.topic}.py"
    if not file.is_file():
        return f"there is no {file.name} beside the goldens"
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    if not any(identity.case == name or identity.case.startswith((f"{name}-", f"{name}.")) for name in names):
        return f"{file.name} has no test {identity.case}"
    return ""


def _no_run(identity: Identity, path: Path) -> str:
    """Why a pass's golden is left over: nobody knows the pass, or it does not run any more."""
    if not identity.name.endswith(".diff"):
        return ""
    try:
        find_pass(identity.label)
    except UsageError:
        return f"there is no pass {identity.label}"
    pipeline = store.read_golden(path.parent / "pipeline.txt")
    if pipeline is not None and identity.label.lower() not in _runs(pipeline):
        return f"{identity.label} does not run, by pipeline.txt"
    return ""


def _runs(pipeline: str) -> set[str]:
    return {line.split()[1].lower() for line in pipeline.splitlines() if len(line.split()) > 1}


def _missing(root: Path, folder: Path, lane: str, cases: Iterable[CaseInfo]) -> Iterator[Fault]:
    for case in cases:
        for spec in dict.fromkeys((*case.targets, *case.rejected)):
            target = parse_target(spec)
            if case.reason_not_on(target, lane):
                continue
            unit = folder / lane / target.slug / case.topic / case.stem
            pipeline = store.read_golden(unit / "pipeline.txt")
            for name in golden_names(case, target, lane):
                runs = not name.endswith(".diff") or pipeline is None or name[:-5].lower() in _runs(pipeline)
                if runs and not (unit / name).is_file():
                    where = (unit / name).relative_to(root).as_posix()
                    yield Fault(where, "missing", f"{case.name} watches it: no golden is stored")
                elif runs and name.endswith(".diff") and pipeline is not None:
                    yield from _miscounted(root, unit / name, pipeline)


def _miscounted(root: Path, path: Path, pipeline: str) -> Iterator[Fault]:
    """A pass's golden and its line in pipeline.txt come from one lowering: they must agree."""
    text = store.read_golden(path) or ""
    signs = [line[:1] for line in text.splitlines()]
    label = path.name.removesuffix(".diff")
    expected = f"= {label}" if text == UNCHANGED else f"~ {label} +{signs.count('+')} -{signs.count('-')}"
    if expected.lower() not in pipeline.lower().splitlines():
        yield Fault(path.relative_to(root).as_posix(), "text", f"pipeline.txt does not say `{expected}`")


def _provenance_faults(root: Path, folder: Path, lane: str) -> Iterator[Fault]:
    pins = lanes.LANES.get(lane)
    for slug in sorted(p for p in folder.iterdir() if p.is_dir()):
        path = slug / LANE_FILE
        where, text = path.relative_to(root).as_posix(), store.read_golden(path)
        if text is None:
            yield Fault(where, "provenance", "it is not written down what these goldens were made with")
        elif pins is None:
            yield Fault(where, "provenance", f"{lane} is no supported lane")
        else:
            versions = {"tilelang": lane, "apache-tvm-ffi": pins.tvm_ffi, "z3-solver": lanes.Z3_PIN}
            if text != store.provenance(versions):
                yield Fault(where, "provenance", f"not the pins of lane {lane}: {versions}")


def _unread(root: Path, lane: str) -> Iterator[Fault]:
    for path in read_record(root, lane):
        # Resources are read where the compiler is installed, and most of them by slow tests only.
        if (root / path).is_file() and not path.endswith(f"/{RESOURCES}"):
            yield Fault(path, UNREAD, "no test of the last full run read it")
