"""Derives the table of a kernel: lowers it once as it is and once with its operators followed."""

from __future__ import annotations

import linecache
from collections.abc import Mapping
from typing import Any

from tl_passlab import lanes
from tl_passlab.compat import lowering
from tl_passlab.errors import FindingError
from tl_passlab.instructions.rows import Row, Store, Table
from tl_passlab.instructions.upstream import UpstreamSays
from tl_passlab.instructions.verify import disagreements, missing_from_source, same_source
from tl_passlab.model import Case, Target
from tl_passlab.normalise.message import normalise_message
from tl_passlab.passes.own import marks
from tl_passlab.passes.own.emitted import Emitted
from tl_passlab.passes.own.follow import Followed, follow
from tl_passlab.passes.own.instruction_annotation import emitted_kind
from tl_passlab.passes.own.sites import Site, recorded


def derive(case: Case, target: Target, sizes: Mapping[str, Any] | None = None) -> Table:
    """The table of a case on a target, checked. Raises FindingError when the kernel does not lower there."""
    sizes = {**case.info.sizes, **(sizes or {})}
    sites: list[Site] = []
    says = UpstreamSays(target)
    with lowering.pass_context(target, case.pass_configs), recorded(sites):
        func = case.build(**sizes)
    marked = marks.mark_rest(func, sites)
    with lowering.pass_context(target, case.pass_configs):
        unmarked = case.build(**sizes)
    try:
        plain = lowering.lower(unmarked, target, case.pass_configs).source
        followed = follow(marked, target, case.pass_configs, says.look)
    except Exception as error:
        message = normalise_message(str(error)).strip()
        where, again = f"{case.info.name}  {target.spec}", f"passlab trace {case.info.name} --target {target.spec}"
        raise FindingError("instructions", where, "it does not lower", evidence=message, next_command=again) from error
    rows = tuple(_row(number, site, followed, says) for number, site in _in_order(sites))
    problems = same_source(followed.source, plain)
    problems += missing_from_source(plain, target.kind, followed.everything.calls, rows)
    lane, _ = lanes.running_lane()
    return Table(case.info.name, target.spec, lane.tilelang, rows, tuple(problems), tuple(disagreements(rows)))


def _in_order(sites: list[Site]) -> list[tuple[int, Site]]:
    """As written: by line where lines are known, else operators in program order and then loops."""
    return sorted(enumerate(sites), key=lambda item: (item[1].line, item[0]))


def _row(number: int, site: Site, followed: Followed, says: UpstreamSays) -> Row:
    emitted = followed.emitted.get(number, Emitted())
    lowered_as = followed.lowered_as.get(number, [])
    stores = sorted(
        {Store(a.target, a.scope, a.dtype, a.lanes) for a in emitted.accesses}, key=lambda s: (-s.lanes, s.target)
    )
    return Row(
        number=number,
        operator=site.operator,
        operands=site.operands,
        file=site.file,
        line=site.line,
        text=linecache.getline(site.file, site.line).strip() if site.line else "",
        lowered_as=", ".join(dict.fromkeys(lowered_as)),
        copies=len(lowered_as),
        kind=emitted_kind(site.operator, emitted) if lowered_as else "removed",
        emitted=emitted.instructions(),
        stores=tuple(stores),
        upstream=says.annotated.get(number, ""),
        selector=says.selected.get(number, ""),
    )
