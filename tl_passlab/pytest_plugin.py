"""The pytest plugin: the fixtures `golden` and `passlab`, the marker `device`, what a run leaves pending, its lane.

Loaded through the `pytest11` entry point wherever tl-passlab is installed: it imports neither tilelang nor the rest of
this package before a test asks for a fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tl_passlab import lanes
from tl_passlab.pytest_device import MARKER, skip_without_device
from tl_passlab.pytest_reads import OPTION, PENDING, ReadRecorder, uses_goldens
from tl_passlab.pytest_remote import RemoteRun, answer_controller, is_controller

if TYPE_CHECKING:
    from tl_passlab.pytest_golden import Golden
    from tl_passlab.pytest_kernel import KernelGoldens


@pytest.fixture
def golden(snapshot: Any, request: pytest.FixtureRequest) -> Golden:
    """Compare a text with the golden at a path; `--snapshot-update` writes it, otherwise a difference is pending."""
    from tl_passlab.pytest_golden import Golden, mirror_of

    return Golden(snapshot, request, mirror_of(request.config))


@pytest.fixture
def passlab(golden: Golden, request: pytest.FixtureRequest) -> KernelGoldens:
    """Pass goldens for the kernels of a test, stored beside it."""
    from tl_passlab.pytest_kernel import KernelGoldens

    return KernelGoldens(golden, request)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where pending goldens go."""
    group = parser.getgroup("passlab")
    group.addoption(OPTION, metavar="DIR", help="keep pending goldens here (default: .passlab/pending)")


def pytest_configure(config: pytest.Config) -> None:
    """Watch what is read; over several hosts, send each test where its device is."""
    config.addinivalue_line("markers", MARKER)
    config.pluginmanager.register(ReadRecorder(config), "passlab-reads")
    if is_controller(config):
        config.pluginmanager.register(RemoteRun(config), "passlab-remote")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose device is not here, before its fixtures are made."""
    skip_without_device(item)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Tell a controller what this host can run; refuse `--snapshot-update` in CI, where the run has goldens at all.

    An xdist worker has no way to refuse; there every test whose golden would be written fails.
    """
    answer_controller(session)
    config = session.config
    updates = getattr(config.option, "update_snapshots", False) and not hasattr(config, "workerinput")
    if not updates or not any(uses_goldens(item) for item in session.items):
        return
    from tl_passlab.goldens.store import in_ci

    if in_ci():
        raise pytest.UsageError(
            "--snapshot-update is refused in CI: goldens are never written there\n"
            "next: pytest; passlab pending --export pending.zip; passlab review --import pending.zip at your desk"
        )


def pytest_report_header() -> list[str]:
    """The lane in the header of every run: two runs are comparable only on one lane."""
    versions = {name: lanes.installed_version(name) for name in ("tilelang", "apache-tvm-ffi", "z3-solver", "torch")}
    return ["passlab: " + ", ".join(f"{name} {version or '(absent)'}" for name, version in versions.items())]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many goldens the run left pending."""
    reports = [report for outcome in terminalreporter.stats.values() for report in outcome]
    paths = {v for report in reports for k, v in getattr(report, "user_properties", ()) if k == PENDING}
    if paths:
        terminalreporter.write_line(f"{len(paths)} goldens are pending\nnext: passlab review")
