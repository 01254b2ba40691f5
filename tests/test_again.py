"""A command that a message names repeats what the message is about: kernel, target, sizes, seed, schedules."""

from __future__ import annotations

import shlex

import pytest

from tl_passlab.again import kernel_command
from tl_passlab.cli import main


def test_command_is_quoted_for_a_shell() -> None:
    command = kernel_command("blame", "my file.py::f", "cuda:sm_80", {"M": 65, "dtype": "a b"}, 3, "--schedules", "2")
    assert shlex.split(command)[2:] == [
        *("my file.py::f", "--target", "cuda:sm_80", "--set", "M=65", "--set", "dtype=a b"),
        *("--seed", "3", "--schedules", "2"),
    ]


def test_next_commands_keep_the_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "swizzled_layout", "--target", "metal", "--set", "K=32", "--seed", "2"]) == 1
    assert "next: passlab blame swizzled_layout --target metal --set K=32 --seed 2" in capsys.readouterr().out
    assert main(["trace", "elementwise/add", "--target", "metal", "--set", "M=8"]) == 0
    assert "next: passlab trace elementwise/add --target metal --set M=8 --pass" in capsys.readouterr().out
