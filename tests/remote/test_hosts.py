"""The run over two hosts that ssh reaches, each with other devices."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remote.hosts import Host, two_hosts, why_no_hosts
from tests.remote.pretend import machine, project, run_pytest
from tests.remote.test_workers import TESTS

REASON = why_no_hosts()
pytestmark = [pytest.mark.skipif(bool(REASON), reason=REASON), pytest.mark.timeout(280)]

VANISHING = """
import os
import subprocess
import time

import pytest


@pytest.mark.device("hip:gfx942")
@pytest.mark.parametrize("index", range(3))
def test_device(index):
    if index == 0:
        subprocess.run(["ip", "link", "set", "eth0", "down"], check=True)
        time.sleep(600)


@pytest.mark.parametrize("index", range(3))
def test_anywhere(index):
    pass
"""


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[tuple[Host, Host]]:
    with two_hosts(tmp_path) as found:
        yield found


def arguments(tmp_path: Path, hosts: tuple[Host, Host], own: Path) -> list[str]:
    """As docs/remote.md says it."""
    words = []
    for host, name in zip(hosts, ("hopper", "mi300"), strict=True):
        tools = machine(tmp_path, name, "/usr/bin:/bin:/usr/sbin:/sbin")
        words += ["--tx", f"{host.spec}//python={sys.executable}//chdir={tmp_path / host.name}//{tools}"]
    return [*words, "--rsyncdir", str(own), str(own / "tests")]


def test_each_test_runs_on_the_host_that_has_its_device(tmp_path: Path, hosts: tuple[Host, Host]) -> None:
    own = project(tmp_path / "own", TESTS)
    done = run_pytest(own, *arguments(tmp_path, hosts, own), prefix=hosts[0].from_desk)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 passed, 2 skipped" in done.stdout
    for host in hosts:
        assert f"(ssh=root@{host.address})" in done.stdout
        assert (tmp_path / host.name / "own" / "tests" / "test_it.py").is_file()


@pytest.mark.slow
def test_a_host_that_vanishes_leaves_failures_and_the_other_goes_on(tmp_path: Path, hosts: tuple[Host, Host]) -> None:
    own = project(tmp_path / "own", VANISHING)
    done = run_pytest(own, *arguments(tmp_path, hosts, own), prefix=hosts[0].from_desk)
    assert done.returncode == 1 and "INTERNALERROR" not in done.stdout
    assert "3 failed, 3 passed" in done.stdout, done.stdout + done.stderr
    assert "it could not be replaced" in done.stdout and "no ROCm device: no rocminfo" in done.stdout


def test_a_host_that_is_down_is_an_error_and_no_traceback(tmp_path: Path, hosts: tuple[Host, Host]) -> None:
    own = project(tmp_path / "own", TESTS)
    words = arguments(tmp_path, hosts, own)
    # A port nobody listens on answers at once.
    hosts[1].config.write_text(hosts[1].config.read_text() + f"Match host {hosts[1].address}\n  Port 9\n")
    done = run_pytest(own, *words, prefix=hosts[0].from_desk)
    assert done.returncode == 4 and "INTERNALERROR" not in done.stdout
    assert f"a worker could not be started: root@{hosts[1].address}" in done.stderr


@pytest.mark.slow
def test_relative_paths_are_an_error_that_says_what_to_type(tmp_path: Path, hosts: tuple[Host, Host]) -> None:
    own = project(tmp_path / "own", TESTS)
    done = run_pytest(own, *arguments(tmp_path, hosts, own)[:-1], "tests", prefix=hosts[0].from_desk)
    assert done.returncode == 4
    assert "next: --rsyncdir $PWD $PWD/tests" in done.stderr
