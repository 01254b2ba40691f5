"""`passlab doctor`: what it prints and returns for what the checks found."""

from __future__ import annotations

import json

import pytest

from tests.commands.conftest import Passlab
from tl_passlab import diagnosis
from tl_passlab.diagnosis import Check

FINE = Check("tilelang", "0.1.15", "ok", "lane 0.1.15")
WRONG = Check("apache-tvm-ffi", "0.1.15", "wrong", "this lane needs 0.1.12", "pip install apache-tvm-ffi==0.1.12")


@pytest.mark.parametrize(("checks", "code"), [([FINE], 0), ([FINE, WRONG], 1)])
def test_exit_code_says_whether_something_is_wrong(
    passlab: Passlab, monkeypatch: pytest.MonkeyPatch, checks: list[Check], code: int
) -> None:
    monkeypatch.setattr(diagnosis, "diagnose", lambda: checks)
    answer = passlab("doctor", "--json")
    assert answer.code == code
    found = json.loads(answer.out)
    assert found["ok"] is (code == 0)
    assert [check["name"] for check in found["checks"]] == [check.name for check in checks]


def test_wrong_check_is_followed_by_what_to_type(passlab: Passlab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "diagnose", lambda: [FINE, WRONG])
    lines = passlab("doctor").out.splitlines()
    assert "wrong: this lane needs 0.1.12" in lines[1]
    assert lines[2].strip() == "next: pip install apache-tvm-ffi==0.1.12"
    assert len(lines) == 3
