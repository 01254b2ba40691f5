"""Lowers in a child process: a pass may abort, segfault or hang, and the caller must live to tell.

The child writes the event stream (`tl_passlab.events`) to a file; whatever it has written when it dies is the trace.
It runs with a fixed hash seed and, where the platform allows, without address-space randomisation: with either of them
varying, upstream's output varies between processes for some kernels.
"""

from __future__ import annotations

import ctypes
import faulthandler
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from tl_passlab.errors import EXIT_USAGE, FindingError, UsageError
from tl_passlab.events import read_events, trace_from_events
from tl_passlab.model import Case, Target, Trace
from tl_passlab.normalise.message import normalise_message

DEFAULT_TIMEOUT = 300.0
POLL_SECONDS = 0.005
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
        return _trace_of(events, errors, end, job["reference"])


def _trace_of(events: Path, errors: Path, end: str, where: str) -> Trace:
    """What a child has left behind, as a trace. Raises its UsageError, FindingError where it has left nothing."""
    log = errors.read_text(encoding="utf-8", errors="replace")
    if end == f"exit {EXIT_USAGE}":
        raise _passed_on(log)
    lines = events.read_text(encoding="utf-8").splitlines() if events.is_file() else []
    if not lines:
        evidence = "\n".join(log.strip().splitlines()[-8:])
        why = f"the lane process ended before it had lowered anything: {end}"
        raise FindingError("trace", where, why, evidence=evidence, next_command="passlab doctor")
    return trace_from_events(read_events(lines), crash=_crash_message(end, log))


def trace_in_fork(case: Case, target: Target, timeout: float = DEFAULT_TIMEOUT) -> Trace:
    """Lower a kernel that exists only in this process, in a copy of the process; in this very one where it cannot fork.

    The copy sees what this process sees: closures, patched modules, objects that no file and name lead to. It runs
    nothing but the lowering. Raises UsageError as `capture` does.
    """
    # What the copy needs is imported here, once.
    from tl_passlab import lane_child
    from tl_passlab.capture import capture
    from tl_passlab.compat import lowering  # noqa: F401

    # A Mac's frameworks do not survive a fork.
    if not hasattr(os, "fork") or sys.platform == "darwin":
        return capture(case, target)
    with tempfile.TemporaryDirectory(prefix="passlab-") as folder:
        events, errors = Path(folder, "events.jsonl"), Path(folder, "stderr")
        with warnings.catch_warnings():
            # Python warns of threads that hold locks. Neither the lowering nor its record waits for another thread.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            _exit_after(lambda: lane_child.lower(case, target, {}, events), errors)
        end = _wait_for(pid, timeout)
        return _trace_of(events, errors, end, case.info.name)


def _exit_after(lower: Callable[[], int], errors: Path) -> NoReturn:
    """What the copy does. It leaves without running what this process has registered for its own end."""
    code = 1
    try:
        with errors.open("wb", buffering=0) as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        # What pytest has put there keeps text for the parent.
        sys.stdout = sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
        # pytest's handler writes to the terminal of the run.
        faulthandler.disable()
        os.setsid()
        code = lower()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _wait_for(pid: int, timeout: float) -> str:
    """How a forked child ended, in the words of `_run_child`."""
    deadline = time.monotonic() + timeout
    try:
        while time.monotonic() < deadline:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                pid = 0
                return _ending(os.waitstatus_to_exitcode(status))
            time.sleep(POLL_SECONDS)
        return f"no answer after {timeout:g} s"
    finally:
        if pid:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


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
    return _ending(code)


def _ending(code: int) -> str:
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
