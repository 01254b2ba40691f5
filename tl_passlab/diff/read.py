"""Text to statement tree. Text is read, never executed, and never refused: what has no clear shape is read as text."""

from __future__ import annotations

from tl_passlab.diff import lines_c, lines_plain, lines_tir
from tl_passlab.diff.language import BRACES
from tl_passlab.diff.names import Interner, resolve
from tl_passlab.diff.tree import Tree, build_structure

# Wider than any real dump; beyond it the walk from a statement to its ancestors would not stay cheap.
MAX_DEPTH = 2_000


def split_source(text: str) -> list[str]:
    """The physical lines; CR LF and lone CR count as line breaks, form feeds and the like do not."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


def read(text: str, language: str, interner: Interner) -> Tree:
    """Read one text in a given language; `trouble` says why a caller should fall back to `text`."""
    source = [_tabs_as_spaces(line) if line[:1] in "\t " and "\t" in line else line for line in split_source(text)]
    if language == "tir":
        statements, trouble = lines_tir.statements(source)
    elif language in BRACES:
        statements, trouble = lines_c.statements(source)
    elif language == "ptx":
        statements, trouble = lines_plain.ptx_statements(source)
    else:
        statements, trouble = lines_plain.text_statements(source)
    if not trouble and any(mark in text for mark in "\0\1\2"):
        # The keys of statements are built with these.
        trouble = "there are control characters in it"
    tree = Tree(language, source, trouble=trouble if language != "text" else "")
    build_structure(tree, statements)
    if not trouble and language == "tir":
        tree.trouble = _misplaced(tree)
    if not tree.trouble:
        resolve(tree, [statement.level for statement in statements], interner)
    return tree


def _tabs_as_spaces(line: str) -> str:
    """Tabs of the indentation only: one inside a string is part of it."""
    body = line.lstrip(" \t")
    return line[: len(line) - len(body)].expandtabs(8) + body


def _misplaced(tree: Tree) -> str:
    """A statement nested under one that opens no block: the text is damaged, its scopes cannot be trusted."""
    code = tree.code
    for index, parent in enumerate(tree.parent):
        if parent >= 0 and code[parent][-1:] != ":":
            return f"line {tree.first[index]} is indented under a statement that opens no block"
    return ""
