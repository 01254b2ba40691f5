"""The pass sequence of a target, seen by an instrument on the probe kernel's lowering."""

from __future__ import annotations

import contextlib
from typing import Any

import tvm

from tl_passlab.compat import lowering
from tl_passlab.compat.probe import probe_kernel
from tl_passlab.events import occurrence_names
from tl_passlab.model import Target


def depth0_passes(target: Target) -> list[str]:
    """The occurrence-qualified names of depth 0, in order, code generation included.

    A target whose code generator cannot print the probe (C before 0.1.14) has run all its passes by then.
    """
    names: list[str] = []
    depth = 0

    @tvm.instrument.pass_instrument
    class Watch:
        def run_before_pass(self, mod: Any, info: Any) -> None:
            nonlocal depth
            if depth == 0:
                names.append(str(info.name))
            depth += 1

        def run_after_pass(self, mod: Any, info: Any) -> None:
            nonlocal depth
            depth -= 1

    with lowering.pass_context(target, {}):
        func = probe_kernel(target)
    with contextlib.suppress(tvm.error.InternalError):
        lowering.lower(func, target, {}, [Watch()])
    return occurrence_names(names)
