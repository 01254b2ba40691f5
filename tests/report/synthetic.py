"""A nightly as the report gets it: failures of every verdict, a past, measurements, texts that try to be markup."""

from __future__ import annotations

import dataclasses

from tl_passlab.history.record import EXPECTED, FAILED, PASSED, SKIPPED, Record, Run
from tl_passlab.history.standing import Point, Standing, history_of, standing_of

EVIL = "<script>alert(1)</script>"
MAP = "C:\n9 x 64 elements, one character for 1 x 1\n" + "\n".join(
    "." * 48 + ("-+*#" * 4 if row % 2 else "################") for row in range(8)
)
MAP += "\n" + "." * 62 + "!!"
DIFF = """  for k in range(4):
-   T.ptx_wait_barrier(mbarrier[k % 2], k // 2 % 2)
+   T.ptx_wait_barrier(mbarrier[k % 2], 0)
    T.gemm(A_shared[k % 2], B_shared[k % 2], C_local)"""
PASSES = "= tirx.BindTarget\n~ LayoutInference +46 -15\n~ InjectSoftwarePipeline +63 -29\n= Simplify.3"
CASES = ("pipeline/gemm_pipelined", "attention/flash_forward", "reduce/row_softmax", "gather/gather4_rows")
# Of every sort; a verdict that parity learns some day changes no count here.
VERDICTS = (
    *("numerical", "shape", "dtype", "nan/inf", "unwritten", "out of bounds", "input modified", "nondeterministic"),
    *("runtime error", "hang", "compile error", "sanitizer"),
)
BEFORE = tuple(f"2026-11-{day:02}T02:00:00+00:00" for day in range(1, 20))


def failures() -> list[Record]:
    """One failed parity test for each verdict, and one of each other kind."""
    found = [
        Record(
            f"parity/{CASES[n % 4]}[{verdict}-cuda:sm_90a-cuda]",
            "parity",
            FAILED,
            case=CASES[n % 4],
            target="cuda:sm_90a" if n % 2 else "cuda:sm_80",
            runner="cuda",
            verdict=verdict,
            message=f"{verdict}: 16 of 576 elements of C are wrong, the worst is 41 times its bound",
            detail=f"declared: M=100, N=72, K=88; random values, seed {n}; NVIDIA H200",
            error_map=MAP if verdict in ("numerical", "nan/inf", "unwritten") else "",
            replay=f"passlab parity {CASES[n % 4]} --target cuda:sm_90a --device cuda --set M=100 --seed {n}",
            seconds=2.5,
        )
        for n, verdict in enumerate(VERDICTS)
    ]
    guilty = Record(
        "semantics/pipeline/gemm_pipelined[cuda:sm_90a]",
        "semantics",
        FAILED,
        case=CASES[0],
        target="cuda:sm_90a",
        verdict="race",
        message="InjectSoftwarePipeline leaves a race: A_shared bytes 0..4095",
        pass_name="InjectSoftwarePipeline",
        diff=DIFF,
        pass_table=PASSES,
        replay="passlab blame pipeline/gemm_pipelined --target cuda:sm_90a",
    )
    return [*found, guilty]


def others() -> list[Record]:
    """Tests that pass, are skipped, or fail as expected; some measured."""
    passed = [
        Record(f"goldens/{case}[{target}]", "goldens", PASSED, case=case, target=target, seconds=0.2)
        for case in CASES
        for target in ("cuda:sm_80", "cuda:sm_90a", "metal", "hip:gfx942")
    ]
    measured = [
        Record(f"bench/{case}[cuda:sm_90a]", "bench", PASSED, case, "cuda:sm_90a", "cuda", measure_ms=0.013 + n / 100)
        for n, case in enumerate(CASES)
    ]
    defect = Record(
        "tests/test_regressions.py::test_defect[partial_fill]", "tests", EXPECTED, message="upstream fills half of it"
    )
    absent = Record(
        "parity/reduce/row_softmax[metal]", "parity", SKIPPED, CASES[2], "metal", "mps", message="no MPS device"
    )
    return [*passed, *measured, defect, absent]


def run(*more: Record) -> Run:
    """The whole run."""
    return Run(
        "nightly-20",
        "2026-11-20T02:00:00+00:00",
        "0.1.15",
        tilelang="0.1.15",
        commit="68e98d7a51",
        machine="gpu-17",
        devices=("NVIDIA H200 (sm_90)",),
        tests=(*failures(), *others(), *more),
    )


def standing(present: Run) -> Standing:
    """The past of a run, by the number of the test: new, known since days, flaky, fixed; and trends."""
    histories = []
    for number, record in enumerate(present.tests):
        failed = record.outcome == FAILED
        past = [PASSED] * len(BEFORE)
        if failed and number % 3 == 1:
            past[-6:] = [FAILED] * 6
        if failed and number % 3 == 2:
            past[5::2] = [FAILED] * 7
            past[-1] = PASSED
        if record.kind == "goldens" and record.target == "metal":
            past[-1] = FAILED
        base = record.measure_ms
        points = [
            Point(f"n{day}", when, "0.1.15", "68e98d7a51", outcome, base and base * (1 + 0.02 * (day % 3)))
            for day, (when, outcome) in enumerate(zip(BEFORE, past, strict=True))
        ]
        slower = base and base * (1.3 if number % 2 else 1.0)
        points.append(Point(present.run_id, present.started, present.tilelang, present.commit, record.outcome, slower))
        histories.append(history_of(record.name, [dataclasses.replace(p, commit=_commit(p, number)) for p in points]))
    return standing_of(histories)


def _commit(point: Point, number: int) -> str:
    """Flaky ones flip on one commit; the others on a change."""
    return point.commit if number % 3 == 2 else f"{point.run_id}aaaaaa"
