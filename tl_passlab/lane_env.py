"""Finds the environment of another lane, or makes it: one process runs one tilelang version, so a comparison needs two.

Looked for, in this order: what the caller gives, `PASSLAB_LANES` (a folder that holds one environment for each lane,
named after it), this very environment, `.venv-<lane>` beside the checkout (`.venv` for the default lane). Where
there is none, one is made beside the checkout by pip, at the exact pins of `constraints/<lane>.txt`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tl_passlab.errors import FindingError, UsageError
from tl_passlab.lanes import DEFAULT_LANE, LANES, installed_version

CHECKOUT = Path(__file__).resolve().parent.parent
VARIABLE = "PASSLAB_LANES"
INSTALL_SECONDS = 1800.0
_VERSION = "import importlib.metadata as m; print(m.version('tilelang'))"


def lane_python(lane: str, given: Path | None = None, *, create: bool = True) -> Path:
    """The Python of a lane's environment.

    Raises UsageError for an unknown lane, or a given environment that holds another version; FindingError where there
    is none and it is not to be, or could not be, made.
    """
    check_lane(lane)
    if given is not None:
        return _checked(given, lane)
    found = find_lane(lane)
    if found is None and create:
        found = make_lane(lane)
    if found is None:
        raise FindingError("lane", lane, "no environment of that lane", next_command=f"make test LANE={lane}")
    return found


def find_lane(lane: str) -> Path | None:
    """The Python of an environment that exists; None where there is none."""
    check_lane(lane)
    folder = os.environ.get(VARIABLE)
    if folder and python_in(Path(folder, lane)).is_file():
        return _checked(Path(folder, lane), lane)
    if installed_version("tilelang") == lane:
        return Path(sys.executable)
    own = python_in(home_of(lane))
    return own if own.is_file() and version_in(own) == lane else None


def home_of(lane: str) -> Path:
    """Where this project keeps a lane's environment; the Makefile's rule."""
    return CHECKOUT / (".venv" if lane == DEFAULT_LANE else f".venv-{lane}")


def python_in(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def version_in(python: Path) -> str:
    """The tilelang version of an environment, from its package metadata; empty where there is none."""
    answer = subprocess.run([python, "-c", _VERSION], capture_output=True, text=True, timeout=60, check=False)
    return answer.stdout.strip()


def make_lane(lane: str) -> Path:
    """Make a lane's environment at its exact pins: half a minute with a warm pip cache. Raises FindingError."""
    home, pins = home_of(lane), CHECKOUT / "constraints" / f"{lane}.txt"
    python = python_in(home)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = [
        [sys.executable, "-m", "venv", str(home)],
        [*install, "-c", str(pins), "-e", f"{CHECKOUT}[lane,dev]"],
    ]
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
        if done.returncode:
            evidence = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
            why = "making its environment failed"
            raise FindingError("lane", lane, why, evidence=evidence, next_command=f"make test LANE={lane}")
    return _checked(home, lane)


def check_lane(lane: str) -> None:
    """Raises UsageError for a lane that is not known."""
    if lane not in LANES:
        raise UsageError("lane", lane, "unknown lane", evidence=", ".join(LANES), next_command="passlab passes")


def _checked(environment: Path, lane: str) -> Path:
    python = environment if environment.is_file() else python_in(environment)
    if not python.is_file():
        raise UsageError("lane", str(environment), f"no Python here: {python}", next_command=f"make test LANE={lane}")
    version = version_in(python)
    if version != lane:
        why = f"expected tilelang {lane}, found {version or 'none'}"
        command = f"{python} -m pip install -c constraints/{lane}.txt tilelang=={lane}"
        raise UsageError("lane", str(environment), why, next_command=command)
    return python
