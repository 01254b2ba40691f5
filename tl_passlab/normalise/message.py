"""Rules for upstream's error messages: what a rejected kernel is expected to say."""

from __future__ import annotations

import re
from collections.abc import Callable

from tl_passlab.normalise.tir import strip_line_ends


def hide_addresses(text: str) -> str:
    """Ignores: the value of a pointer.
    Why: it is where the allocator put an object; it differs in every process.
    Example: `Var(k, 0x55d0c3a0)` -> `Var(k, 0x...)`. Short hexadecimal constants stay.
    """
    return re.sub(r"\b0x[0-9a-fA-F]{8,16}\b", "0x...", text)


def shorten_paths(text: str) -> str:
    """Ignores: the directory of an absolute path, and the line number in a compiled (C++) file.
    Why: the checkout's place and upstream's own line numbers are no part of the verdict; the kernel's line is kept.
    Example: `/mnt/cases/reject/a.py:12` -> `a.py:12`; `/src/op/gemm.cc:88` -> `gemm.cc`.
    """
    text = re.sub(r"(?<![\w.])/(?:[\w.+-]+/)+([\w.+-]+)", r"\1", text)
    return re.sub(r"\b([\w-]+\.(?:cc|h|cpp)):\d+", r"\1", text)


def drop_traceback(text: str) -> str:
    """Ignores: Python and C++ stack frames inside a message.
    Why: they name the callers, not the fault; upstream prints them only in some builds.
    Example: `  File "x.py", line 3, in f` -> nothing.
    """
    frame = re.compile(r'^\s*(File "[^"]*", line \d+|\d+: 0x|Traceback \(most recent call last\)|\[bt\])')
    return "\n".join(line for line in text.split("\n") if not frame.match(line))


def drop_log_time(text: str) -> str:
    """Ignores: the time stamp of a log line.
    Why: it is the hour of the run.
    Example: `[07:45:49] file.cc: Warning` -> `file.cc: Warning`.
    """
    return re.sub(r"\[\d\d:\d\d:\d\d\] ?", "", text)


RULES: tuple[Callable[[str], str], ...] = (
    drop_traceback,
    drop_log_time,
    hide_addresses,
    shorten_paths,
    strip_line_ends,
)


def normalise_message(text: str) -> str:
    """The text a comparison of error messages sees."""
    for rule in RULES:
        text = rule(text)
    return text
