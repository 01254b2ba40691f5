"""Folders of tools that say what a machine with a device says; in front of PATH, the real detection finds that device.

Nothing here can run a kernel: the tests that are sent to such a worker only tell where they ran.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
TOOLS = {
    "hopper": {
        "nvidia-smi": "echo '9.0, Pretend H200, 580.1.1, 1000 MiB'",
        "nvcc": "echo 'Cuda compilation tools, release 13.0, V13.0.48'",
    },
    "mi300": {
        "rocminfo": "echo '  Name:                    gfx942'",
        "hipcc": "echo 'HIP version: 6.2.41133'",
    },
}
TORCH = """
class version:
    cuda = "13.0" if "{name}" == "hopper" else None
    hip = "6.2" if "{name}" == "mi300" else None

class cuda:
    is_available = staticmethod(lambda: True)

__version__ = "0"
"""


def machine(folder: Path, name: str, path: str = "/usr/bin:/bin") -> str:
    """The part of an xdist worker's specification that gives it the tools of a machine: `env:PATH=...`."""
    tools = folder / name
    tools.mkdir()
    for tool, script in TOOLS[name].items():
        (tools / tool).write_text(f"#!/bin/sh\n{script}\n")
        (tools / tool).chmod(0o755)
    (tools / "torch.py").write_text(TORCH.format(name=name))
    return f"env:HOST={name}//env:PATH={tools}:{path}//env:PYTHONPATH={tools}"


def project(folder: Path, tests: str) -> Path:
    """A project with one test file, which finds the plugin also where the package is not installed."""
    (folder / "tests").mkdir(parents=True)
    (folder / "conftest.py").write_text((CHECKOUT / "conftest.py").read_text())
    (folder / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\ntestpaths = ["tests"]\naddopts = "-p no:cacheprovider"\n'
    )
    (folder / "tests" / "test_it.py").write_text(tests)
    return folder


def run_pytest(folder: Path, *arguments: str, prefix: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """The real pytest, not as a worker of the one that runs this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [*prefix, sys.executable, "-m", "pytest", "-W", "ignore", "-rsf", "-v", "-d", *arguments]
    environment = {**kept, "PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
