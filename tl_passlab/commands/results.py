"""`passlab results import DIR`: take in the results of a run on another machine; `... table DIR`: as a page."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab results`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    taking = actions.add_parser("import", help="check a results folder and keep it under .passlab/parity")
    taking.add_argument("folder", type=Path, metavar="DIR", help="what run.sh or `passlab parity --out` wrote")
    taking.add_argument("--json", action="store_true", help="print JSON")
    table = actions.add_parser("table", help="print a run as a Markdown table, a row for each kernel")
    table.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="of a kernel run twice, the last is shown")
    table.add_argument("--links-from", type=Path, default=Path("docs"), metavar="DIR", help="default: docs")


def run(args: argparse.Namespace) -> int:
    """Import, or print the table; 1 when the imported run has failures."""
    return _table(args) if args.action == "table" else _import(args)


def _table(args: argparse.Namespace) -> int:
    from tl_passlab.parity.results import read_results
    from tl_passlab.parity.table import markdown, merged

    print(markdown(merged([read_results(folder) for folder in args.folders]), args.links_from), end="")
    return EXIT_SAME


def _import(args: argparse.Namespace) -> int:
    from tl_passlab.parity.render import pair_line
    from tl_passlab.parity.results import import_results

    place, results, new = import_results(args.folder)
    failed = [outcome for outcome in results.outcomes if outcome.failed]
    code = EXIT_DIFFERENT if failed else EXIT_SAME
    if args.json:
        counts = {"runs": len(results.outcomes), "failed": len(failed), "skipped": len(results.skipped)}
        print(json.dumps({"directory": str(place), "new": new, "run": dict(results.run), **counts}, indent=1))
        return code
    width = max((len(outcome.case) for outcome in results.outcomes), default=0)
    for case, target in dict.fromkeys((o.case, o.target) for o in results.outcomes):
        print(pair_line([o for o in results.outcomes if (o.case, o.target) == (case, target)], width))
    names = ", ".join(f"{device['name']} ({device['arch']})" for device in results.run.get("devices", []))
    print(f"{results.run.get('started')}  {names or 'no device'}")
    print(f"{len(results.outcomes)} runs, {len(failed)} failed; {'kept in' if new else 'already in'} {place}")
    if failed:
        print(f"next: {failed[0].replay}")
    return code
