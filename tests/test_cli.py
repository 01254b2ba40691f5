"""The command line itself: start-up without the compiler, one error boundary, documented exit codes."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tl_passlab import cli
from tl_passlab.errors import FindingError, UsageError

HEAVY = ("tilelang", "tvm", "torch", "numpy", "pytest", "rich", "networkx")


def command_that(monkeypatch: pytest.MonkeyPatch, action: Any) -> None:
    """Replace `passlab cases` by an action."""
    fake = SimpleNamespace(add_arguments=lambda parser: None, run=action)
    monkeypatch.setattr(cli.importlib, "import_module", lambda name: fake)


def raising(error: BaseException) -> Any:
    def run(args: object) -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            UsageError("case", "x", "unknown case", next_command="passlab cases"),
            2,
            "case  x: error: unknown case\nnext: ",
        ),
        (FindingError("trace", "x", "it failed"), 1, "trace  x: error: it failed\n"),
        (ValueError("oops\nmore"), 3, "passlab cases: internal error: ValueError: oops\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
    ],
)
def test_every_failure_is_a_message_and_a_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    command_that(monkeypatch, raising(error))
    assert cli.main(["cases"]) == code
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(said)


def test_debug_shows_the_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    command_that(monkeypatch, raising(ValueError("oops")))
    with pytest.raises(ValueError, match="oops"):
        cli.main(["--debug", "cases"])


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["cases", "--no-such-option"]])
def test_wrong_command_line_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    assert stop.value.code == 2
    assert "usage: passlab" in capsys.readouterr().err


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert all(f"    {name}" in out for name in cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([name, "--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith(f"usage: passlab {name}") and "-h, --help" in out
    assert callable(importlib.import_module(f"tl_passlab.commands.{name}").run)


@pytest.mark.parametrize("arguments", [["--help"], ["cases"], ["passes"], ["--version"]])
def test_start_up_needs_no_compiler(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom tl_passlab import cli\n"
        f"try:\n    cli.main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_reader_that_has_enough_is_no_error() -> None:
    command = [sys.executable, "-m", "tl_passlab.cli", "passes", "--json"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None and child.stderr is not None
    child.stdout.close()
    err = child.stderr.read()
    assert (child.wait(), err) == (0, b"")
