"""The child process of `tl_passlab.parity.bench`: one lane's kernel, timed when asked. Not for use by hand.

Events on the device, warm-up before each round, inputs in rotation. Rotating over enough input sets to overflow the
second-level cache keeps a small kernel from being timed on data that the previous launch left there. A wrong kernel is
not timed.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TextIO

from tl_passlab import lanes
from tl_passlab.errors import FindingError, PasslabError
from tl_passlab.parity.equivalents import peer_of
from tl_passlab.parity.loading import load_parity_case
from tl_passlab.parity.runners import load_runner
from tl_passlab.targets import parse_target

WARM_UP = 10
REPEATS = 10
CACHE_BYTES = 128 * 2**20
MAX_SETS = 64

Launch = Callable[[], Any]


def main(job: str) -> int:
    """Answer questions on standard output, which is kept from the compilers: what they print goes to the log."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        serve(json.loads(job), sys.stdin, answers, time_launches)
    except PasslabError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def serve(
    job: Mapping[str, Any],
    questions: Iterable[str],
    answers: TextIO,
    time_some: Callable[[Iterator[Launch]], list[float]],
) -> None:
    """Compile, judge once, say what there is to time; then time the subject of each question."""
    lanes.check_pins()
    case = load_parity_case(job["reference"])
    runner = load_runner(job["runner"])
    target = parse_target(job["target"])
    sizes = {**case.info.sizes, **job["sizes"]}
    program = runner.compile_case(case, target, sizes)
    sets = _input_sets(case, sizes, runner.TORCH_DEVICE)
    _check(case, program, sizes, runner.TORCH_DEVICE)
    arguments = [_arguments(program.parameters, inputs, case, runner.TORCH_DEVICE) for inputs in sets]
    launches = {
        f"tilelang {lanes.installed_version('tilelang')}": [functools.partial(program.enqueue, a) for a in arguments]
    }
    peer = peer_of(case.info) if job["peer"] else None
    if peer is not None:
        launches[f"torch: {peer[0]}"] = [functools.partial(peer[1], s) for s in sets]
    head = {"case": case.info.name, "target": target.spec, "sizes": sizes, "device": runner.device_name()}
    _answer(answers, {**head, "subjects": list(launches), "input_sets": len(sets)})
    # One rotation over all rounds: a round that began anew would find its inputs in the cache.
    rotations = [itertools.cycle(some) for some in launches.values()]
    for question in questions:
        _answer(answers, {"times_us": time_some(rotations[int(question)])})


def _answer(answers: TextIO, fields: Mapping[str, Any]) -> None:
    answers.write(json.dumps(fields) + "\n")
    answers.flush()


def _check(case: Any, program: Any, sizes: Mapping[str, Any], device: str) -> None:
    from tl_passlab.parity.execute import judge
    from tl_passlab.parity.outcome import PASS, Step

    found = judge(case, program, Step("given", sizes, 1), device, {})
    if found is None or found.kind != PASS:
        raise FindingError("bench", case.info.name, "the kernel is wrong" if found is None else found.reason)


def _input_sets(case: Any, sizes: Mapping[str, Any], device: str) -> list[dict[str, Any]]:
    """Enough sets of inputs, on the device, to overflow the cache; at least two."""
    from tl_passlab.parity.inputs import make_inputs

    first = make_inputs(case, sizes, 1, "random") or {}
    nbytes = sum(t.numel() * t.element_size() for t in first.values())
    count = min(MAX_SETS, max(2, -(-CACHE_BYTES // max(nbytes, 1))))
    sets = [first, *((make_inputs(case, sizes, seed, "random") or {}) for seed in range(2, min(count, 4) + 1))]
    # Fresh memory is what defeats the cache; a few different sets of values are enough.
    return [{n: t.to(device).clone() for n, t in sets[i % len(sets)].items()} for i in range(count)]


def _arguments(parameters: Sequence[Any], inputs: Mapping[str, Any], case: Any, device: str) -> list[Any]:
    import torch

    outputs = case.reference(**{name: tensor.cpu() for name, tensor in inputs.items()}) if case.reference else {}
    made = []
    for p in parameters:
        shape = tuple(outputs[p.name].shape) if p.name in outputs else tuple(e or 1 for e in p.shape)
        made.append(
            inputs[p.name] if p.name in inputs else torch.empty(shape, dtype=getattr(torch, p.dtype), device=device)
        )
    return made


def time_launches(launches: Iterator[Launch]) -> list[float]:
    """Microseconds of each launch, between two events; a launch gap is not counted, its launch cost is."""
    import torch

    for launch in itertools.islice(launches, WARM_UP):
        launch()
    torch.cuda.synchronize()
    pairs = []
    for launch in itertools.islice(launches, REPEATS):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        launch()
        end.record()
        pairs.append((start, end))
    torch.cuda.synchronize()
    return [start.elapsed_time(end) * 1e3 for start, end in pairs]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
