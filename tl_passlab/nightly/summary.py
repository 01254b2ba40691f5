"""What a nightly run prints at its end: the standing, where its files are, what went wrong beside the tests."""

from __future__ import annotations

from pathlib import Path

from tl_passlab.nightly.run import PAGE, Finished
from tl_passlab.report.results_text import render_summary
from tl_passlab.report.text import Style


def render_finished(finished: Finished, style: Style) -> str:
    """New failures first, then fixed, flaky and known ones; then the files."""
    lines = ["", render_summary(finished.run, finished.standing, style), ""]
    for problem in finished.problems:
        lines += [f"problem: {problem}", ""]
    width = max(len(path.name) for path in finished.files)
    lines += [f"{path.name:<{width}}  {_shown(path)}" for path in finished.files]
    lines.append(f"next: {_next(finished)}")
    return "\n".join(lines)


def _next(finished: Finished) -> str:
    if any(problem.what == "history" for problem in finished.problems):
        run = next(path for path in finished.files if path.name == "run.json")
        return f"passlab history import {_shown(run)}   (once the history is mended)"
    if any(problem.where == PAGE for problem in finished.problems):
        folder = _shown(finished.files[0].parent)
        return f"passlab report {folder} --html {PAGE}"
    if finished.standing.new:
        return next((r.replay for r in finished.run.tests if r.name in finished.standing.new and r.replay), "")
    return "passlab history"


def _shown(path: Path) -> str:
    """Relative to where the reader is, when it lies below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
