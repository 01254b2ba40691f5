"""Which runner serves which target, and why not."""

from __future__ import annotations

import importlib
from typing import cast

from tl_passlab import devices, lanes
from tl_passlab.errors import UsageError
from tl_passlab.model import Target
from tl_passlab.parity.protocol import Runner

RUNNERS = {
    "cuda": "tl_passlab.parity.cuda",
    "hip": "tl_passlab.parity.hip",
    "mps": "tl_passlab.parity.mps",
    "python": "tl_passlab.parity.python",
}
RUNNER_OF_KIND = {"cuda": "cuda", "hip": "hip", "metal": "mps"}


def load_runner(name: str) -> Runner:
    """Import a runner; torch and tilelang come with it."""
    return cast(Runner, importlib.import_module(RUNNERS[name]))


def why_not(target: Target) -> str:
    """The exact reason why kernels of a target cannot run here; empty when they can."""
    if target.kind not in RUNNER_OF_KIND:
        return f"no device runner for {target.kind} code"
    reason = devices.why_not_ready(target.kind, target.arch)
    if reason:
        return reason
    try:
        lanes.check_pins()
    except UsageError as error:
        return error.why
    return ""
