"""`passlab instructions`: what each tile operator of a kernel becomes, checked against the generated source."""

from __future__ import annotations

import argparse
import json

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab instructions`."""
    parser.add_argument("kernel", metavar="CASE|FILE.py[::FUNCTION]", help="a case by name, or a kernel in a file")
    parser.add_argument("--target", default="cuda", help="cuda:sm_90a, metal, hip:gfx942, c ... (default: cuda)")
    parser.add_argument(
        "--set", dest="sizes", action="append", default=[], metavar="NAME=VALUE", help="a kernel argument"
    )
    parser.add_argument(
        "--timeout", type=float, default=300.0, metavar="S", help="give up on the lowering after S seconds"
    )
    parser.add_argument("--json", action="store_true", help="print the table as JSON")


def run(args: argparse.Namespace) -> int:
    """Derive, check, print; 1 when the generated source does not bear out a claim."""
    from tl_passlab.again import kernel_command
    from tl_passlab.cases import parse_sizes
    from tl_passlab.instructions.child import table_in_child
    from tl_passlab.instructions.render import render_table
    from tl_passlab.instructions.rows import as_json
    from tl_passlab.report.progress import waiting
    from tl_passlab.report.text import style_for
    from tl_passlab.targets import parse_target

    target, sizes = parse_target(args.target), parse_sizes(args.sizes)
    with waiting(f"lowering {args.kernel} for {target.spec}"):
        table = table_in_child(args.kernel, target, sizes, args.timeout)
    if args.json:
        print(json.dumps(as_json(table), indent=1))
    else:
        print(render_table(table, style_for()))
        print(f"next: {kernel_command('trace', args.kernel, target.spec, sizes)} --pass LowerTileOp")
    return EXIT_DIFFERENT if table.problems else EXIT_SAME
