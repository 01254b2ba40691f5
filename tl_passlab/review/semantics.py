"""Whether a changed lowering still means what its kernel means: executed at every pass boundary, when asked for.

The kernel is lowered afresh, as `passlab check` does, in a child process: an answer is of the code that is there now,
which for an imported review is to be the commit of the archive.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import Any

from tl_passlab import lanes
from tl_passlab.cases import cases_root
from tl_passlab.errors import UsageError
from tl_passlab.goldens.pending import Pending
from tl_passlab.report.executed import answer_of, semantics_line

SECONDS = 600.0

Ask = Callable[[Sequence[str], float], dict[str, Any] | str]


def check_words(entry: Pending) -> list[str]:
    """The arguments of `passlab` that execute the kernel of a golden; none where it is a test's own, not a case."""
    try:
        is_case = bool(entry.case) and (cases_root() / f"{entry.case}.py").is_file()
    except UsageError:
        is_case = False
    return ["check", entry.case, "--target", entry.target] if is_case else []


def check_command(entry: Pending) -> str:
    """The same, to be typed; empty where there is none."""
    words = check_words(entry)
    return shlex.join(["passlab", *words]) if words else ""


def semantics_of(entry: Pending, ask: Ask = answer_of) -> str:
    """`semantics: 33 of 33 boundaries equal`, or the first boundary that is wrong, or why nothing was executed."""
    return f"semantics: {_said(entry, ask)}"


def _said(entry: Pending, ask: Ask) -> str:
    words = check_words(entry)
    if not words:
        return "not executed: the kernel is a test's own, not a case"
    try:
        lane = lanes.running_lane()[0].tilelang
    except UsageError as error:
        return f"not executed: {error.why}"
    if entry.lane and entry.lane != lane:
        return f"not executed: the golden is of lane {entry.lane}, this environment of {lane}"
    answer = ask(words, SECONDS)
    return f"not executed: {answer}" if isinstance(answer, str) else semantics_line(answer)
