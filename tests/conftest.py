"""The tests make projects of their own, which behave as at a desk; a test about CI sets the variable itself.

The variable is dropped here, when the tests are collected, because fixtures of a whole session run before any
function's. The suite's own run has been configured by then: `--snapshot-update` was refused already if this is CI.
"""

from __future__ import annotations

import os

import pytest

os.environ.pop("CI", None)


@pytest.fixture(scope="session", autouse=True)
def _one_lowering_for_all_workers(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The workers of a run lower each case once between them; the folder goes with pytest's own temporary files."""
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER") and base.name.startswith("popen-"):
        from tests.lowering import share_traces

        share_traces(base.parent / "traces")
