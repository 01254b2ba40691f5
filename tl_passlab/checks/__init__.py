"""FileCheck comments in a case: what its IR must look like, where it is read.

    # CHECK-AFTER(InjectSoftwarePipeline): for ko in T.serial(
    # CHECK-NEXT:  T.ptx_wait_group(
    # CHECK-NOT:   T.copy(
    # CHECK-AFTER(ThreadSync, cuda:sm_80): T.tvm_storage_sync("shared
    # CHECK-SOURCE(cuda): tl::cp_async_wait<

A directive with a place (`AFTER`, `BEFORE`, `SOURCE`) begins a block; plain ones continue it. A block runs on every
target of the case, or on the one (or kind) that is named. `directives.py` reads them and refuses every one that is
malformed or can never fail; `run.py` hands them to the `filecheck` library.
"""

from __future__ import annotations

from tl_passlab.checks.directives import Block, Directive, read_blocks
from tl_passlab.checks.run import run_checks

__all__ = ["Block", "Directive", "read_blocks", "run_checks"]
