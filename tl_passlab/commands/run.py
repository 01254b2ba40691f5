"""`passlab run`: apply one pass to a case or to a hand-written IR, and show what it did."""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import sys
from typing import TYPE_CHECKING

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME, UsageError

if TYPE_CHECKING:
    from tl_passlab.model import Target, Trace, Verdict
    from tl_passlab.passes import PassSpec


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab run`."""
    parser.add_argument("pass_name", metavar="PASS", help="upstream's name, any case; ThreadSync.2 is its second run")
    parser.add_argument("input", metavar="CASE|FILE.py[::FUNCTION]", help="a case, or an IR written as a TIR function")
    parser.add_argument("--target", default="cuda", help="cuda:sm_90a, metal, hip:gfx942, c ... (default: cuda)")
    parser.add_argument(
        "--set", dest="sizes", action="append", default=[], metavar="NAME=VALUE", help="a kernel argument"
    )
    parser.add_argument(
        "--with-prerequisites", action="store_true", help="run upstream's pipeline up to the pass first"
    )
    parser.add_argument("--print", dest="shown", choices=("diff", "before", "after"), default="diff")
    parser.add_argument("--timeout", type=float, default=300.0, metavar="S", help="give up on the pass after S seconds")
    parser.add_argument("--json", action="store_true", help="print before, after and what the pass says as JSON")


def run(args: argparse.Namespace) -> int:
    """Apply, print; 1 when the pass failed, or did what it must not."""
    from tl_passlab.cases import parse_sizes
    from tl_passlab.isolation import run_pass_in_child
    from tl_passlab.passes import find_pass
    from tl_passlab.report import trace as report
    from tl_passlab.targets import parse_target

    spec, target = find_pass(args.pass_name), parse_target(args.target)
    try:
        trace = run_pass_in_child(
            args.pass_name,
            args.input,
            target,
            parse_sizes(args.sizes),
            with_prerequisites=args.with_prerequisites,
            timeout=args.timeout,
        )
    except UsageError as error:
        raise with_reason(error, spec, args.input, target) from error
    if trace.failure is not None:
        print(report.render_failure(trace, None).replace("trace ", "run ", 1), file=sys.stderr)
        if spec.requires and not args.with_prerequisites:
            print(f"  {spec.name} expects to run after {', '.join(spec.requires)}", file=sys.stderr)
            again = f"passlab run {args.pass_name} {args.input} --target {target.spec} --with-prerequisites"
            print(f"next: {again}", file=sys.stderr)
        else:
            print(f"next: passlab trace {args.input} --target {target.spec}", file=sys.stderr)
        return EXIT_DIFFERENT
    return _show(trace, spec, args)


def _show(trace: Trace, spec: PassSpec, args: argparse.Namespace) -> int:
    """Print what the pass did and which of its invariants hold."""
    from tl_passlab.report import trace as report
    from tl_passlab.report.text import style_for

    (boundary,) = trace.pipeline()
    before, after = trace.texts[boundary.before], trace.texts[boundary.after]
    reasons = spec.why_not(before, after) if spec.why_not is not None else []
    verdicts = spec.verdicts(before, after)
    code = EXIT_DIFFERENT if any(verdict.status == "fail" for verdict in verdicts) else EXIT_SAME
    if args.json:
        note = report.remark(boundary, before, after)
        found = {"remark": note, "why_not": reasons, "violations": spec.violations(before, after)}
        held = [{"invariant": v.subject, "status": v.status, "evidence": v.detail, "why": v.reason} for v in verdicts]
        said = {"pass": boundary.name, "before": before, "after": after, "ms": boundary.ms, **found}
        print(json.dumps({**said, "invariants": held}))
        return code
    if args.shown == "diff":
        print(report.render_boundary(trace, boundary, style_for()))
    else:
        print(before if args.shown == "before" else after, end="")
    for line in spec.details(before, after) if spec.details is not None else ():
        print(line)
    print("".join(f"did nothing because: {reason}\n" for reason in reasons), end="", file=sys.stderr)
    # Where the IR itself is printed, it may be piped.
    print(_invariants(verdicts), end="", file=sys.stdout if args.shown == "diff" else sys.stderr)
    return code


def _invariants(verdicts: list[Verdict]) -> str:
    """A line for each invariant, and below one that is violated the evidence."""
    lines = []
    for verdict in verdicts:
        word = {"pass": "holds", "fail": "violated"}.get(verdict.status, "not checked")
        why = f" ({verdict.reason})" if verdict.status == "skipped" and verdict.reason != "no check" else ""
        lines.append(f"{word:<11} {verdict.subject}{why}")
        lines += [f"{'':<11}   {line}" for line in verdict.detail.splitlines()]
    return "".join(f"{line}\n" for line in lines)


def with_reason(error: UsageError, spec: PassSpec, reference: str, target: Target) -> UsageError:
    """The error that the pass does not run here, with the reason where the wrapper knows it."""
    reason = spec.why_absent(target, _declared_configs(reference)) if spec.why_absent is not None else ""
    if not reason or "never runs" not in error.why:
        return error
    why = f"{error.why}: {reason}"
    return UsageError(error.what, error.where, why, evidence=error.evidence, next_command=error.next_command)


def _declared_configs(reference: str) -> dict[str, object]:
    """The PASS_CONFIGS of a case or a user's file, read as text; empty where it is no literal."""
    from tl_passlab.cases import resolve_case

    resolved = resolve_case(reference)
    path = resolved[0] if isinstance(resolved, tuple) else resolved.path
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PASS_CONFIGS":
            with contextlib.suppress(ValueError):
                return dict(ast.literal_eval(node.value))
    return {}
