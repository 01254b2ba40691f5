"""How long `passlab` takes to start, beside an interpreter that does nothing. Aim: under 0.15 s."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from _interleaved import interleaved, median_ms, median_ratio

PASSLAB = str(Path(sys.executable).with_name("passlab"))
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "passlab --help": [PASSLAB, "--help"],
    "passlab cases": [PASSLAB, "cases"],
    "passlab passes": [PASSLAB, "passes"],
}
PEER = "python -c pass"
ROUNDS = 20


def main() -> None:
    """Print one row for each command."""
    runs = {
        name: partial(subprocess.run, words, stdout=subprocess.DEVNULL, check=True) for name, words in COMMANDS.items()
    }
    times = interleaved(runs, ROUNDS)
    print(f"{ROUNDS} rounds\n{'command':<16} {'median ms':>10} {'ratio':>6}  aim 150 ms")
    for name in COMMANDS:
        print(f"{name:<16} {median_ms(times, name):>10.0f} {median_ratio(times, name, PEER):>6.1f}")


if __name__ == "__main__":
    main()
