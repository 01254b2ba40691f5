"""Progress on a terminal; silence in a pipe and in CI."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator


def shown() -> bool:
    """Whether there is somebody to show progress to."""
    return sys.stderr.isatty() and not os.environ.get("CI")


@contextlib.contextmanager
def waiting(what: str) -> Iterator[None]:
    """A spinner on the terminal's error stream while something of unknown length runs."""
    if not shown():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


@contextlib.contextmanager
def counted(what: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on the error stream of a terminal, else nothing; what it yields takes how far, of how many, and at what.

    The time that is left is shown once the pace is known.
    """
    if not shown():
        yield lambda number, total, name: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    times = (TimeElapsedColumn(), TimeRemainingColumn(), TextColumn("left"))
    # The description last: it changes its width all the time.
    columns = (BarColumn(), MofNCompleteColumn(), *times, TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda number, total, name: bar.update(task, completed=number, total=total, description=name)
