"""PTX and unknown text as logical lines: every line is a statement."""

from __future__ import annotations

import re

from tl_passlab.diff.tree import Statement

_PTX_COMMENT = re.compile(r"//.*$")


def ptx_statements(source: list[str]) -> tuple[list[Statement], str]:
    """The lines of a PTX file without comments; braces nest."""
    found: list[Statement] = []
    depth = 0
    for number, text in enumerate(source, 1):
        code = _PTX_COMMENT.sub("", text).strip()
        if not code:
            continue
        depth = max(0, depth - code.count("}")) if code.startswith("}") else depth
        if code.strip("{}; "):
            found.append(Statement(number, number, depth, code))
        depth = max(0, depth + code.count("{") - (0 if code.startswith("}") else code.count("}")))
    return found, ""


def text_statements(source: list[str]) -> tuple[list[Statement], str]:
    """The non-blank lines of any text; unknown text may mean something by its indentation, so that is kept."""
    return [Statement(n, n, 0, text.rstrip()) for n, text in enumerate(source, 1) if text.strip()], ""
