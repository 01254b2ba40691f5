"""`passlab layout`: draw where the elements of a buffer lie: banks of shared memory, owner threads of a fragment."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tl_passlab.errors import EXIT_SAME, FindingError, UsageError
from tl_passlab.model import Trace

DEFAULT_PASS = "LayoutInference"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab layout`."""
    parser.add_argument("kernel", metavar="CASE|FILE.py[::FUNCTION]", help="a case by name, or a kernel in a file")
    parser.add_argument("--buffer", metavar="NAME", help="the buffer to draw (without it: list those with a layout)")
    parser.add_argument("--target", default="cuda", help="cuda:sm_90a, metal, hip:gfx942, c ... (default: cuda)")
    parser.add_argument("--after", default=DEFAULT_PASS, metavar="PASS", help=f"default: {DEFAULT_PASS}")
    parser.add_argument(
        "--set", dest="sizes", action="append", default=[], metavar="NAME=VALUE", help="a kernel argument"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--text", action="store_true", help="print the grid (the default)")
    form.add_argument("--svg", type=Path, metavar="FILE", help="write the labelled grid as SVG")
    form.add_argument("--png", type=Path, metavar="FILE", help="write the colours as PNG, without labels")
    form.add_argument("--json", action="store_true", help="print offsets or owners of every element as JSON")
    parser.add_argument("--rows", type=int, default=64, metavar="N", help="print at most N rows (default: 64)")
    parser.add_argument(
        "--timeout", type=float, default=300.0, metavar="S", help="give up on the lowering after S seconds"
    )


def run(args: argparse.Namespace) -> int:
    """Lower, find the layout, draw it."""
    from tl_passlab.cases import parse_sizes
    from tl_passlab.isolation import trace_in_child
    from tl_passlab.layouts.find import layouts_in
    from tl_passlab.report.progress import waiting
    from tl_passlab.targets import parse_target

    target = parse_target(args.target)
    with waiting(f"lowering {args.kernel} for {target.spec}"):
        trace = trace_in_child(args.kernel, target, parse_sizes(args.sizes), args.timeout)
    text = _after(trace, args)
    again = f"passlab layout {args.kernel} --target {target.spec}"
    if args.buffer is None:
        found = layouts_in(text)
        print("\n".join(f"{name:<20} {layout}" for name, layout in found.items()) or "no buffer has a layout here")
        if found:
            print(f"next: {again} --buffer {next(iter(found))}")
        return EXIT_SAME
    _show(text, args, f"{trace.case}  {trace.target}")
    if not args.json:
        print(f"next: {again} --buffer {args.buffer} --svg {args.buffer}.svg")
    return EXIT_SAME


def _after(trace: Trace, args: argparse.Namespace) -> str:
    """The IR after the pass. Raises FindingError where the lowering failed before it, UsageError if it never runs."""
    from tl_passlab.again import kernel_command
    from tl_passlab.cases import parse_sizes
    from tl_passlab.passes import find_pass

    find_pass(args.after)
    try:
        return trace.after(args.after)
    except KeyError:
        where = f"{trace.case}  {trace.target}"
        again = kernel_command("trace", args.kernel, trace.target, parse_sizes(args.sizes))
        if trace.failure is not None:
            why = f"the lowering failed in {trace.failure.pass_name}, before {args.after} had run"
            evidence = trace.failure.message
            raise FindingError("layout", where, why, evidence=evidence, next_command=again) from None
        raise UsageError("layout", where, f"{args.after} does not run here", next_command=again) from None


def _show(text: str, args: argparse.Namespace, where: str) -> None:
    from tl_passlab.layouts.draw import as_png, as_svg, as_text
    from tl_passlab.layouts.find import declared_in, layout_of
    from tl_passlab.layouts.picture import fragment_picture, shared_picture
    from tl_passlab.report.text import style_for

    layout = layout_of(text, args.buffer, where)
    declared = declared_in(text).get(args.buffer)
    dtype, bits = (declared.dtype, declared.bits) if declared else ("float32", 32)
    if args.json:
        fields = {"buffer": args.buffer, "dtype": dtype, "shape": layout.shape, "layout": str(layout)}
        places = [list(layout.place(index)) for index in layout.indices()]
        owners = [list(layout.owners(index)) for index in layout.indices()] if layout.is_fragment else []
        print(json.dumps({**fields, "places": places, "owners": owners}))
        return
    if layout.is_fragment:
        picture = fragment_picture(args.buffer, layout, dtype)
    else:
        picture = shared_picture(args.buffer, layout, dtype, bits)
    if args.svg is not None:
        _write(args.svg, as_svg(picture).encode())
    elif args.png is not None:
        _write(args.png, as_png(picture))
    else:
        print(as_text(picture, style_for(), args.rows))


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError("layout", str(path), f"cannot write: {error.strerror}") from error
    print(f"wrote {path}  {len(content):,} bytes")
