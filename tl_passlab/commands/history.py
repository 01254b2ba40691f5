"""`passlab history`: when each test last passed, since when and which change it fails, how flaky it is, its trend."""

from __future__ import annotations

import argparse
import fnmatch
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME, UsageError

if TYPE_CHECKING:
    from tl_passlab.history.standing import Point
    from tl_passlab.history.store import StoredRun, StoredTest

IMPORT = "import"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab history`."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="GLOB | import FILE",
        help="tests whose name contains or matches it; or the word import and the run.json of nightlies to take in",
    )
    parser.add_argument("--db", type=Path, metavar="FILE", help="default: .passlab/history.sqlite")
    parser.add_argument("--kind", metavar="KIND", help="goldens, semantics, parity, determinism, drift, bench, tests")
    parser.add_argument("--target", help="tests of this target")
    parser.add_argument("--lane", help="runs of this lane")
    parser.add_argument("--track", help="runs of this track: a lane on a machine, or what nightly was told")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Import, or list; 1 when a listed test fails in its newest run."""
    from tl_passlab.history.schema import DEFAULT

    database = args.db or DEFAULT
    if args.words[:1] == [IMPORT]:
        return _import(database, [Path(word) for word in args.words[1:]], as_json=args.json)
    _check_kind(args.kind)
    tracks = _tracks(args, database)
    found = {run.track: _chosen(args, database, run.track) for run in tracks}
    if args.words and not any(found.values()):
        raise UsageError("history", " ".join(args.words), "no such test", next_command="passlab history")
    if args.json:
        print(json.dumps({"tracks": [_track_json(run, found[run.track]) for run in tracks]}, indent=1))
    else:
        _print(tracks, found, bool(args.words))
    failing = any(t.history.first_failed is not None and not t.absent for tests in found.values() for t in tests)
    return EXIT_DIFFERENT if failing else EXIT_SAME


def _check_kind(kind: str | None) -> None:
    from tl_passlab.history.record import KINDS

    if kind is not None and kind not in KINDS:
        raise UsageError("--kind", kind, f"one of {', '.join(KINDS)}")


def _import(database: Path, files: list[Path], *, as_json: bool) -> int:
    """Store runs from files; one that is damaged does not keep the others out."""
    from tl_passlab.history.files import read_run
    from tl_passlab.history.store import store_run, track_of

    if not files:
        raise UsageError("history import", "", "no file named", next_command="passlab history import OUT/run.json")
    rows: list[dict[str, Any]] = []
    refused: list[UsageError] = []
    for path in files:
        try:
            run = read_run(path)
        except UsageError as error:
            refused.append(error)
            continue
        new = store_run(database, run)
        rows.append({"run_id": run.run_id, "track": track_of(run), "tests": len(run.tests), "new": new})
    if as_json:
        print(json.dumps({"db": str(database), "runs": rows}, indent=1))
    else:
        for row in rows:
            done = "stored" if row["new"] else "already there"
            print(f"{row['run_id']}  {row['track']}  {row['tests']} tests  {done}")
    if refused:
        raise refused[0]
    if not as_json:
        print("next: passlab history")
    return EXIT_SAME


def _tracks(args: argparse.Namespace, database: Path) -> list[StoredRun]:
    """The newest run of each track that is asked for. Raises UsageError where there is none."""
    from tl_passlab.history.store import runs_in

    runs = runs_in(database)
    newest = {run.track: run for run in runs if args.lane in (None, run.lane) and args.track in (None, run.track)}
    if not newest:
        where = args.track or args.lane or str(database)
        known = "\n".join(dict.fromkeys(f"{run.track}  (lane {run.lane})" for run in runs))
        raise UsageError("history", where, "no run is stored of it", evidence=known, next_command="passlab history")
    return list(newest.values())


def _chosen(args: argparse.Namespace, database: Path, track: str) -> list[StoredTest]:
    from tl_passlab.history.store import stored_tests

    return [
        test
        for test in stored_tests(database, track)
        if args.kind in (None, test.kind)
        and args.target in (None, test.target)
        and (args.words or not test.absent)
        and (not args.words or any(_matches(test.name, word) for word in args.words))
    ]


def _matches(name: str, word: str) -> bool:
    """By substring too: a test's name has brackets, which mean something else in a glob."""
    return word in name or fnmatch.fnmatchcase(name, word)


def _print(tracks: list[StoredRun], found: dict[str, list[StoredTest]], everything: bool) -> None:
    from tl_passlab.history import text
    from tl_passlab.history.standing import FINE, NOT_RUN, STATUSES, short_commit
    from tl_passlab.report.text import style_for

    style = style_for()
    for run in tracks:
        tests = found[run.track]
        by_status = {status: [test for test in tests if test.history.status == status] for status in STATUSES}
        counts = ", ".join(f"{len(those)} {status}" for status, those in by_status.items() if those) or "no tests"
        head = f"{run.track}   newest run {run.started[:16].replace('T', ' ')}  tilelang {run.tilelang}"
        print(f"{style.bold(head)}  commit {short_commit(run.commit)}\n{counts}")
        shown = [status for status in STATUSES if by_status[status] and (everything or status not in (FINE, NOT_RUN))]
        for status in shown:
            print("\n".join(text.render_section(status, by_status[status], style)))
        for line in [] if everything else text.render_movers(tests):
            print(line)
        print()
    print("next: passlab history GLOB shows every test that matches, passing ones too")


def _track_json(run: StoredRun, tests: list[StoredTest]) -> dict[str, Any]:
    newest = {"run_id": run.run_id, "started": run.started, "tilelang": run.tilelang, "commit": run.commit}
    return {"track": run.track, "lane": run.lane, "newest": newest, "tests": [_test_json(test) for test in tests]}


def _test_json(test: StoredTest) -> dict[str, Any]:
    from tl_passlab.history.text import change_of

    history = test.history
    return {
        "name": test.name,
        "kind": test.kind,
        "case": test.case,
        "target": test.target,
        "status": history.status,
        "outcome": test.outcome,
        "message": test.message,
        "replay": test.replay,
        "absent": test.absent,
        "last_passed": _point_json(history.last_passed),
        "first_failed": _point_json(history.first_failed),
        "changed_at": history.changed_at,
        "flake_rate": history.flake_rate,
        "measure_ms": [list(point) for point in history.trend],
        "measure_change": change_of(history),
    }


def _point_json(point: Point | None) -> dict[str, str] | None:
    if point is None:
        return None
    return {"run_id": point.run_id, "started": point.started, "tilelang": point.tilelang, "commit": point.commit}
