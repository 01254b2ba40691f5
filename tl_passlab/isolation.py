"""Lowers in a child process: a pass may abort, segfault or hang, and the caller must live to tell.

The child writes the event stream (`tl_passlab.events`) to a file; whatever it has written when it dies is the trace.
It runs with a fixed hash seed and, where the platform allows, without address-space randomisation: with either of them
varying, upstream's output varies between processes for some kernels.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tl_passlab.errors import EXIT_USAGE, FindingError, UsageError
from tl_passlab.events import read_events, trace_from_events
from tl_passlab.model import Target, Trace
from tl_passlab.normalise.message import normalise_message

DEFAULT_TIMEOUT = 300.0
_ADDR_NO_RANDOMIZE = 0x0040000


def without_address_randomisation() -> None:
    """Ask Linux not to randomise addresses from the next exec on; elsewhere, and where it is refused, do nothing."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).personality(_ADDR_NO_RANDOMIZE)


def with_address_randomisation() -> None:
    """Undo on Linux what a parent may have switched off (`setarch -R`); it is inherited."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).personality(0)


def child_environment(hash_seed: int = 0) -> dict[str, str]:
    """The environment of a deterministic child: fixed hash seed, no upstream cache or trace output.

    Importing tilelang writes paths of its own installation into `os.environ`; a child of another lane would load the
    wrong libraries from there and abort. Such entries are dropped, what the user set stays.
    """
    kept = _without_paths_into(os.environ, _tilelang_folder())
    return {**kept, "PYTHONHASHSEED": str(hash_seed), "TL_LOWER_TRACE": "", "TILELANG_DISABLE_CACHE": "1"}


def _tilelang_folder() -> str:
    spec = importlib.util.find_spec("tilelang")
    return str(Path(spec.origin).parent) if spec is not None and spec.origin else ""


def _without_paths_into(environment: Mapping[str, str], folder: str) -> dict[str, str]:
    """Variables that are search paths, without the entries that lie in a folder; a variable left empty is dropped."""
    if not folder:
        return dict(environment)
    kept: dict[str, str] = {}
    for name, value in environment.items():
        entries = [e for e in value.split(os.pathsep) if not e.startswith(folder + os.sep)]
        if entries == value.split(os.pathsep):
            kept[name] = value
        elif any(entries):
            kept[name] = os.pathsep.join(entries)
    return kept


def trace_in_child(
    reference: str,
    target: Target,
    sizes: Mapping[str, Any] | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    *,
    hash_seed: int = 0,
    before_exec: Callable[[], None] = without_address_randomisation,
) -> Trace:
    """Lower a case or a user's kernel in a child process and return the trace, whole or broken off.

    Raises UsageError when the child could not make a kernel of the reference at all.
    """
    job = {"reference": reference, "target": target.spec, "sizes": dict(sizes or {})}
    return _child_trace(job, timeout, child_environment(hash_seed), before_exec)


def run_pass_in_child(
    pass_name: str,
    reference: str,
    target: Target,
    sizes: Mapping[str, Any],
    *,
    with_prerequisites: bool,
    timeout: float = DEFAULT_TIMEOUT,
) -> Trace:
    """Apply one pass in a child process; the trace has that one boundary, or the failure. Raises UsageError too."""
    job: dict[str, Any] = {"reference": reference, "target": target.spec, "sizes": dict(sizes)}
    job |= {"pass": pass_name, "with_prerequisites": with_prerequisites}
    return _child_trace(job, timeout, child_environment(), without_address_randomisation)


def _child_trace(
    job: Mapping[str, Any], timeout: float, environment: Mapping[str, str], before_exec: Callable[[], None]
) -> Trace:
    with tempfile.TemporaryDirectory(prefix="passlab-") as folder:
        events, errors = Path(folder, "events.jsonl"), Path(folder, "stderr")
        command = [sys.executable, "-m", "tl_passlab.lane_child", json.dumps(job), str(events)]
        end = _run_child(command, errors, timeout, environment, before_exec)
        log = errors.read_text(encoding="utf-8", errors="replace")
        if end == f"exit {EXIT_USAGE}":
            raise _passed_on(log)
        lines = events.read_text(encoding="utf-8").splitlines() if events.is_file() else []
        if not lines:
            evidence = "\n".join(log.strip().splitlines()[-8:])
            why = f"the lane process ended before it had lowered anything: {end}"
            raise FindingError("trace", job["reference"], why, evidence=evidence, next_command="passlab doctor")
        return trace_from_events(read_events(lines), crash=_crash_message(end, log))


def _run_child(
    command: list[str], errors: Path, timeout: float, environment: Mapping[str, str], before_exec: Callable[[], None]
) -> str:
    """How the child ended: `exit N`, `SIGSEGV`, or `no answer after N s`."""
    with errors.open("wb") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            preexec_fn=before_exec,
            start_new_session=True,
        )
        try:
            code = child.wait(timeout)
        except subprocess.TimeoutExpired:
            return f"no answer after {timeout:g} s"
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name


def _crash_message(end: str, log: str) -> str:
    tail = [line for line in normalise_message(log).splitlines() if line.strip() and "Warning" not in line][-6:]
    return "\n".join([end, *tail])


def _passed_on(log: str) -> UsageError:
    """The child's own usage error, which it wrote as the last line of its log."""
    try:
        fields = json.loads(log.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return UsageError("trace", "", "the kernel could not be loaded", evidence=log)
    return UsageError(
        fields["what"], fields["where"], fields["why"], evidence=fields["evidence"], next_command=fields["next_command"]
    )
