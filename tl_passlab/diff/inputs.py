"""Read what the user names as text: files, gzip, standard input, any Unicode encoding; and refuse what is no text."""

from __future__ import annotations

import codecs
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

from tl_passlab.errors import UsageError

MAX_BYTES = 100 * 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)


@dataclass(frozen=True)
class Source:
    """One side of a comparison: how the user calls it, its text, and the extension that hints at its language."""

    name: str
    text: str
    extension: str = ""


def read_source(argument: str, *, force: bool = False) -> Source:
    """The text behind a path or `-`."""
    if argument == "-":
        data = sys.stdin.buffer.read() if force else sys.stdin.buffer.read(MAX_BYTES + 1)
        return Source("stdin", _decoded("stdin", _unpacked("stdin", data, force), force))
    path = Path(argument)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES and not force:
            raise _too_large(argument, size)
        data = path.read_bytes()
    except OSError as error:
        reason = "no such file or directory" if isinstance(error, FileNotFoundError) else (error.strerror or str(error))
        raise UsageError("diff", argument, reason) from error
    suffixes = [s for s in path.suffixes if s != ".gz"]
    return Source(
        argument, _decoded(argument, _unpacked(argument, data, force), force), suffixes[-1] if suffixes else ""
    )


def _too_large(name: str, size: int) -> UsageError:
    return UsageError(
        "diff", name, f"{size / 2**20:.0f} MiB is more than the {MAX_BYTES // 2**20} MiB that are compared unasked",
        next_command="add --force to compare it anyway",
    )  # fmt: skip


def _unpacked(name: str, data: bytes, force: bool) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    unpacked = b""
    try:
        while data:
            # With a limit: a small file can unpack to more than there is memory.
            engine = zlib.decompressobj(wbits=31)
            unpacked += engine.decompress(data, 0 if force else MAX_BYTES + 1 - len(unpacked))
            if len(unpacked) > MAX_BYTES and not force:
                return unpacked
            if not engine.eof:
                raise UsageError("diff", name, "the gzip file is cut off")
            data = engine.unused_data
    except zlib.error as error:
        raise UsageError("diff", name, f"not a valid gzip file: {error}") from error
    return unpacked


def _decoded(name: str, data: bytes, force: bool) -> str:
    if len(data) > MAX_BYTES and not force:
        raise _too_large(name, len(data))
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data[:65536]:
        guess = _utf16_without_mark(data)
        if guess:
            return data.decode(guess, errors="replace")
        raise UsageError("diff", name, "this is binary data, not a dump or a source")
    return data.decode("utf-8", errors="replace")


def _utf16_without_mark(data: bytes) -> str:
    """ASCII text in UTF-16 has a zero in every second byte."""
    head = data[:4096]
    if len(head) < 8:
        return ""
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / max(1, len(head[1::2]))
    if odd > 0.9 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.9 and odd < 0.1 else ""
