"""A compiler counts on from a `#line`; the repeated ones keep it from that."""

from __future__ import annotations

from tl_passlab.parity.line_directives import repeat_line_directives

SOURCE = """#include <a.h>
#define F(x) \\
  (x)
void main_kernel() {
#line 31 "kernel.py"
  for (int i = 0; i < 8; ++i) {
    load(i);
  }
#line 35 "kernel.py"
  store();
}
"""


def line_of(source: str, code: str) -> int:
    """The line number that a compiler gives to a piece of code."""
    number = 0
    for line in source.splitlines():
        number = int(line.split()[1]) - 1 if line.startswith("#line") else number + 1
        if code in line:
            return number
    raise AssertionError(code)


def test_every_line_keeps_the_directive_in_force() -> None:
    repeated = repeat_line_directives(SOURCE)
    assert line_of(SOURCE, "load(i)") == 32
    assert line_of(repeated, "load(i)") == 31
    assert line_of(repeated, "store()") == 35


def test_nothing_but_directives_is_added() -> None:
    repeated = [line for line in repeat_line_directives(SOURCE).splitlines() if not line.startswith("#line")]
    assert repeated == [line for line in SOURCE.splitlines() if not line.startswith("#line")]
