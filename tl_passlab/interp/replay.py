"""Runs a reproducer folder: the pass again on the kept IR, then both sides under the kept inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tl_passlab.interp import compare, dtypes, schedule
from tl_passlab.interp.arguments import Arguments
from tl_passlab.interp.boundaries import Stage
from tl_passlab.interp.execute import DEVICE_TYPES, Compiler
from tl_passlab.interp.launch import Options
from tl_passlab.interp.program import Level
from tl_passlab.targets import parse_target


def replay(folder: Path) -> int:
    """Print what the pass does to the result; 1 when it does something wrong."""
    # tvm lies inside tilelang's wheel: compat, which imports tilelang, comes first.
    import tl_passlab.compat  # noqa: F401, I001
    import tvm

    facts = json.loads((folder / "pass.json").read_text(encoding="utf-8"))
    before = tvm.ir.load_json((folder / "before.json").read_text(encoding="utf-8"))
    print(f"{facts['pass']} on {facts['case']} for {facts['target']}")
    after = _after(folder, facts, before)
    if after is None:
        return 1
    arguments = load_arguments(folder, facts)
    compiler = Compiler()
    left = _run(compiler, Stage("before", 0, before, Level(**facts["before_level"]), 0), arguments, facts, "before")
    right = _run(compiler, Stage("after", 1, after, Level(**facts["after_level"]), 0), arguments, facts, "after")
    if left is None or right is None:
        return 1
    wrong = compare.differences(left[0], right[0])
    for d in wrong:
        print(f"{d.name}: {d.count} of {d.total} elements differ, max rel {d.error:.2e}; first {d.elements[:3]}")
    return 1 if wrong or right[1] else 0


def _after(folder: Path, facts: dict[str, Any], before: Any) -> Any:
    """The IR after the pass: applied again where the pass can be had alone, else as it was kept."""
    import tvm

    from tl_passlab.passes import find_pass
    from tl_passlab.passes.all_passes import split_occurrence

    kept = folder / "after.json"
    try:
        spec, occurrence = find_pass(facts["pass"]), split_occurrence(facts["pass"])[1]
        return spec.apply(before, parse_target(facts["target"]), occurrence, facts["configs"])
    except Exception as error:
        print(f"applying the pass: {type(error).__name__}: {str(error).strip().splitlines()[-1:]}")
        return tvm.ir.load_json(kept.read_text(encoding="utf-8")) if kept.is_file() else None


def load_arguments(folder: Path, facts: dict[str, Any]) -> Arguments:
    """The kept inputs."""
    values: dict[str, Any] = dict(facts["scalars"])
    with np.load(folder / "inputs.npz") as raw:
        for name in raw.files:
            dtype = dtypes.numpy_type(facts["types"][name])
            data = raw[name]
            values[name] = (
                np.ascontiguousarray(data).reshape(-1).view(dtype).reshape(data.shape[:-1] if data.ndim else ())
            )
            if values[name].size * dtype.itemsize != data.size:
                raise ValueError(f"{name} has the wrong size")
    return Arguments(values, facts["order"], (), facts["exact"], {}, facts.get("addresses", {}))


def _run(compiler: Compiler, stage: Stage, arguments: Arguments, facts: dict[str, Any], side: str) -> Any:
    compiled = compiler.compile(stage)
    if compiled is None:
        print(f"{side}: no device code")
        return None
    found = []
    arrays: dict[str, Any] = {}
    for position, chosen in enumerate(schedule.chosen(0)):
        kind = DEVICE_TYPES.get(str(facts["target"]).partition(":")[0], 2)
        arrays, run = compiled.run(
            arguments, Options(chosen, watch=position == 0, explore=position == 0, device_type=kind)
        )
        found += [f for f in run.findings.all() if f.is_error]
    for finding in found:
        print(f"{side}: {finding.line()}")
        for text in finding.statements:
            print(f"    {text}")
    return arrays, found
