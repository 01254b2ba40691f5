"""Loads what parity can judge: a case, or a file of one's own with `kernel`, `inputs` and `reference`."""

from __future__ import annotations

from pathlib import Path

from tl_passlab.cases import case_of, load_case, read_case, resolve_case
from tl_passlab.errors import UsageError
from tl_passlab.model import Case, CaseInfo


def find_case(reference: str) -> CaseInfo:
    """What a reference declares, without importing it. Raises UsageError when there is no such case or file."""
    resolved = resolve_case(reference)
    return resolved if isinstance(resolved, CaseInfo) else read_case(resolved[0], reference)


def load_parity_case(reference: str) -> Case:
    """Import it. Raises UsageError when it has nothing to compare with."""
    resolved = resolve_case(reference)
    case = load_case(reference) if isinstance(resolved, CaseInfo) else _load_file(resolved[0], reference)
    if case.inputs is None or case.reference is None:
        what = "it has no inputs() or no reference(): there is nothing to run it on or to compare with"
        raise UsageError("parity", case.info.name, what, next_command="passlab cases")
    return case


def _load_file(path: Path, reference: str) -> Case:
    from tl_passlab.importing import import_file

    module = import_file(path)
    if not hasattr(module, "kernel"):
        raise UsageError("parity", reference, f"{path.name} has no kernel(**SIZES)", next_command="passlab cases")
    return case_of(module, read_case(path, reference))
