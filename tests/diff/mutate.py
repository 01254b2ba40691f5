"""Random rewrites of real dumps: some that keep the meaning, some that cannot."""

from __future__ import annotations

import random
import re

from tl_passlab.diff.match import plain_name
from tl_passlab.diff.names import Interner, split_names
from tl_passlab.diff.read import read
from tl_passlab.diff.tree import Tree


def tree_of(text: str, language: str) -> Tree:
    """The dump as the diff reads it; a dump that is not read cleanly is no use for these tests."""
    tree = read(text, language, Interner())
    assert not tree.trouble
    return tree


def renamed(text: str, language: str, chance: random.Random) -> str:
    """Some definitions get fresh names, consistently: by entity, so that two `i` of two loops part company."""
    tree = tree_of(text, language)
    fresh = {}
    for number, entity in enumerate(tree.entities):
        if entity.kind != "function" and chance.random() < 0.5 and entity.name[0] not in "\"'":
            fresh[number] = f"{chance.choice(['v', 'buf', 'T_x', 'zeta'])}_{number}q"
    lines = list(tree.source)
    for index, code in enumerate(tree.code):
        if tree.first[index] != tree.last[index] or lines[tree.first[index] - 1].strip() != code:
            _unrename(fresh, tree.ents[index])
    _unrename(fresh, [n for n in fresh if f'"{plain_name(tree.entities[n].name)}":' in text])
    # Two definitions of one name with overlapping scopes may be one variable: both would have to change.
    _unrename(fresh, [n for n in fresh if tree.entities[n].name in tree.ambiguous])
    for index, code in enumerate(tree.code):
        if tree.first[index] == tree.last[index] and lines[tree.first[index] - 1].strip() == code:
            line = lines[tree.first[index] - 1]
            margin = line[: len(line) - len(line.lstrip())]
            lines[tree.first[index] - 1] = margin + _respelt(code, language, tree.ents[index], fresh)
    return "\n".join(lines) + "\n"


def _unrename(fresh: dict[int, str], entities: object) -> None:
    """Leave alone what stands in text that is not rewritten here (decorated or wrapped statements)."""
    for entity in list(entities):  # type: ignore[call-overload]
        fresh.pop(entity, None)


def _respelt(code: str, language: str, ents: tuple[int | None, ...], fresh: dict[int, str]) -> str:
    parts = split_names(language, code)
    for position, entity in enumerate(ents):
        if entity in fresh and parts[2 * position + 1][0] not in ".\"'":
            parts[2 * position + 1] = fresh[entity]
    return "".join(parts)


def shuffled_attributes(text: str, chance: random.Random) -> str:
    """The entries of flat dictionaries in another order."""

    def shuffle(match: re.Match[str]) -> str:
        entries = re.findall(r'"[^"]*": (?:"[^"]*"|\[[^\[\]]*\]|[\w.()]+)', match.group())
        if ", ".join(entries) != match.group()[1:-1]:
            return match.group()
        chance.shuffle(entries)
        return "{" + ", ".join(entries) + "}"

    return re.sub(r"\{[^{}]*\}", shuffle, text)


_OPERATIONS = re.compile(r"\bT\.(?!prim_func|func_attr|reads|writes|sblock|target|handle|region|Cast)[a-z_]\w+(?=\()")


def broken(text: str, chance: random.Random) -> str:
    """One token changed so that the meaning must change; "" when the dice found no place."""
    kind = chance.choice(("operation", "string", "delete", "extent", "float", "name"))
    if kind == "operation":
        places = list(_OPERATIONS.finditer(text))
        return _replaced(text, chance.choice(places), chance.choice(places).group()) if places else ""
    if kind == "string":
        places = [
            m for m in re.finditer(r'"(?:shared(?:\.dyn)?|local|float16|float32|uint64|fp16|threadIdx\.x)"', text)
        ]
        return _replaced(text, chance.choice(places), '"other"') if places else ""
    if kind == "delete":
        lines = text.split("\n")
        leaves = [k for k, line in enumerate(lines) if re.match(r"\s+T\.(?!reads|writes|func_attr)\w+\(", line)]
        spot = chance.choice(leaves) if leaves else -1
        alone = spot > 0 and lines[spot - 1].rstrip().endswith(":") and not _continues(lines, spot)
        return "" if spot < 0 or alone else "\n".join(lines[:spot] + lines[spot + 1 :])
    if kind == "extent":
        places = list(re.finditer(r"(?<=range\()\d+(?=\))|(?<=unroll\()\d+(?=\))|(?<=Idx\.x\", )\d+", text))
        return _replaced(text, chance.choice(places), "977") if places else ""
    if kind == "float":
        places = list(re.finditer(r"\b\d+\.\d+\b", text))
        return _replaced(text, chance.choice(places), "0.125") if places else ""
    places = list(re.finditer(r"\b(?:A_shared|B_shared|A_local|B_local|mbarrier_1)(?=\[|\.data)", text))
    names = ["A_shared", "B_shared", "A_local", "B_local", "mbarrier_1"]
    spot_name = chance.choice(places) if places else None
    return _replaced(text, spot_name, chance.choice(names)) if spot_name else ""


def _continues(lines: list[str], spot: int) -> bool:
    indent = len(lines[spot]) - len(lines[spot].lstrip())
    following = lines[spot + 1] if spot + 1 < len(lines) else ""
    return bool(following.strip()) and len(following) - len(following.lstrip()) == indent


def _replaced(text: str, match: re.Match[str], new: str) -> str:
    return "" if match.group() == new else text[: match.start()] + new + text[match.end() :]
