"""A difference injected at a known pass is attributed to that pass; what is only notation is no change."""

from __future__ import annotations

import pytest

from tests.drift.lowerings import LOWERED, SOURCE, SYNCED, TILES, failed, lowering, replacing
from tests.traces import make_trace
from tl_passlab.drift import compare_traces
from tl_passlab.drift.result import PairDrift
from tl_passlab.model import Trace

ADDRESS = replacing("A[bx * 1024 + tx * 8 + i]", "A[bx * 512 + tx * 8 + i]")
ADDRESS_SOURCE = replacing("A[(((bx * 1024) + (tx * 8)) + i)]", "A[(((bx * 512) + (tx * 8)) + i)]")(SOURCE)
NO_SYNC = replacing('    T.tvm_storage_sync("shared")\n', "")
NO_SYNC_SOURCE = replacing("  __syncthreads();\n", "")(SOURCE)


def drift(after: Trace) -> PairDrift:
    return compare_traces(lowering("0.1.11"), after)


def origins(pair: PairDrift) -> list[tuple[str, str]]:
    return [(change.hunk.kind, change.origin.label) for change in pair.changes]


def test_equal_lowerings_are_the_same() -> None:
    pair = drift(lowering("0.1.15"))
    assert (pair.status, pair.changes, pair.cosmetic) == ("same", (), 0)


@pytest.mark.parametrize("culprit", ["LowerTileOp", "Simplify.2", "Simplify.3"])
def test_an_injected_difference_is_attributed_to_its_pass(culprit: str) -> None:
    pair = drift(lowering("0.1.15", {culprit: ADDRESS}, ADDRESS_SOURCE))
    assert pair.status == "changed"
    assert origins(pair) == [("memory access", culprit)]
    assert pair.first_divergence == culprit


def test_a_lost_barrier_is_attributed_to_the_pass_that_places_it() -> None:
    pair = compare_traces(lowering("0.1.11"), _without_sync())
    assert origins(pair) == [("synchronisation", "ThreadSync")]


def _without_sync() -> Trace:
    steps = [("Simplify", TILES, TILES), ("LowerTileOp", TILES, LOWERED), ("Simplify", LOWERED, LOWERED)]
    return make_trace(*steps, ("ThreadSync", LOWERED, LOWERED), ("Simplify", LOWERED, LOWERED), source=NO_SYNC_SOURCE)


def test_two_differences_keep_their_own_origins() -> None:
    source = replacing("  __syncthreads();\n", "")(ADDRESS_SOURCE)
    lowered, synced = ADDRESS(LOWERED), ADDRESS(LOWERED)
    after = make_trace(
        ("Simplify", TILES, TILES),
        ("LowerTileOp", TILES, lowered),
        ("Simplify", lowered, lowered),
        ("ThreadSync", lowered, synced),
        ("Simplify", synced, synced),
        source=source,
    )
    assert sorted(origins(drift(after))) == [("memory access", "LowerTileOp"), ("synchronisation", "ThreadSync")]


def test_a_difference_of_the_source_alone_is_code_generation() -> None:
    pair = drift(lowering("0.1.15", source=SOURCE.replace("__syncthreads();", "__syncwarp();")))
    assert origins(pair) == [("synchronisation", "code generation")]


@pytest.mark.parametrize("culprit", ["LowerTileOp", "Simplify.3"])
def test_renamed_variables_are_no_change(culprit: str) -> None:
    after = lowering("0.1.15", {culprit: lambda text: text.replace("C_local", "acc")}, SOURCE.replace("C_local", "acc"))
    pair = drift(after)
    assert (pair.status, pair.changes) == ("cosmetic", ())
    assert pair.cosmetic > 0


def test_other_includes_are_told_apart_from_code() -> None:
    old = lowering("0.1.11", source="#include <a.h>\n" + SOURCE)
    pair = compare_traces(old, lowering("0.1.15", source="#include <b.h>\n" + SOURCE))
    assert (pair.status, origins(pair)) == ("headers only", [("headers", "code generation")])
    both = compare_traces(old, lowering("0.1.15", {"LowerTileOp": ADDRESS}, "#include <b.h>\n" + ADDRESS_SOURCE))
    assert both.status == "changed" and len(both.changes) == 2


def test_a_difference_that_a_later_pass_levels_is_no_change() -> None:
    other = ADDRESS(LOWERED)
    after = make_trace(
        ("Simplify", TILES, TILES),
        ("LowerTileOp", TILES, other),
        ("Simplify", other, LOWERED),
        ("ThreadSync", LOWERED, SYNCED),
        ("Simplify", SYNCED, SYNCED),
        source=SOURCE,
    )
    assert drift(after).status == "same"


def test_a_pass_of_one_lane_only_is_named_with_its_lane() -> None:
    other = ADDRESS(SYNCED)
    after = make_trace(
        ("Simplify", TILES, TILES),
        ("LowerTileOp", TILES, LOWERED),
        ("Simplify", LOWERED, LOWERED),
        ("ThreadSync", LOWERED, SYNCED),
        ("BrandNewPass", SYNCED, other),
        ("Simplify", other, other),
        source=ADDRESS_SOURCE,
    )
    pair = drift(after)
    assert origins(pair) == [("memory access", "BrandNewPass (only in 0.1.15)")]
    assert (pair.only_before, pair.only_after) == ((), ("BrandNewPass",))


def test_an_inserted_run_of_a_pass_does_not_shift_the_others() -> None:
    """The newer lane runs Simplify once more; the guilty Simplify.3 is Simplify.4 there."""
    other = ADDRESS(SYNCED)
    after = make_trace(
        ("Simplify", TILES, TILES),
        ("Simplify", TILES, TILES),
        ("LowerTileOp", TILES, LOWERED),
        ("Simplify", LOWERED, LOWERED),
        ("ThreadSync", LOWERED, SYNCED),
        ("Simplify", SYNCED, other),
        source=ADDRESS_SOURCE,
    )
    assert origins(drift(after)) == [("memory access", "Simplify.3 (there Simplify.4)")]


def test_other_notation_of_a_tile_operation_does_not_hide_the_pass_that_lowers_it() -> None:
    """The gemm is written with another argument list from the start; LowerTileOp decides what it becomes."""
    tiles = TILES.replace("C_local[0])\n    T.copy", "C_local[0], 0, 0)\n    T.copy")
    edit = replacing("T.ptx_mma(A_shared[tx * 8], C_local[0], 16)", "T.ptx_wgmma(A_shared[tx * 8], C_local[0], 32)")
    source = SOURCE.replace(
        "ptx_mma(A_shared[(tx * 8)], C_local[0], 16)", "ptx_wgmma(A_shared[(tx * 8)], C_local[0], 32)"
    )
    (change,) = drift(lowering("0.1.15", {"LowerTileOp": edit}, source, tiles)).changes
    assert change.hunk.kind == "instruction selection" and change.origin.name == "LowerTileOp"
    assert [cause.partition(":")[0] for cause in change.origin.after] == ["the front end"]


def test_a_loop_that_differs_is_told_beside_the_pass_that_acts_on_it() -> None:
    loop, vector = replacing("for v in T.unroll(8)", "for v in T.vectorized(8)"), LOWERED.splitlines()
    body = next(k for k, line in enumerate(vector) if "for v in" in line)
    vectorised = "\n".join([*vector[:body], "    C[bx * 1024 + tx * 8:8] = C_local[0:8]"]) + "\n"
    old = make_trace(("Lower", TILES, LOWERED), ("VectorizeLoop", LOWERED, LOWERED), source=SOURCE)
    new = make_trace(
        ("Lower", TILES, loop(LOWERED)),
        ("VectorizeLoop", loop(LOWERED), vectorised),
        source=SOURCE.replace("C[(((bx * 1024) + (tx * 8)) + v)] = C_local[v];", "C[(bx * 1024)] = *(float4*)C_local;"),
    )
    origins_found = {(c.origin.name, c.origin.after) for c in compare_traces(old, new).changes}
    assert ("VectorizeLoop", ("Lower: loop structure",)) in origins_found


def test_a_difference_that_the_front_end_makes_is_its_own() -> None:
    edit = replacing("T.copy(A[0]", "T.copy(A[8]")
    shift = replacing("A[bx * 1024 + tx * 8 + i]", "A[bx * 1024 + tx * 8 + i + 8]")
    source = replacing("A[(((bx * 1024) + (tx * 8)) + i)]", "A[((((bx * 1024) + (tx * 8)) + i) + 8)]")(SOURCE)
    (change,) = drift(lowering("0.1.15", {"LowerTileOp": shift}, source, edit(TILES))).changes
    assert (change.origin.name, change.origin.after) == ("LowerTileOp", ("the front end: memory access",))


def test_lowerings_that_fail() -> None:
    good, bad = lowering("0.1.11"), failed("0.1.15", "LayoutInference", "no layout")
    assert (drift(bad).status, drift(bad).note) == ("no longer lowers", "LayoutInference: no layout")
    assert compare_traces(bad, good).status == "lowers now"
    assert compare_traces(bad, bad).status == "rejected"
    other = compare_traces(failed("0.1.11", "LayoutInference", "no plan"), bad)
    assert other.status == "rejected otherwise" and "no plan" in other.note and "no layout" in other.note
