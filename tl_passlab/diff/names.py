"""Resolve every name of a text to its definition, and key every statement so that renaming does not change the key.

A name is replaced by *what it was defined as* (the text of its defining statement, itself keyed that way). Whether two
statements with equal keys really talk about corresponding definitions is checked after matching, name by name.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import NamedTuple

from tl_passlab.diff.functions import functions
from tl_passlab.diff.grammar import (
    C_NAMES,
    NONE,
    PTX_NAMES,
    TEXT_NAMES,
    TIR_NAMES,
    Definitions,
    c_definitions,
    tir_definitions,
)
from tl_passlab.diff.tree import Entity, Tree


def _no_definitions(parts: list[str]) -> Definitions:
    return NONE


GRAMMARS: dict[str, tuple[re.Pattern[str], Callable[[list[str]], Definitions]]] = {
    "tir": (TIR_NAMES, tir_definitions),
    "cuda": (C_NAMES, c_definitions),
    "metal": (C_NAMES, c_definitions),
    "hip": (C_NAMES, c_definitions),
    "c": (C_NAMES, c_definitions),
    "ptx": (PTX_NAMES, _no_definitions),
    "text": (TEXT_NAMES, _no_definitions),
}


class Interner:
    """One small integer per distinct key, shared by both sides so that equal keys are equal integers."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        # What a statement's text alone says; dumps repeat lines, and the two sides share most of theirs.
        self.read: dict[str, _Read] = {}

    def __call__(self, key: str) -> int:
        return self._known.setdefault(key, len(self._known))


class _Read(NamedTuple):
    """One statement's text taken apart: its names, the text between them with and without spacing, its keys."""

    names: list[str]
    bones: int
    tight: str
    exact: int
    found: Definitions


def split_names(language: str, code: str) -> list[str]:
    """The code as literal text and name tokens in turn, as the keys and the comparison see it."""
    return GRAMMARS[language][0].split(code)


class _Scope:
    """The definitions visible at the current statement, undone when their level is left."""

    def __init__(self) -> None:
        self.entity: dict[str, int] = {}
        self.sign: dict[str, str] = {}
        self._undo: list[tuple[int, str, int | None, str | None]] = []
        # Names that mean an outer definition again after an inner one ended.
        self.uncovered: set[str] = set()

    def leave(self, level: int) -> None:
        undo = self._undo
        while undo and undo[-1][0] > level:
            _, name, entity, sign = undo.pop()
            if entity is None or sign is None:
                del self.entity[name], self.sign[name]
            else:
                self.entity[name], self.sign[name] = entity, sign
                self.uncovered.add(name)

    def define(self, level: int, name: str, entity: int, sign: str) -> None:
        self._undo.append((level, name, self.entity.get(name), self.sign.get(name)))
        self.entity[name], self.sign[name] = entity, sign
        self.uncovered.discard(name)


def resolve(tree: Tree, levels: list[int], interner: Interner) -> None:
    """Fill the keys, `ents`, `defs` and `entities` of a tree whose structure is known."""
    scope = _Scope()
    _define_functions(tree, scope, interner)
    entity_of, sign_of, known = scope.entity.get, scope.sign.get, interner.read
    for index, code in enumerate(tree.code):
        scope.leave(levels[index])
        taken = known.get(code) or _take_apart(tree.language, code, interner)
        names = taken.names
        tree.bones.append(taken.bones)
        tree.exact.append(taken.exact)
        if tree.language == "ptx":
            _define_registers(tree, index, names, scope)
        if scope.uncovered and tree.language == "tir" and not scope.uncovered.isdisjoint(names):
            tree.ambiguous.update(scope.uncovered.intersection(names))
        if taken.found.positions:
            signs = _define(tree, index, levels[index], names, taken.found, scope)
            _publish(tree, index, interner(taken.tight + "\0".join(signs)), taken.found, scope, levels[index])
            continue
        ents = tuple(map(entity_of, names))
        tree.ents.append(ents)
        tree.free.update([name for name, entity in zip(names, ents, strict=True) if entity is None])
        tree.alpha.append(interner(taken.tight + "\0".join(map(sign_of, names, names))))


def _take_apart(language: str, code: str, interner: Interner) -> _Read:
    pattern, definitions = GRAMMARS[language]
    parts = pattern.split(code)
    # Interned, because a hundred thousand statements use the same few names.
    names = list(map(sys.intern, parts[1::2]))
    bones = "\0".join(parts[0::2])
    # Spacing between tokens has no meaning; where it might, the comparison looks again.
    tight = bones.replace(" ", "") + "\1"
    found = definitions(parts) if names else NONE
    taken = _Read(names, interner(bones), sys.intern(tight), interner(tight + "\0".join(names)), found)
    interner.read[code] = taken
    return taken


def _define(tree: Tree, index: int, level: int, names: list[str], found: Definitions, scope: _Scope) -> list[str]:
    """A statement with definitions: its own names are signed by position, everything else as it was before it."""
    first = len(tree.entities)
    ents = list(map(scope.entity.get, names))
    signs = list(map(scope.sign.get, names, names))
    for k, position in enumerate(found.positions):
        name = names[position]
        if (
            name in scope.entity
            and tree.language == "tir"
            and found.kind == "value"
            and " = T." not in tree.code[index]
        ):
            tree.ambiguous.add(name)
        # In `for (int i = 0; i < n; ++i)` the later `i` are the new one too.
        again = [p for p, other in enumerate(names) if other == name] if found.sees_itself else (position,)
        for p in again:
            ents[p], signs[p] = first + k, f"\2{k}"
        tree.entities.append(Entity(name, index, found.kind))
    tree.ents.append(tuple(ents))
    tree.defs[index] = tuple(range(first, len(tree.entities)))
    tree.free.update([name for name, entity in zip(names, ents, strict=True) if entity is None])
    return signs


def _publish(tree: Tree, index: int, key: int, found: Definitions, scope: _Scope, level: int) -> None:
    """Make the definitions of a statement visible, signed by what the statement is."""
    tree.alpha.append(key)
    visible_at = level + 1 if found.nested else level
    for position, entity in enumerate(tree.defs[index]):
        scope.define(visible_at, tree.entities[entity].name, entity, f"\2{key}.{position}")


def _define_functions(tree: Tree, scope: _Scope, interner: Interner) -> None:
    """Functions are visible in the whole text, and calls may name them in a string."""
    for name, index in functions(tree).items():
        entity = len(tree.entities)
        tree.entities.append(Entity(name, index, "function"))
        sign = f"\2function{interner('function')}"
        scope.define(-1, name, entity, sign)
        scope.define(-1, f'"{name}"', entity, sign)
        scope.define(-1, f".{name}", entity, sign)


# Registers and labels are numbered by the compiler; `%tid.x`, `%clock64` and the like have a meaning.
_REGISTER = re.compile(r"(%(?!clock|envreg|pm)[a-z]+)\d+$|(\$?L?_*BB)\w*\d$|(\$L)\w*$")


def _define_registers(tree: Tree, index: int, names: list[str], scope: _Scope) -> None:
    """PTX names its registers without defining them one by one: the first use in a function stands for that."""
    if any(name in (".entry", ".func") for name in names) or ".entry" in tree.code[index]:
        scope.leave(-1)
    for name in names:
        match = _REGISTER.match(name)
        if match and name not in scope.entity:
            entity = len(tree.entities)
            tree.entities.append(Entity(name, index, "register"))
            scope.define(0, name, entity, f"\2{match.group(1) or 'label'}")
