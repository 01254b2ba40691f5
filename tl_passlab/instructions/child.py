"""Derives a table in a child process, where a pass that aborts takes nobody along. Run as a module by itself."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_USAGE, FindingError, PasslabError, UsageError
from tl_passlab.instructions.rows import Table, as_json, from_json
from tl_passlab.isolation import child_environment, without_address_randomisation
from tl_passlab.model import Target

_FIELDS = ("what", "where", "why", "evidence", "next_command")


def table_in_child(reference: str, target: Target, sizes: Mapping[str, Any], timeout: float) -> Table:
    """The table of a case or a user's kernel. Raises what the derivation raised, FindingError on a crash or timeout."""
    job = json.dumps({"reference": reference, "target": target.spec, "sizes": dict(sizes)})
    with tempfile.TemporaryDirectory(prefix="passlab-") as folder:
        answer = Path(folder, "answer.json")
        command = [sys.executable, "-m", "tl_passlab.instructions.child", job, str(answer)]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout,
                env=child_environment(),
                preexec_fn=without_address_randomisation,
            )
        except subprocess.TimeoutExpired as error:
            raise _crashed(reference, target, f"no answer after {timeout:g} s", "") from error
        if not answer.is_file():
            tail = "\n".join(done.stderr.strip().splitlines()[-6:])
            raise _crashed(reference, target, f"the lane process ended with code {done.returncode}", tail)
        values = json.loads(answer.read_text(encoding="utf-8"))
    if done.returncode == 0:
        return from_json(values)
    kind = UsageError if done.returncode == EXIT_USAGE else FindingError
    raise kind(
        *(values[name] for name in _FIELDS[:3]), evidence=values["evidence"], next_command=values["next_command"]
    )


def _crashed(reference: str, target: Target, why: str, evidence: str) -> FindingError:
    again = f"passlab trace {reference} --target {target.spec}"
    return FindingError("instructions", f"{reference}  {target.spec}", why, evidence=evidence, next_command=again)


def main(job: str, answer: str) -> int:
    """Derive what the job names and write the table, or the error, as JSON."""
    from tl_passlab import lanes
    from tl_passlab.cases import check_sizes, load_case
    from tl_passlab.targets import parse_target

    fields = json.loads(job)
    values: dict[str, Any]
    try:
        lanes.check_pins()
        from tl_passlab.instructions.derive import derive

        case = load_case(fields["reference"])
        check_sizes(case, fields["sizes"])
        values, code = as_json(derive(case, parse_target(fields["target"]), fields["sizes"])), 0
    except PasslabError as error:
        values = {name: getattr(error, name) for name in _FIELDS}
        code = EXIT_USAGE if isinstance(error, UsageError) else EXIT_DIFFERENT
    Path(answer).write_text(json.dumps(values), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
