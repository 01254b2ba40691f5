"""JUnit XML both ways: pytest's becomes records, and any run becomes one file that CI services show."""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

from tl_passlab.errors import UsageError
from tl_passlab.history.record import EXPECTED, FAILED, PASSED, SKIPPED, Record, Run

# The kind of the tests of a file; every other file's are just tests.
KIND_OF_FILE = {
    "tests/test_goldens.py": "goldens",
    "tests/test_claims.py": "goldens",
    "tests/test_lowers.py": "goldens",
    "tests/test_regressions.py": "goldens",
    "tests/test_semantics.py": "semantics",
    "tests/test_device_parity.py": "parity",
    "tests/test_determinism.py": "determinism",
}
# What a golden's id begins with where it is not a pass.
NO_PASS = ("kernel", "pipeline", "error")
# XML 1.0 has no way to write these, and a kernel may print anything.
# How a semantic test says what it executed, with which sizes.
_REPRODUCE = re.compile(r"\breproduce: (passlab blame .+)")
_FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def junit_records(path: Path, cases: Mapping[str, str], targets: Mapping[str, str], lane: str) -> list[Record]:
    """The records of pytest's JUnit XML. `cases` is stem -> name, `targets` slug -> spec. Raises UsageError.

    A name under which more than one test case is written (pytest does it for a failing teardown) gives several records.
    """
    try:
        root = ET.parse(path).getroot()
    except (OSError, ET.ParseError) as error:
        raise UsageError("junit", str(path), f"not readable as JUnit XML: {error}") from error
    return [_record(element, cases, targets, lane) for element in root.iter("testcase")]


def _record(element: ET.Element, cases: Mapping[str, str], targets: Mapping[str, str], lane: str) -> Record:
    file, node = _node(element.get("classname", ""), element.get("name", ""))
    kind = KIND_OF_FILE.get(file, "tests")
    words = node.partition("[")[2].removesuffix("]").split("-")
    first = words[0] if kind == "goldens" and "test_golden[" in node else ""
    outcome, message, detail = _outcome(element)
    case = next((cases[word] for word in words if word in cases), "")
    target = next((targets[word] for word in words if word in targets), "")
    return Record(
        f"{file}::{node}", kind, outcome, case, target,
        lane=lane,
        verdict=outcome,
        message=message,
        detail=detail,
        pass_name="" if first in NO_PASS else first,
        replay=f"pytest {shlex.quote(f'{file}::{node}')}",
        seconds=float(element.get("time") or 0),
        blame=_blame(case, target, detail) if kind == "semantics" and outcome == FAILED else "",
    )  # fmt: skip


def _blame(case: str, target: str, detail: str) -> str:
    """What the failing test says reproduces it; else the kernel at its own sizes."""
    found = _REPRODUCE.search(detail)
    if found is not None:
        return found.group(1).strip()
    return shlex.join(["passlab", "blame", case, "--target", target]) if case and target else ""


def _node(classname: str, name: str) -> tuple[str, str]:
    """`tests.test_x.TestC` and `test_m` are the file tests/test_x.py and the node TestC::test_m."""
    parts = classname.split(".")
    classes: list[str] = []
    while len(parts) > 1 and parts[-1][:1].isupper():
        classes.insert(0, parts.pop())
    return "/".join(parts) + ".py", "::".join([*classes, name])


def _outcome(element: ET.Element) -> tuple[str, str, str]:
    """Outcome, message in one line, and the whole text."""
    for tag in ("failure", "error"):
        found = element.find(tag)
        if found is not None:
            lines = [line.strip() for line in (found.get("message") or "").splitlines() if line.strip()]
            # `AssertionError:` alone in its line, where the test's own words begin on the next.
            telling = [line for line in lines if not line.endswith("Error:")]
            return FAILED, next(iter(telling or lines), ""), found.text or ""
    skipped = element.find("skipped")
    if skipped is None:
        return PASSED, "", ""
    outcome = EXPECTED if skipped.get("type") == "pytest.xfail" else SKIPPED
    return outcome, skipped.get("message") or "", ""


def to_junit(run: Run) -> str:
    """A run as JUnit XML, one suite for each kind of test."""
    root = ET.Element("testsuites", name="passlab nightly")
    for kind in dict.fromkeys(record.kind for record in run.tests):
        records = [record for record in run.tests if record.kind == kind]
        counts = {
            "tests": len(records),
            "failures": sum(r.outcome == FAILED for r in records),
            "skipped": sum(r.outcome in (SKIPPED, EXPECTED) for r in records),
        }
        suite = ET.SubElement(root, "testsuite", name=kind, errors="0", timestamp=run.started)
        suite.attrib.update({name: str(count) for name, count in counts.items()})
        suite.set("time", f"{sum(record.seconds for record in records):.3f}")
        for record in records:
            _testcase(suite, record)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _testcase(suite: ET.Element, record: Record) -> None:
    element = ET.SubElement(
        suite, "testcase", classname=record.kind, name=_clean(record.name), time=f"{record.seconds:.3f}"
    )
    if record.outcome == FAILED:
        failure = ET.SubElement(element, "failure", message=_clean(record.message or record.verdict))
        failure.text = _clean("\n".join(filter(None, [record.detail or record.message, f"replay: {record.replay}"])))
    elif record.outcome != PASSED:
        what = "pytest.xfail" if record.outcome == EXPECTED else "pytest.skip"
        ET.SubElement(element, "skipped", type=what, message=_clean(record.message))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("?", text)
