"""The command that a message tells its reader to run next: about the same kernel, target, sizes and seed."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any


def kernel_command(
    command: str,
    kernel: str,
    target: str,
    sizes: Mapping[str, Any] | None = None,
    seed: int = 0,
    *more: str,
    schedules: int = 0,
) -> str:
    """`passlab check CASE --target ... --set M=65 --seed 3 ...`, quoted for a shell."""
    words = ["passlab", command, kernel, "--target", target]
    for name, value in (sizes or {}).items():
        words += ["--set", f"{name}={value}"]
    words += ["--seed", str(seed)] if seed else []
    words += ["--schedules", str(schedules)] if schedules else []
    return shlex.join([*words, *more])
