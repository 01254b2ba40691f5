"""What a golden's difference means: the verdict a failing test shows, and the causes a review groups by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tl_passlab.diff import Diff, diff_text
from tl_passlab.goldens.content import UNCHANGED, golden_content, split_diff
from tl_passlab.goldens.excerpt import first_difference, first_lines, summary_of
from tl_passlab.goldens.identity import label_of
from tl_passlab.goldens.roots import Place, Read, Root, places, tir_difference, toggled
from tl_passlab.goldens.shape import Shape, lines_shape
from tl_passlab.model import CaseInfo, Target, Trace, Verdict

PROVENANCE = "lane versions"
NO_ORDER = 1_000_000


@dataclass(frozen=True)
class Explanation:
    """A verdict on one golden and what a review needs of it.

    `roots` are the changes it shows or follows from; `follows` says that all of it came down the pipeline;
    `arrived` and `own` are as in `Place`. `order` is the place in the pipeline. `claims` holds for each claim of the
    case why it fails, empty where it holds.
    """

    verdict: Verdict
    case: str = ""
    target: str = ""
    lane: str = ""
    roots: tuple[Root, ...] = ()
    follows: bool = False
    arrived: Shape = ()
    own: Shape = ()
    order: int = NO_ORDER
    kinds: Mapping[str, int] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)


def explain(
    name: str, stored: str | None, trace: Trace, case: CaseInfo, target: Target, read: Read, *, reviewed_as: str = ""
) -> Explanation:
    """The verdict on one golden of a trace. `read(name)` gives the case's goldens as they are stored."""
    fresh = golden_content(trace, name)
    place = places(trace, case.watch, read).get(name, Place("behaviour"))
    status, reason = _status(name, stored, fresh, place)
    diff = difference(name, stored, fresh, drift=place.kind == "drift") if status == "changed" else None
    detail = _detail(diff, stored, fresh) if status == "changed" else ""
    command = f"passlab review --case {reviewed_as or case.stem}"
    return Explanation(
        Verdict(name, status, reason, detail, command),
        case.name,
        target.spec,
        trace.lane,
        roots=place.roots or _own_root(name, status, stored, fresh),
        follows=place.kind == "drift",
        arrived=place.arrived,
        own=place.own,
        order=_order(trace, name),
        kinds=diff.counts if diff is not None else {},
    )


def explain_text(name: str, stored: str | None, fresh: str, reason: str, command: str) -> Explanation:
    """The verdict on a golden that no lowering explains (LANE.toml)."""
    status = "new" if stored is None else "same" if stored == fresh else "changed"
    verdict = Verdict(name, status, reason, first_difference(stored or "", fresh), command)
    return Explanation(verdict, roots=(Root(PROVENANCE, lines_shape(stored or "", fresh)),))


def difference(name: str, stored: str | None, fresh: str | None, *, drift: bool) -> Diff | None:
    """The structural diff that shows a golden's change: of a pass's output, or of its input where that drifted."""
    if stored is None or fresh is None:
        return None
    if name.startswith("kernel."):
        return diff_text(stored, fresh, extension=f".{name.rpartition('.')[2]}")
    if not name.endswith(".diff") or stored == fresh:
        return None
    if UNCHANGED in (stored, fresh):
        return toggled(stored, fresh)
    (old_before, old_after), (new_before, new_after) = split_diff(stored), split_diff(fresh)
    return tir_difference(old_before, new_before) if drift else tir_difference(old_after, new_after)


def _status(name: str, stored: str | None, fresh: str | None, place: Place) -> tuple[str, str]:
    label = label_of(name)
    if stored is None:
        return "new", "no golden is stored yet"
    if fresh is None:
        return "missing", f"{label} no longer runs; its golden is stored"
    if stored == fresh:
        return "same", ""
    cause = " and ".join(dict.fromkeys(root.pass_name for root in place.roots))
    if name == "error.txt":
        return "changed", "the message is not as recorded"
    if name == "pipeline.txt":
        return "changed", f"the pass sequence, or what a pass changes, is not as recorded; first in {cause}"
    if name.startswith("kernel."):
        return "changed", f"the generated source is not as recorded; it follows from {cause}"
    if place.kind == "drift":
        return "changed", f"input drifted: the first difference is in {cause}; see that golden first"
    if UNCHANGED in (stored, fresh):
        did, does = (
            ("left the IR alone", "changes it") if stored == UNCHANGED else ("changed the IR", "leaves it alone")
        )
        return "changed", f"behaviour changed: {label} {did} and now {does}"
    return "changed", f"behaviour changed: the input of {label} is as recorded, its output is not"


def _own_root(name: str, status: str, stored: str | None, fresh: str | None) -> tuple[Root, ...]:
    label = label_of(name)
    if status == "new":
        return (Root(label, ("new",)),)
    if status == "missing":
        return (Root(label, ("the pass no longer runs",)),)
    return (Root(label, lines_shape(stored or "", fresh or "")),) if status == "changed" else ()


def _order(trace: Trace, name: str) -> int:
    try:
        return trace.boundary(label_of(name)).index
    except KeyError:
        return NO_ORDER


def _detail(diff: Diff | None, stored: str | None, fresh: str | None) -> str:
    """The classes and places of the change, then its first lines."""
    if diff is None or not diff.hunks:
        return first_difference(stored or "", fresh or "")
    return "\n".join([*summary_of(diff), *first_lines(diff)])
