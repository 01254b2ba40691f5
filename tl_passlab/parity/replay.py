"""The command that repeats one step alone."""

from __future__ import annotations

import shlex

from tl_passlab.parity.outcome import Step


def replay_command(reference: str, target: str, runner: str, step: Step) -> str:
    """`passlab parity CASE --target ... --set M=65 ... --seed 3`."""
    words = ["passlab", "parity", reference, "--target", target, "--device", runner]
    for name, value in step.sizes.items():
        words += ["--set", f"{name}={value}"]
    words += ["--seed", str(step.seed)]
    if step.profile != "random":
        words += ["--profile", step.profile]
    return shlex.join(words)
