"""Hand-made lowerings of one kernel in two lanes, with differences injected at known passes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from tests.traces import make_trace
from tl_passlab.model import Failure, Trace

TILES = """\
@T.prim_func
def main(A: T.Buffer((1024,), "float16"), C: T.Buffer((1024,), "float32")):
    T.copy(A[0], A_shared[0])
    T.gemm(A_shared[0], C_local[0])
    T.copy(C_local[0], C[0])
"""
LOWERED = """\
@T.prim_func
def main(A: T.Buffer((1024,), "float16"), C: T.Buffer((1024,), "float32")):
    A_shared = T.alloc_buffer((1024,), "float16", scope="shared")
    C_local = T.alloc_buffer((8,), "float32", scope="local")
    for i in T.unroll(8):
        A_shared[tx * 8 + i] = A[bx * 1024 + tx * 8 + i]
    T.ptx_mma(A_shared[tx * 8], C_local[0], 16)
    for v in T.unroll(8):
        C[bx * 1024 + tx * 8 + v] = C_local[v]
"""
SYNCED = LOWERED.replace("    T.ptx_mma", '    T.tvm_storage_sync("shared")\n    T.ptx_mma')
PASSES = ("Simplify", "LowerTileOp", "Simplify", "ThreadSync", "Simplify")
SOURCE = """\
extern "C" __global__ void main_kernel(half_t* A, float* C) {
  __shared__ half_t A_shared[1024];
  float C_local[8];
  for (int i = 0; i < 8; ++i) {
    A_shared[((tx * 8) + i)] = A[(((bx * 1024) + (tx * 8)) + i)];
  }
  __syncthreads();
  ptx_mma(A_shared[(tx * 8)], C_local[0], 16);
  for (int v = 0; v < 8; ++v) {
    C[(((bx * 1024) + (tx * 8)) + v)] = C_local[v];
  }
}
"""

# pass -> how its output, and so that of all later passes, is altered
Edits = Mapping[str, Callable[[str], str]]


def replacing(old: str, new: str) -> Callable[[str], str]:
    """An edit that must find what it replaces."""

    def edit(text: str) -> str:
        assert old in text, f"{old!r} is not in the text"
        return text.replace(old, new)

    return edit


def lowering(lane: str, edits: Edits | None = None, source: str = SOURCE, tiles: str = TILES) -> Trace:
    """A lowering whose outputs carry the given edits from the edited pass on; `Simplify.2` is the second run."""
    edits = edits or {}
    names: list[str] = []
    steps = []
    text = tiles
    made: list[Callable[[str], str]] = []
    for name in PASSES:
        names.append(name)
        qualified = name if names.count(name) == 1 else f"{name}.{names.count(name)}"
        plain = {"LowerTileOp": LOWERED, "ThreadSync": SYNCED}.get(name)
        made += [edits[qualified]] if qualified in edits else []
        after = text
        if plain is not None:
            for edit in made:
                plain = edit(plain)
            after = plain
        elif qualified in edits:
            after = edits[qualified](text)
        steps.append((name, text, after))
        text = after
    return dataclasses.replace(make_trace(*steps, source=source), lane=lane)


def failed(lane: str, pass_name: str, message: str) -> Trace:
    """A lowering that a pass rejects."""
    trace = lowering(lane, source="")
    return dataclasses.replace(trace, failure=Failure(pass_name, "InternalError", message))
