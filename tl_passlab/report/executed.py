"""What the interpreter says of a kernel, for reports on something else: `passlab check` or `blame` in a child process.

The child may abort, hang or know nothing of the kernel: then there is a reason in place of an answer, never an error.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

# The command ends its own child at the limit and then says so; so long it may take.
GRACE_SECONDS = 60.0


def answer_of(words: Sequence[str], seconds: float) -> dict[str, Any] | str:
    """The document of `passlab check` or `passlab blame` with these arguments; else in one line why there is none."""
    command = [sys.executable, "-m", "tl_passlab.cli", *words, "--timeout", f"{seconds:g}", "--json"]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds + GRACE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"no answer after {seconds:g} s" if isinstance(error, subprocess.TimeoutExpired) else str(error)
    try:
        document = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.strip() or f"exit {done.returncode}, and nothing said"
        # `check  CASE  TARGET: error: why`: the caller knows the rest.
        return said.splitlines()[0].rpartition(": error: ")[2]
    return document if isinstance(document, dict) else f"not the JSON of passlab {words[0]}"


def semantics_line(document: Mapping[str, Any]) -> str:
    """`33 of 33 boundaries equal` for what `passlab check --json` printed; else the first thing that is wrong."""
    boundaries = document["boundaries"]
    wrong = next((boundary for boundary in boundaries if boundary["failed"]), None)
    if wrong is not None and wrong["pass"] == "input":
        return f"the kernel is wrong before any pass has run: {fault(wrong)}"
    if wrong is not None:
        number = 1 + boundaries.index(wrong)
        return f"{wrong['pass']} leaves IR that is wrong: {fault(wrong)} (boundary {number} of {len(boundaries)})"
    error = str(document["error"]).strip()
    if error:
        return f"{document['failed_pass'] or 'the lowering'} fails: {error.splitlines()[0]}"
    if not document["reference_ok"]:
        return "the kernel's own IR disagrees with its reference: no pass is to blame"
    missing = dict.fromkeys(str(boundary["detail"]) for boundary in boundaries if not boundary["ok"])
    equal = sum(bool(boundary["ok"]) for boundary in boundaries)
    rest = f"; not executed: {', '.join(missing)}" if missing else ""
    return f"{equal} of {len(boundaries)} boundaries equal{rest}"


def fault(boundary: Mapping[str, Any]) -> str:
    """What is wrong at a boundary, in a few words: `wrong values, race`."""
    kinds = [str(finding["kind"]) for finding in boundary.get("findings", ()) if finding.get("error")]
    verdict = str(boundary.get("verdict", ""))
    quiet = verdict in ("", "exact", "host") or bool(kinds)
    words = ["wrong values"] if verdict == "differs" else [] if quiet else [verdict]
    return ", ".join(dict.fromkeys([*words, *kinds])) or "wrong"


def boundary_line(boundary: Mapping[str, Any]) -> str:
    """A boundary as a line of a pass table: `~ LowerTileOp reordered, max rel 1.9e-04`."""
    words = fault(boundary) if boundary["failed"] else str(boundary["verdict"])
    error = float(boundary["error"])
    return f"~ {boundary['pass']} {words}" + (f", max rel {error:.1e}" if error else "")
