"""Runs the FileCheck comments of a case on one lowering, through the `filecheck` library."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from pathlib import Path

from tl_passlab.checks.directives import Block
from tl_passlab.model import Trace

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def run_checks(blocks: list[Block], trace: Trace) -> dict[str, str]:
    """For each block that is for the trace's target why it fails, empty where it holds."""
    return {block.name: _run(block, trace) for block in blocks if block.runs_on(trace.target)}


def _run(block: Block, trace: Trace) -> str:
    if block.place == "SOURCE":
        return check_text(block, trace.source)
    try:
        boundary = trace.boundary(block.pass_name)
    except KeyError:
        return f"{block.pass_name} did not run"
    return check_text(block, trace.texts[boundary.after if block.place == "AFTER" else boundary.before])


def check_text(block: Block, text: str) -> str:
    """Why the checks of a block fail on a text, empty where they hold."""
    from filecheck.matcher import Matcher
    from filecheck.options import Options

    with tempfile.TemporaryDirectory(prefix="passlab-") as folder, contextlib.redirect_stderr(io.StringIO()) as said:
        checks, subject = Path(folder, "checks"), Path(folder, "ir")
        # Every check on its own line of the case, so that the library's messages name that line.
        lines = {directive.line: directive.text for directive in block.directives}
        checks.write_text("\n".join(lines.get(n, "") for n in range(1, max(lines) + 1)) + "\n", encoding="utf-8")
        subject.write_text(text, encoding="utf-8")
        code = Matcher.from_opts(Options(str(checks), str(subject))).run()
    if code == 0:
        return ""
    message = _COLOUR.sub("", said.getvalue()).replace(str(checks), "line").replace(f"{subject}:", "IR line ")
    return message.strip() or "a check does not match"
