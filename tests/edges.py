"""Sizes around the edges of a kernel's tiles, masks that are empty and full, and what upstream does wrong there.

Tiles are read from the kernel's source, as for runs on devices. There every dimension moves at once; here each moves
alone too, so that the boundary that breaks tells which dimension breaks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.lowering import LANE
from tl_passlab.errors import UsageError
from tl_passlab.interp.arguments import make_arguments
from tl_passlab.interp.check import EXACT, REORDERED, CheckResult
from tl_passlab.interp.findings import Finding
from tl_passlab.model import Case, CaseInfo, Target
from tl_passlab.parity.inputs import make_inputs
from tl_passlab.parity.shapes import boundary_sizes, dimensions

PRIME = 37
MASKS = ("mask empty", "mask full")
TOGETHER = ("one", "tile-1", "tile", "tile+1", "primes")

# Lowering these divides by zero in upstream's C++ and takes the process along, on the lanes named.
CRASHES_UPSTREAM: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("metal/fragment_beside_an_accumulator", "N=0"): ("0.1.15",),
    ("reduce/row_softmax", "N=0"): ("0.1.15",),
    ("reduce/row_sum", "N=0"): ("0.1.15",),
    ("sync/block_reduction", "threads=0"): ("0.1.11",),
    ("sync/warp_reduction", "threads=0"): ("0.1.11",),
}


@dataclass(frozen=True)
class Edge:
    """One run of a case: all of its sizes, and the profile of its inputs."""

    label: str
    sizes: Mapping[str, int]
    profile: str = "random"


def edges(case: Case, base: Mapping[str, int]) -> list[Edge]:
    """Each size alone around its tile and at zero, the dimensions all at once, then masks; equal runs appear once."""
    info = case.info
    found = [Edge(f"{n}={v}", {**base, n: v}) for n, v in _alone(info, base)]
    found += together(info, base)
    found += [Edge(p, dict(base), p) for p in MASKS if case.inputs and make_inputs(case, base, 0, p) is not None]
    distinct: dict[Any, Edge] = {}
    for edge in found:
        if LANE.tilelang not in CRASHES_UPSTREAM.get((info.name, edge.label), ()):
            distinct.setdefault((tuple(sorted(edge.sizes.items())), edge.profile), edge)
    return list(distinct.values())


def together(info: CaseInfo, base: Mapping[str, int]) -> list[Edge]:
    """Every dimension moved at once, as the runs on devices do it."""
    names, varied = dimensions(info), boundary_sizes(info)
    return [Edge(label, {**base, **{n: varied[label][n] for n in names}}) for label in TOGETHER if label in varied]


def _alone(info: CaseInfo, base: Mapping[str, int]) -> list[tuple[str, int]]:
    found = []
    tiled = dimensions(info)
    for name, size in base.items():
        if name not in tiled:
            values = [0, 1, size - 1, size + 1]
        elif tiled[name].ragged:
            tile = tiled[name].tile
            values = [0, 1, tile - 1, tile, tile + 1, PRIME, size - 1, size + 1]
        else:
            values = [count * tiled[name].tile for count in (0, 1, 2, 3, 5)]
        found += [(name, v) for v in values if v >= 0 and v != size]
    return found


def with_profile(case: Case, profile: str) -> Case:
    """The case with inputs of that profile."""
    if profile not in MASKS:
        return case
    return replace(case, inputs=lambda rng, **sizes: make_inputs(case, sizes, 0, profile))


def refusal(case: Case, target: Target, sizes: Mapping[str, int]) -> str:
    """Why a case does not exist at some sizes, or empty: its kernel is not built, its inputs do not fit the kernel."""
    import numpy as np

    from tl_passlab.compat import lowering

    try:
        with lowering.pass_context(target, case.pass_configs):
            func = case.build(**sizes)
        given = case.inputs(np.random.default_rng(0), **sizes) if case.inputs else {}
        if case.reference:
            case.reference(**given)
    except Exception as problem:  # whatever upstream's front end, NumPy and PyTorch raise; the interpreter has not run
        return f"{type(problem).__name__}: {problem}"
    try:
        make_arguments(case, func, sizes, 0)
    except UsageError as problem:
        return problem.why
    return ""


@dataclass(frozen=True)
class Known:
    """A defect of upstream's that shapes bring out: where it first shows, as what, and in which statements.

    Without a kind it shows in values alone.
    """

    page: str
    first: str
    kind: str
    word: str
    targets: tuple[str, ...]
    cases: tuple[str, ...] = ()
    lanes: tuple[str, ...] = ()
    values: bool = False

    def explains(self, result: CheckResult, boundary: str, finding: Finding | None, seen: set[Known]) -> bool:
        """Whether a finding, or wrong values, is this defect's: where it first shows, or later once it has."""
        return (
            (finding.kind if finding else "") == self.kind
            and (boundary == self.first or self in seen)
            and (finding is None or any(self.word in s for s in finding.statements))
            and result.target in self.targets
            and (not self.cases or result.case in self.cases)
            and (not self.lanes or LANE.tilelang in self.lanes)
        )


HOPPER, NVIDIA = ("cuda:sm_90a",), ("cuda:sm_80", "cuda:sm_90a")
PRELUDE = ("warp_specialize/product_before_the_loop",)
KNOWN = (
    Known("ragged_store_on_metal", "LowerTileOp", "out-of-bounds", "simdgroup_store", ("metal",), values=True),
    Known("fence_after_arrive", "ThreadSync.2", "fence", "wgmma", HOPPER),
    Known("barrier_of_one_branch", "ThreadSync.2", "race", "wgmma", HOPPER, PRELUDE),
    Known("published_by_one_thread", "ThreadSync.2", "race", "ldmatrix", HOPPER, ("metal/simdgroup_gemm",)),
    Known("gathered_index", "LegalizeSafeMemoryAccess", "out-of-bounds", "ptx_cp_async", NVIDIA),
    Known(
        "bulk_copies", "LowerTileOp", "out-of-bounds", "tma_store", HOPPER, ("reduce/cumsum",), ("0.1.11",), values=True
    ),
    Known(
        "bulk_copies", "LowerTileOp", "deadlock", "mbarrier_wait_parity", HOPPER,
        ("determinism/int4_dequantise_gemm",), ("0.1.11",), values=True,
    ),
    Known(
        "replicated_reducer", "LowerTileOp", "", "", NVIDIA, ("reducer/replicated_row_sum",), ("0.1.11",), values=True
    ),
)  # fmt: skip


def explanation(result: CheckResult) -> set[str] | None:
    """The pages (or the case of the regression corpus) that explain everything wrong in a check; None if one does not.

    Wrong values are explained by a defect that makes them, and only from the boundary on where it first shows.
    """
    seen: set[Known] = set()
    for boundary in result.results:
        wrong: list[Finding | None] = [f for f in boundary.findings if f.is_error]
        if boundary.failed and boundary.verdict not in (EXACT, REORDERED):
            wrong.append(None)
        for finding in wrong:
            known = {k for k in KNOWN if k.explains(result, boundary.name, finding, seen)}
            if not known and not (finding is None and any(k.values for k in seen)):
                return None
            seen |= known
    return {k.page for k in seen}
