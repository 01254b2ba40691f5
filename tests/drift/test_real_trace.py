"""A barrier wait that one pass loses, injected into a real lowering at a known pass, is attributed to that pass."""

from __future__ import annotations

import dataclasses

import pytest

from tests.lowering import LANE, trace_of
from tl_passlab.capture import text_id
from tl_passlab.drift import compare_traces
from tl_passlab.model import Boundary, Trace

CULPRITS = ["LowerTileOp", "FlattenBuffer", "SplitHostDevice", "LowerIntrin"]


def without(text: str, mark: str) -> str:
    """The text without its first line that has the mark."""
    lines = text.splitlines(keepends=True)
    index = next((k for k, line in enumerate(lines) if mark in line), None)
    return text if index is None else "".join(lines[:index] + lines[index + 1 :])


def losing_a_wait_in(trace: Trace, culprit: str) -> Trace:
    """The same lowering with a barrier wait missing from the output of one pass on, and from the source."""
    texts = dict(trace.texts)
    boundaries: list[Boundary] = []
    lost = False

    def altered(key: str) -> str:
        text = without(trace.texts[key], "T.mbarrier_wait_parity(")
        texts[text_id(text)] = text
        return text_id(text)

    for b in trace.boundaries:
        before = altered(b.before) if lost else b.before
        lost = lost or b.name == culprit
        boundaries.append(dataclasses.replace(b, before=before, after=altered(b.after) if lost else b.after))
    assert lost
    source = without(trace.source, ".wait(")
    return dataclasses.replace(trace, boundaries=tuple(boundaries), texts=texts, source=source)


@pytest.mark.parametrize("culprit", CULPRITS)
def test_a_wait_lost_in_a_real_lowering_is_attributed_to_the_pass_that_lost_it(culprit: str) -> None:
    trace = trace_of("pipeline/gemm_pipelined", "cuda:sm_90a")
    pair = compare_traces(trace, losing_a_wait_in(trace, culprit))
    (change,) = pair.changes
    assert (pair.status, pair.first_divergence) == ("changed", culprit)
    assert (change.hunk.kind, change.origin.label) == ("synchronisation", culprit)


def test_a_real_lowering_does_not_drift_from_itself() -> None:
    trace = trace_of("pipeline/gemm_pipelined", "cuda:sm_90a")
    assert (trace.lane, compare_traces(trace, trace).status) == (LANE.tilelang, "same")
