"""Directories: our traces, upstream's lower traces, plain trees; pairing by name and the first difference."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.diff.labelled import WS, read
from tl_passlab.cli import main
from tl_passlab.diff.compare_folders import compare_folders, first_difference
from tl_passlab.diff.folders import entries, find_pass, is_trace
from tl_passlab.errors import UsageError

STEPS = (
    "for i in range(4):\n    A[i] = 1\n",
    "for i in range(4):\n    A[i] = 2\n",
    "for i in range(4):\n    A[i] = 3\n",
)


def trace(root: Path, passes: list[tuple[str, int, int]], source: str = "") -> Path:
    """A trace directory: passes as (name, index of the text before, index of the text after)."""
    (root / "ir").mkdir(parents=True)
    for number, text in enumerate(STEPS):
        (root / "ir" / f"t{number}.tir").write_text(text, encoding="utf-8")
    boundaries = [
        {"name": name, "index": k, "depth": 0, "parent": None, "before": f"t{b}", "after": f"t{a}", "ms": 0.1}
        for k, (name, b, a) in enumerate(passes)
    ]
    boundaries.append({"name": "Nested", "index": 99, "depth": 1, "parent": 0, "before": "t0", "after": "t0", "ms": 0})
    if source:
        (root / "kernel.cu").write_text(source, encoding="utf-8")
    head = {"format": "passlab-trace", "version": 1, "case": "c", "target": "cuda:sm_80", "lane": "0.1.15"}
    head |= {"sizes": {}, "launches": [], "failure": None, "source": "kernel.cu" if source else ""}
    (root / "manifest.json").write_text(json.dumps(head | {"boundaries": boundaries}), encoding="utf-8")
    return root


def lower_trace(root: Path, passes: list[str], run: str = "run_1") -> Path:
    """What TL_LOWER_TRACE leaves behind."""
    for number, name in enumerate(passes):
        folder = root / ".run_records" / run / ("pipeline_cuda" if number else "unscoped")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:02d}_{name}_before.tir").write_text(STEPS[0], encoding="utf-8")
        (folder / f"{number:02d}_{name}_after.tir").write_text(STEPS[number % 2], encoding="utf-8")
    (root / ".run_records" / run / "report.html").write_text("<html>", encoding="utf-8")
    return root


def test_a_trace_is_its_outermost_boundaries_and_its_source(tmp_path: Path) -> None:
    found = entries(trace(tmp_path / "t", [("Simplify", 0, 0), ("Simplify.2", 0, 1)], "int x;\n"))
    assert [entry.name for entry in found] == ["Simplify", "Simplify.2", "kernel.cu"]
    assert found[1].before and (found[1].before(), found[1].load()) == (STEPS[0], STEPS[1])


def test_first_difference_is_in_execution_order_and_says_whether_the_input_was_equal(tmp_path: Path) -> None:
    old = trace(tmp_path / "old", [("A", 0, 0), ("B", 0, 1), ("C", 1, 1)])
    new = trace(tmp_path / "new", [("A", 0, 0), ("Fresh", 0, 0), ("B", 0, 2), ("C", 2, 2)])
    found = compare_folders(entries(old), entries(new))
    assert [(pair.name, pair.only, pair.differs) for pair in found] == [
        ("A", "", False),
        ("Fresh", "after", True),
        ("B", "", True),
        ("C", "", True),
    ]
    first = first_difference(found)
    assert first is not None and first.name == "B" and first.input_equal is True
    assert found[3].input_equal is False


def test_a_removed_pass_is_listed_where_it_ran(tmp_path: Path) -> None:
    old = trace(tmp_path / "old", [("A", 0, 0), ("Gone", 0, 0), ("B", 0, 0)])
    new = trace(tmp_path / "new", [("A", 0, 0), ("B", 0, 0)])
    assert [(p.name, p.only) for p in compare_folders(entries(old), entries(new))] == [
        ("A", ""),
        ("Gone", "before"),
        ("B", ""),
    ]


def test_upstream_lower_traces_pair_by_name_and_occurrence_not_by_number(tmp_path: Path) -> None:
    old = lower_trace(tmp_path / "old", ["pass_fn", "Simplify", "LowerTileOp", "Simplify"])
    new = lower_trace(tmp_path / "new", ["pass_fn", "Inserted", "Simplify", "LowerTileOp", "Simplify"])
    assert [e.name for e in entries(old)] == ["pass_fn", "Simplify", "LowerTileOp", "Simplify.2"]
    pairs = compare_folders(entries(old), entries(new))
    assert [p.name for p in pairs if p.only] == ["Inserted"]
    assert is_trace(old)


def test_of_several_lower_trace_runs_the_latest_is_read(tmp_path: Path) -> None:
    lower_trace(tmp_path / "t", ["Old"], "run_20260101")
    lower_trace(tmp_path / "t", ["New"], "run_20260202")
    assert [e.name for e in entries(tmp_path / "t")] == ["New"]
    # The folder above, which upstream names after the script, will do too.
    assert [e.name for e in entries(tmp_path)] == ["New"]


def test_a_plain_tree_loses_its_ordinals_and_pairs_sides(tmp_path: Path) -> None:
    for name in ("02-Simplify.before.tir", "02-Simplify.after.tir", "10-Simplify.before.tir", "10-Simplify.after.tir"):
        (tmp_path / name).write_text(STEPS[name.startswith("10")], encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "3_kernel.cu").write_text("int x;\n", encoding="utf-8")
    found = entries(tmp_path)
    assert [e.name for e in found] == ["Simplify", "Simplify.2", "sub/kernel.cu"]
    assert found[1].load() == STEPS[1] and found[0].before is not None


def test_an_empty_directory_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to compare"):
        entries(tmp_path)


def test_a_damaged_or_newer_trace_is_a_usage_error(tmp_path: Path) -> None:
    root = trace(tmp_path / "t", [("A", 0, 0)])
    head = json.loads((root / "manifest.json").read_text(encoding="utf-8"))
    (root / "manifest.json").write_text(json.dumps(head | {"version": 2}), encoding="utf-8")
    with pytest.raises(UsageError, match="version 2"):
        entries(root)
    del head["boundaries"]
    (root / "manifest.json").write_text(json.dumps(head), encoding="utf-8")
    with pytest.raises(UsageError, match="not a complete trace"):
        entries(root)


def test_a_manifest_cannot_name_files_outside_the_trace(tmp_path: Path) -> None:
    root = trace(tmp_path / "t", [("A", 0, 0)])
    (tmp_path / "secret.tir").write_text("secret\n", encoding="utf-8")
    text = (root / "manifest.json").read_text(encoding="utf-8").replace('"t0"', '"../../secret"')
    (root / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="no such file"):
        entries(root)[0].load()


def test_a_pass_is_found_in_any_case_and_with_upstreams_prefix(tmp_path: Path) -> None:
    found = entries(trace(tmp_path / "t", [("LayoutInference", 0, 1)]))
    assert find_pass(found, "tl.layoutinference", "t").name == "LayoutInference"
    with pytest.raises(UsageError) as caught:
        find_pass(found, "Layout", "t")
    assert "--pass LayoutInference" in caught.value.next_command


def test_command_compares_a_pass_in_one_trace_and_in_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = str(trace(tmp_path / "old", [("A", 0, 1)]))
    new = str(trace(tmp_path / "new", [("A", 0, 2)]))
    assert main(["diff", old, "--pass", "a"]) == 1
    assert "arithmetic: 1 -> 2" in capsys.readouterr().out
    assert main(["diff", old, new, "--pass", "a"]) == 1
    said = capsys.readouterr().out
    assert "A: the input is equal; output:" in said and "arithmetic: 2 -> 3" in said


def test_command_lists_boundaries_and_shows_the_first_that_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = str(trace(tmp_path / "old", [("A", 0, 0), ("B", 0, 1), ("C", 1, 1)]))
    new = str(trace(tmp_path / "new", [("A", 0, 0), ("B", 0, 2), ("C", 2, 2)]))
    assert main(["diff", old, new]) == 1
    said = capsys.readouterr().out
    assert "~ B   arithmetic 1   (its input is equal: the pass behaves differently)" in said
    assert "3 names, 1 equal, 2 different" in said
    assert said.count("arithmetic: 2 -> 3") == 1 and "first difference: B" in said
    assert main(["diff", old, new, "--json"]) == 1
    value = json.loads(capsys.readouterr().out)
    assert value["format"] == "passlab-diff-folders" and value["first_difference"] == "B"
    assert main(["diff", old, old]) == 0


def test_real_texts_of_two_traces_that_differ_by_a_rename_are_equal(tmp_path: Path) -> None:
    for side, text in (("old", read(WS)), ("new", read(WS).replace("ko", "k"))):
        (tmp_path / side).mkdir()
        (tmp_path / side / "LayoutInference.tir").write_text(text, encoding="utf-8")
    (pair,) = compare_folders(entries(tmp_path / "old"), entries(tmp_path / "new"))
    assert not pair.differs and pair.diff and dict(pair.diff.counts) == {"renamed": 2}
