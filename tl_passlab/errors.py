"""The errors a user may see: what, where, why, evidence, next command.

One tree, so that the command line and pytest render every failure in one shape and map it to one exit code.
"""

from __future__ import annotations

EXIT_SAME = 0
EXIT_DIFFERENT = 1
EXIT_USAGE = 2
EXIT_INTERNAL = 3
EXIT_INTERRUPTED = 130

MAX_EVIDENCE_LINES = 10


class PasslabError(Exception):
    """A problem the user can act on.

    `what` is the command or step, `where` the case, file or pass; `why` one line; `evidence` at most ten lines are
    shown; `next_command` is what to type now.
    """

    exit_code = EXIT_DIFFERENT

    def __init__(self, what: str, where: str, why: str, *, evidence: str = "", next_command: str = "") -> None:
        super().__init__(why)
        self.what = what
        self.where = where
        self.why = why
        self.evidence = evidence
        self.next_command = next_command

    def __str__(self) -> str:
        head = f"{self.what}  {self.where}" if self.where else self.what
        lines = [f"{head}: error: {self.why}"]
        evidence = [line for line in self.evidence.splitlines() if line.strip()]
        lines += [f"  {line}" for line in evidence[:MAX_EVIDENCE_LINES]]
        if len(evidence) > MAX_EVIDENCE_LINES:
            lines.append(f"  ... {len(evidence) - MAX_EVIDENCE_LINES} more lines")
        if self.next_command:
            lines.append(f"next: {self.next_command}")
        return "\n".join(lines)


class UsageError(PasslabError):
    """The command line, a name or a file that the user gave is wrong: exit code 2."""

    exit_code = EXIT_USAGE


class FindingError(PasslabError):
    """The tool worked and found something wrong (a pass failed, a kernel was rejected): exit code 1."""

    exit_code = EXIT_DIFFERENT


def one_line(error: BaseException) -> str:
    """`ValueError: no such shape`: what an exception is, and the first line of what it says."""
    return f"{type(error).__name__}: {(str(error).strip().splitlines() or [''])[0]}"
