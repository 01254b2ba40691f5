"""Runs over several hosts with pytest-xdist's gateways (`--tx ssh=...`): each test where its device is.

Only the controller of such a run loads this. Each worker is given an execnet channel, over which it says, once it has
collected, which of the tests that need a device it can run. xdist ends the whole run with an internal error when a host
that went down cannot be reached again; here the other workers go on, and every test without a result is a failure.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from tl_passlab.pytest_device import answers
from tl_passlab.pytest_schedule import DeviceScheduling, Node, describe

CHANNEL = "passlab_devices"
# The worker sends its answer before its tests, over the same connection: when these are here, so is the answer.
ANSWER_SECONDS = 1.0
# xdist restarts the workers of `--tx` without end. One that has died so often will not do better.
RESTARTS = 4


def is_controller(config: pytest.Config) -> bool:
    """Whether this run has workers other than plain local ones, and leaves the distribution of its tests to load."""
    option = config.option
    if getattr(option, "dist", "no") != "load" or hasattr(config, "workerinput") or option.collectonly:
        return False
    return any(spec.rpartition("*")[2] != "popen" for spec in getattr(option, "tx", None) or ())


def answer_controller(session: pytest.Session) -> None:
    """In a worker: say which tests this machine can run."""
    channel = getattr(session.config, "workerinput", {}).get(CHANNEL)
    if channel is not None:
        channel.send(answers(session.items))


class RemoteRun:
    """The hooks of the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.scheduler = DeviceScheduling(config)
        self._channels: dict[Node, Any] = {}
        self._reported: set[str] = set()
        self._deaths: dict[str, int] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionstart(self) -> Generator[None, None, None]:
        """Start the workers; a message where one cannot be started."""
        try:
            yield
        except _unreachable() as error:
            raise pytest.UsageError(f"a worker could not be started: {error or type(error).__name__}") from error
        except ValueError as error:
            if "rsync root" not in str(error):
                raise
            why = f"{error}: xdist takes absolute paths below a --rsyncdir only\nnext: --rsyncdir $PWD $PWD/tests"
            raise pytest.UsageError(why) from error

    def pytest_configure_node(self, node: Any) -> None:
        """A worker is being started."""
        self.scheduler.starting.add(node)
        self._channels[node] = node.workerinput[CHANNEL] = node.gateway.newchannel()

    def pytest_xdist_make_scheduler(self) -> DeviceScheduling:
        """Instead of xdist's own."""
        return self.scheduler

    def pytest_xdist_node_collection_finished(self, node: Node) -> None:
        """A worker has collected: take its answer."""
        channel = self._channels.pop(node)
        try:
            reasons: dict[int, str] = channel.receive(ANSWER_SECONDS)
        except OSError as error:
            raise pytest.UsageError(f"{describe(node)} does not have this plugin: install tl-passlab there") from error
        self.scheduler.reasons[node] = reasons
        runs = sum(not why for why in reasons.values())
        self._say(f"{describe(node)} can run {runs} of the {len(reasons)} tests that need a device")

    def pytest_testnodedown(self, node: Node, error: object) -> None:
        """A worker has ended."""
        self.scheduler.starting.discard(node)
        if error:
            self.scheduler.lost[describe(node)] = f"lost: {error}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which tests have a result; a skip for want of a device names every host."""
        self._reported.add(report.nodeid)
        if report.skipped and isinstance(report.longrepr, tuple):
            why = self.scheduler.unrunnable(report.nodeid)
            if why:
                report.longrepr = (*report.longrepr[:2], f"Skipped: {why}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """The run; then a failure for each test that has no result."""
        self._go_on_without_lost_workers()
        result = yield
        if self.scheduler.collection is None and not session.testsfailed:
            lost = "\n".join(f"{name}: {why}" for name, why in self.scheduler.lost.items())
            report = pytest.CollectReport("workers", "failed", f"no worker is left\n{lost}", [])
            self.config.hook.pytest_collectreport(report=report)
        for nodeid, why in list(self.scheduler.left_over(self._reported)):
            where = (nodeid.partition("::")[0], None, nodeid)
            failure = pytest.TestReport(nodeid, where, {}, "failed", why, "call")
            self.config.hook.pytest_runtest_logreport(report=failure)
        return result

    def _go_on_without_lost_workers(self) -> None:
        """Where xdist cannot replace a worker, go on with the others. It has no hook there, hence the private name."""
        session: Any = self.config.pluginmanager.getplugin("dsession")
        clone = session._clone_node

        def replace(node: Any) -> None:
            spec = str(node.gateway.spec)
            self._deaths[spec] = self._deaths.get(spec, 0) + 1
            try:
                if self._deaths[spec] > RESTARTS:
                    raise OSError(f"it died {self._deaths[spec]} times")
                clone(node)
            except _unreachable() as error:
                self.scheduler.lost[describe(node)] += f"; it could not be replaced: {error or type(error).__name__}"
                self._say(f"{describe(node)} is {self.scheduler.lost[describe(node)]}; the others go on")
                if self.scheduler.collection_is_completed:
                    self.scheduler.schedule()

        session._clone_node = replace

    def _say(self, line: str) -> None:
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(f"passlab: {line}")


def _unreachable() -> tuple[type[Exception], ...]:
    from execnet.gateway_bootstrap import HostNotFound

    return HostNotFound, OSError, EOFError
