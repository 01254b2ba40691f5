"""Runs a kernel under NVIDIA's compute-sanitizer and turns its report into verdicts.

Kernels are compiled with line directives, so the report names lines of the Python kernel: the tile op itself.
"""

from __future__ import annotations

import dataclasses
import linecache
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tl_passlab.errors import UsageError
from tl_passlab.parity import outcome as kinds
from tl_passlab.parity.loading import find_case
from tl_passlab.parity.outcome import Outcome
from tl_passlab.parity.session import Job, run_job

TOOLS = {"race": "racecheck", "memory": "memcheck", "init": "initcheck", "sync": "synccheck"}
SLOWDOWN = 10
# Blocks of a report begin with these; everything else (banners, summaries, host frames) is not a finding.
HEAD = re.compile(
    r"(Invalid|Uninitialized|Misaligned|Error: |Warning: |Race reported|Barrier error|Out-of-range|Missing|Leaked"
    r"|Potential|Malloc/Free|Stack)"
)
PLACE = re.compile(r" in (\S+?):(\d+)")


@dataclass(frozen=True)
class Report:
    """One finding: what, and the places it names as (file, line, source text)."""

    what: str
    places: tuple[tuple[str, int, str], ...]

    def __str__(self) -> str:
        lines = [self.what]
        lines += [f"  {Path(file).name}:{line}  {text}".rstrip() for file, line, text in self.places]
        return "\n".join(lines)


def check_installed() -> None:
    """Raise UsageError where there is no compute-sanitizer."""
    if shutil.which("compute-sanitizer") is None:
        what = "compute-sanitizer is not on PATH; it comes with the CUDA toolkit"
        raise UsageError("parity", "--sanitize", what, next_command="passlab devices")


def sanitized(job: Job, kind: str) -> list[Outcome]:
    """The outcomes of a job's declared shape under a tool; a report makes an outcome a failure."""
    variant = job.steps[0].variant if job.steps else ""
    steps = tuple(step for step in job.steps if step.variant == variant)
    with tempfile.TemporaryDirectory(prefix="passlab-") as folder:
        prefix: tuple[str, ...] = ("compute-sanitizer", "--tool", TOOLS[kind], "--log-file", f"{folder}/%p.log")
        if kind == "memory":
            prefix += ("--report-api-errors", "no")
        slow = dataclasses.replace(
            job, steps=steps, prefix=prefix, line_directives=True, step_seconds=job.step_seconds * SLOWDOWN
        )
        outcomes = list(run_job(slow))
        logs = sorted(Path(folder).glob("*.log"))
        text = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in logs)
    path = find_case(job.reference).path
    return [_with_report(outcome, kind, text, path) for outcome in outcomes]


def _with_report(outcome: Outcome, kind: str, text: str, case: Path) -> Outcome:
    found = read_report(text, case)
    if not found:
        if outcome.kind == kinds.PASS and "ERROR SUMMARY" not in text and "RACECHECK SUMMARY" not in text:
            return dataclasses.replace(outcome, kind=kinds.RUNTIME_ERROR, reason=f"{TOOLS[kind]} left no report")
        return outcome
    detail = "\n".join(str(report) for report in found[:8])
    if len(found) > 8:
        detail += f"\n... {len(found) - 8} more"
    places = [place for report in found for place in report.places if place[0].endswith(".py")]
    where = f" at {Path(places[0][0]).name}:{places[0][1]}: {places[0][2]}" if places else ""
    reason = f"{TOOLS[kind]}: {found[0].what}{where}"
    replay = f"{outcome.replay} --sanitize {kind}"
    return dataclasses.replace(outcome, kind=kinds.SANITIZER, reason=reason, detail=detail, replay=replay)


def read_report(text: str, case: Path | None = None) -> list[Report]:
    """The distinct findings of a compute-sanitizer log about a case, whose source the tool names without its folder."""
    found: dict[tuple[str, tuple[tuple[str, int, str], ...]], Report] = {}
    block: list[str] = []
    for line in [*text.splitlines(), "========= end"]:
        body = line.removeprefix("=========").strip()
        begins = HEAD.match(body) is not None
        if begins or not body or body.startswith(("end", "ERROR SUMMARY", "RACECHECK SUMMARY")):
            if block:
                report = _report(block, case)
                found.setdefault((report.what, report.places), report)
            block = [body] if begins else []
        elif block:
            block.append(body)
    return list(found.values())


def _report(block: list[str], case: Path | None) -> Report:
    places = []
    for line in block:
        # Host frames follow; the device places come first.
        if line.startswith(("Saved host backtrace", "Host Frame")):
            break
        places += [(file, int(number), _source(file, int(number), case)) for file, number in PLACE.findall(line)]
    what = re.sub(r" at \S+\+0x[0-9a-f]+.*", "", block[0]).rstrip(" .:")
    return Report(what, tuple(dict.fromkeys(places)))


def _source(file: str, line: int, case: Path | None) -> str:
    """The text of a source line where the file is at hand: for a Python kernel, the tile op."""
    places = [Path(file)]
    if case is not None:
        # The kernel may be borrowed: `cases/attention/_flash.py`, `cases/pipeline/gemm_pipelined.py`.
        root = next((p for p in case.resolve().parents if p.name == "cases"), case.resolve().parent)
        places += [case, *sorted(root.rglob(Path(file).name))]
    found = next((p for p in places if p.name == Path(file).name and p.is_file()), None)
    return linecache.getline(str(found), line).strip() if found is not None else ""
