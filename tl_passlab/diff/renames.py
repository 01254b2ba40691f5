"""Renamed definitions: one hunk for each, and the names whose uses a rename makes doubtful."""

from __future__ import annotations

from tl_passlab.diff.context import Breadcrumbs
from tl_passlab.diff.match import Matching, plain_name
from tl_passlab.diff.result import Hunk


def doubtful_names(matching: Matching) -> set[str]:
    """Names of renamed definitions that are also used where no definition is known."""
    names: set[str] = set()
    for old, new in matching.aliases():
        names |= {old, new}
        if plain_name(old) != plain_name(new):
            names |= {f'"{plain_name(old)}"', f'"{plain_name(new)}"'}
    return names & (matching.before.free | matching.after.free)


def _name_map(matching: Matching) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """What every name became, and what every name came from: one name each when a rename is the same everywhere."""
    became: dict[str, set[str]] = {}
    came: dict[str, set[str]] = {}
    for ours, theirs in matching.entities.items():
        if ours is not None and theirs is not None:
            old, new = matching.before.entities[ours].name, matching.after.entities[theirs].name
            became.setdefault(old, set()).add(new)
            came.setdefault(new, set()).add(old)
    return became, came


def renames(matching: Matching, crumbs: Breadcrumbs) -> list[Hunk]:
    """One hunk per definition whose name changed."""
    before, after = matching.before, matching.after
    found: list[Hunk] = []
    became, came = _name_map(matching)
    for ours, theirs in matching.entities.items():
        if ours is None or theirs is None or before.entities[ours].name == after.entities[theirs].name:
            continue
        old, new = before.entities[ours], after.entities[theirs]
        if matching.to_after[old.statement] != new.statement:
            continue
        doubtful = old.name in before.ambiguous or new.name in after.ambiguous
        unsure = doubtful and not (became[old.name] == {new.name} and came[new.name] == {old.name})
        found.append(
            Hunk(
                "unclassified" if unsure else "renamed",
                f"{old.name} -> {new.name}" + (", one of several bindings of a name" if unsure else ""),
                crumbs.of(old.statement),
                before.lines(old.statement),
                after.lines(new.statement),
                before.first[old.statement],
                after.first[new.statement],
            )
        )
    return found
