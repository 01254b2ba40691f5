"""The `passlab` fixture: the real command line in this process, from an empty directory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tl_passlab import cli


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Passlab = Callable[..., Answer]


@pytest.fixture
def passlab(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Passlab:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Answer:
        capfd.readouterr()
        try:
            code = cli.main(arguments)
        except SystemExit as stop:  # argparse
            code = int(stop.code or 0)
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return Answer(code, out, err)

    return run
