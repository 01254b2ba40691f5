"""A run over workers that differ: local ones here, each with the tools of another machine; hosts in test_hosts.py."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from xdist.dsession import DSession

from tests.remote.pretend import machine, project, run_pytest
from tl_passlab.pytest_remote import RemoteRun, is_controller

TESTS = """
import os

import pytest

HOSTS = {"cuda:sm_80": "hopper", "cuda:sm_90a": "hopper", "hip:gfx942": "mi300", "cuda:sm_100a": "nowhere"}


@pytest.mark.parametrize("spec", [pytest.param(s, marks=pytest.mark.device(s)) for s in HOSTS])
@pytest.mark.parametrize("index", range(2))
def test_device(spec, index):
    assert os.environ["HOST"] == HOSTS[spec]


@pytest.mark.parametrize("index", range(6))
def test_anywhere(index):
    pass
"""

DEADLY = """
import os
from pathlib import Path

import pytest


@pytest.mark.device("hip:gfx942")
@pytest.mark.parametrize("index", range(3))
def test_device(index):
    if index == 0:
        Path("gone").touch()
        os._exit(9)


@pytest.mark.parametrize("index", range(3))
def test_anywhere(index):
    pass
"""


@pytest.fixture
def two_machines(tmp_path: Path) -> list[str]:
    return ["--tx", f"popen//{machine(tmp_path, 'hopper')}", "--tx", f"popen//{machine(tmp_path, 'mi300')}"]


def test_a_device_test_runs_where_the_device_is(tmp_path: Path, two_machines: list[str]) -> None:
    done = run_pytest(project(tmp_path / "own", TESTS), *two_machines)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 passed, 2 skipped" in done.stdout
    assert "gw0 (popen) can run 4 of the 8 tests that need a device" in done.stdout
    # The reason is that of every worker, not of the one that happened to skip it.
    assert re.search(
        r"SKIPPED \[2\].*gw0 \(popen\): no CUDA device of sm_100a; found sm_90 \(Pretend H200\); "
        r"gw1 \(popen\): no CUDA device: no nvidia-smi",
        done.stdout,
    )


def test_a_worker_that_cannot_be_replaced_leaves_failures_and_the_others_go_on(
    tmp_path: Path, two_machines: list[str]
) -> None:
    own = project(tmp_path / "own", DEADLY)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\n[ -e {own}/gone ] && exit 1\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    two_machines[-1] += f"//python={python}"
    done = run_pytest(own, *two_machines)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "3 failed, 3 passed" in done.stdout and "INTERNALERROR" not in done.stdout
    assert "crashed while running 'tests/test_it.py::test_device[0]'" in done.stdout
    assert re.search(
        r"not run: no worker .*\n  gw0 \(popen\): no ROCm device: no rocminfo\n  gw1 .*: lost:", done.stdout
    )


@pytest.mark.slow
def test_a_worker_that_died_is_replaced_and_its_tests_run(tmp_path: Path, two_machines: list[str]) -> None:
    done = run_pytest(project(tmp_path / "own", DEADLY), *two_machines)
    assert "1 failed, 5 passed" in done.stdout, done.stdout + done.stderr


def test_a_worker_without_the_plugin_is_an_error(tmp_path: Path, two_machines: list[str]) -> None:
    two_machines[-1] += "//env:PYTEST_ADDOPTS=-p no:passlab -p no:tl_passlab.pytest_plugin"
    done = run_pytest(project(tmp_path / "own", TESTS), *two_machines)
    assert done.returncode == 4
    assert "gw1 (popen) does not have this plugin" in done.stderr


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"dist": "load", "tx": ["popen", "popen"]}, False),
        ({"dist": "load", "tx": ["2*popen"]}, False),
        ({"dist": "load", "tx": ["popen", "ssh=gpu"]}, True),
        ({"dist": "load", "tx": ["2*ssh=gpu"]}, True),
        ({"dist": "no", "tx": ["ssh=gpu"]}, False),
        ({"dist": "worksteal", "tx": ["ssh=gpu"]}, False),
        ({"dist": "load", "tx": ["ssh=gpu"], "collectonly": True}, False),
        ({}, False),
    ],
)
def test_only_workers_that_are_not_plain_local_ones_are_scheduled_here(
    options: dict[str, object], expected: bool
) -> None:
    config = SimpleNamespace(option=SimpleNamespace(**{"collectonly": False, **options}))
    assert is_controller(config) is expected  # type: ignore[arg-type]


def test_without_workers_the_marker_skips_with_the_reason_and_an_unknown_target_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    tests = TESTS + "\n\n@pytest.mark.device('cuda:sm_nine')\ndef test_unknown_gfx942(): pass\n"
    done = run_pytest(project(tmp_path / "own", tests), "-k", "gfx942", "-n", "0")
    assert "2 skipped, 12 deselected, 1 error" in done.stdout
    assert "no ROCm device: no rocminfo" in done.stdout and "sm_nine" in done.stdout


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("arg tests not relative to an rsync root"), "next: --rsyncdir $PWD $PWD/tests"),
        (OSError("cannot send (already closed?)"), "a worker could not be started: cannot send"),
    ],
)
def test_a_run_that_cannot_start_says_why(error: Exception, words: str) -> None:
    starting = RemoteRun(SimpleNamespace()).pytest_sessionstart()  # type: ignore[arg-type]
    next(starting)
    with pytest.raises(pytest.UsageError, match=re.escape(words)):
        starting.throw(error)


def test_xdist_still_replaces_workers_where_this_expects_it() -> None:
    assert callable(DSession._clone_node)
