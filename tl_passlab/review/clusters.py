"""Groups pending goldens by cause, so that one change of one pass is looked at once.

The cause of a golden is what the failing test found (`goldens.roots`): the pass at which the lowering first differs,
and the edits of that difference, as far as the kernels have them in common (`cores`). The shapes in which it shows are
its variants, and what merely follows from it is attached. A pass that is fed other IR may have changed as well; where
the same edit is seen on undrifted input elsewhere, it counts as a second cause, and goldens with both causes are a
group of their own: accepting one change never accepts another with it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tl_passlab.goldens.edits import class_of, edits_of, without_class
from tl_passlab.goldens.pending import Pending
from tl_passlab.goldens.roots import SEQUENCE, Root, unnumbered
from tl_passlab.review.cores import Cores, cores_of

NEW_CASE = "new case"
# Between the edits of a difference that has no core.
TOGETHER = " ; "


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
        """The goldens that show the change itself: one of each variant, then another; the smallest change first."""
        own = sorted(self._own(), key=lambda e: (sum(e.kinds.values()), e.path))
        seen: Counter[tuple[Root, ...]] = Counter()
        turns = []
        for entry in own:
            turns.append(seen[entry.roots])
            seen[entry.roots] += 1
        return tuple(entry for _, entry in sorted(zip(turns, own, strict=True), key=lambda pair: pair[0]))

    @property
    def variants(self) -> int:
        """In how many shapes the change shows."""
        return len({entry.roots for entry in self._own()})

    def _own(self) -> list[Pending]:
        return [e for e in self.entries if not e.follows] or list(self.entries)

    @property
    def attached(self) -> tuple[Pending, ...]:
        """The goldens that differ because of it further down the pipeline."""
        shown = {e.path for e in self.findings}
        return tuple(e for e in self.entries if e.path not in shown)

    @property
    def title(self) -> str:
        """`LayoutInference: layout +{% ^}`: pass, class and edit; several causes joined by `and`."""
        return " and ".join(f"{root.pass_name}: {', '.join(words_of(root))}" for root in self.roots)

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
    """A root's edit with its class, or what else its shape says; of a changed sequence the first passes."""
    if root.pass_name == SEQUENCE:
        return [*(f"{move[0]}{move[2:]}" for move in root.shape[:3]), *(["..."] if len(root.shape) > 3 else [])]
    return list(dict.fromkeys(_words(part) for part in root.shape))


def _words(part: str) -> str:
    edits = part.split(TOGETHER)
    if any(edit[:2] in ("+ ", "- ") for edit in edits):
        return "recorded lines"
    if len(edits) > 1:
        return ", ".join(dict.fromkeys(map(class_of, edits)))
    return f"{class_of(part)} {without_class(part)}".strip() if class_of(part) else part


def grouped(entries: Iterable[Pending], known: Mapping[str, list[str]]) -> dict[tuple[Root, ...], list[Pending]]:
    """Pending goldens by their causes; `known` are the cores of a pass that were found before."""
    listed = list(entries)
    watched = _watched_evidence(listed)
    listed = [replace(e, roots=tuple(_located(root, e.lane, watched) for root in e.roots)) for e in listed]
    evidence = _Evidence(watched, _unwatched_evidence(listed, watched))
    units: dict[str, list[Pending]] = defaultdict(list)
    for entry in listed:
        units[entry.unit].append(entry)
    rows = [row for unit in units.values() for row in _with_causes(unit, evidence)]
    shown: dict[str, dict[Root, int]] = defaultdict(lambda: defaultdict(int))
    for roots, _ in rows:
        for root in roots:
            shown[root.pass_name][root] += 1
    cores = {name: cores_of(found, known.get(name, [])) for name, found in shown.items()}
    found: dict[tuple[Root, ...], list[Pending]] = defaultdict(list)
    for roots, entry in rows:
        causes = {cause for root in roots for cause in _causes(root, cores[root.pass_name])}
        found[tuple(sorted(causes, key=lambda root: (root.pass_name, root.shape)))].append(entry)
    return dict(found)


def _causes(root: Root, cores: Cores) -> list[Root]:
    """One cause for each core that a difference shows. What is no edit of a pass is a cause as it is."""
    if root.pass_name == SEQUENCE or root.shape == (NEW_CASE,):
        return [Root(root.pass_name, root.shape)]
    found = cores.of(root) or (TOGETHER.join(sorted(edits_of(root.shape))),)
    return [Root(root.pass_name, (core,)) for core in found]


def _watched_evidence(entries: list[Pending]) -> _Parts:
    found: _Parts = defaultdict(set)
    for entry in entries:
        for root in entry.roots if entry.status == "changed" else ():
            if not root.indirect:
                found[entry.lane, unnumbered(root.pass_name)].update(root.shape)
    return dict(found)


def _unwatched_evidence(entries: list[Pending], watched: _Parts) -> _Parts:
    found: _Parts = defaultdict(set)
    for entry in entries:
        for root in entry.roots if entry.status == "changed" else ():
            if (entry.lane, root.pass_name) not in watched and not root.pass_name.startswith("before "):
                found[entry.lane, root.pass_name].update(root.shape)
    return dict(found)


def _located(root: Root, lane: str, watched: _Parts) -> Root:
    """A cause by the name of its pass; one that no golden shows itself by the one pass it may be that does this."""
    if root.indirect and root.between:
        edits = {without_class(edit) for edit in edits_of(root.shape)}
        found = {
            name
            for name in map(unnumbered, root.between)
            if edits & {without_class(edit) for edit in edits_of(tuple(watched.get((lane, name), ())))}
        }
        if len(found) == 1:
            return replace(root, pass_name=found.pop())
    return replace(root, pass_name=unnumbered(root.pass_name))


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
    known, label = {root.pass_name for root in entry.roots}, unnumbered(entry.label)
    found = []
    shared = set(entry.own) & evidence.watched.get((entry.lane, label), set())
    if shared and label not in known:
        found.append(Root(label, tuple(sorted(shared))))
    for (lane, name), parts in evidence.unwatched.items():
        shared = set(entry.arrived) & parts
        if shared and lane == entry.lane and name not in known:
            found.append(Root(name, tuple(sorted(shared))))
    return found


def cluster(entries: Iterable[Pending], numbers: dict[str, int] | None = None) -> list[Cluster]:
    """The clusters by number. `numbers` holds those given before, by key, and receives the new ones."""
    numbers = {} if numbers is None else numbers
    groups = grouped(entries, _known(numbers))
    keys = {roots: json.dumps([[root.pass_name, list(root.shape)] for root in roots]) for roots in groups}
    if not any(key in numbers for key in keys.values()):
        numbers.clear()
    free = max(numbers.values(), default=0) + 1
    for roots in sorted(groups, key=lambda roots: (-len(groups[roots]), keys[roots])):
        if keys[roots] not in numbers:
            numbers[keys[roots]] = free
            free += 1
    found = [Cluster(numbers[keys[roots]], roots, tuple(group)) for roots, group in groups.items()]
    return sorted(found, key=lambda c: c.number)


def _known(numbers: Mapping[str, int]) -> dict[str, list[str]]:
    """The cores of each pass by the clusters that have a number: what is accepted meanwhile must not renumber them."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in sorted(numbers, key=lambda key: numbers[key]):
        try:
            for name, shape in json.loads(key):
                found[str(name)] += map(str, shape)
        except (ValueError, TypeError):
            continue
    return found
