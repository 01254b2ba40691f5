"""The `golden` fixture: compares a text with a golden through syrupy; a difference becomes pending, and a message."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from syrupy.data import SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tl_passlab.errors import PasslabError
from tl_passlab.goldens import pending, store
from tl_passlab.goldens.explain import Explanation
from tl_passlab.pytest_reads import OPTION, PENDING, READ


class GoldenExtension(SingleFileSnapshotExtension):
    """One raw text file for each golden, at the path that is the snapshot's name.

    syrupy's own idea of unused snapshots deletes the goldens of other lanes and of skipped tests, so it is shown none:
    trimming is ours.
    """

    _write_mode = WriteMode.TEXT
    file_extension = ""
    # A refusal of the file system must fail the test that met it, not the end of the session.
    write_immediately = True

    @classmethod
    def get_snapshot_name(cls, *, test_location: Any, index: Any = 0) -> str:
        return str(test_location.snapshot_name)

    @classmethod
    def get_file_basename(cls, *, test_location: Any, index: Any) -> str:
        return Path(str(index)).name

    @classmethod
    def get_location(cls, *, test_location: Any, index: Any) -> str:
        return str(index)

    @classmethod
    def matches_test_location(cls, *, test_location: Any, snapshot_location: str) -> bool:
        return True

    def discover_snapshots(self, *, test_location: Any, ignore_extensions: Any = None) -> SnapshotCollections:
        return SnapshotCollections()

    def read_snapshot_data_from_location(self, *, snapshot_location: str, **unused: Any) -> Any:
        return store.read_golden(Path(snapshot_location))

    @classmethod
    def write_snapshot_collection(cls, *, snapshot_collection: Any, **unused: Any) -> None:
        (snapshot,) = snapshot_collection
        store.write_golden(Path(snapshot_collection.location), str(snapshot.data))


Explain = Callable[["str | None"], Explanation]
Claims = Callable[[], Mapping[str, str]]


@dataclasses.dataclass(frozen=True)
class Golden:
    """Compares texts with goldens in one test."""

    snapshot: Any
    request: pytest.FixtureRequest
    mirror: pending.Mirror

    def __call__(self, path: Path, content: str | None, explain: Explain, claims: Claims | None = None) -> None:
        """Pass when the golden at a path equals `content` (None: there must be none); fail with the reason otherwise.

        `claims` is asked only for a difference. `--snapshot-update` writes the golden instead.
        """
        failure = self.compare(path, content, explain, claims)
        if failure:
            pytest.fail(failure, pytrace=False)

    def compare(self, path: Path, content: str | None, explain: Explain, claims: Claims | None = None) -> str:
        """As a call, but the failure is returned as a message, empty for none."""
        try:
            relative = pending.relative_path(self.mirror, path)
            self.request.node.user_properties.append((READ, relative))
            if self.request.config.option.update_snapshots:
                self._update(path, relative, content)
                return ""
            stored = store.read_golden(path)
            if (content is None and stored is None) or (content is not None and self._matches(path, content)):
                pending.discard(self.mirror, relative)
                return ""
        except PasslabError as error:
            return str(error)
        explanation = explain(stored)
        if claims is not None:
            explanation = dataclasses.replace(explanation, claims=dict(claims()))
        return message(explanation) + self._remember(relative, stored, content, explanation)

    def _update(self, path: Path, relative: str, content: str | None) -> None:
        if content is None:
            if path.exists():
                store.remove_golden(path)
        elif not self._matches(path, content):
            # syrupy swallows what its extension raises; writing again shows the reason.
            store.write_golden(path, content)
        pending.discard(self.mirror, relative)

    def _matches(self, path: Path, content: str) -> bool:
        return bool(self.snapshot.use_extension(GoldenExtension)(name=str(path)) == content)

    def _remember(self, relative: str, stored: str | None, content: str | None, explanation: Explanation) -> str:
        """Make the difference pending; a note where that is not possible."""
        try:
            pending.add_pending(self.mirror, relative, stored, content, explanation, self.request.node.nodeid)
        except PasslabError as error:
            return f"\nnot kept for review: {error}"
        self.request.node.user_properties.append((PENDING, relative))
        return ""


def message(explanation: Explanation) -> str:
    """What the failing test says: the verdict, where and what, which claims hold, what to type next."""
    verdict = explanation.verdict
    lines = [verdict.reason, *(f"  {line}" for line in verdict.detail.splitlines())]
    for name, why in explanation.claims.items():
        state = f"FAILS: {(why.splitlines() or [''])[0]}" if why else "holds"
        lines.append(f"  {name} {'.' * max(3, 56 - len(name))} {state}")
    if verdict.next_command:
        lines.append(f"next: {verdict.next_command}")
    return "\n".join(lines)


def mirror_of(config: pytest.Config) -> pending.Mirror:
    """The pending mirror of a test run: the project is pytest's root folder."""
    chosen = config.getoption(OPTION, default=None) or os.environ.get(pending.VARIABLE)
    return pending.Mirror(config.rootpath, Path(chosen).absolute() if chosen else config.rootpath / pending.DEFAULT)
