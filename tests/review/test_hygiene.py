"""`passlab goldens check`: every fault it must find, one mutant each, beside clean goldens in which it finds none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.review.project import new_project
from tests.review.synthetic import LANE, WATCH, store_goldens
from tl_passlab import lanes
from tl_passlab.errors import UsageError
from tl_passlab.goldens import provenance
from tl_passlab.goldens.hygiene import Fault, check_lane, trim

UNIT = f"goldens/{LANE}/cuda_sm_80/synthetic/kernel_000"
CASE = f'''"""A kernel of the make-believe compiler."""

TARGETS = ["cuda:sm_80"]
WATCH = {list(WATCH)}
'''


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two cases and their goldens, nothing wrong with them."""
    monkeypatch.delenv("CI", raising=False)
    cases = tmp_path / "cases"
    (cases / "synthetic").mkdir(parents=True)
    (cases / "__init__.py").touch()
    for index in range(2):
        (cases / "synthetic" / f"kernel_00{index}.py").write_text(CASE)
    store_goldens(tmp_path, range(2))
    pins = {"tilelang": LANE, "apache-tvm-ffi": lanes.LANES[LANE].tvm_ffi, "z3-solver": lanes.Z3_PIN}
    (tmp_path / "goldens" / LANE / "cuda_sm_80" / "LANE.toml").write_text(provenance(pins))
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


def edit(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        path = root / UNIT / name
        path.write_bytes(change(path.read_text()).encode())

    return apply


def only(root: Path) -> Fault:
    (fault,) = check_lane(root, LANE)
    return fault


def test_goldens_in_order_have_no_faults(root: Path) -> None:
    assert check_lane(root, LANE) == []


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("LayoutInference.diff", lambda t: t.replace("+", "<<<<<<< HEAD\n+", 1), "merge-conflict markers"),
        ("kernel.cu", lambda t: f"<<<<<<< ours\n{t}=======\n>>>>>>> theirs\n", "merge-conflict markers"),
        ("LayoutInference.diff", lambda t: t.replace("\n", "\r\n"), "CR at line ends"),
        ("kernel.cu", lambda t: t + "\n", "normal form"),
        ("kernel.cu", lambda t: t.replace(";\n", ";  \n", 1), "normal form"),
        ("pipeline.txt", lambda t: t.replace("~ ", "* ", 1), "normal form"),
        ("LayoutInference.diff", lambda t: t.replace("\n ", "\n", 1), "normal form"),
        # A context line written as removed and added again: the same two IRs, but no diff would say so.
        ("ThreadSync.diff", lambda t: "-@T.prim_func\n+" + t[1:], "normal form"),
    ],
)
def test_damaged_text_is_found(root: Path, name: str, change: Callable[[str], str], why: str) -> None:
    edit(name, change)(root)
    assert any(why in fault.why and fault.path == f"{UNIT}/{name}" for fault in check_lane(root, LANE))


def test_text_that_is_not_utf8_is_found(root: Path) -> None:
    path = root / UNIT / "kernel.cu"
    path.write_bytes(path.read_bytes() + b"// \xff\n")
    assert only(root).why == "not UTF-8"


def test_edit_in_normal_form_is_found_by_the_pipeline(root: Path) -> None:
    edit("ThreadSync.diff", lambda t: t.replace('+        T.tvm_storage_sync("shared")\n', ""))(root)
    faults = {fault.why for fault in check_lane(root, LANE)}
    assert any("pipeline.txt does not say" in why or "normal form" in why for why in faults)


def test_golden_of_a_case_that_is_gone_is_an_orphan(root: Path) -> None:
    (root / "cases" / "synthetic" / "kernel_001.py").unlink()
    faults = check_lane(root, LANE)
    assert len(faults) == 6 and {fault.why for fault in faults} == {"there is no case synthetic/kernel_001"}


def test_golden_of_a_target_the_case_left_is_an_orphan(root: Path) -> None:
    path = root / "cases" / "synthetic" / "kernel_000.py"
    path.write_text(CASE.replace("cuda:sm_80", "cuda:sm_90a"))
    faults = check_lane(root, LANE)
    assert sum(fault.why == "synthetic/kernel_000 stores no goldens for cuda_sm_80" for fault in faults) == 6
    assert sum(fault.kind == "missing" for fault in faults) == 6


def test_golden_of_a_pass_nobody_watches_or_knows_is_an_orphan(root: Path) -> None:
    text = (root / UNIT / "ThreadSync.diff").read_text()
    (root / UNIT / "Simplify.diff").write_text(text)
    (root / UNIT / "NoSuchPass.diff").write_text(text)
    faults = check_lane(root, LANE)
    assert [(f.kind, f.path.rpartition("/")[2]) for f in faults] == [
        ("orphan", "NoSuchPass.diff"),
        ("orphan", "Simplify.diff"),
    ]


def test_golden_of_a_pass_that_does_not_run_any_more_is_an_orphan(root: Path) -> None:
    edit("pipeline.txt", lambda t: "".join(line for line in t.splitlines(True) if "ThreadSync" not in line))(root)
    assert (only(root).kind, only(root).why) == ("orphan", "ThreadSync does not run, by pipeline.txt")


@pytest.mark.parametrize("name", ["LayoutInference.diff", "pipeline.txt", "kernel.cu"])
def test_missing_golden_is_found(root: Path, name: str) -> None:
    (root / UNIT / name).unlink()
    assert [(f.kind, f.path) for f in check_lane(root, LANE)] == [("missing", f"{UNIT}/{name}")]


@pytest.mark.parametrize(("lane", "rejected"), [("0.1.10", False), (LANE, True)])
def test_a_case_stores_the_message_on_the_lane_that_rejects_it_only(root: Path, lane: str, rejected: bool) -> None:
    path = root / "cases" / "synthetic" / "kernel_000.py"
    path.write_text(f'{CASE}REJECTED = {{"cuda:sm_80": {{"{lane}": "no layout"}}}}\n')
    found = {(Path(fault.path).name, fault.kind) for fault in check_lane(root, LANE)}
    assert bool(found) == rejected
    assert {("error.txt", "missing"), ("kernel.cu", "orphan")} <= found or not rejected


def test_name_outside_the_grammar_is_found_and_kept(root: Path) -> None:
    (root / UNIT / "03-LayoutInference.diff").write_text("x\n")
    assert only(root).kind == "name"
    assert trim(root, check_lane(root, LANE)) == []


def test_wrong_and_missing_provenance_are_found(root: Path) -> None:
    path = root / "goldens" / LANE / "cuda_sm_80" / "LANE.toml"
    path.write_text(path.read_text().replace(lanes.LANES[LANE].tvm_ffi, "0.0.1"))
    assert only(root).kind == "provenance"
    path.unlink()
    assert only(root).kind == "provenance"


def test_fix_trims_what_nothing_needs_and_touches_no_other_lane(root: Path) -> None:
    other = root / "goldens" / "0.1.11" / "cuda_sm_80" / "synthetic" / "gone" / "kernel.cu"
    other.parent.mkdir(parents=True)
    other.write_text("x\n")
    (root / UNIT / ".passlab-kernel.cu.abc").write_text("half")
    (root / "cases" / "synthetic" / "kernel_001.py").unlink()
    kept = {p: p.read_bytes() for p in (root / UNIT).iterdir() if not p.name.startswith(".")}
    gone = trim(root, check_lane(root, LANE))
    assert len(gone) == 7
    assert not (root / "goldens" / LANE / "cuda_sm_80" / "synthetic" / "kernel_001").exists()
    assert {p: p.read_bytes() for p in (root / UNIT).iterdir()} == kept
    assert other.read_text() == "x\n"
    assert check_lane(root, LANE) == []


def test_fix_is_refused_in_ci(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "cases" / "synthetic" / "kernel_001.py").unlink()
    faults = check_lane(root, LANE)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(UsageError, match="never written in CI"):
        trim(root, faults)
    assert check_lane(root, LANE) == faults


def test_golden_that_no_test_of_a_full_run_reads_is_found_and_trimmed(tmp_path: Path) -> None:
    project = new_project(tmp_path)
    store_goldens(tmp_path, range(4))
    assert project.pytest("-k", "kernel").returncode == 0
    record = tmp_path / ".passlab" / "goldens-read" / f"{LANE}.json"
    assert not record.exists()
    assert project.pytest("-n", "2").returncode == 0
    assert len(json.loads(record.read_text())["unread"]) == 6
    (tmp_path / "synthetic.py").write_text("".join(f"def kernel_00{k}(): ...\n" for k in range(4)))
    done = project.passlab("goldens", "check", "--lane", LANE, "--json")
    assert done.returncode == 1
    kinds = [fault["kind"] for fault in json.loads(done.stdout)["faults"]]
    assert sorted(kinds) == ["provenance"] + ["unread"] * 6
    fixed = project.passlab("goldens", "check", "--lane", LANE, "--fix")
    assert "6 goldens deleted" in fixed.stdout and "kernel_003/kernel.cu: no test of the last full run" in fixed.stdout
    assert len(project.goldens()) == 18
    assert project.pytest().returncode == 0
