"""Applies one pass to a case or to a hand-written IR and records it as a trace of one boundary."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from tl_passlab import lanes
from tl_passlab.capture import Sink, text_id
from tl_passlab.errors import PasslabError, UsageError
from tl_passlab.model import Case, Target
from tl_passlab.normalise.tir import normalise_tir
from tl_passlab.passes import PassSpec, find_pass
from tl_passlab.passes.all_passes import split_occurrence


def record_pass(
    case: Case,
    target: Target,
    pass_name: str,
    emit: Sink,
    sizes: Mapping[str, Any],
    *,
    with_prerequisites: bool,
) -> None:
    """Apply one pass and emit its events.

    Without prerequisites the pass gets the kernel's own IR with the target bound; with them it gets what upstream's
    pipeline would hand to it. Raises UsageError when the pass does not exist on this lane, or never runs here.
    """
    from tl_passlab.compat import lowering, passes
    from tl_passlab.compat.printer import print_module

    lane, _ = lanes.running_lane()
    spec, occurrence = find_pass(pass_name), split_occurrence(pass_name)[1]
    name = spec.name_in(lane.tilelang)
    qualified = name if occurrence == 1 else f"{name}.{occurrence}"
    sizes = {**case.info.sizes, **sizes}
    with lowering.pass_context(target, case.pass_configs):
        func = case.build(**sizes)
    if with_prerequisites:
        mod = _module_before(func, target, case, spec, qualified)
    else:
        mod = passes.bind_target(passes.as_module(func), target)

    def emit_text(module: Any) -> str:
        text = normalise_tir(print_module(module))
        emit({"event": "text", "id": text_id(text), "text": text})
        return text_id(text)

    emit({"event": "start", "case": case.info.name, "target": target.spec, "lane": lane.tilelang, "sizes": sizes})
    emit({"event": "begin", "pass": qualified, "before": emit_text(mod)})
    # Finding the pass lowers a probe kernel once; that is no part of the pass's time.
    spec.pass_object(target, occurrence)
    started = time.perf_counter()
    try:
        result = spec.apply(mod, target, occurrence, case.pass_configs)
    except UsageError:
        raise
    except PasslabError as error:
        emit({"event": "error", "kind": error.why.rpartition(": ")[2], "message": error.evidence})
        return
    ms = round((time.perf_counter() - started) * 1e3, 3)
    emit({"event": "end", "after": emit_text(result), "ms": ms})
    emit({"event": "done", "source": "", "extension": target.extension, "launches": [], "ms": ms})


def _module_before(func: Any, target: Target, case: Case, spec: PassSpec, qualified: str) -> Any:
    from tl_passlab.compat import passes

    mod = passes.module_before(func, target, case.pass_configs, spec.takes_input_of or qualified)
    if mod is None:
        raise UsageError(
            "run",
            f"{qualified}  {case.info.name}  {target.spec}",
            "upstream's pipeline never runs this pass here",
            next_command=f"passlab trace {case.info.name} --target {target.spec}",
        )
    return mod
