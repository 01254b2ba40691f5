"""Which passes the cases exercise: for each lane and target, the cases in which a pass changes the IR, the goldens of
it, and the claims that name it. All of it is read from stored files: no tilelang, no lowering.

A gap is a pass that no case makes change the IR, or one that does and has no golden on that lane. Checkers never change
it; a pass that serves kernels that no case can be has its reason in `REASONS`, one that cases exercise on other targets
only in `REASONS_ON`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tl_passlab.cases import cases_root, find_cases
from tl_passlab.model import CaseInfo, Target
from tl_passlab.passes.all_passes import PASSES, find_pass, split_occurrence
from tl_passlab.passes.pipelines import observed_pipeline
from tl_passlab.targets import parse_target

CHECKER = "checks, and never changes the IR"
NO_CASE = "no case makes it change the IR"
NO_GOLDEN = "changes the IR, and no golden of it is stored"

# Why no case on any target makes a pass change the IR.
REASONS: dict[str, str] = {
    "s_tir.InferFragment": "for TVM's own tensor-core operators, which TileLang does not emit",
    "tirx.BF16ComputeLegalize": "changes bfloat16 arithmetic on the CPU, which the C code generator then rejects",
    "tirx.VerifyMemory": CHECKER,
}
# Why no case on one kind of target does, although there is one on another kind.
REASONS_ON: dict[str, dict[str, str]] = {
    "metal": dict.fromkeys(
        ("CanonicalizeLegacyReducer", "LayoutReducer", "ReducerPlanAndMaterialize", "LowerThreadAllreduce"),
        "no reduction is registered for Metal",
    )
}
_CHECKERS = re.compile(r"(?:^|\.)(?:Verify\w*|\w*Checker)$")


@dataclass(frozen=True)
class Cell:
    """One pass on one lane and target: where it changes the IR, how many goldens of it are stored, who claims."""

    changed_by: tuple[str, ...] = ()
    goldens: int = 0
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap:
    """A pass that is nowhere exercised, or nowhere pinned down by a golden, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Coverage:
    """The whole table, by pass, lane and target spec; only passes that the pipeline of that column runs."""

    columns: tuple[tuple[str, str], ...]
    cells: dict[str, dict[tuple[str, str], Cell]]

    @property
    def gaps(self) -> list[Gap]:
        """Every gap over all columns, by pass."""
        found = []
        for name, row in self.cells.items():
            lanes = dict.fromkeys(lane for lane, _ in row)
            changed = {lane for (lane, _), cell in row.items() if cell.changed_by}
            stored = {lane for (lane, _), cell in row.items() if cell.goldens}
            if not changed:
                found.append(Gap(name, reason_of(name)))
            elif not changed <= stored:
                missing = [lane for lane in lanes if lane in changed - stored]
                found.append(Gap(name, NO_GOLDEN if not stored else f"{NO_GOLDEN} on {', '.join(missing)}"))
        return found

    def idle_on(self, kind: str) -> list[str]:
        """The passes that cases exercise on other kinds of target, and that run on this kind without any effect."""
        found = []
        for name, row in self.cells.items():
            here = [cell for (_, target), cell in row.items() if target.partition(":")[0] == kind]
            if here and not any(cell.changed_by for cell in here) and any(cell.changed_by for cell in row.values()):
                found.append(name)
        return found


def reason_of(name: str) -> str:
    """Why no case makes that pass change the IR."""
    return REASONS.get(name) or (CHECKER if _CHECKERS.search(name) else NO_CASE)


def measure(
    goldens: Path, lanes: Sequence[str] = (), targets: Sequence[str] = (), root: Path | None = None
) -> Coverage:
    """The coverage of the stored goldens; `lanes` and `targets` restrict it, empty meaning all there are."""
    infos = find_cases(root)
    mentions = {info.name: claims_by_pass(info) for info in infos}
    cells: dict[str, dict[tuple[str, str], Cell]] = {}
    columns = [
        (lane, target)
        for lane, target in _columns(goldens)
        if (not lanes or lane in lanes) and (not targets or target.spec in targets)
    ]
    for lane, target in columns:
        for name, cell in _column(goldens, lane, target, mentions).items():
            cells.setdefault(name, {})[lane, target.spec] = cell
    ordered = {name: cells[name] for name in sorted(cells, key=lambda n: (n.rpartition(".")[2].lower(), n))}
    return Coverage(tuple((lane, target.spec) for lane, target in columns), ordered)


def goldens_root(root: Path | None = None) -> Path:
    """The goldens beside the cases."""
    return (root or cases_root()).parent / "goldens"


def _columns(goldens: Path) -> list[tuple[str, Target]]:
    folders = sorted(path for path in goldens.glob("*/*") if path.is_dir() and any(path.glob("*/*/pipeline.txt")))
    return [(path.parent.name, parse_target(path.name.replace("_", ":", 1))) for path in folders]


def _column(goldens: Path, lane: str, target: Target, mentions: dict[str, dict[str, list[str]]]) -> dict[str, Cell]:
    """The cells of one lane and target, for the passes of its pipeline and those that the goldens saw run."""
    folder = goldens / lane / target.slug
    ran = _names(observed_pipeline(lane, target))
    changed: dict[str, list[str]] = {}
    stored: dict[str, int] = {}
    for pipeline in sorted(folder.glob("*/*/pipeline.txt")):
        case = f"{pipeline.parent.parent.name}/{pipeline.parent.name}"
        lines = [line.split() for line in pipeline.read_text(encoding="utf-8").splitlines() if line.strip()]
        ran |= _names(line[1] for line in lines)
        for name in _names(line[1] for line in lines if line[0] == "~"):
            changed.setdefault(name, []).append(case)
    for path in folder.glob("*/*/*.diff"):
        name = _known(path.stem)
        stored[name] = stored.get(name, 0) + 1
    present = {f"{path.parent.parent.name}/{path.parent.name}" for path in folder.glob("*/*/pipeline.txt")}
    claims = {
        name: tuple(f"{case}: {claim}" for case in sorted(present) for claim in mentions.get(case, {}).get(name, []))
        for name in ran
    }
    return {n: Cell(tuple(changed.get(n, ())), stored.get(n, 0), claims[n]) for n in ran}


def _names(qualified: Iterable[str]) -> set[str]:
    return {_known(name) for name in qualified}


def _known(qualified: str) -> str:
    """The name of the wrapper for a qualified name; upstream's own for a pass that has none."""
    name = split_occurrence(qualified)[0]
    return find_pass(name).name if name in PASSES else name


def claims_by_pass(info: CaseInfo) -> dict[str, list[str]]:
    """Which claims of a case name which pass: in their text, or by the boundary that they read."""
    source = info.path.read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name in info.claims:
            text = ast.get_source_segment(source, node) or ""
            for name in PASSES:
                if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", text):
                    found.setdefault(name, []).append(node.name)
    return found
