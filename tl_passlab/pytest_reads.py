"""Records, after a full test run, which stored goldens no test has read: `passlab goldens check` reports them."""

from __future__ import annotations

import shlex

import pytest

from tl_passlab.errors import PasslabError

# User properties of a test: a golden it has read, one it left pending. They travel from xdist workers with the report.
READ = "passlab_golden"
PENDING = "passlab_pending"
OPTION = "--passlab-pending-dir"
PARTIAL = "passlab_partial"
FIXTURES = ("golden", "passlab")


def uses_goldens(item: pytest.Item) -> bool:
    """Whether a test has a fixture that reads goldens."""
    return any(name in getattr(item, "fixturenames", ()) for name in FIXTURES)


class ReadRecorder:
    """Collects what the tests of a run read; with xdist it lives in the controller and in every worker."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.read: set[str] = set()
        self.partial = not _asks_for_everything(config)
        self._files: set[str] = set()
        self._unread_tests: set[str] = set()

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """A golden test that is left out makes the run a partial one."""
        if any(uses_goldens(item) for item in items):
            self.partial = True
            if hasattr(self.config, "workeroutput"):
                self.config.workeroutput[PARTIAL] = True

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object, error: object) -> None:
        """A worker has ended; one that crashed has told nothing."""
        self.partial |= bool(error) or bool(getattr(node, "workeroutput", {PARTIAL: True}).get(PARTIAL))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the goldens a test has read, and the tests that ended without."""
        paths = {str(value) for name, value in report.user_properties if name == READ}
        self.read |= paths
        file = report.nodeid.partition("::")[0]
        if paths:
            self._files.add(file)
        elif report.outcome != "passed":
            self._unread_tests.add(file)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the record, unless something was left out, skipped, or stopped early."""
        stopped = bool(session.shouldstop or session.shouldfail) or int(exitstatus) not in (0, 1)
        skipped = bool(self._files & self._unread_tests)
        if self.partial or stopped or skipped or hasattr(self.config, "workerinput") or not self.read:
            return
        from tl_passlab.goldens.read_record import write_record

        try:
            write_record(self.config.rootpath, self.read)
        except PasslabError:
            # A read-only checkout: the check then has nothing to say about unread goldens.
            return


def _asks_for_everything(config: pytest.Config) -> bool:
    """Whether the command line narrows nothing beyond what the project's own settings do."""
    option = config.option
    settings = " ".join(shlex.quote(word) for word in config.getini("addopts"))
    narrowed = option.keyword or option.deselect or option.ignore or option.ignore_glob or option.maxfail
    by_mark = option.markexpr and shlex.quote(option.markexpr) not in settings
    last_failed = getattr(option, "lf", False) or getattr(option, "failedfirst", False)
    return not (narrowed or by_mark or last_failed or config.args_source is config.ArgsSource.ARGS)
