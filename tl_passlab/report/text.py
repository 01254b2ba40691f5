"""Terminal style: width, and colour only where a person is looking."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True)
class Style:
    """How to print: the width in columns (0: unlimited, for pipes) and whether to colour."""

    width: int = 0
    colour: bool = False

    def bold(self, text: str) -> str:
        """Emphasised."""
        return self._wrap(text, "1")

    def dim(self, text: str) -> str:
        """Of less interest."""
        return self._wrap(text, "2")

    def diff_line(self, line: str) -> str:
        """A line of a diff in its sign's colour."""
        codes = {"+": "32", "-": "31"}
        return self._wrap(line, codes[line[0]]) if line[:1] in codes else line

    def clip(self, text: str, used: int) -> str:
        """The text cut to what is left of the line."""
        room = self.width - used - 3
        return text if not self.width or len(text) <= room else text[: max(room - 3, 10)] + "..."

    def _wrap(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


def style_for(stream: TextIO | None = None) -> Style:
    """The style of a stream: NO_COLOR and a pipe mean plain text of any width."""
    stream = stream or sys.stdout
    if not stream.isatty():
        return Style()
    return Style(shutil.get_terminal_size().columns, "NO_COLOR" not in os.environ)
