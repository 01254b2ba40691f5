"""The command that repeats one step alone."""

from __future__ import annotations

from tl_passlab.again import kernel_command
from tl_passlab.parity.outcome import Step


def replay_command(reference: str, target: str, runner: str, step: Step) -> str:
    """`passlab parity CASE --target ... --set M=65 ... --seed 3`."""
    more = ["--device", runner, *(("--profile", step.profile) if step.profile != "random" else ())]
    # A seed of zero is said too: without one, parity runs several.
    seed = () if step.seed else ("--seed", "0")
    return kernel_command("parity", reference, target, step.sizes, step.seed, *more, *seed)
