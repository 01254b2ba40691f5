"""The golden suite on two workers beside a serial run."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from _interleaved import child_cpu, interleaved, median_ms

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*options: str) -> None:
    """One run of the golden tests; failures cost extra time and are told."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "tests/test_goldens.py", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    summary = (done.stdout.strip().splitlines() or ["no output"])[-1]
    if done.returncode:
        print(f"{' '.join(options) or 'serial'}: {summary}", file=sys.stderr)


def main() -> None:
    """Print the time by the clock and on the processors; only an idle machine shows what a second worker is worth."""
    contenders = {"serial": run, "-n 2": partial(run, "-n", "2")}
    print(f"tests/test_goldens.py\n{'run':<8} {'seconds':>8} {'processor s':>12} {'ratio':>6}")
    serial = 0.0
    for name, contender in contenders.items():
        processor = child_cpu()
        seconds = median_ms(interleaved({name: contender}, 1, warm_up=0), name) / 1e3
        serial = serial or seconds
        print(f"{name:<8} {seconds:>8.1f} {child_cpu() - processor:>12.1f} {seconds / serial:>6.2f}")


if __name__ == "__main__":
    main()
