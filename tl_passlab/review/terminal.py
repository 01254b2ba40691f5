"""One key at a time from a terminal, and a pager: what the interactive review needs and nothing more."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def single_keys() -> Iterator[None]:
    """Make keys arrive without Return, and unseen, while the block runs; where the platform cannot, do nothing.

    Set once for a whole review and without discarding input: keys typed ahead of a prompt count.
    """
    try:
        import termios
        import tty
    except ImportError:
        yield
        return
    descriptor = sys.stdin.fileno()
    saved = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSANOW)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, saved)


def read_key() -> str:
    """The next key; `q` at the end of input. Raises KeyboardInterrupt on Control-C."""
    key = os.read(sys.stdin.fileno(), 1).decode("utf-8", errors="replace")
    return "q" if key in ("", "\x04") else key


def open_text(text: str, name: str) -> str:
    """Show a text in $PAGER, else $VISUAL or $EDITOR, else less; a message where none of them runs."""
    command = next((os.environ[v] for v in ("PAGER", "VISUAL", "EDITOR") if os.environ.get(v)), "less")
    with tempfile.TemporaryDirectory(prefix="passlab-") as folder:
        file = Path(folder, name)
        file.write_text(text, encoding="utf-8", errors="replace")
        try:
            subprocess.run([*shlex.split(command), str(file)], check=False)
        except (OSError, ValueError) as error:
            return f"{command} does not run: {error}; set PAGER"
    return ""
