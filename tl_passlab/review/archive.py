"""Pending goldens in a zip file: a nightly run uploads one, a laptop reviews it.

pending.json           {"format": "passlab-pending", "version": 1}
<path of the golden>[.about.json]    as in the pending mirror
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from tl_passlab.errors import FindingError, UsageError
from tl_passlab.goldens import store
from tl_passlab.goldens.pending import ABOUT, Mirror, Pending, check_path, read_about, read_text

FORMAT = {"format": "passlab-pending", "version": 1}
HEAD = "pending.json"
MAX_BYTES = 1 << 28


def export_pending(mirror: Mirror, chosen: list[Pending], path: Path) -> None:
    """Write pending goldens to a zip file. Raises FindingError when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(HEAD, json.dumps(FORMAT))
            for entry in chosen:
                text = read_text(mirror, entry)
                if text is not None:
                    archive.writestr(entry.path, text.encode("utf-8", errors="surrogateescape"))
                archive.write(mirror.about_path(entry.path), f"{entry.path}{ABOUT}")
    except OSError as error:
        path.unlink(missing_ok=True)
        raise FindingError("pending", str(path), f"cannot write: {error.strerror or error}") from error


def import_pending(mirror: Mirror, path: Path) -> int:
    """Add the pending goldens of a zip file to the mirror; how many. Raises UsageError when it is no such file.

    The file is not trusted: every name must be the path of a golden inside the project.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            texts = {name: archive.read(name).decode("utf-8", errors="surrogateescape") for name in _names(archive)}
    except (OSError, zipfile.BadZipFile, ValueError, KeyError) as error:
        raise UsageError("review", str(path), f"not readable: {error}") from error
    reasons = [name for name in texts if name.endswith(ABOUT)]
    for name in reasons:
        read_about(texts[name], name.removesuffix(ABOUT))
    # A reason without its text is no entry, so the texts go first.
    for name in sorted(texts, key=lambda name: name.endswith(ABOUT)):
        store.write_whole(mirror.folder / name, texts[name])
    return len(reasons)


def _names(archive: zipfile.ZipFile) -> list[str]:
    if json.loads(archive.read(HEAD)) != FORMAT:
        raise ValueError(f"expected {FORMAT['format']} version {FORMAT['version']}")
    if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES >> 20} MiB unpacked")
    names = [name for name in archive.namelist() if name != HEAD]
    for name in names:
        check_path(name.removesuffix(ABOUT))
    return names
