"""The child process of `tl_passlab.isolation`: one lowering or one pass, events to a file. Not for use by hand."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tl_passlab import lanes
from tl_passlab.capture import record
from tl_passlab.cases import check_sizes, load_case
from tl_passlab.errors import EXIT_USAGE, UsageError
from tl_passlab.events import write_event
from tl_passlab.model import Case, Target
from tl_passlab.single_pass import record_pass
from tl_passlab.targets import parse_target


def main(job: str, events: str) -> int:
    """Lower what the job names; 0 whether or not the lowering succeeds, 2 when there is nothing to lower."""
    fields = json.loads(job)
    try:
        lanes.check_pins()
        case = load_case(fields["reference"])
        check_sizes(case, fields["sizes"])
        target = parse_target(fields["target"])
    except UsageError as error:
        return _pass_on(error)
    return lower(case, target, fields, Path(events))


def lower(case: Case, target: Target, fields: Mapping[str, Any], events: Path) -> int:
    """Lower a case, or run one pass of it, and write the events."""
    sizes = fields.get("sizes", {})
    try:
        with events.open("w", encoding="utf-8") as stream:
            emit = functools.partial(write_event, stream)
            if "pass" in fields:
                wide = fields["with_prerequisites"]
                record_pass(case, target, fields["pass"], emit, sizes, with_prerequisites=wide)
            else:
                record(case, target, emit, sizes)
    except UsageError as error:
        return _pass_on(error)
    return 0


def _pass_on(error: UsageError) -> int:
    """The parent raises it again: it is the last line of the log."""
    report = {name: getattr(error, name) for name in ("what", "where", "why", "evidence", "next_command")}
    print("\n" + json.dumps(report), file=sys.stderr)
    return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
