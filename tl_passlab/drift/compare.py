"""Two traces of one kernel, from two lanes, to one verdict."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from tl_passlab.diff import diff_text
from tl_passlab.drift.attribute import Attribution
from tl_passlab.drift.lines import is_header
from tl_passlab.drift.result import (
    BROKEN,
    CHANGED,
    COSMETIC,
    FIXED,
    HEADER,
    HEADERS,
    MESSAGE,
    REJECTED,
    SAME,
    Change,
    PairDrift,
)
from tl_passlab.drift.steps import in_both, only_in_one
from tl_passlab.model import Trace


def compare_traces(before: Trace, after: Trace) -> PairDrift:
    """What an upgrade from the one lane to the other does to this kernel."""
    if before.failure is not None or after.failure is not None:
        return _failed(before, after)
    attribution = Attribution(before, after)
    only_before, only_after = only_in_one(attribution.steps)
    shared_before, shared_after = in_both(attribution.steps)
    source = diff_text(before.source, after.source, extension=f".{after.source_extension}")
    changes = [_header(change) for change in attribution.changes(source)]
    status = _status(changes, bool(source.hunks))
    return PairDrift(
        before.case,
        before.target,
        status,
        tuple(changes),
        first_divergence=attribution.first_divergence() if status == CHANGED else "",
        only_before=only_before,
        only_after=only_after,
        shared_before=shared_before,
        shared_after=shared_after,
        cosmetic=len(source.hunks) - len(changes),
    )


def _header(change: Change) -> Change:
    """A change of `#include` lines under its own class: every release shuffles them."""
    if is_header(change.hunk):
        return dataclasses.replace(change, hunk=dataclasses.replace(change.hunk, kind=HEADER))
    return change


def _status(changes: Sequence[Change], noted: bool) -> str:
    if any(change.hunk.kind != HEADER for change in changes):
        return CHANGED
    return HEADERS if changes else COSMETIC if noted else SAME


def _failed(before: Trace, after: Trace) -> PairDrift:
    old, new = before.failure, after.failure
    if old is None or new is None:
        failure = old or new
        status = BROKEN if old is None else FIXED
        note = f"{failure.pass_name}: {failure.message}" if failure else ""
    elif (old.pass_name, old.message) == (new.pass_name, new.message):
        status, note = REJECTED, f"{old.pass_name}: {old.message}"
    else:
        status = MESSAGE
        note = f"{before.lane}: {old.pass_name}: {old.message}\n{after.lane}: {new.pass_name}: {new.message}"
    return PairDrift(before.case, before.target, status, note=note)
