"""How long executing every boundary takes: processor seconds per kernel and target, best of some runs.

usage: tools/bench/interp.py [CASE ...] [--runs N]; processor time, because a busy machine says nothing on the clock.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

CASES = {
    "pipeline/gemm_pipelined": ("cuda:sm_90a", "cuda:sm_80", "metal"),
    "attention/flash_forward_causal": ("cuda:sm_90a",),
    "sparse/block_sparse_gemm": ("cuda:sm_90a", "cuda:sm_80"),
    "reduce/row_softmax": ("cuda:sm_80",),
}


def main() -> int:
    """Print one line per case and target."""
    parser = argparse.ArgumentParser(description="Processor time of `passlab check`.")
    parser.add_argument("cases", nargs="*", default=list(CASES))
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    from tl_passlab.cases import load_case
    from tl_passlab.interp.check import check
    from tl_passlab.targets import parse_target

    for name in args.cases:
        case = load_case(name)
        for spec in CASES.get(name, case.info.targets):
            best, result = float("inf"), None
            for _ in range(args.runs):
                start = time.process_time()
                result = check(case, parse_target(spec))
                best = min(best, time.process_time() - start)
            assert result is not None
            verdict = "ok" if result.ok else "NOT OK"
            print(f"{name:36} {spec:12} {len(result.results):3} boundaries  {best:6.2f} s  {verdict}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
