"""Reading compute-sanitizer's reports."""

from __future__ import annotations

from pathlib import Path

from tl_passlab.parity.sanitize import read_report

RACE = """========= COMPUTE-SANITIZER
========= Error: Race reported between Write access at main_kernel+0x150 in kernel.py:3
=========     and Read access at main_kernel+0x2d0 in kernel.py:4 [12288 hazards]
=========
========= Error: Race reported between Write access at main_kernel+0x190 in kernel.py:3
=========     and Read access at main_kernel+0x2d0 in kernel.py:4 [96 hazards]
=========
========= RACECHECK SUMMARY: 2 hazards displayed (2 errors, 0 warnings)
"""
MEMORY = """========= COMPUTE-SANITIZER
========= Invalid __global__ write of size 4 bytes
=========     at main_kernel+0x1f0 in kernel.py:4
=========     by thread (32,0,0) in block (0,0,0)
=========     Address 0x7f is out of bounds
=========     Saved host backtrace up to driver entry point at kernel launch time
=========         Host Frame: main in driver.cpp:12 [0x1]
=========
========= ERROR SUMMARY: 1 error
"""
CLEAN = "========= COMPUTE-SANITIZER\n========= ERROR SUMMARY: 0 errors\n"


def kernel(tmp_path: Path) -> Path:
    path = tmp_path / "kernel.py"
    path.write_text("import tilelang\n\n    T.copy(A, tile)\n    B[i, j] = tile[j, i]\n")
    return path


def test_a_race_names_both_tile_ops_once(tmp_path: Path) -> None:
    (report,) = read_report(RACE, kernel(tmp_path))
    assert report.what == "Error: Race reported between Write access"
    assert [text for _, _, text in report.places] == ["T.copy(A, tile)", "B[i, j] = tile[j, i]"]


def test_a_bad_write_names_its_line_and_not_the_host_frames(tmp_path: Path) -> None:
    (report,) = read_report(MEMORY, kernel(tmp_path))
    assert report.what == "Invalid __global__ write of size 4 bytes"
    assert report.places == (("kernel.py", 4, "B[i, j] = tile[j, i]"),)


def test_a_clean_log_has_no_report() -> None:
    assert read_report(CLEAN) == []
