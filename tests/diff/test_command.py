"""`passlab diff` as it is typed: inputs, exit codes, output forms, git integration."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.diff.labelled import CUDA, DATA, SYNC, WS, read
from tl_passlab.cli import main
from tl_passlab.diff import inputs

BEFORE = read(WS)
AFTER = BEFORE.replace("T.bitwise_xor(ko % 6 // 3, 1)", "ko % 6 // 3")
RENAMED = BEFORE.replace("ko", "kx")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("a.tir", BEFORE), ("b.tir", AFTER), ("r.tir", RENAMED)):
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["diff", *words])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_exit_code_is_0_for_equal_1_for_different_2_for_misuse(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "a.tir", "a.tir") == (0, "identical\n")
    assert run(capsys, "a.tir", "r.tir")[0] == 0
    assert run(capsys, "a.tir", "r.tir", "--strict")[0] == 1
    assert run(capsys, "a.tir", "b.tir")[0] == 1
    code, said = run(capsys, "a.tir", "missing.tir")
    assert code == 2 and "missing.tir: error: no such file" in said
    assert run(capsys, "a.tir")[0] == 2
    assert run(capsys, "a.tir", ".")[0] == 2
    assert run(capsys, "a.tir", "b.tir", "a.tir")[0] == 2


def test_summary_comes_first_and_cosmetic_hunks_are_counted_but_hidden(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("both.tir").write_text(AFTER.replace("ko", "kx"), encoding="utf-8")
    _, said = run(capsys, "a.tir", "both.tir")
    assert said.splitlines()[0] == "pipeline stage / parity 1   renamed 2 (hidden)"
    assert "kx" in said and "renamed: ko -> kx" not in said
    assert "renamed: ko -> kx" in run(capsys, "a.tir", "both.tir", "--all")[1]
    assert "renamed" not in run(capsys, "a.tir", "both.tir", "--ignore", "cosmetic")[1]


def test_only_shows_the_classes_named(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("two.tir").write_text(AFTER.replace("for ko in range(8)", "for ko in range(7)", 1), encoding="utf-8")
    code, said = run(capsys, "a.tir", "two.tir", "--only", "loop")
    assert code == 1 and "loop structure: range: 8 -> 7" in said and "pipeline stage / parity: " not in said
    assert run(capsys, "a.tir", "two.tir", "--only", "nonsense")[0] == 2


def test_ignoring_every_class_that_differs_makes_it_equal(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "a.tir", "b.tir", "--ignore", "parity") == (0, "no difference but ignored ones\n")


def test_stat_prints_counts_only(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "a.tir", "b.tir", "--stat")[1] == "pipeline stage / parity 1\n"


def test_side_by_side_on_a_wide_terminal_unified_on_a_narrow_one(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    wide = run(capsys, "a.tir", "b.tir")[1]
    assert " | " in wide and "   - " not in wide
    assert max(map(len, wide.splitlines())) <= 200
    assert "   - " in run(capsys, "a.tir", "b.tir", "--unified")[1]
    monkeypatch.setenv("COLUMNS", "80")
    assert "   - " in run(capsys, "a.tir", "b.tir")[1]


def test_json_has_the_documented_shape(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, "a.tir", "b.tir", "--json")
    value = json.loads(said)
    assert code == 1
    assert set(value) == {
        "format", "version", "before", "after", "language", "identical", "equal", "counts", "notes", "hunks",
    }  # fmt: skip
    assert (value["format"], value["version"], value["equal"]) == ("passlab-diff", 1, False)
    (hunk,) = value["hunks"]
    assert set(hunk) == {
        "kind", "reason", "also", "cosmetic", "breadcrumbs", "before_line", "after_line", "before", "after",
    }  # fmt: skip
    assert hunk["breadcrumbs"][0] == "main" and hunk["before"] != hunk["after"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "utf-32"])
def test_text_in_another_encoding_is_read(files: Path, capsys: pytest.CaptureFixture[str], encoding: str) -> None:
    Path("other.tir").write_bytes(BEFORE.encode(encoding))
    assert run(capsys, "a.tir", "other.tir") == (0, "identical\n")


def test_gzip_is_read_and_a_broken_gzip_is_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = gzip.compress(BEFORE.encode())
    Path("a.tir.gz").write_bytes(packed)
    Path("broken.gz").write_bytes(packed[:20] + b"junk" * 9)
    assert run(capsys, "a.tir", "a.tir.gz") == (0, "identical\n")
    code, said = run(capsys, "a.tir", "broken.gz")
    assert code == 2 and "gzip" in said


def test_binary_data_is_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("x.bin").write_bytes(bytes(range(256)) * 40)
    code, said = run(capsys, "a.tir", "x.bin")
    assert code == 2 and "binary" in said


def test_a_too_large_file_is_refused_unless_forced(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "MAX_BYTES", 1000)
    code, said = run(capsys, "a.tir", "b.tir")
    assert code == 2 and "--force" in said
    assert run(capsys, "a.tir", "b.tir", "--force")[0] == 1
    Path("bomb.gz").write_bytes(gzip.compress(b"a" * 100_000))
    monkeypatch.setattr(inputs, "MAX_BYTES", 5000)
    assert run(capsys, "bomb.gz", "bomb.gz")[0] == 2


def _passlab(*words: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "tl_passlab.cli", *words]
    return subprocess.run(command, input=stdin, capture_output=True, env={**os.environ, **(env or {})}, check=False)


def test_dash_is_stdin_and_a_pipe_gets_no_colour(files: Path) -> None:
    done = _passlab("diff", "a.tir", "-", stdin=AFTER.encode())
    assert done.returncode == 1 and b"pipeline stage / parity 1" in done.stdout and b"\x1b" not in done.stdout
    assert _passlab("diff", "-", "-").returncode == 2


def test_no_dump_is_executed(files: Path) -> None:
    evil = BEFORE + '\n__import__("pathlib").Path("executed").write_text("x")\n'
    Path("evil.tir").write_text(evil, encoding="utf-8")
    assert _passlab("diff", "a.tir", "evil.tir").returncode == 1
    assert not Path("executed").exists()


def test_diff_does_not_import_a_compiler(files: Path) -> None:
    code = "import sys; from tl_passlab.cli import main; main(['diff', 'a.tir', 'b.tir']); "
    code += "assert not {'tilelang', 'tvm', 'torch', 'numpy', 'rich'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_control_characters_of_a_dump_do_not_reach_the_terminal(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("esc.tir").write_text(BEFORE.replace("range(8)", "range(8)  # \x1b[2J").replace("ko % 3", "k\x1b[31mo"))
    assert "\x1b" not in run(capsys, "a.tir", "esc.tir", "--all")[1]


def _git(*words: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    base = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_AUTHOR_NAME": "a"}
    base |= {"GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    done = subprocess.run(
        ["git", *words], cwd=cwd, env={**os.environ, **base, **(env or {})}, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    _git("init", "-q", cwd=tmp_path)
    (tmp_path / "k.tir").write_text(BEFORE, encoding="utf-8")
    (tmp_path / "r.tir").write_text(BEFORE, encoding="utf-8")
    _git("add", ".", cwd=tmp_path)
    _git("commit", "-qm", "first", cwd=tmp_path)
    (tmp_path / "k.tir").write_text(AFTER, encoding="utf-8")
    (tmp_path / "r.tir").write_text(RENAMED, encoding="utf-8")
    (tmp_path / "new.tir").write_text("x = 1\n", encoding="utf-8")
    _git("add", "-N", "new.tir", cwd=tmp_path)
    return tmp_path


COMMAND = f"{sys.executable} -m tl_passlab.cli diff"


def test_git_external_diff_shows_classes_of_every_file(repository: Path) -> None:
    shown = _git("diff", cwd=repository, env={"GIT_EXTERNAL_DIFF": f"{COMMAND} --git"})
    assert "passlab diff k.tir" in shown and "pipeline stage / parity 1" in shown
    assert "passlab diff r.tir" in shown and "renamed 2 (hidden)" in shown
    assert "passlab diff new.tir" in shown


def test_git_difftool_runs_passlab_on_both_sides(repository: Path) -> None:
    shown = _git("difftool", "-y", "-x", COMMAND, "k.tir", cwd=repository)
    assert "pipeline stage / parity 1" in shown


def test_git_textconv_hides_comments_and_attribute_order(repository: Path) -> None:
    text = BEFORE.replace('"tl_tiled_ws_applied": 1})', "})")
    text = text.replace("T.func_attr({", 'T.func_attr({"tl_tiled_ws_applied": 1, ').replace(", })", "})")
    (repository / "k.tir").write_text("# a comment\n" + text, encoding="utf-8")
    (repository / ".gitattributes").write_text("*.tir diff=passlab\n", encoding="utf-8")
    _git("config", "diff.passlab.textconv", f"{COMMAND} --textconv", cwd=repository)
    assert _git("diff", "k.tir", cwd=repository).count("\n+") <= 1
    assert "parity" in _git("diff", "r.tir", cwd=repository) or "kx" in _git("diff", "r.tir", cwd=repository)


def test_goldens_are_compared_input_with_input_and_output_with_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    golden = " @T.prim_func\n def f(A: T.handle):\n-    A[0] = 1\n+    A[0] = 2\n"
    (tmp_path / "a.diff").write_text(golden, encoding="utf-8")
    (tmp_path / "b.diff").write_text(golden.replace("= 2", "= 3"), encoding="utf-8")
    code, said = run(capsys, str(tmp_path / "a.diff"), str(tmp_path / "b.diff"))
    assert code == 1 and said.count("identical") == 1 and "arithmetic: 2 -> 3" in said


def test_sources_are_compared_too(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("k.cu").write_text(read(CUDA).replace("__syncthreads();", ""), encoding="utf-8")
    code, said = run(capsys, str(DATA / CUDA), "k.cu")
    assert code == 1 and "synchronisation: __syncthreads removed" in said


def test_language_can_be_forced(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(run(capsys, "a.tir", "b.tir", "--language", "text", "--json")[1])["language"] == "text"


def test_summary_of_a_real_pass_names_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    before = SYNC.replace(".after.", ".before.")
    assert run(capsys, str(DATA / before), str(DATA / SYNC), "--stat") == (1, "synchronisation 4\n")


def test_git_attributes_choose_passlab_for_one_kind_of_file(repository: Path) -> None:
    (repository / ".gitattributes").write_text("k.tir diff=passlab-golden\n", encoding="utf-8")
    _git("config", "diff.passlab-golden.command", f"{COMMAND} --git", cwd=repository)
    shown = _git("diff", cwd=repository)
    assert "pipeline stage / parity 1" in shown and "diff --git a/r.tir b/r.tir" in shown
