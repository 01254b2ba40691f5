"""Where a statement is: the breadcrumbs of a hunk, `main > blockIdx > if tx < 128 > for k`."""

from __future__ import annotations

import re

from tl_passlab.diff.functions import function_name, functions
from tl_passlab.diff.tree import Tree

MAX_CRUMBS = 8
MAX_CRUMB = 60

_BLOCK = re.compile(r"with T\.s?block\(\"([^\"]*)\"")
_PRAGMA = re.compile(r"^#pragma[^;{]*?(?=\bfor\b)")
_C_FOR = re.compile(r"for \((?:[\w:]+ )*(\w+) = ([^;]+); \w+ (<=?) ([^;]+);")
_TIR_LOOP = re.compile(r"for (.+?) in (?:T\.)?(\w+)\((.*)\):$")


class Breadcrumbs:
    """Breadcrumbs of the statements of one tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.functions = set(functions(tree).values())
        self._cache: dict[int, tuple[str, ...]] = {}
        self._owner: dict[int, int] = {}
        self._launches = [i for i, code in enumerate(tree.code) if 'launch_thread("blockIdx' in code]

    def of(self, index: int) -> tuple[str, ...]:
        """The enclosing blocks of a statement, outermost first; very deep nestings keep both ends."""
        parent = self.tree.parent[index] if 0 <= index < len(self.tree) else -1
        if parent not in self._cache:
            self._cache[parent] = self._blocks(parent)
        found = self._cache[parent]
        function = self._function_of(parent)
        if found and function >= 0 and any(function < launch < index for launch in self._launches[:64]):
            found = (found[0], "blockIdx", *found[1:])
        if len(found) > MAX_CRUMBS:
            found = (*found[: MAX_CRUMBS // 2], "...", *found[-MAX_CRUMBS // 2 :])
        return found

    def _blocks(self, at: int) -> tuple[str, ...]:
        """The block at `at` and those around it."""
        found: list[str] = []
        while at >= 0:
            crumb = self._crumb(at)
            if crumb:
                found.append(crumb)
            at = self.tree.parent[at]
        return tuple(reversed(found))

    def _function_of(self, at: int) -> int:
        if at not in self._owner:
            chain: list[int] = []
            while at >= 0 and at not in self.functions and at not in self._owner:
                chain.append(at)
                at = self.tree.parent[at]
            owner = self._owner.get(at, at)
            self._owner.update(dict.fromkeys(chain, owner))
            self._owner[at] = owner
            return owner
        return self._owner[at]

    def _crumb(self, index: int) -> str:
        """The short name of a block, "" for one that says nothing (the module, the root block)."""
        code = _PRAGMA.sub("", self.tree.code[index])
        if index in self.functions:
            return function_name(self.tree.language, code)
        if "class " in code or code.startswith(("extern", "{")):
            return ""
        block = _BLOCK.match(code)
        if block:
            return "" if block.group(1) in ("root", "") else f"sblock {block.group(1)}"
        loop = _C_FOR.match(code)
        if loop:
            name, start, less, stop = loop.groups()
            return f"for {name} in {start}..{stop}{'' if less == '<' else ' inclusive'}"
        loop = _TIR_LOOP.match(code)
        if loop:
            domain = loop.group(3).split(", annotations=")[0]
            return _cut(f"for {loop.group(1)} in " + (f"0..{domain}" if "," not in domain else f"({domain})"))
        return _cut(code.rstrip(":{ ").removeprefix("with "))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CRUMB else text[: MAX_CRUMB - 3] + "..."
