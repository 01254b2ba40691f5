"""Tensors found through a table of pointers: the host does not know where they are, so it can build no descriptor.

What to look at: AnnotateDeviceBoundTmaCopies marks the copy whose base address is read in the kernel; LowerTileOp must
not choose a TMA descriptor for it. A contiguous one may still be a bulk copy, which needs none.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["AnnotateDeviceBoundTmaCopies", "LowerTileOp"]
SIZES = {"count": 4}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(count):
    @T.prim_func
    def main(table: T.Tensor((count,), T.ptr), B: T.Tensor((count, 256), "float16")):
        with T.Kernel(count, threads=128) as b:
            A = T.make_tensor(table[b], (256,), "float16")
            tile = T.alloc_shared((256,), "float16")
            T.copy(A, tile)
            T.copy(tile, B[b, 0])

    return main


def claim_no_descriptor_of_an_unknown_tensor(trace):
    """The only descriptor, if any, is that of B."""
    made = re.findall(r"create_tma_descriptor\(\d+, \d+, (\w+)", trace.after("LowerTileOp"))
    assert not [name for name in made if name != "B"], f"descriptors of {made}"
