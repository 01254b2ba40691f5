"""What the commands write, brought to records: the documents are made by the code that writes them for real."""

from __future__ import annotations

from typing import Any

import pytest

from tl_passlab.determinism import Stability, Variation
from tl_passlab.diff import diff_text
from tl_passlab.drift.result import BROKEN, CHANGED, SAME, Change, Drift, Origin, PairDrift
from tl_passlab.history.adapters import bench_record, determinism_record, drift_records, parity_records
from tl_passlab.history.record import EXPECTED, FAILED, PASSED, SKIPPED
from tl_passlab.parity import outcome as kinds
from tl_passlab.parity.known import FINDINGS, FINDINGS_OF_LANE, RACES
from tl_passlab.parity.outcome import Difference, Outcome, Step
from tl_passlab.parity.results import Results
from tl_passlab.report.drift_json import drift_json
from tl_passlab.report.stability import stability_json

KNOWN = next(iter(FINDINGS))


def outcome(kind: str, seed: int = 1, variant: str = "given", **fields: Any) -> Outcome:
    case, target = fields.pop("pair", ("elementwise/add", "cuda:sm_80"))
    step = Step(variant, {"M": 64}, seed)
    return Outcome(case, target, "cuda", step, kind, lane="0.1.15", replay=f"passlab parity --seed {seed}", **fields)


def results(*outcomes: Outcome) -> Results:
    skipped = ({"case": "a/b", "target": "metal", "reason": "no MPS device"},)
    return Results({"packages": {"tilelang": "0.1.15"}}, outcomes, skipped)


def test_parity_is_one_record_for_a_case_and_target() -> None:
    runs = [outcome(kinds.PASS, seed, launch_ms=ms) for seed, ms in ((1, 2.0), (2, 4.0), (3, 3.0))]
    runs.append(outcome(kinds.PASS, 1, "M=1", launch_ms=99.0))
    record, skipped = parity_records(results(*runs))
    assert (record.name, record.outcome, record.measure_ms) == ("parity/elementwise/add[cuda:sm_80]", PASSED, 3.0)
    assert (record.case, record.target, record.runner, record.lane) == (
        "elementwise/add",
        "cuda:sm_80",
        "cuda",
        "0.1.15",
    )
    assert (skipped.outcome, skipped.message, skipped.name) == (SKIPPED, "no MPS device", "parity/a/b[metal]")


def test_parity_shows_the_first_failing_step_and_counts_all() -> None:
    wrong = Difference("C", 3, 64, 0.5, 0.1, 9, 0.9, 12.0, error_map="..x.")
    runs = [
        outcome(kinds.PASS),
        outcome(kinds.NUMERICAL, 2, reason="C differs", differences=(wrong,)),
        outcome(kinds.HANG, 3),
    ]
    record = parity_records(results(*runs))[0]
    assert (record.outcome, record.verdict, record.error_map) == (FAILED, "numerical", "..x.")
    assert record.message == "2 of 3 runs: C differs" and record.replay == "passlab parity --seed 2"
    assert "max abs 0.5" in record.detail and record.measure_ms is None
    assert record.blame == "passlab blame elementwise/add --target cuda:sm_80 --set M=64 --seed 2"


def test_a_known_device_defect_is_expected_until_it_passes() -> None:
    shows = parity_records(results(outcome(kinds.NUMERICAL, pair=KNOWN, reason="wrong")))[0]
    assert shows.outcome == EXPECTED and FINDINGS[KNOWN] in shows.message
    gone = parity_records(results(outcome(kinds.PASS, pair=KNOWN)))[0]
    assert gone.outcome == FAILED and "take it off" in gone.message


def test_a_known_race_may_be_won() -> None:
    pair = next(known for known in FINDINGS if known[0] in RACES)
    won = parity_records(results(outcome(kinds.PASS, pair=pair)))[0]
    assert won.outcome == PASSED and FINDINGS[pair] in won.message


def test_a_defect_of_another_lane_is_no_excuse() -> None:
    pair = next(known for known in FINDINGS_OF_LANE["0.1.11"] if known not in FINDINGS)
    new = parity_records(results(outcome(kinds.NUMERICAL, pair=pair)))[0]
    assert new.lane == "0.1.15" and new.outcome == FAILED


def test_a_pair_whose_steps_were_all_skipped_is_skipped() -> None:
    record = parity_records(results(outcome(kinds.SKIPPED, reason="not run: the kernel hung before")))[0]
    assert record.outcome == SKIPPED and "hung before" in record.message


@pytest.mark.parametrize(
    ("after", "result", "verdict"),
    [(None, PASSED, "stable"), ("y = x_2", FAILED, "names vary"), ("T.evaluate(f(1))", FAILED, "varies")],
)
def test_determinism(after: str | None, result: str, verdict: str) -> None:
    first = real = None
    if after is not None:
        swapped = ("x_1", "x_2") if "x_2" in after else ()
        first = Variation("Merge", 2, 3, diff_text("y = x_1", after, "tir", ""), swapped)
        real = first if first.real else None
    answer = stability_json(Stability(8, 1, first, real, None))
    record = determinism_record({"case": "a/b", "target": "metal", "lane": "0.1.11", **answer}, "replay me")
    assert (record.outcome, record.verdict, record.name) == (result, verdict, "determinism/a/b[metal]")
    assert (record.pass_name, record.replay, record.lane) == ("Merge" if after else "", "replay me", "0.1.11")


def test_drift_fails_only_what_no_longer_lowers() -> None:
    (hunk,) = diff_text("T.evaluate(f(1))", "T.evaluate(f(2))", "tir", "").hunks
    change = Change(hunk, Origin("LowerTileOp"))
    pairs = (
        PairDrift("a/same", "metal", SAME),
        PairDrift("a/changed", "metal", CHANGED, changes=(change, change)),
        PairDrift("a/broken", "metal", BROKEN, note="Flatten: error"),
    )
    same, changed, broken = drift_records(drift_json(Drift("0.1.11", "0.1.15", pairs)))
    assert [r.outcome for r in (same, changed, broken)] == [PASSED, PASSED, FAILED]
    assert (changed.verdict, changed.pass_name) == ("changed", "LowerTileOp")
    assert changed.message == "0.1.11 -> 0.1.15: LowerTileOp 2" and "Flatten: error" in broken.message
    assert broken.name == "drift/a/broken[metal]" and "--from 0.1.11 --to 0.1.15" in broken.replay


def test_bench_measures_this_lane_s_kernel() -> None:
    timings = [{"what": "tilelang", "median_us": 31.5}, {"what": "torch: mm", "median_us": 20.0}]
    document = {"case": "a/b", "target": "cuda:sm_90a", "sizes": {}, "device": "H200", "timings": timings}
    record = bench_record(document, "0.1.15")
    assert (record.name, record.measure_ms, record.outcome) == ("bench/a/b[cuda:sm_90a]", 0.0315, PASSED)
    assert "torch: mm 20.0 us" in record.message
