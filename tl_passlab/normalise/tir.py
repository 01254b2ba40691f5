"""Rules for printed TIR (TVMScript text). Applied to every boundary at capture, in the order of RULES."""

from __future__ import annotations

import re
from collections.abc import Callable


def drop_script_header(text: str) -> str:
    """Ignores: the `# from tvm.script import ...` lines that the printer puts on top.
    Why: they are constant, and say nothing of the IR.
    Example: `# from tvm.script import tirx as T` -> nothing.
    """
    return re.sub(r"\A(?:# from tvm\.script import [^\n]*\n|\n)+", "", text)


def drop_metadata_note(text: str) -> str:
    """Ignores: the closing remark about omitted metadata.
    Why: our printer has written the metadata out where it is referenced.
    Example: `# Metadata omitted. Use show_meta=True ...` -> nothing.
    """
    return re.sub(r"\n+# Metadata omitted\.[^\n]*\n?\Z", "\n", text)


def strip_line_ends(text: str) -> str:
    """Ignores: white space at line ends, blank lines at the end of the text, and CR before LF.
    Why: printers and editors vary in them; no TIR construct is made of them.
    Example: `x = 1  \\n\\n` -> `x = 1\\n`.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


RULES: tuple[Callable[[str], str], ...] = (drop_script_header, drop_metadata_note, strip_line_ends)


def normalise_tir(text: str) -> str:
    """The text a comparison of IR sees."""
    for rule in RULES:
        text = rule(text)
    return text
