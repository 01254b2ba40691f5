"""Whether a stored golden is as this program would write it: hand edits, bad merges, an editor's line ends are not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from tl_passlab.goldens.content import UNCHANGED, full_context_diff, split_diff
from tl_passlab.normalise.message import normalise_message
from tl_passlab.normalise.source import normalise_source
from tl_passlab.normalise.tir import normalise_tir

_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: |$)", re.MULTILINE)
_PIPELINE_LINE = re.compile(r"= \S+|~ \S+ \+\d+ -\d+")


def faults_of(name: str, text: str) -> Iterator[str]:
    """What is wrong with the text of a golden, by its file name."""
    if any("\udc80" <= c <= "\udcff" for c in text):
        yield "not UTF-8"
    if _CONFLICT.search(text):
        yield "merge-conflict markers"
        return
    if "\r" in text:
        yield "CR at line ends: git or an editor converted them"
        return
    check = _CHECKS.get(name.rpartition(".")[2] if not name.startswith("kernel.") else "kernel")
    if check is not None and not check(text):
        yield "not in normal form: edited by hand, or written by another version"


def _is_diff(text: str) -> bool:
    if text == UNCHANGED:
        return True
    if not text.endswith("\n") or any(line[:1] not in (" ", "-", "+") for line in text.splitlines()):
        return False
    before, after = split_diff(text)
    return (
        normalise_tir(before) == before and normalise_tir(after) == after and full_context_diff(before, after) == text
    )


def _is_txt(text: str) -> bool:
    """A pipeline, or an error message: its second line is no pass."""
    lines = text.splitlines()
    if lines and all(_PIPELINE_LINE.fullmatch(line) for line in lines):
        return text.endswith("\n") and len(set(lines)) == len(lines)
    return bool(lines) and ": " in lines[0] and normalise_message(text) == text


def _is_source(text: str) -> bool:
    return normalise_source(text) == text


def _is_resources(text: str) -> bool:
    """As the compile gate writes it: the compiler, the architecture, numbers for each kernel."""
    try:
        fields = json.loads(text)
        numbers = [number for used in fields["kernels"].values() for number in used.values()]
        whole = bool(numbers) and all(type(number) is int for number in numbers) and bool(fields["nvcc"])
        return whole and json.dumps(fields, indent=1) + "\n" == text
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


_CHECKS: dict[str, Callable[[str], bool]] = {
    "diff": _is_diff,
    "txt": _is_txt,
    "json": _is_resources,
    "kernel": _is_source,
}
