"""What the interpreter says of each new failure: the same kernel, sizes and seed, executed at every pass boundary.

A wrong result on a device may come from any pass, or from what is after the last: where every boundary agrees, the IR
is right and the fault lies there. Each kernel in a child process with a limit, and limits on all of them together: a
night in which everything fails still ends.
"""

from __future__ import annotations

import dataclasses
import shlex
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from tl_passlab.history.record import FAILED, Record, Run
from tl_passlab.interp.report import render_blame
from tl_passlab.report.executed import answer_of
from tl_passlab.report.results_semantics import check_record

KINDS = ("semantics", "parity")
MOST = 20
SECONDS = 600.0
TOGETHER_SECONDS = 3600.0
AGREES = {
    "parity": "every boundary agrees: the fault lies after the last pass",
    "semantics": "every boundary agrees when the kernel is executed by itself",
}

Ask = Callable[[Sequence[str], float], dict[str, Any] | str]


def with_blame(
    run: Run,
    names: Collection[str],
    out: Path,
    say: Callable[[str], None] = print,
    ask: Ask = answer_of,
    most: int = MOST,
    together: float = TOGETHER_SECONDS,
) -> Run:
    """The run, the failures of these names told what each boundary of their kernels is like."""
    chosen = [record for record in run.tests if record.name in names and _asked(record)]
    commands = list(dict.fromkeys(record.blame for record in chosen))
    if not commands:
        return run
    began = time.monotonic()
    told: dict[str, Record] = {}
    for command in commands[:most]:
        seconds = min(SECONDS, together - (time.monotonic() - began))
        if seconds <= 0:
            break
        told[command] = _told(command, seconds, out / "blame", ask)
    cut = f", but only {len(told)} of {len(commands)} kernels" if len(told) < len(commands) else ""
    words = f"{len(chosen)} new failure{'s' if len(chosen) > 1 else ''} executed at every pass boundary{cut}"
    say(f"{'blame':<12} {words}   {time.monotonic() - began:.0f} s")
    late = Record(
        "", "", FAILED, blamed=f"not executed: only {len(told)} of the {len(commands)} kernels that fail were"
    )
    known = {record.name for record in chosen}
    tests = [_with(r, told.get(r.blame, late)) if r.name in known and _asked(r) else r for r in run.tests]
    return dataclasses.replace(run, tests=tuple(tests))


def _asked(record: Record) -> bool:
    return record.outcome == FAILED and record.kind in KINDS and bool(record.blame) and not record.blamed


def _told(command: str, seconds: float, out: Path, ask: Ask) -> Record:
    """The record of a check, with a blame's diff of the guilty pass and who stored what; `blamed` is empty if sound."""
    try:
        kernel = shlex.split(command)[2:]
        document = ask(["check", *kernel], seconds)
        if isinstance(document, str):
            return Record("", "", FAILED, blamed=f"not executed: {document}")
        found = check_record(document)
        if document["ok"]:
            return found
        found = dataclasses.replace(found, blamed=found.message)
        if not any(boundary["failed"] for boundary in document["boundaries"]):
            return found
        blamed = ask(["blame", *kernel, "--out", str(out)], seconds)
        return found if isinstance(blamed, str) else _explained(found, blamed)
    except (KeyError, TypeError, ValueError) as error:
        return Record("", "", FAILED, blamed=f"not executed: its answer is not readable: {error!r}")


def _explained(found: Record, blamed: Mapping[str, Any]) -> Record:
    if blamed["pass"] != found.pass_name:
        return found
    detail = render_blame({**blamed, "diff": ""})
    return dataclasses.replace(found, diff=str(blamed.get("diff") or ""), detail=detail)


def _with(record: Record, told: Record) -> Record:
    return dataclasses.replace(
        record,
        pass_name=record.pass_name or told.pass_name,
        diff=record.diff or told.diff,
        pass_table=told.pass_table,
        detail="\n\n".join(filter(None, [record.detail, told.detail])),
        blamed=told.blamed or AGREES[record.kind],
    )
