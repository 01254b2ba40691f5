"""What `passlab check --json` and `passlab blame --json` print, as records; and their guilty pass beside the failures
of the same kernel: a device result is wrong, and here is the pass that made it so.
"""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from tl_passlab.history.record import FAILED, PASSED, Record
from tl_passlab.interp.report import evidence, render_blame
from tl_passlab.report.executed import boundary_line, fault, semantics_line


def is_check(document: Mapping[str, Any]) -> bool:
    """Whether a document is what `passlab check --json` prints."""
    return {"case", "target", "boundaries", "reference_ok", "failed_pass"} <= document.keys()


def is_blame(document: Mapping[str, Any]) -> bool:
    """Whether a document is what `passlab blame --json` prints."""
    return {"case", "target", "pass", "verdict", "found"} <= document.keys()


def check_record(document: Mapping[str, Any]) -> Record:
    """One record: the first boundary that is wrong, and all of them as its pass table."""
    boundaries = document["boundaries"]
    wrong = next((boundary for boundary in boundaries if boundary["failed"]), None)
    error = str(document["error"]).strip()
    if wrong is not None:
        verdict = fault(wrong)
    elif error:
        verdict = "lowering failed"
    elif not document["reference_ok"]:
        verdict = "differs"
    else:
        verdict = "pass" if document["ok"] else "unsupported"
    return Record(
        f"check/{document['case']}[{document['target']}]",
        "semantics",
        PASSED if document["ok"] else FAILED,
        str(document["case"]),
        str(document["target"]),
        lane=str(document["lane"]),
        verdict=verdict,
        message=semantics_line(document),
        detail="\n".join(evidence(wrong)) if wrong is not None else error,
        pass_name=str(wrong["pass"] if wrong is not None else document["failed_pass"]),
        pass_table="\n".join(map(boundary_line, boundaries)),
        replay=_command("check", document),
        seconds=float(document["ms"]) / 1000,
    )


def blame_record(document: Mapping[str, Any]) -> Record:
    """One record with the pass to blame and what it did."""
    return Record(
        f"blame/{document['case']}[{document['target']}]",
        "semantics",
        FAILED if document["found"] else PASSED,
        str(document["case"]),
        str(document["target"]),
        lane=str(document["lane"]),
        verdict=fault(document.get("boundary") or {}) if document["found"] else "pass",
        message=str(document["verdict"]),
        detail=render_blame(document) if document["found"] else "",
        pass_name=str(document["pass"]),
        diff=str(document.get("diff") or ""),
        replay=_command("blame", document),
    )


def with_guilty(tests: Sequence[Record]) -> tuple[Record, ...]:
    """The tests, failures without a guilty pass given the one that a blame or check of the same kernel names."""
    told: dict[tuple[str, str], dict[str, str]] = {}
    for record in tests:
        if record.kind == "semantics" and record.outcome == FAILED and record.pass_name:
            known = told.setdefault((record.case, record.target), {})
            for field in ("pass_name", "diff", "pass_table"):
                known[field] = known.get(field) or getattr(record, field)
    return tuple(_with(record, told.get((record.case, record.target), {})) for record in tests)


def _with(record: Record, told: Mapping[str, str]) -> Record:
    # A record that was executed by itself has its own answer: for its own sizes, every boundary may agree.
    if not told or record.blamed or record.outcome != FAILED or record.pass_name not in ("", told["pass_name"]):
        return record
    return dataclasses.replace(
        record,
        pass_name=told["pass_name"],
        diff=record.diff or told["diff"],
        pass_table=record.pass_table or told["pass_table"],
    )


def _command(name: str, document: Mapping[str, Any]) -> str:
    seed = ["--seed", str(document["seed"])] if document.get("seed") else []
    return shlex.join(["passlab", name, str(document["case"]), "--target", str(document["target"]), *seed])
