"""A folder that shows one pass going wrong: the IR before it, the pass and its configuration, the inputs, `run.py`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tl_passlab.interp.boundaries import Stage
from tl_passlab.model import Case, Target

SCRIPT = '''"""Applies one pass to the IR beside this file, executes the IR before and after, and shows what differs."""

from pathlib import Path

from tl_passlab.interp.replay import replay

raise SystemExit(replay(Path(__file__).parent))
'''


def text_of(stage: Stage) -> str:
    """The normalised text of a stage's IR."""
    from tl_passlab.compat.printer import print_module
    from tl_passlab.normalise.tir import normalise_tir

    return str(normalise_tir(print_module(stage.module)))


def write(
    folder: Path,
    case: Case,
    target: Target,
    before: Stage,
    after: Stage | None,
    arguments: Any,
    seed: int,
    failed: str = "",
) -> Path:
    """Write the folder and return it; `after` is None when the pass failed."""
    import tvm

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "before.tir").write_text(text_of(before), encoding="utf-8")
    (folder / "before.json").write_text(tvm.ir.save_json(before.module), encoding="utf-8")
    if after is not None:
        (folder / "after.tir").write_text(text_of(after), encoding="utf-8")
        (folder / "after.json").write_text(tvm.ir.save_json(after.module), encoding="utf-8")
    facts = {
        "case": case.info.name, "target": target.spec, "seed": seed, "pass": after.name if after else failed,
        "configs": {str(k): v for k, v in case.pass_configs.items()}, "order": arguments.order,
        "exact": arguments.exact, "addresses": dict(arguments.addresses), "before_level": vars(before.level),
        "after_level": vars(after.level if after is not None else before.level),
        "types": {n: str(v.dtype) for n, v in arguments.values.items() if hasattr(v, "dtype")},
        "scalars": {n: v for n, v in arguments.values.items() if not hasattr(v, "dtype")},
    }  # fmt: skip
    (folder / "pass.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    raw = {
        n: np.ascontiguousarray(v).view(np.uint8).reshape(*v.shape, -1)
        for n, v in arguments.values.items()
        if hasattr(v, "dtype")
    }
    np.savez_compressed(folder / "inputs.npz", **raw)
    (folder / "run.py").write_text(SCRIPT, encoding="utf-8")
    return folder
