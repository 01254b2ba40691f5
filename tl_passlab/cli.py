"""The `passlab` command: one parser, an explicit table of subcommands, one error boundary.

A subcommand's module is imported only when it is the one typed, so that `passlab --help` stays instant.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from tl_passlab import __version__
from tl_passlab.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, PasslabError, one_line

COMMANDS = {
    "trace": "lower a kernel and record the IR at every pass boundary",
    "cases": "list the cases",
    "passes": "list the passes of a pipeline, in order",
    "run": "apply one pass to a case or to a hand-written IR",
    "check": "execute the IR at every pass boundary: values, races, deadlocks",
    "blame": "name the pass that breaks a kernel, and keep a reproducer",
    "instructions": "what each tile operator of a kernel becomes, checked against the source",
    "layout": "draw the layout of a shared buffer or fragment",
    "drift": "what an upgrade of tilelang changes in the generated code, and which pass did it",
    "coverage": "which passes the cases make change the IR, on which lanes and targets, and what checks them",
    "diff": "structural diff of IR dumps, traces or generated sources",
    "pending": "list the goldens that differ and wait for a decision",
    "review": "walk the pending goldens, grouped by cause",
    "accept": "make pending texts the goldens",
    "reject": "forget pending texts",
    "show": "show what changed in pending goldens",
    "goldens": "check the stored goldens: stale, missing, damaged",
    "devices": "what this machine can run, and for each target why not",
    "parity": "run kernels on a device and compare with a float64 reference",
    "bench": "time a kernel on a device, beside torch",
    "results": "take in parity results of another machine",
    "report": "the results of a run as text, JSON or one HTML page",
    "history": "when each test last passed, since which change it fails, how flaky it is, its times",
    "doctor": "report versions, devices and compilers, and what to do where something is wrong",
}


def build_parser(chosen: str | None) -> argparse.ArgumentParser:
    """The whole parser; only the chosen subcommand's own arguments are loaded."""
    parser = argparse.ArgumentParser(prog="passlab", description="See, test and compare what TileLang's passes do.")
    parser.add_argument("--version", action="version", version=f"passlab {__version__}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an internal error")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if name == chosen:
            module = importlib.import_module(f"tl_passlab.commands.{name}")
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; every failure becomes a message and a documented exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    debug = "--debug" in arguments
    try:
        args = build_parser(chosen).parse_args(arguments)
        code = args.run(args)
        sys.stdout.flush()
        return int(code)
    except PasslabError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has what it wanted; closing quietly is what a pipe expects.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if debug:
            raise
        print(f"passlab {chosen}: internal error: {one_line(error)}", file=sys.stderr)
        print("next: run it again with --debug and report the traceback", file=sys.stderr)
        return EXIT_INTERNAL


if __name__ == "__main__":
    sys.exit(main())
