"""Which kernels a drift run compares: cases by name or folder, a user's files, or every case there is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tl_passlab.cases import find_cases, resolve_case
from tl_passlab.drift.lower import Job
from tl_passlab.errors import UsageError
from tl_passlab.model import CaseInfo, Target
from tl_passlab.targets import parse_target

DEFAULT_TARGET = "cuda:sm_90a"


def jobs_for(references: Sequence[str], targets: Sequence[str], lanes: tuple[str, str]) -> list[Job]:
    """The jobs of a run: without references every case. A case runs on its own targets unless some are given.

    Raises UsageError for a name that is nothing, and where nothing is left to compare.
    """
    wanted = [parse_target(spec) for spec in targets]
    jobs: list[Job] = []
    for reference in references or [info.name for info in find_cases()]:
        for found in _expand(reference):
            jobs += _jobs(found, wanted, lanes)
    jobs = list(dict.fromkeys(jobs))
    if not jobs:
        where = " ".join([*references, *targets])
        raise UsageError("drift", where, "no kernel and target to compare", next_command="passlab cases")
    return jobs


def _expand(reference: str) -> list[CaseInfo | str]:
    """A case, every case of a topic, the kernel files of a folder, or one kernel of a file."""
    topic = [info for info in find_cases() if info.topic == reference.rstrip("/").removeprefix("cases/")]
    if topic:
        return list(topic)
    folder = Path(reference)
    if folder.is_dir():
        files = sorted(path for path in folder.rglob("*.py") if not path.name.startswith("_"))
        return [_resolved(str(path)) for path in files]
    return [_resolved(reference)]


def _resolved(reference: str) -> CaseInfo | str:
    found = resolve_case(reference)
    return (
        found if isinstance(found, CaseInfo) else str(Path(reference.partition("::")[0]).resolve()) + _tail(reference)
    )


def _tail(reference: str) -> str:
    _, mark, function = reference.partition("::")
    return mark + function


def _jobs(found: CaseInfo | str, wanted: Sequence[Target], lanes: tuple[str, str]) -> list[Job]:
    if isinstance(found, str):
        return [Job(found, target) for target in wanted or [parse_target(DEFAULT_TARGET)]]
    targets = list(wanted) or [parse_target(spec) for spec in (*found.targets, *found.rejected)]
    # A case that exists on some lanes only, or says that it does not lower, is no news on either.
    kept = [t for t in targets if not all(found.reason_not_on(t, lane) for lane in lanes)]
    return [Job(found.name, target) for target in kept if not found.lanes or set(lanes) <= set(found.lanes)]
