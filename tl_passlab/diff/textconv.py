"""One text in canonical form, line by line, for tools that can only compare lines."""

from __future__ import annotations

from tl_passlab.diff.language import detect
from tl_passlab.diff.names import Interner
from tl_passlab.diff.read import read


def canonical_text(text: str, language: str = "auto", extension: str = "") -> str:
    """One statement a line, comments dropped, dictionary entries sorted, nesting as indentation by four."""
    chosen = detect(text, extension) if language == "auto" else language
    tree = read(text, chosen, Interner())
    if tree.trouble:
        return text
    depth: list[int] = []
    lines: list[str] = []
    for index, code in enumerate(tree.code):
        parent = tree.parent[index]
        depth.append(depth[parent] + 1 if parent >= 0 else 0)
        lines.append("    " * depth[index] + code if tree.language != "text" else code)
    return "\n".join(lines) + "\n" if lines else ""
