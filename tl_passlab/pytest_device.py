"""The marker `device("cuda:sm_90a")`: a test that needs a device for such code, and is skipped where there is none."""

from __future__ import annotations

import functools

import pytest

from tl_passlab.errors import PasslabError

MARKER = 'device("cuda:sm_90a"): runs kernels on an accelerator; skipped with the reason where none runs such code'


def needs_device(item: pytest.Item) -> bool:
    """Whether a test says which device it needs."""
    return any(mark.args for mark in item.iter_markers("device"))


def why_not_here(item: pytest.Item) -> str:
    """Why this machine cannot run a test; empty when it can. Raises UsageError for an unknown target."""
    specs = [spec for mark in item.iter_markers("device") for spec in mark.args]
    return next((reason for spec in specs if (reason := _why_not(spec))), "")


@functools.cache
def _why_not(spec: str) -> str:
    from tl_passlab.parity.runners import why_not
    from tl_passlab.targets import parse_target

    return why_not(parse_target(spec))


def answers(items: list[pytest.Item]) -> dict[int, str]:
    """For each test that needs a device: why it cannot be run here, empty where it can."""
    found = {}
    for index, item in enumerate(items):
        if needs_device(item):
            try:
                found[index] = why_not_here(item)
            except PasslabError:
                # Whoever runs it fails with the message.
                found[index] = ""
    return found


def skip_without_device(item: pytest.Item) -> None:
    """Skip a test whose device is not here."""
    try:
        reason = why_not_here(item)
    except PasslabError as error:
        pytest.fail(str(error), pytrace=False)
    if reason:
        pytest.skip(reason)
