"""Times a kernel with device events: warm-up, then medians over rotated inputs, correctness first.

Rotating over enough input sets to overflow the second-level cache keeps a small kernel from being timed on data that
the previous launch left there. A wrong kernel is not timed.
"""

from __future__ import annotations

import functools
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tl_passlab.errors import FindingError
from tl_passlab.isolation import child_environment
from tl_passlab.model import Target
from tl_passlab.parity.equivalents import peer_of
from tl_passlab.parity.loading import load_parity_case
from tl_passlab.parity.runners import load_runner
from tl_passlab.targets import parse_target

WARM_UP = 10
REPEATS = 100
CACHE_BYTES = 128 * 2**20
MAX_SETS = 64
TIMEOUT = 600.0


@dataclass(frozen=True)
class Timing:
    """Microseconds per launch: the median and the spread of the middle half of the repeats."""

    what: str
    median_us: float
    low_us: float
    high_us: float
    repeats: int
    input_sets: int


@dataclass(frozen=True)
class Bench:
    """A case timed at its sizes, beside what it is compared with."""

    case: str
    target: str
    sizes: Mapping[str, Any]
    device: str
    timings: tuple[Timing, ...]


def bench_in_child(reference: str, target: Target, runner: str, sizes: Mapping[str, Any], against: str) -> Bench:
    """Time in a child process. Raises FindingError when it fails, with the end of its log."""
    job = {"reference": reference, "target": target.spec, "runner": runner, "sizes": dict(sizes), "against": against}
    with tempfile.TemporaryDirectory(prefix="passlab-") as folder:
        answer = Path(folder, "answer.json")
        command = [sys.executable, "-m", "tl_passlab.parity.bench", json.dumps(job), str(answer)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, env=child_environment(), timeout=TIMEOUT)
        except subprocess.TimeoutExpired as error:
            raise FindingError("bench", f"{reference}  {target.spec}", f"no answer after {TIMEOUT:g} s") from error
        if not answer.is_file():
            tail = "\n".join(done.stderr.strip().splitlines()[-8:])
            next_command = f"passlab parity {reference} --target {target.spec}"
            why = f"the benchmark ended with exit {done.returncode}"
            raise FindingError("bench", f"{reference}  {target.spec}", why, evidence=tail, next_command=next_command)
        data = json.loads(answer.read_text(encoding="utf-8"))
    return Bench(**{**data, "timings": tuple(Timing(**row) for row in data["timings"])})


def main(job_text: str, answer: str) -> int:
    """The child: judge once, then time."""
    job = json.loads(job_text)
    case = load_parity_case(job["reference"])
    runner = load_runner(job["runner"])
    target = parse_target(job["target"])
    sizes = {**case.info.sizes, **job["sizes"]}
    program = runner.compile_case(case, target, sizes)
    sets = _input_sets(case, sizes, runner.TORCH_DEVICE)
    _check(case, program, sizes, runner.TORCH_DEVICE)
    arguments = [_arguments(program.parameters, inputs, case, runner.TORCH_DEVICE) for inputs in sets]
    timings = [_time("tilelang", [functools.partial(program.enqueue, a) for a in arguments])]
    peer = peer_of(case.info) if job["against"] == "torch" else None
    if peer is not None:
        name, function = peer
        timings.append(_time(f"torch: {name}", [functools.partial(function, s) for s in sets]))
    found = Bench(case.info.name, target.spec, sizes, runner.device_name(), tuple(timings))
    Path(answer).write_text(json.dumps(asdict(found)), encoding="utf-8")
    return 0


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


def _time(what: str, launches: Sequence[Callable[[], Any]]) -> Timing:
    """The median over the repeats, each between two events; a launch gap is not counted, its launch cost is."""
    import torch

    for index in range(WARM_UP):
        launches[index % len(launches)]()
    torch.cuda.synchronize()
    pairs = []
    for index in range(REPEATS):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        launches[index % len(launches)]()
        end.record()
        pairs.append((start, end))
    torch.cuda.synchronize()
    times = sorted(start.elapsed_time(end) * 1e3 for start, end in pairs)
    quarter = len(times) // 4
    return Timing(what, statistics.median(times), times[quarter], times[-quarter - 1], REPEATS, len(launches))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
