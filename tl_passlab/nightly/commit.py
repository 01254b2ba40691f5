"""Which code was tested: the commit of this checkout, and a digest of what differs from it.

Two runs of one commit are compared to find flakes, so a changed working tree must not pass for the commit itself.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path


def commit_of(checkout: Path) -> str:
    """`3f2a...`, `3f2a...-dirty.1b2c3d4e` with a changed working tree, empty where git has no answer."""
    head = _git(checkout, "rev-parse", "HEAD")
    if not head:
        return ""
    changes = _git(checkout, "diff", "HEAD", "--binary")
    names = [name for name in _git(checkout, "ls-files", "--others", "--exclude-standard", "-z").split("\0") if name]
    if not changes and not names:
        return head
    digest = hashlib.sha256(changes.encode("utf-8", errors="surrogateescape"))
    for name in sorted(names):
        path = checkout / name
        digest.update(name.encode("utf-8", errors="surrogateescape"))
        digest.update(path.read_bytes() if path.is_file() else b"")
    return f"{head}-dirty.{digest.hexdigest()[:8]}"


def _git(checkout: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(checkout), *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
