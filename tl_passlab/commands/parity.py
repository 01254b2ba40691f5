"""`passlab parity`: run kernels on a device and compare with a float64 reference."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME

if TYPE_CHECKING:
    from tl_passlab.parity.outcome import Outcome
    from tl_passlab.parity.plan import Choice, Pair
    from tl_passlab.parity.results import Results

SANITIZERS = ("race", "memory", "init", "sync")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab parity`."""
    parser.add_argument("cases", nargs="*", metavar="CASE|FILE.py", help="all cases when none is named")
    parser.add_argument("--device", default="auto", metavar="KIND", help="auto, cuda, mps, hip (default: auto)")
    parser.add_argument("--target", dest="targets", action="append", default=[], help="only this target; repeatable")
    parser.add_argument("--seeds", type=int, default=2, metavar="N", help="random inputs per shape (default: 2)")
    parser.add_argument("--adversarial", action="store_true", help="also tiny, large, cancelling, NaN and Inf values")
    parser.add_argument(
        "--set", dest="sizes", action="append", default=[], metavar="NAME=VALUE", help="only this shape"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="only this seed")
    parser.add_argument("--profile", metavar="NAME", help="only these values: random, tiny, large, cancelling ...")
    parser.add_argument("--sanitize", choices=SANITIZERS, help="run under compute-sanitizer, declared shape only")
    parser.add_argument("--timeout", type=float, default=60.0, metavar="S", help="a run longer than S seconds hangs")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="kernels at a time (default: by processors)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write results.json there")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")


def run(args: argparse.Namespace) -> int:
    """Plan, run, print; 1 when a kernel fails."""
    from tl_passlab.cases import parse_sizes
    from tl_passlab.parity.plan import Choice, plan
    from tl_passlab.parity.results import as_json

    sizes = parse_sizes(args.sizes) if args.sizes else None
    choice = Choice(
        cases=tuple(args.cases),
        device=args.device,
        targets=tuple(args.targets),
        seeds=args.seeds,
        adversarial=args.adversarial,
        sizes=sizes,
        seed=args.seed,
        profile=args.profile,
    )
    results = _results(args, plan(_narrowed(choice) if args.sanitize else choice))
    if args.json:
        print(json.dumps(as_json(results), indent=1))
    else:
        _summary(results, args.out)
    return EXIT_DIFFERENT if any(outcome.failed for outcome in results.outcomes) else EXIT_SAME


def _narrowed(choice: Choice) -> Choice:
    """A sanitizer makes a run a hundred times slower: one seed of plain values."""
    import dataclasses

    return dataclasses.replace(choice, seed=choice.seed or 1)


def _results(args: argparse.Namespace, pairs: list[Pair]) -> Results:
    from tl_passlab.parity.provenance import run_record
    from tl_passlab.parity.render import failure_text, pair_line
    from tl_passlab.parity.results import Results, skipped_rows, write_results

    record = run_record()
    outcomes: list[Outcome] = []
    skipped = skipped_rows([(pair.case.name, pair.target.spec, pair.skipped) for pair in pairs if pair.skipped])
    width = max((len(pair.case.name) for pair in pairs), default=0)
    for found in _run_all(args, [pair for pair in pairs if not pair.skipped]):
        outcomes = sorted([*outcomes, *found], key=lambda outcome: (outcome.case, outcome.target))
        if args.out is not None:
            # After each kernel: whatever ends the run, what it has found is there.
            write_results(Results(record, tuple(outcomes), skipped), args.out)
        if not args.json and found:
            print(pair_line(found, width), flush=True)
            for outcome in [o for o in found if o.failed][:3]:
                print(failure_text(outcome), flush=True)
    results = Results(record, tuple(outcomes), skipped)
    if args.out is not None:
        write_results(results, args.out)
    return results


def _run_all(args: argparse.Namespace, pairs: list[Pair]) -> Iterable[list[Outcome]]:
    """The outcomes of each pair as it is done; several pairs run at a time."""
    from tl_passlab.parity.sanitize import sanitized
    from tl_passlab.parity.session import Job, run_job

    def one(pair: Pair) -> list[Outcome]:
        job = Job(pair.case.name, pair.target, pair.runner, pair.steps, args.timeout)
        return sanitized(job, args.sanitize) if args.sanitize else list(run_job(job))

    if args.sanitize and pairs:
        from tl_passlab.parity.sanitize import check_installed

        check_installed()
    # Compiling takes most of the time; eight contexts on one device are no trouble, more may run out of memory.
    jobs = args.jobs or min(8, max(1, (os.cpu_count() or 2) // 2))
    with ThreadPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(one, pair) for pair in pairs]):
            yield done.result()


def _summary(results: Results, out: Path | None) -> None:
    reasons: dict[str, list[str]] = {}
    for row in results.skipped:
        reasons.setdefault(f"{row['target']}: {row['reason']}", []).append(row["case"])
    for reason, cases in reasons.items():
        print(f"skipped {len(cases):>3}  {reason}")
    failed = [outcome for outcome in results.outcomes if outcome.failed]
    pairs: set[Any] = {(o.case, o.target) for o in results.outcomes}
    bad: set[Any] = {(o.case, o.target) for o in failed}
    print(f"{len(pairs)} kernels run, {len(bad)} failed; {len(results.outcomes)} runs, {len(failed)} failed")
    if out is not None:
        print(f"results: {out / 'results.json'}")
    print(
        f"next: {failed[0].replay}" if failed else "next: passlab devices" if not pairs else "next: passlab bench CASE"
    )
