"""Runs goldens, semantics, parity, determinism and drift, keeps the results in a history, and says what is new.

`python tools/nightly.py --quick` tries it on one case. docs/nightly.md has the rest; `.github/workflows/nightly.yml`
calls this on every machine.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_INTERRUPTED, EXIT_SAME, PasslabError  # noqa: E402
from tl_passlab.history.schema import DEFAULT  # noqa: E402
from tl_passlab.nightly.run import finish, run_steps, start_run  # noqa: E402
from tl_passlab.nightly.steps import QUICK_CASE, STEPS, Options, steps_for  # noqa: E402
from tl_passlab.nightly.summary import render_finished  # noqa: E402
from tl_passlab.report.text import style_for  # noqa: E402


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_CASE} alone, two repeats, no slow tests")
    parser.add_argument("--only", action="append", default=[], choices=STEPS, metavar="STEP", help=", ".join(STEPS))
    parser.add_argument("--cases", action="append", default=[], metavar="GLOB", help="these cases only; repeatable")
    parser.add_argument("--repeat", type=int, default=8, metavar="N", help="lowerings for determinism (default: 8)")
    parser.add_argument("--no-slow", action="store_true", help="leave out the tests marked slow")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, metavar="N", help="processes at a time")
    parser.add_argument("--timeout", type=float, metavar="S", help="limit of each step (default: hours, by step)")
    parser.add_argument("--track", default="", help="the series this run continues (default: its lane and machine)")
    parser.add_argument("--db", type=Path, default=ROOT / DEFAULT, help="history (default: .passlab/history.sqlite)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: .passlab/nightly/RUN")
    return parser.parse_args()


def say(line: str) -> None:
    """At once, in a log too."""
    print(line, flush=True)


def main() -> int:
    """Run, report; 1 when there are new failures."""
    args = arguments()
    run = start_run(args.track)
    out = (args.out or ROOT / ".passlab" / "nightly" / run.run_id).resolve()
    out.mkdir(parents=True, exist_ok=True)
    options = Options(
        out=out,
        lane=run.lane,
        only=tuple(args.only),
        cases=tuple(args.cases) or ((QUICK_CASE,) if args.quick else ()),
        repeat=2 if args.quick else args.repeat,
        jobs=args.jobs,
        slow=not (args.quick or args.no_slow),
        seconds=args.timeout,
    )
    try:
        run = run_steps(run, steps_for(options), out, say)
        finished = finish(run, args.db.resolve(), out, say)
    except PasslabError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"interrupted; what was done: {out / 'run.json'}", file=sys.stderr)
        return EXIT_INTERRUPTED
    print(render_finished(finished, style_for()))
    if finished.standing.new:
        return EXIT_DIFFERENT
    return max((problem.exit_code for problem in finished.problems), default=EXIT_SAME)


if __name__ == "__main__":
    sys.exit(main())
