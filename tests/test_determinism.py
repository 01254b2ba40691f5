"""Runs of one kernel compared: what counts as the same, as a swap of names, and as a real difference."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.lowering import LANE
from tests.traces import make_trace
from tl_passlab import isolation
from tl_passlab.cli import main
from tl_passlab.determinism import compare_runs, lower_repeatedly, swapped_names
from tl_passlab.errors import UsageError
from tl_passlab.model import Trace
from tl_passlab.report.stability import render_stability, stability_json
from tl_passlab.report.text import Style
from tl_passlab.targets import parse_target

HEAD = "@T.prim_func\ndef main(A: T.Buffer((8,), 'float32')):\n"
INPUT = HEAD + "    A[0] = T.float32(1)\n"
TWO = (
    HEAD
    + """\
    workspace = T.allocate([8], "float32", "shared")
    workspace_1 = T.allocate([8], "float32", "shared")
    workspace[0] = A[0]
    workspace_1[0] = A[1]
    T.tvm_storage_sync("shared")
    A[0] = workspace[1]
"""
)
SWAPPED = (
    TWO.replace("workspace[0]", "other[0]")
    .replace("workspace_1[0]", "workspace[0]")
    .replace("other[0]", "workspace_1[0]")
    .replace("workspace[1]", "workspace_1[1]")
)
MOVED = TWO.replace('    T.tvm_storage_sync("shared")\n', "") + '    T.tvm_storage_sync("shared")\n'
RENAMED = TWO.replace("workspace_1", "buffer")


def runs(*outputs: str, source: str = "void k() {}\n") -> list[Trace]:
    return [
        make_trace(("Simplify", INPUT, INPUT), ("Merge", INPUT, out), ("Last", out, out), source=source)
        for out in outputs
    ]


def test_equal_runs_are_stable() -> None:
    found = compare_runs(runs(TWO, TWO, TWO))
    assert found.stable and found.first is None and found.source is None and found.distinct_sources == 1


def test_a_moved_barrier_is_real_and_names_the_pass() -> None:
    found = compare_runs(runs(TWO, TWO, MOVED))
    assert found.first is not None and found.first_real is not None
    assert (found.first.place, found.first.run, found.first.distinct) == ("Merge", 2, 2)
    assert found.first.real and "synchronisation" in found.first.how
    assert found.source is None and not found.stable


def test_swapped_names_are_not_real() -> None:
    found = compare_runs(runs(TWO, SWAPPED))
    assert found.first is not None and found.first.place == "Merge"
    assert found.first.how == "names swapped (workspace, workspace_1)"
    assert found.first_real is None and not found.stable


def test_a_renamed_buffer_is_not_real() -> None:
    found = compare_runs(runs(TWO, RENAMED))
    assert found.first is not None and not found.first.real and found.first.how.startswith("names only (renamed")


def test_a_real_difference_wins_over_a_swap_in_the_same_pass() -> None:
    found = compare_runs(runs(TWO, SWAPPED, MOVED))
    assert found.first is not None and found.first.real and found.first.run == 2 and found.first.distinct == 3


def test_the_first_real_pass_is_found_behind_a_swap() -> None:
    swap = make_trace(("Merge", INPUT, SWAPPED), ("Sync", SWAPPED, MOVED))
    plain = make_trace(("Merge", INPUT, TWO), ("Sync", TWO, TWO))
    found = compare_runs([plain, swap])
    assert found.first is not None and found.first_real is not None
    assert (found.first.place, found.first_real.place) == ("Merge", "Sync")


def test_a_source_that_varies_alone_is_code_generation() -> None:
    one, two = runs(TWO), runs(TWO, source="void k() { __syncthreads(); }\n")
    found = compare_runs([*one, *two])
    assert found.first is None and found.source is not None and found.source.real and found.distinct_sources == 2


def test_a_pass_that_runs_in_one_process_only_is_named() -> None:
    short = make_trace(("Merge", INPUT, TWO))
    long = make_trace(("Merge", INPUT, TWO), ("Extra", TWO, MOVED))
    found = compare_runs([short, long])
    assert found.first is not None and found.first.place == "Extra" and found.first.real


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("f(a, b)\n", "f(b, a)\n", ("a", "b")),
        ("f(a, b)\ng(a)\n", "f(b, a)\ng(b)\n", ("a", "b")),
        ("a = x\nb = y\nf(a)\ng(b)\n", "a = x\nb = y\nf(b)\ng(a)\n", ("a", "b")),
        ("f(a, b)\ng(a)\n", "f(b, a)\ng(a)\n", ()),  # one use of `a` stayed: the program differs
        ("f(a)\n", "f(b)\n", ()),  # no exchange
        ("f(a, 1)\n", "f(a, 2)\n", ()),
        ("f(a)\n", "f(a)\ng()\n", ()),
    ],
)
def test_swapped_names_are_a_permutation_of_every_use(before: str, after: str, names: tuple[str, ...]) -> None:
    assert swapped_names(before, after) == names


def test_report_names_the_pass_the_runs_and_the_kind() -> None:
    found = compare_runs(runs(TWO, TWO, MOVED))
    text = render_stability("topic/idea", "cuda:sm_90a", "0.1.15", found, Style())
    assert "first varying pass: Merge  2 different outputs; run 3 against run 1: real: synchronisation" in text
    assert "T.tvm_storage_sync" in text and "\x1b" not in text
    fields = stability_json(found)
    assert fields["first"]["place"] == "Merge" and fields["first"]["real"] is True and fields["source"] is None


def test_runs_have_their_own_hash_seed_randomised_addresses_and_no_paths_of_this_lane(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What importing tilelang leaves in the environment of whoever imports it.
    monkeypatch.setenv("PASSLAB_TEST_LIBRARIES", f"{isolation._tilelang_folder()}/lib")
    kernel = tmp_path / "seeds.py"
    record = tmp_path / "seen.txt"
    kernel.write_text(
        "import ctypes, os\n"
        f"with open({str(record)!r}, 'a') as f:\n"
        "    personality = ctypes.CDLL(None).personality(0xffffffff) & 0x40000\n"
        "    print(os.environ['PYTHONHASHSEED'], personality, os.environ.get('PASSLAB_TEST_LIBRARIES'), file=f)\n",
        encoding="utf-8",
    )
    # A file without a kernel: the child says so after it has run the file, and no lowering is needed here.
    for count in (1, 2):
        with pytest.raises(UsageError, match="no kernel"):
            lower_repeatedly(str(kernel), parse_target("cuda:sm_90a"), {}, count, 120.0)
    assert record.read_text(encoding="utf-8").split() == ["1", "0", "None"] * 2


def test_repeat_of_a_stable_kernel_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["trace", "pipeline/gemm_pipelined", "--target", "cuda:sm_80", "--repeat", "2", "--json"])
    fields = json.loads(capsys.readouterr().out)
    assert (code, fields["runs"], fields["stable"], fields["distinct_sources"]) == (0, 2, True, 1)


def test_repeat_once_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "pipeline/gemm_pipelined", "--repeat", "1"]) == 2
    assert "two runs at least" in capsys.readouterr().err


@pytest.mark.slow
def test_sparse_mla_varies_in_the_order_of_merged_buffers(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["trace", "sparse_mla_forward", "--target", "cuda:sm_100a", "--repeat", "16", "--json"])
    fields = json.loads(capsys.readouterr().out)
    if fields["stable"]:
        pytest.skip("16 processes happened to agree")
    assert code == 1 and fields["first"]["place"] == "MergeSharedMemoryAllocations"


@pytest.mark.slow
@pytest.mark.skipif(LANE.tilelang != "0.1.11", reason="the barrier moves on 0.1.11")
def test_int4_dequantise_moves_a_barrier_on_0_1_11(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["trace", "int4_dequantise_gemm", "--target", "cuda:sm_90a", "--repeat", "16", "--json"])
    fields = json.loads(capsys.readouterr().out)
    if fields["stable"]:
        pytest.skip("16 processes happened to agree")
    assert code == 1 and fields["first_real"]["place"] == "ThreadSync.2"
    assert fields["first_real"]["classes"]["synchronisation"] >= 1
