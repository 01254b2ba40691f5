"""Finding another lane's environment; making one is tried with stand-ins for venv and pip."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tl_passlab import lane_env, lanes
from tl_passlab.errors import FindingError, UsageError

HERE = lanes.running_lane()[0].tilelang
OTHER = "0.1.11" if HERE != "0.1.11" else "0.1.15"


def environment(folder: Path, version: str) -> Path:
    """A folder that looks like an environment with that tilelang version."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
    python.chmod(0o755)
    return python


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout without environments, and no folder of lanes."""
    monkeypatch.setattr(lane_env, "CHECKOUT", tmp_path / "checkout")
    monkeypatch.delenv(lane_env.VARIABLE, raising=False)


def test_the_running_environment_serves_its_own_lane() -> None:
    assert lane_env.lane_python(HERE) == Path(sys.executable)


def test_a_folder_of_lanes_is_looked_in_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(lane_env.VARIABLE, str(tmp_path / "lanes"))
    mine = environment(tmp_path / "lanes" / OTHER, OTHER)
    environment(lane_env.home_of(OTHER), OTHER)
    assert lane_env.find_lane(OTHER) == mine


def test_the_environment_beside_the_checkout_is_found() -> None:
    assert lane_env.find_lane(OTHER) is None
    python = environment(lane_env.home_of(OTHER), OTHER)
    assert lane_env.find_lane(OTHER) == python


def test_a_half_made_environment_is_none() -> None:
    environment(lane_env.home_of(OTHER), "")
    assert lane_env.find_lane(OTHER) is None


def test_a_given_environment_must_hold_the_lane(tmp_path: Path) -> None:
    right, wrong = environment(tmp_path / "right", OTHER), environment(tmp_path / "wrong", "0.1.12")
    assert lane_env.lane_python(OTHER, tmp_path / "right") == right
    assert lane_env.lane_python(OTHER, right) == right
    with pytest.raises(UsageError, match=f"expected tilelang {OTHER}, found 0.1.12"):
        lane_env.lane_python(OTHER, wrong)
    with pytest.raises(UsageError, match="no Python here"):
        lane_env.lane_python(OTHER, tmp_path / "nowhere")


def test_an_unknown_lane_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="unknown lane"):
        lane_env.find_lane("1.2.3")


def test_none_is_made_where_none_is_wanted() -> None:
    with pytest.raises(FindingError, match="no environment"):
        lane_env.lane_python(OTHER, create=False)


def test_an_environment_is_made_at_the_lane_s_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    run = lane_env.subprocess.run

    def fake(command: list[str], **options: object) -> object:
        commands.append([str(word) for word in command])
        if "venv" in commands[-1]:
            environment(lane_env.home_of(OTHER), OTHER)
        return run(["true"] if "pip" in commands[-1] or "venv" in commands[-1] else command, **options)

    monkeypatch.setattr(lane_env.subprocess, "run", fake)
    assert lane_env.lane_python(OTHER) == lane_env.python_in(lane_env.home_of(OTHER))
    install = next(command for command in commands if "pip" in command)
    assert install[install.index("-c") + 1].endswith(f"constraints/{OTHER}.txt")


def test_a_failed_installation_tells_pip_s_words(monkeypatch: pytest.MonkeyPatch) -> None:
    run = lane_env.subprocess.run
    failing = ["sh", "-c", "echo no matching distribution >&2; exit 1"]
    monkeypatch.setattr(lane_env.subprocess, "run", lambda command, **options: run(failing, **options))
    with pytest.raises(FindingError) as failure:
        lane_env.lane_python(OTHER)
    assert "no matching distribution" in str(failure.value)
