"""`passlab instructions` end to end."""

from __future__ import annotations

import json

import pytest

from tl_passlab.cli import main
from tl_passlab.instructions import child
from tl_passlab.instructions.rows import Row, Table, from_json


def test_instructions_prints_a_line_for_each_operator(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["instructions", "gemm_pipelined", "--target", "cuda:sm_90a"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].startswith("pipeline/gemm_pipelined  cuda:sm_90a")
    copies = [line.split() for line in out.splitlines() if "A -> A_shared" in line]
    assert copies[0][5] == "tma"
    assert "every claim occurs in the generated source, as often as claimed" in out


def test_instructions_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    row = Row(0, "copy", "A -> B", "k.py", 3, "T.copy(A, B)", "copy", 1, "tma", {"tma_load": 1})
    for problems, code in (((), 0), (("tma_load: 1 in the lowered IR, 0 in the generated source",), 1)):
        table = Table("topic/idea", "cuda:sm_90a", "0.1.15", (row,), problems)
        monkeypatch.setattr(child, "table_in_child", lambda *_, table=table: table)
        assert main(["instructions", "gemm_pipelined", "--target", "cuda:sm_90a", "--json"]) == code
        answer = json.loads(capsys.readouterr().out)
        assert from_json(answer) == table
