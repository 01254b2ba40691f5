"""Groups pending goldens by cause, so that one change of one pass is looked at once.

The cause of a golden is what the failing test found (`goldens.roots`): the pass at which the lowering first differs,
and the shape of that difference. What merely follows from it is attached to it. A pass that is fed other IR may have
changed as well; where the same edit is seen on undrifted input elsewhere, it counts as a second cause, and goldens with
both causes are a group of their own: accepting one change never accepts another with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tl_passlab.goldens.pending import Pending
from tl_passlab.goldens.roots import SEQUENCE, Root

NEW_CASE = "new case"


_Parts = dict[tuple[str, str], set[str]]


@dataclass(frozen=True)
class _Evidence:
    """What passes do otherwise, by lane and pass: those seen on input that is as recorded, and those between them."""

    watched: _Parts
    unwatched: _Parts


@dataclass(frozen=True)
class Cluster:
    """The pending goldens of one cause. `number` stays the same while any of them is pending."""

    number: int
    roots: tuple[Root, ...]
    entries: tuple[Pending, ...]

    @property
    def findings(self) -> tuple[Pending, ...]:
        """The goldens that show the change itself, the smallest change first."""
        own = [e for e in self.entries if not e.follows] or list(self.entries)
        return tuple(sorted(own, key=lambda e: (sum(e.kinds.values()), e.path)))

    @property
    def attached(self) -> tuple[Pending, ...]:
        """The goldens that differ because of it further down the pipeline."""
        shown = {e.path for e in self.findings}
        return tuple(e for e in self.entries if e.path not in shown)

    @property
    def title(self) -> str:
        """`LayoutInference: layout`, the causes joined by `+`."""
        return " + ".join(f"{root.pass_name}: {', '.join(words_of(root))}" for root in self.roots)

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases it touches."""
        return tuple(sorted({e.case for e in self.entries if e.case}))

    @property
    def targets(self) -> tuple[str, ...]:
        """The targets it touches."""
        return tuple(sorted({e.target for e in self.entries if e.target}))

    @property
    def broken(self) -> tuple[Pending, ...]:
        """The goldens of lowerings on which a claim does not hold."""
        return tuple(e for e in self.entries if e.broken_claims)


def words_of(root: Root) -> list[str]:
    """The classes of a root's change, or what else its shape says; of a changed sequence the first passes."""
    if root.pass_name == SEQUENCE:
        return [*(f"{move[0]}{move[2:]}" for move in root.shape[:3]), *(["..."] if len(root.shape) > 3 else [])]
    kinds = ("recorded lines" if part[:2] in ("+ ", "- ") else part.partition(": ")[0] for part in root.shape)
    return list(dict.fromkeys(word for kind in kinds for word in kind.split("+")))


def grouped(entries: Iterable[Pending]) -> dict[tuple[Root, ...], list[Pending]]:
    """Pending goldens by their causes."""
    found: dict[tuple[Root, ...], list[Pending]] = defaultdict(list)
    listed = list(entries)
    watched = _watched_evidence(listed)
    listed = [replace(e, roots=tuple(_located(root, e.lane, watched) for root in e.roots)) for e in listed]
    evidence = _Evidence(watched, _unwatched_evidence(listed, watched))
    units: dict[str, list[Pending]] = defaultdict(list)
    for entry in listed:
        units[entry.unit].append(entry)
    for unit in units.values():
        for roots, entry in _with_causes(unit, evidence):
            found[roots].append(entry)
    return dict(found)


def _watched_evidence(entries: list[Pending]) -> _Parts:
    found: _Parts = defaultdict(set)
    for entry in entries:
        for root in entry.roots if entry.status == "changed" and not entry.follows else ():
            found[entry.lane, root.pass_name].update(root.shape)
    return dict(found)


def _unwatched_evidence(entries: list[Pending], watched: _Parts) -> _Parts:
    found: _Parts = defaultdict(set)
    for entry in entries:
        for root in entry.roots if entry.status == "changed" else ():
            if (entry.lane, root.pass_name) not in watched and not root.pass_name.startswith("before "):
                found[entry.lane, root.pass_name].update(root.shape)
    return dict(found)


def _located(root: Root, lane: str, watched: _Parts) -> Root:
    """A cause that lies somewhere between two watched passes, named by the one pass there that does this elsewhere."""
    if not root.pass_name.startswith("before "):
        return root
    found = {name for name in root.between if set(root.shape) <= watched.get((lane, name), set())}
    return replace(root, pass_name=found.pop()) if len(found) == 1 else root


def _with_causes(unit: list[Pending], evidence: _Evidence) -> list[tuple[tuple[Root, ...], Pending]]:
    """The goldens of one case on one target, each with all its causes."""
    if all(e.status == "new" for e in unit) and any(e.name in ("pipeline.txt", "error.txt") for e in unit):
        return [((Root(e.case, (NEW_CASE,)),), e) for e in unit]
    rows, second = [], list[Root]()
    for entry in sorted(unit, key=lambda e: (e.order, e.path)):
        if entry.follows:
            second += _second_causes(entry, evidence)
        roots = {*entry.roots, *second} if entry.follows else set(entry.roots)
        rows.append((tuple(sorted(roots, key=lambda root: (root.pass_name, root.shape))), entry))
    return rows


def _second_causes(entry: Pending, evidence: _Evidence) -> list[Root]:
    """The further changes that a drifted golden shows, as they are seen by themselves elsewhere."""
    known = {root.pass_name for root in entry.roots}
    found = []
    shared = set(entry.own) & evidence.watched.get((entry.lane, entry.label), set())
    if shared and entry.label not in known:
        found.append(Root(entry.label, tuple(sorted(shared))))
    for (lane, name), parts in evidence.unwatched.items():
        shared = set(entry.arrived) & parts
        if shared and lane == entry.lane and name not in known:
            found.append(Root(name, tuple(sorted(shared))))
    return found


def cluster(entries: Iterable[Pending], numbers: dict[str, int] | None = None) -> list[Cluster]:
    """The clusters by number. `numbers` holds those given before, by key, and receives the new ones."""
    numbers = {} if numbers is None else numbers
    groups = grouped(entries)
    keys = {roots: repr([(root.pass_name, root.shape) for root in roots]) for roots in groups}
    if not any(key in numbers for key in keys.values()):
        numbers.clear()
    free = max(numbers.values(), default=0) + 1
    for roots in sorted(groups, key=lambda roots: (-len(groups[roots]), keys[roots])):
        if keys[roots] not in numbers:
            numbers[keys[roots]] = free
            free += 1
    found = [Cluster(numbers[keys[roots]], roots, tuple(group)) for roots, group in groups.items()]
    return sorted(found, key=lambda c: c.number)
