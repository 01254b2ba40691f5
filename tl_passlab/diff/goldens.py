"""Goldens of this project as two texts: a golden is a full-context diff of what a pass was given and what it made."""

from __future__ import annotations

import dataclasses

from tl_passlab.diff.inputs import Source


def is_golden(source: Source) -> bool:
    """Whether the text is a full-context diff: every line prefixed by a blank, `-` or `+`."""
    return source.extension == ".diff" and all(line[:1] in (" ", "-", "+", "") for line in source.text.split("\n"))


def side(source: Source, which: str) -> Source:
    """The pass's input (`-`) or output (`+`)."""
    lines = [line[1:] for line in source.text.split("\n") if line[:1] in (" ", which)]
    name = f"{source.name} ({'input' if which == '-' else 'output'})"
    return dataclasses.replace(source, name=name, text="\n".join(lines) + "\n", extension=".tir")
