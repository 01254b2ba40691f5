"""The coverage table for a terminal, as JSON values, and as the page `docs/coverage.md`."""

from __future__ import annotations

from typing import Any

from tl_passlab.coverage import CHECKER, NO_CASE, NO_GOLDEN, REASONS_ON, Cell, Coverage
from tl_passlab.report.text import Style


def render_coverage(found: Coverage, style: Style) -> str:
    """One line for each pass; a cell is the cases that make it change the IR, its goldens, and claims: `12/9/3`."""
    heads = [f"{lane} {target}" for lane, target in found.columns]
    width = max((len(name) for name in found.cells), default=4)
    lines = [style.bold(f"{'pass':<{width}}  " + "  ".join(heads))]
    for name, row in found.cells.items():
        cells = (_cell(row.get(column)).rjust(len(head)) for column, head in zip(found.columns, heads, strict=True))
        lines.append(f"{name:<{width}}  " + "  ".join(cells))
    lines += ["cells: cases that make the pass change the IR / goldens of it / claims that name it; -: it does not run"]
    lines += ["", style.bold("gaps"), *(f"  {line}" for line in _gaps(found))]
    return "\n".join([*lines, *_idle(found)])


def coverage_json(found: Coverage) -> dict[str, Any]:
    """Everything, with the cases and claims by name."""
    return {
        "passes": {
            name: [
                {
                    "lane": lane,
                    "target": target,
                    "changed_by": list(cell.changed_by),
                    "goldens": cell.goldens,
                    "claims": list(cell.claims),
                }
                for (lane, target), cell in row.items()
            ]
            for name, row in found.cells.items()
        },
        "gaps": [vars(gap) for gap in found.gaps],
    }


def coverage_page(found: Coverage) -> str:
    """The page that is kept in the repository."""
    lines = [
        "# Coverage of the passes",
        "",
        "Made by `passlab coverage --markdown docs/coverage.md` from the stored goldens; a test keeps it up to date.",
        "A cell is the number of cases in which the pass changes the IR, of goldens of the pass, and of claims that",
        "name it; `-` where the pipeline of that lane and target does not run the pass.",
    ]
    for lane in dict.fromkeys(lane for lane, _ in found.columns):
        targets = [target for other, target in found.columns if other == lane]
        lines += ["", f"## tilelang {lane}", "", f"| pass | {' | '.join(targets)} |", "|---" * (len(targets) + 1) + "|"]
        for name, row in found.cells.items():
            if any((lane, target) in row for target in targets):
                cells = " | ".join(_cell(row.get((lane, target))) for target in targets)
                lines.append(f"| {name} | {cells} |")
    lines += ["", "## Gaps", "", "Passes that no case makes change the IR, or that no golden pins down.", ""]
    lines += [f"- {line}" for line in _gaps(found)]
    return "\n".join([*lines, *(f"\n{line}" for line in _idle(found)), ""])


def _gaps(found: Coverage) -> list[str]:
    """The gaps by reason, those to close first: `why: pass, pass`."""
    reasons: dict[str, list[str]] = {}
    for gap in found.gaps:
        reasons.setdefault(gap.reason, []).append(gap.name)
    order = sorted(reasons, key=lambda reason: ((NO_GOLDEN, NO_CASE, "", CHECKER).index(_rank(reason)), reason))
    return [f"{reason}: {', '.join(reasons[reason])}" for reason in order]


def _rank(reason: str) -> str:
    return next((kind for kind in (NO_GOLDEN, NO_CASE, CHECKER) if reason.startswith(kind)), "")


def _idle(found: Coverage) -> list[str]:
    """For each kind of target, the passes that are exercised on another kind only."""
    lines = []
    for kind in dict.fromkeys(target.partition(":")[0] for _, target in found.columns):
        why: dict[str, list[str]] = {}
        for name in found.idle_on(kind):
            why.setdefault(REASONS_ON.get(kind, {}).get(name, "exercised elsewhere"), []).append(name)
        lines += [f"without effect on {kind}, {reason}: {', '.join(names)}" for reason, names in why.items()]
    return lines


def _cell(cell: Cell | None) -> str:
    return "-" if cell is None else f"{len(cell.changed_by)}/{cell.goldens}/{len(cell.claims)}"
