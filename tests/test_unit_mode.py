"""Unit mode: a pass applied alone to IR written by hand, tests/unit/<pass>_<idea>.py, against goldens beside the tests.

Nothing of upstream's pipeline runs but the pass and the PREREQUISITES that the file names, so a golden changes only
when one of those does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.lowering import LANE
from tl_passlab import goldens, lanes
from tl_passlab.events import Event, trace_from_events
from tl_passlab.importing import import_file
from tl_passlab.model import Case, CaseInfo, Target, Trace
from tl_passlab.passes import find_pass
from tl_passlab.pytest_golden import Golden
from tl_passlab.single_pass import record_pass
from tl_passlab.targets import parse_target

HERE = Path(__file__).resolve().parent
ROOT = HERE / "goldens"
UNITS = sorted(path for path in (HERE / "unit").glob("*.py") if not path.name.startswith("_"))
PINNED = ("tilelang", "apache-tvm-ffi", "z3-solver")

pytestmark = pytest.mark.skipif(not LANE.full, reason=f"no goldens are kept for lane {LANE.tilelang}")


def prepared(unit: ModuleType, target: Target) -> Callable[[], Any]:
    """A builder of the function that the pass is given: the hand-written one after the prerequisites of this lane."""

    def build() -> Any:
        func = unit.before
        for spec in map(find_pass, getattr(unit, "PREREQUISITES", [])):
            if spec.exists_in(LANE.tilelang):
                (func,) = spec.apply(func, target).functions.values()
        return func

    return build


def run_unit(path: Path) -> tuple[CaseInfo, Target, Trace]:
    """The trace of the one pass of a unit file."""
    unit = import_file(path, root=HERE.parent)
    target = parse_target(unit.TARGET)
    name = f"test_unit_mode/test_pass_alone-{path.stem}"
    case = Case(CaseInfo(name, path, "", (target.spec,), (unit.PASS,), {}), prepared(unit, target))
    events: list[Event] = []
    record_pass(case, target, unit.PASS, events.append, {}, with_prerequisites=False)
    return case.info, target, trace_from_events(events)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_pass_alone(path: Path, golden: Golden) -> None:
    info, target, trace = run_unit(path)
    assert trace.failure is None, trace.failure
    (boundary,) = trace.boundaries
    assert boundary.changed, f"{boundary.name} leaves this IR as it is: the unit shows nothing"
    name = f"{info.watch[0]}.diff"

    def read(other: str) -> str | None:
        return goldens.read_golden(goldens.golden_path(ROOT, LANE.tilelang, target, info, other))

    def explain(stored: str | None) -> goldens.Explanation:
        return goldens.explain(name, stored, trace, info, target, read)

    golden(goldens.golden_path(ROOT, LANE.tilelang, target, info, name), goldens.golden_content(trace, name), explain)


@pytest.mark.parametrize("slug", sorted({parse_target(import_file(p, root=HERE.parent).TARGET).slug for p in UNITS}))
def test_unit_provenance(slug: str, golden: Golden) -> None:
    content = goldens.provenance({name: lanes.installed_version(name) or "" for name in PINNED})

    def explain(stored: str | None) -> goldens.Explanation:
        reason = "the unit goldens of this lane were made with other versions than are installed"
        return goldens.explain_text("LANE.toml", stored, content, reason, "passlab review")

    golden(ROOT / LANE.tilelang / slug / "LANE.toml", content, explain)


def test_prerequisite_changes_what_the_pass_sees() -> None:
    """Without MaterializeKernelLaunch there is one thread, and it gets all 256 elements."""
    if not find_pass("MaterializeKernelLaunch").exists_in(LANE.tilelang):
        pytest.skip(f"T.Kernel binds its threads by itself on tilelang {LANE.tilelang}")
    from tl_passlab.compat.printer import print_module

    path = HERE / "unit" / "layout_inference_spreads_a_loop.py"
    unit = import_file(path, root=HERE.parent)
    alone = print_module(find_pass(unit.PASS).apply(unit.before, parse_target(unit.TARGET)))
    assert "(256,) -> (256,)" in alone and "threads = 0..1;" in alone
    assert "threads = 0..32;" in run_unit(path)[2].after(unit.PASS)
