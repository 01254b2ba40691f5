"""The child process of `tl_passlab.parity.session`: compiles and runs the steps of one job. Not for use by hand.

Events go to a file, one JSON object a line, each written before what it announces: whatever the kernel does to this
process, the parent knows what was running.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tl_passlab.errors import PasslabError
from tl_passlab.model import Case, Target
from tl_passlab.parity import outcome as kinds
from tl_passlab.parity.execute import Judgement, judge
from tl_passlab.parity.loading import load_parity_case
from tl_passlab.parity.outcome import Step
from tl_passlab.parity.protocol import Program, Runner
from tl_passlab.parity.runners import load_runner
from tl_passlab.parity.shapes import tiles_of
from tl_passlab.targets import parse_target

# The device may be unusable after an error: the rest of the steps belongs to a fresh process.
RESTART = 75
TELLING = re.compile(r"error\s*:\s*\S|Check failed|: fatal", re.IGNORECASE)


class Child:
    """One job: a case, a target, a runner, and where events go."""

    def __init__(self, job: Mapping[str, Any], events: Path) -> None:
        self.stream = events.open("a", encoding="utf-8")
        self.case: Case = load_parity_case(job["reference"])
        self.target: Target = parse_target(job["target"])
        self.runner: Runner = load_runner(job["runner"])
        self.line_directives = bool(job["line_directives"])
        self.tiles = tiles_of(self.case.info, functools.partial(self.runner.declared, self.case))

    def emit(self, event: str, **fields: Any) -> None:
        """Write one event, at once."""
        self.stream.write(json.dumps({"event": event, **fields}) + "\n")
        self.stream.flush()

    def run(self, steps: Sequence[tuple[int, Step]]) -> int:
        """Every step; steps of one variant share a compilation."""
        self.emit("ready", device=self.runner.device_name())
        program: Program | None = None
        variant = ""
        for number, step in steps:
            if step.variant != variant:
                variant = step.variant
                program = self.compile(number, step)
            elif program is None:
                self.emit("done", index=number, judgement=None)
            if program is not None and not self.step(program, number, step):
                return RESTART
        return 0

    def compile(self, number: int, step: Step) -> Program | None:
        """The compiled kernel, or None after the compile error has been reported under this step."""
        self.emit("compile", index=number)
        start = time.perf_counter()
        try:
            options = {"line_directives": self.line_directives}
            program = self.runner.compile_case(self.case, self.target, step.sizes, **options)
        except Exception as error:
            found = Judgement(kinds.COMPILE_ERROR, _one_line(error), _tail(error))
            self.emit("done", index=number, judgement=_encoded(found))
            return None
        self.emit("compiled", seconds=time.perf_counter() - start)
        return program

    def step(self, program: Program, number: int, step: Step) -> bool:
        """Run and judge one step; False when the process should not go on after it."""
        self.emit("step", index=number)
        try:
            found = judge(self.case, program, step, self.runner.TORCH_DEVICE, self.tiles)
        except PasslabError:
            raise
        except Exception as error:
            found = Judgement(kinds.RUNTIME_ERROR, _one_line(error), _tail(error))
            self.emit("done", index=number, judgement=_encoded(found))
            return False
        self.emit("done", index=number, judgement=None if found is None else _encoded(found))
        return True


def main(job_path: str, events: str) -> int:
    """Run a job file."""
    job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    try:
        child = Child(job, Path(events))
        return child.run([(number, Step(**fields)) for number, fields in job["steps"]])
    except PasslabError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def _encoded(found: Judgement) -> dict[str, Any]:
    return {name: kinds.plain(value) for name, value in dataclasses.asdict(found).items()}


def _one_line(error: Exception) -> str:
    """The line that says what is wrong: upstream puts a C++ traceback before it and a compiler's command line after."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if TELLING.search(line)]
    return f"{type(error).__name__}: {(telling or lines or [''])[0]}"[:300]


def _tail(error: Exception) -> str:
    return "\n".join(str(error).strip().splitlines()[-12:])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
