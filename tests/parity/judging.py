"""What the parity tests share: judge a kernel played in Python, in this process."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tl_passlab.model import Case, CaseInfo
from tl_passlab.parity import python
from tl_passlab.parity.execute import Judgement, judge
from tl_passlab.parity.loading import load_parity_case
from tl_passlab.parity.outcome import Step
from tl_passlab.parity.plan import Choice, steps
from tl_passlab.parity.protocol import Parameter
from tl_passlab.parity.python import PlayedProgram
from tl_passlab.parity.shapes import tiles_of
from tl_passlab.targets import parse_target

KERNELS = Path(__file__).parent / "kernels"
Judged = list[tuple[Step, Judgement]]


def judge_file(name: str, fault: str, *, seeds: int = 2) -> Judged:
    """Every applicable step of a kernel file with a fault; steps of one shape share one program, as in a run."""
    case = load_parity_case(str(KERNELS / f"{name}.py"))
    found: Judged = []
    for _, group in itertools.groupby(steps(case.info, Choice(seeds=seeds)), key=lambda step: step.variant):
        chosen = [Step(s.variant, {**s.sizes, "fault": fault}, s.seed, s.profile) for s in group]
        tiles = tiles_of(case.info, functools.partial(python.declared, case))
        program = python.compile_case(case, parse_target("c"), chosen[0].sizes)
        found += list(_judged(case, program, chosen, tiles))
    return found


def _judged(case: Case, program: PlayedProgram, chosen: list[Step], tiles: Any) -> Iterator[tuple[Step, Judgement]]:
    for step in chosen:
        judgement = judge(case, program, step, "cpu", tiles)
        if judgement is not None:
            yield step, judgement


def judge_played(
    inputs: Callable[[Any], dict[str, Any]],
    reference: Callable[..., dict[str, Any]],
    function: Callable[..., None],
    outputs: dict[str, str],
    *,
    profile: str = "random",
    name: str = "played",
) -> Judgement:
    """One step of a kernel given as functions; `outputs` maps an output to its dtype."""
    import numpy as np

    example = inputs(np.random.default_rng(1))
    shapes = {n: tuple(t.shape) for n, t in reference(**{n: t.clone() for n, t in example.items()}).items()}
    declared = [Parameter(n, tuple(t.shape), str(t.dtype).removeprefix("torch.")) for n, t in example.items()]
    declared += [Parameter(n, shapes[n], dtype) for n, dtype in outputs.items() if n not in example]
    info = CaseInfo(name, Path(__file__), "", (), (), {})
    case = Case(info, build=function, inputs=lambda rng: inputs(rng), reference=reference)
    judgement = judge(case, PlayedProgram(tuple(declared), function), Step("declared", {}, 1, profile), "cpu", {})
    assert judgement is not None
    return judgement
