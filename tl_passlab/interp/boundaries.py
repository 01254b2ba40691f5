"""The distinct pass boundaries of one lowering, each with what its position in the pipeline says about its IR."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tl_passlab.events import display_name, occurrence_names
from tl_passlab.interp import from_end
from tl_passlab.interp.program import Level
from tl_passlab.model import Case, Target

INPUT = "input"


@dataclass(frozen=True)
class Stage:
    """The IR after one pass execution; `module` is a TVM IRModule."""

    name: str
    index: int
    module: Any
    level: Level
    hash: int


@dataclass(frozen=True)
class Pipeline:
    """A lowering as far as it went: every stage, and the error with the pass it came from when one failed."""

    stages: tuple[Stage, ...]
    passes: tuple[str, ...]
    error: str = ""
    failed_pass: str = ""

    def distinct(self) -> list[Stage]:
        """The stages whose IR or level differs from that of the stage before."""
        kept: list[Stage] = []
        for stage in self.stages:
            if not kept or (stage.hash, stage.level) != (kept[-1].hash, kept[-1].level):
                kept.append(stage)
        return kept

    def before(self, stage: Stage) -> Stage:
        """The stage that the pass of this one was given."""
        return self.stages[max(0, stage.index - 1)]


Rewrite = Callable[[str, Any], Any]


def lower_stages(case: Case, target: Target, sizes: Mapping[str, Any]) -> tuple[Any, Pipeline]:
    """Build and lower a case; returns the PrimFunc and its pipeline. A failing pass ends the pipeline, nothing more."""
    from tl_passlab.compat import lowering

    with lowering.pass_context(target, case.pass_configs):
        func = case.build(**{**case.info.sizes, **sizes})
    return func, lower_function(func, target, case.pass_configs)


def lower_function(func: Any, target: Target, configs: Mapping[str, Any]) -> Pipeline:
    """Lower a PrimFunc and keep the module after every pass of depth 0."""
    import tvm

    from tl_passlab.compat import lowering

    recorder = _Recorder()
    error, failed = "", ""
    try:
        lowering.lower(func, target, configs, [recorder.instrument()])
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
        failed = display_name(recorder.running[0]) if recorder.running else ""
    first = tvm.IRModule({func.attrs["global_symbol"]: func})
    names = [INPUT, *occurrence_names([name for name, _ in recorder.modules])]
    modules = [first, *(module for _, module in recorder.modules)]
    hashes = [_hash(m) for m in modules]
    return Pipeline(stages_of(names, modules, hashes), tuple(names[1:]), error, failed)


def _hash(module: Any) -> int:
    """A number that equal modules share."""
    import tvm

    try:
        return int(tvm.ir.structural_hash(module, map_free_vars=True))
    except TypeError:  # 0.1.11 cannot hash the annotation of a reducer
        return hash(str(module))


class _Recorder:
    """Keeps the module after every pass that no other pass started."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.modules: list[tuple[str, Any]] = []

    def instrument(self) -> Any:
        """This recorder as a TVM pass instrument."""
        import tvm

        recorder = self

        @tvm.instrument.pass_instrument
        class Instrument:
            def run_before_pass(self, mod: Any, info: Any) -> None:
                recorder.running.append(str(info.name))

            def run_after_pass(self, mod: Any, info: Any) -> None:
                recorder.running.pop()
                if not recorder.running:
                    recorder.modules.append((str(info.name), mod))

        return Instrument()


def stages_of(names: list[str], modules: list[Any], hashes: list[int]) -> tuple[Stage, ...]:
    """Name every module and give it its level."""
    levels = levels_of(names)
    legal = names.index(from_end.PASS) if from_end.PASS in names else 0
    counting = {h: from_end.occurs(m) for h, m in dict(zip(hashes[:legal], modules[:legal], strict=True)).items()}
    levels[:legal] = [replace(lv, from_end=counting[h]) for lv, h in zip(levels, hashes[:legal], strict=False)]
    return tuple(
        Stage(n, i, m, lv, h) for i, (n, m, lv, h) in enumerate(zip(names, modules, levels, hashes, strict=True))
    )


def levels_of(names: list[str]) -> list[Level]:
    """What each position of a pipeline guarantees, from the passes that have run by then."""
    plain = [name.rpartition(".")[0] if name.rpartition(".")[2].isdigit() else name for name in names]

    def last(wanted: str) -> int:
        found = [i for i, name in enumerate(plain) if name == wanted]
        return found[-1] if found else len(names)

    lowered, synced = last("LowerTileOp"), last("ThreadSync")
    fenced, safe = last("InjectFenceProxy"), last("LegalizeSafeMemoryAccess")
    level = Level(tile=True, warp_clocks=False, fences=False, safe_access=True)
    return [
        replace(level, tile=i < lowered, warp_clocks=i >= synced, fences=i >= max(fenced, synced), safe_access=i < safe)
        for i in range(len(names))
    ]
