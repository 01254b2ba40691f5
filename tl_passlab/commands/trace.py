"""`passlab trace`: lower a kernel in a child process and show what every pass did."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tl_passlab.commands.check import command_again
from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME, UsageError
from tl_passlab.model import Trace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab trace`."""
    parser.add_argument("kernel", metavar="CASE|FILE.py[::FUNCTION]", help="a case by name, or a kernel in a file")
    parser.add_argument("--target", default="cuda", help="cuda:sm_90a, metal, hip:gfx942, c ... (default: cuda)")
    parser.add_argument(
        "--set", dest="sizes", action="append", default=[], metavar="NAME=VALUE", help="a kernel argument"
    )
    parser.add_argument("--only-changed", action="store_true", help="list only the passes that changed the IR")
    parser.add_argument(
        "--pass", dest="pass_name", metavar="PASS", help="show one boundary (Simplify.3: the third run)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to write the trace directory")
    parser.add_argument(
        "--timeout", type=float, default=300.0, metavar="S", help="give up on the lowering after S seconds"
    )
    parser.add_argument(
        "--repeat",
        type=int,
        metavar="N",
        help="lower N times in fresh processes, and name the first pass whose output varies",
    )
    parser.add_argument("--json", action="store_true", help="print the manifest as JSON")


def run(args: argparse.Namespace) -> int:
    """Trace, write, print; 1 when the kernel did not lower."""
    from tl_passlab.cases import parse_sizes
    from tl_passlab.isolation import trace_in_child
    from tl_passlab.report.progress import waiting
    from tl_passlab.targets import parse_target
    from tl_passlab.trace_store import manifest, write_trace

    target = parse_target(args.target)
    _check_pass(args.pass_name)
    if args.repeat is not None:
        return _repeat(args)
    with waiting(f"lowering {args.kernel} for {target.spec}"):
        trace = trace_in_child(args.kernel, target, parse_sizes(args.sizes), args.timeout)
    out = args.out or Path(".passlab", "trace", f"{trace.case.replace('::', '-')}-{target.slug}")
    write_trace(trace, out)
    if args.json:
        print(json.dumps({**manifest(trace), "directory": str(out)}, indent=1))
        return EXIT_SAME if trace.failure is None else EXIT_DIFFERENT
    _print(trace, args, out)
    return EXIT_SAME if trace.failure is None else EXIT_DIFFERENT


def _repeat(args: argparse.Namespace) -> int:
    """Lower several times and compare; 1 when the results vary or the kernel does not lower."""
    from tl_passlab import determinism
    from tl_passlab.cases import parse_sizes
    from tl_passlab.report.progress import waiting
    from tl_passlab.report.stability import render_stability, stability_json
    from tl_passlab.report.text import style_for
    from tl_passlab.targets import parse_target

    if args.repeat < 2:
        raise UsageError("trace", f"--repeat {args.repeat}", "two runs at least", next_command="--repeat 8")
    target = parse_target(args.target)
    with waiting(f"lowering {args.kernel} for {target.spec}, {args.repeat} times"):
        traces = determinism.lower_repeatedly(args.kernel, target, parse_sizes(args.sizes), args.repeat, args.timeout)
        found = determinism.compare_runs(traces)
    first = traces[0]
    if args.json:
        head = {"case": first.case, "target": first.target, "lane": first.lane}
        print(json.dumps({**head, **stability_json(found)}, indent=1))
    else:
        print(render_stability(first.case, first.target, first.lane, found, style_for()))
    if first.failure is not None:
        print(f"trace  {first.case}  {first.target}: error: {first.failure.pass_name} failed", file=sys.stderr)
    elif found.first is not None and not args.json:
        print(f"next: {command_again('trace', args, '--pass', found.first.place)}")
    return EXIT_SAME if found.stable and first.failure is None else EXIT_DIFFERENT


def _check_pass(name: str | None) -> None:
    """Refuse an unknown pass before anything is lowered."""
    if name is not None:
        from tl_passlab.passes import find_pass

        find_pass(name)


def _print(trace: Trace, args: argparse.Namespace, out: Path) -> None:
    from tl_passlab.report import trace as report
    from tl_passlab.report.text import style_for

    style = style_for()
    if trace.failure is not None and not trace.boundaries:
        print(report.render_failure(trace, None), file=sys.stderr)
        print(f"next: passlab trace {args.kernel} --target {args.target} --set NAME=VALUE", file=sys.stderr)
        return
    if args.pass_name and (trace.failure is None or _ran(trace, args.pass_name)):
        print(report.render_boundary(trace, trace.boundary(_occurrence(trace, args.pass_name)), style))
    else:
        print(report.render_table(trace, style, only_changed=args.only_changed))
    print(f"trace: {out}")
    sys.stdout.flush()
    if trace.failure is not None:
        print(report.render_failure(trace, _reproducer(trace, out)), file=sys.stderr)
        last = trace.pipeline()[-1].name if trace.pipeline() else "Simplify"
        print(f"next: {command_again('trace', args, '--pass', last)}", file=sys.stderr)
    elif not args.pass_name:
        changed = [b.name for b in trace.pipeline() if b.changed]
        example = "LayoutInference" if "LayoutInference" in changed else changed[-1] if changed else "Simplify"
        print(f"next: {command_again('trace', args, '--pass', example)}")


def _ran(trace: Trace, name: str) -> bool:
    from tl_passlab.passes import find_pass

    return any(find_pass(b.name).name == find_pass(name).name for b in trace.pipeline())


def _occurrence(trace: Trace, name: str) -> str:
    """The qualified name of a boundary as the user typed it. Raises UsageError when that pass did not run."""
    from tl_passlab.passes import find_pass
    from tl_passlab.passes.all_passes import split_occurrence

    wanted = find_pass(name).name
    number = split_occurrence(name)[1]
    qualified = wanted if number == 1 else f"{wanted}.{number}"
    runs = [b.name for b in trace.pipeline()]
    if qualified not in runs:
        others = "\n".join(run for run in runs if split_occurrence(run)[0] == wanted)
        raise UsageError(
            "trace",
            f"{trace.case}  {trace.target}",
            f"{qualified} does not run here",
            evidence=others,
            next_command=f"passlab passes --target {trace.target}",
        )
    return qualified


def _reproducer(trace: Trace, out: Path) -> Path | None:
    """Keep the IR that the failing pass was given beside the trace, under the pass's name."""
    failure = trace.failure
    if failure is None or failure.before is None:
        return None
    path = out / f"{failure.pass_name.partition(' > ')[0].replace(' ', '_')}.before.tir"
    path.write_text(trace.texts[failure.before], encoding="utf-8", newline="\n")
    return path
