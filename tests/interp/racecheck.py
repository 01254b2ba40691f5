"""Our race verdicts beside `compute-sanitizer --tool racecheck` on the same kernels.

`python -m tests.interp.racecheck interpreter` needs no GPU; `... hardware OUT.json` needs one, nvcc and
compute-sanitizer. Subjects are the racy kernels of `defects`, clean controls, and each control with one block barrier
removed: in the IR for the interpreter, in the CUDA source for the device.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from tests.interp import defects
from tests.interp.mutation import kernels

NO_TMA = {"tl.disable_tma_lower": True, "tl.disable_warp_specialized": True}
SUBJECTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "two_consumers_one_operand": (defects.two_consumers_one_operand, {"tl.disable_tma_lower": True}),
    "read_then_overwritten": (defects.read_then_overwritten, {}),
    "filled_after_copy": (defects.filled_after_copy, {}),
    "gemm_warp_specialised": (kernels.gemm, {}),
    "gemm_cp_async": (kernels.gemm, NO_TMA),
    "gemm_staged": (kernels.BUILDERS["gemm_staged"], NO_TMA),
    "row_sum": (kernels.row_sum, {}),
    "row_softmax": (kernels.row_softmax, {}),
}
RACY = ("two_consumers_one_operand", "read_then_overwritten", "filled_after_copy")
CONTROLS = tuple(name for name in SUBJECTS if name not in RACY)
SYNC = re.compile(r"(__syncthreads\(\)|tl::__sync_thread_partial<[^>]*>\(\)|__sync_thread_partial<[^>]*>\(\));")
RUNS = 100
MAX_SYNCS = 8
WORKERS = 6


def without_sync(source: str, number: int) -> str:
    """CUDA source with its n-th block barrier removed; the first after barrier initialisation counts too."""
    found = list(SYNC.finditer(source))
    if number >= len(found):
        raise IndexError(number)
    return source[: found[number].start()] + "/* removed */;" + source[found[number].end() :]


def interpreter() -> dict[str, list[str]]:
    """The kinds of findings of every subject and every removed barrier."""
    from dataclasses import replace

    from tests.interp.mutation.edit import NotThere, in_module, remove
    from tests.interp.mutation.mutant import kinds

    table = {}
    for name, (build, configs) in SUBJECTS.items():
        of = kernels.Base(name, "cuda:sm_90a", build(), configs)
        table[name] = sorted(kinds(of.clean("last")))
        for number in range(MAX_SYNCS if name in CONTROLS else 0):
            stage = of.stage("last")
            try:
                module = in_module(stage.module, remove("tirx.tvm_storage_sync", number))
            except NotThere:
                break
            table[f"{name} without barrier {number}"] = sorted(kinds(of.judge.judge(replace(stage, module=module))))
    return table


def run_on_device(name: str, number: int | None, runs: int) -> int:
    """How many runs of a subject give another result than the kernel's meaning (its interpretation at tile level)."""
    import tilelang
    import torch
    from tilelang.engine.callback import register_cuda_postproc_callback

    build, configs = SUBJECTS[name]
    tilelang.disable_cache()
    if number is not None:
        register_cuda_postproc_callback(lambda code, _: without_sync(code, number))
    of = kernels.Base(name, "cuda:sm_90a", build(), configs)
    kernel = tilelang.compile(build(), target={"kind": "cuda", "arch": "sm_90a"}, pass_configs=configs)
    values = of.arguments.values
    wrong = 0
    for _ in range(runs):
        tensors = {n: torch.from_numpy(values[n].copy()).cuda() for n in of.arguments.order}
        kernel(*tensors.values())
        torch.cuda.synchronize()
        got = {n: t.cpu().numpy() for n, t in tensors.items()}
        assert of.judge.oracle is not None
        wrong += any(abs(got[n].astype("f8") - of.judge.oracle[n].astype("f8")).max() > 1e-3 for n in got)
    return wrong


def racecheck(name: str, number: int | None) -> str:
    """What racecheck says of one run: hazards by severity, or why it did not run."""
    command = ["compute-sanitizer", "--tool", "racecheck", sys.executable, "-m", "tests.interp.racecheck", "run", name]
    command += [str(-1 if number is None else number), "1"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    summary = [line for line in done.stdout.splitlines() if "RACECHECK SUMMARY" in line]
    return summary[-1].partition("SUMMARY:")[2].strip() if summary else (done.stdout + done.stderr)[-200:]


def measured(name: str, number: int | None) -> tuple[str, dict[str, Any]] | None:
    """One subject on the device; None when it has no such barrier."""
    key = name if number is None else f"{name} without barrier {number}"
    command = [sys.executable, "-m", "tests.interp.racecheck", "run", name, str(-1 if number is None else number)]
    done = subprocess.run([*command, str(RUNS)], capture_output=True, text=True, timeout=200, check=False)
    if "IndexError" in done.stderr + done.stdout:
        return None
    lines = done.stdout.strip().splitlines()
    wrong = lines[-1] if done.returncode == 0 and lines else done.stderr[-300:]
    return key, {"wrong": wrong, "of": RUNS, "racecheck": racecheck(name, number)}


def hardware(out: Path) -> None:
    """Every subject, then every removed barrier; results are written as they come."""
    table: dict[str, Any] = {}
    todo: list[tuple[str, int | None]] = [(name, None) for name in SUBJECTS]
    todo += [(name, i) for i in range(MAX_SYNCS) for name in CONTROLS]
    with ThreadPoolExecutor(WORKERS) as pool:
        for job in as_completed([pool.submit(measured, *item) for item in todo]):
            try:
                found = job.result()
            except subprocess.TimeoutExpired as error:
                print("timeout", error.cmd[-3:], flush=True)
                continue
            if found is not None:
                table[found[0]] = found[1]
                out.write_text(json.dumps(table, indent=1), encoding="utf-8")
                print(*found, flush=True)


def main(arguments: list[str]) -> None:
    """One of the three modes."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if arguments[0] == "interpreter":
        print(json.dumps(interpreter(), indent=1))
    elif arguments[0] == "hardware":
        hardware(Path(arguments[1]))
    else:
        number = int(arguments[2])
        print(run_on_device(arguments[1], None if number < 0 else number, int(arguments[3])))


if __name__ == "__main__":
    main(sys.argv[1:])
