"""Makes every line of a generated source say which line of the Python kernel it comes from.

Upstream writes `#line` before some statements only, and a compiler counts on from there: the fifth line after
`#line 31` is line 35 to it. Repeating the directive keeps a report on the line that was meant.
"""

from __future__ import annotations

import re

DIRECTIVE = re.compile(r'#line \d+ ".*"')


def repeat_line_directives(source: str) -> str:
    """The source with the directive in force repeated before every line that has none of its own."""
    lines: list[str] = []
    current = ""
    for line in source.splitlines():
        text = line.strip()
        if DIRECTIVE.fullmatch(text):
            current = text
            continue
        # A directive may not stand inside a macro or between the lines of a continued one.
        if current and text and not text.startswith("#") and not (lines and lines[-1].endswith("\\")):
            lines.append(current)
        lines.append(line)
    return "\n".join(lines) + "\n"
