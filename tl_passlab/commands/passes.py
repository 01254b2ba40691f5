"""`passlab passes`: the passes of a pipeline in order, and what is known of each."""

from __future__ import annotations

import argparse
import json

from tl_passlab import lanes
from tl_passlab.errors import EXIT_SAME
from tl_passlab.passes import PASSES, PassSpec, find_pass
from tl_passlab.passes.all_passes import split_occurrence
from tl_passlab.passes.pipelines import observed_pipeline
from tl_passlab.targets import parse_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab passes`."""
    parser.add_argument("name", nargs="?", metavar="PASS", help="show everything known of one pass")
    parser.add_argument("--lane", help="a supported tilelang version (default: the installed one)")
    parser.add_argument("--target", default="cuda:sm_90a", help="whose pipeline (default: cuda:sm_90a)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """List the pipeline, or describe one pass."""
    lane = lanes.lane_named(args.lane, "passlab doctor")
    target = parse_target(args.target)
    order = observed_pipeline(lane, target)
    if args.name:
        _describe(find_pass(args.name), lane, order, args.json)
        return EXIT_SAME
    rows = [(position, name, find_pass(name)) for position, name in enumerate(order)]
    outside = [spec for spec in PASSES.values() if spec.exists_in(lane) and not _runs(spec, order)]
    if args.json:
        listed = [{"position": p, "name": n, **_fields(spec, lane, order)} for p, n, spec in rows]
        print(
            json.dumps({"lane": lane, "target": target.spec, "pipeline": listed, "others": [s.name for s in outside]})
        )
        return EXIT_SAME
    print(f"tilelang {lane}  {target.spec}  {len(order)} passes")
    for position, name, spec in rows:
        print(f"{position:>4}  {name:<40} {spec.summary}{_checked(spec)}")
    print("not in this pipeline:")
    for spec in outside:
        print(f"   -  {spec.name:<40} {spec.summary}{_checked(spec)}")
    print("next: passlab passes InjectSoftwarePipeline")
    return EXIT_SAME


def _checked(spec: PassSpec) -> str:
    """How many invariants `passlab run` checks."""
    return f"  [{len(spec.checks)} checked]" if spec.checks else ""


def _runs(spec: PassSpec, order: list[str]) -> bool:
    return any(split_occurrence(name)[0] == spec.name for name in order)


def _fields(spec: PassSpec, lane: str, order: list[str]) -> dict[str, object]:
    return {
        "pass": spec.name,
        "summary": spec.summary,
        "targets": list(spec.kinds),
        "aliases": list(spec.aliases),
        "name_in_lane": spec.name_in(lane) if spec.exists_in(lane) else None,
        "positions": [k for k, name in enumerate(order) if split_occurrence(name)[0] == spec.name],
        "requires": list(spec.requires),
        "invariants": list(spec.invariants),
        "checked": list(spec.checks),
        "since": spec.since,
        "gone": spec.gone or None,
        "replaced_by": spec.replaced_by or None,
    }


def _describe(spec: PassSpec, lane: str, order: list[str], as_json: bool) -> None:
    fields = _fields(spec, lane, order)
    if as_json:
        print(json.dumps(fields, indent=1))
        return
    print(f"{spec.name}: {spec.summary}")
    for key in ("targets", "aliases", "name_in_lane", "positions", "requires", "since", "gone", "replaced_by"):
        value = fields[key]
        if value:
            print(f"  {key.replace('_', ' '):<13} {', '.join(map(str, value)) if isinstance(value, list) else value}")
    for invariant in dict.fromkeys((*spec.invariants, *spec.checks)):
        print(f"  holds after   {invariant}  ({'checked' if invariant in spec.checks else 'not checked'})")
    print(f"next: pytest -k {spec.name}")
