"""The child process of `passlab check` and `passlab blame`: lowers, executes, writes JSON. Not for use by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tl_passlab.cases import check_sizes, load_case
from tl_passlab.errors import EXIT_USAGE, UsageError
from tl_passlab.targets import parse_target


def main(job: str, out: str, progress: str) -> int:
    """Do what the job says; 0 when a result was written, 2 with the usage error on the last line of stderr."""
    fields = json.loads(job)
    try:
        result = _do(fields, Path(progress))
    except UsageError as error:
        print(
            "\n" + json.dumps({k: getattr(error, k) for k in ("what", "where", "why", "evidence", "next_command")}),
            file=sys.stderr,
        )
        return EXIT_USAGE
    Path(out).write_text(json.dumps(result), encoding="utf-8")
    return 0


def _do(fields: dict[str, Any], progress: Path) -> dict[str, Any]:
    def tell(number: int, total: int, name: str) -> None:
        with progress.open("a", encoding="utf-8") as stream:
            stream.write(f"{number} {total} {name}\n")

    case, target = load_case(fields["reference"]), parse_target(fields["target"])
    check_sizes(case, fields["sizes"])
    if fields["command"] == "check":
        from tl_passlab.interp.check import check
        from tl_passlab.interp.store import check_data

        return check_data(check(case, target, fields["sizes"], fields["seed"], fields["schedules"], progress=tell))
    from tl_passlab.interp.blame import blame

    device = None
    if fields.get("device"):
        import numpy as np

        with np.load(fields["device"]) as arrays:
            device = {name: arrays[name] for name in arrays.files}
    out = Path(fields["out"])
    return blame(case, target, fields["sizes"], fields["seed"], fields["schedules"], out, device, tell)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
