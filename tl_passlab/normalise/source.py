"""Rules for generated source (CUDA, MSL, HIP, C)."""

from __future__ import annotations

import re
from collections.abc import Callable

from tl_passlab.normalise.tir import strip_line_ends


def shorten_line_directives(text: str) -> str:
    """Ignores: the directory in a `#line` directive.
    Why: it is where the kernel's file happens to lie; the file name and line number stay.
    Example: `#line 12 "/home/me/k.py"` -> `#line 12 "k.py"`.
    """
    return re.sub(r'(?m)^(\s*#line \d+ ")(?:[^"\n]*/)?([^"/\n]*")', r"\1\2", text)


RULES: tuple[Callable[[str], str], ...] = (shorten_line_directives, strip_line_ends)


def normalise_source(text: str) -> str:
    """The text a comparison of generated source sees."""
    for rule in RULES:
        text = rule(text)
    return text
