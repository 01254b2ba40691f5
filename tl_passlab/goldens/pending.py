"""Pending goldens: what a failing test would store, kept beside the goldens instead of over them.

    .passlab/pending/<path of the golden>               the new text; absent where the golden is to go
                    /<path of the golden>.about.json    why: verdict, causes, claims, and digests of old and new text

Both are written whole or not at all, so parallel test workers need no lock; the digests tell a text that another run
has replaced meanwhile, and a golden that has changed since, from what was reviewed.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tl_passlab.errors import FindingError, UsageError
from tl_passlab.goldens import store
from tl_passlab.goldens.explain import Explanation
from tl_passlab.goldens.identity import FOLDER, LANE_FILE, label_of, parse_identity
from tl_passlab.goldens.roots import Root

VERSION = 1
ABOUT = ".about.json"
VARIABLE = "PASSLAB_PENDING"
DEFAULT = Path(".passlab", "pending")
_PROJECT_FILES = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", ".git")


@dataclass(frozen=True)
class Mirror:
    """The project whose goldens are pending, and the folder that mirrors its paths."""

    root: Path
    folder: Path

    def text_path(self, path: str) -> Path:
        """Where the new text of a golden lies."""
        return self.folder / path

    def about_path(self, path: str) -> Path:
        """Where it is written why."""
        return self.folder / f"{path}{ABOUT}"


@dataclass(frozen=True)
class Pending:
    """One golden that differs: see `Explanation` for its causes. `old` and `new` are digests, empty for no text."""

    path: str
    status: str
    reason: str
    old: str
    new: str
    case: str = ""
    lane: str = ""
    target: str = ""
    test: str = ""
    roots: tuple[Root, ...] = ()
    follows: bool = False
    arrived: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    order: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file name of the golden."""
        return self.path.rpartition("/")[2]

    @property
    def label(self) -> str:
        """What the golden is of: a pass, `pipeline`, `kernel`, `error`."""
        return label_of(self.name)

    @property
    def unit(self) -> str:
        """The folder of the golden: one case on one target and lane."""
        return self.path.rpartition("/")[0]

    @property
    def broken_claims(self) -> dict[str, str]:
        """The claims that do not hold on the new lowering, with the reason."""
        return {name: why for name, why in self.claims.items() if why}


def find_mirror(start: Path | None = None, folder: Path | None = None) -> Mirror:
    """The mirror of the project around a folder; `folder` or PASSLAB_PENDING keeps it elsewhere."""
    here = (start or Path.cwd()).resolve()
    above = (here, *here.parents)
    chosen = folder or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    root = next((p for p in above if (p / DEFAULT).is_dir()), None) if chosen is None else None
    root = root or next((p for p in above if any((p / name).exists() for name in _PROJECT_FILES)), here)
    return Mirror(root, (chosen or root / DEFAULT).absolute())


def relative_path(mirror: Mirror, golden: Path) -> str:
    """The path of a golden in the mirror. Raises UsageError for one outside the project."""
    try:
        return golden.resolve().relative_to(mirror.root.resolve()).as_posix()
    except ValueError as error:
        why = f"outside the project {mirror.root}: it cannot be pending"
        raise UsageError("goldens", str(golden), why, next_command="pytest --rootdir FOLDER_OF_THE_GOLDENS") from error


def add_pending(
    mirror: Mirror, path: str, stored: str | None, content: str | None, explanation: Explanation, test: str = ""
) -> None:
    """Record what a golden would hold. Raises FindingError when the folder cannot be written."""
    verdict = explanation.verdict
    about = {
        "version": VERSION,
        "status": verdict.status,
        "reason": verdict.reason,
        "old": store.digest(stored),
        "new": store.digest(content),
        "case": explanation.case,
        "lane": explanation.lane,
        "target": explanation.target,
        "test": test,
        "roots": [asdict(root) for root in explanation.roots],
        "follows": explanation.follows,
        "arrived": list(explanation.arrived),
        "own": list(explanation.own),
        "order": explanation.order,
        "kinds": dict(explanation.kinds),
        "claims": dict(explanation.claims),
    }
    if content is None:
        store.remove_whole(mirror.text_path(path))
    else:
        store.write_whole(mirror.text_path(path), content)
    _keep_out_of_git(mirror)
    # The reason comes last: an entry exists only once its text does.
    store.write_whole(mirror.about_path(path), json.dumps(about, indent=1) + "\n")


def _keep_out_of_git(mirror: Mirror) -> None:
    """Pending texts are nobody's to commit, also where the project's own .gitignore does not know the folder."""
    ignore = mirror.folder.parent / ".gitignore"
    if mirror.folder.parent.name == DEFAULT.parts[0] and not ignore.exists():
        store.write_whole(ignore, "*\n")


def discard(mirror: Mirror, path: str) -> None:
    """Forget a pending golden, if there is one. Raises FindingError when the folder cannot be written."""
    for file in (mirror.about_path(path), mirror.text_path(path)):
        # Asked first: on a read-only file system even the removal of a file that is not there is an error.
        if file.exists():
            store.remove_whole(file)
    _prune(mirror, file.parent)


def _prune(mirror: Mirror, folder: Path) -> None:
    """Remove the folders that became empty; another process may be filling one."""
    while folder != mirror.folder and mirror.folder in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def entries(mirror: Mirror) -> list[Pending]:
    """Every pending golden, by path. One that is stored by now (by an interrupted accept, or git) is cleared away."""
    found = []
    for path in sorted(_about_files(mirror)):
        entry = read_about(mirror.about_path(path).read_text(encoding="utf-8"), path)
        if entry.old != entry.new and _stored_digest(mirror, path) == entry.new:
            with contextlib.suppress(FindingError):
                discard(mirror, path)
        elif not entry.new or mirror.text_path(path).exists():
            found.append(entry)
    return found


def _about_files(mirror: Mirror) -> Iterator[str]:
    for folder, _, files in os.walk(mirror.folder):
        inside = Path(folder).relative_to(mirror.folder).as_posix()
        prefix = "" if inside == "." else f"{inside}/"
        yield from (prefix + name.removesuffix(ABOUT) for name in files if name.endswith(ABOUT))


def read_about(text: str, path: str) -> Pending:
    """The entry of an about file. Raises UsageError when it is none, or of another version, or no golden's."""
    check_path(path)
    try:
        about: dict[str, Any] = _cleaned(json.loads(text))
        if about.pop("version") != VERSION:
            raise ValueError("another version")
        roots = tuple(map(_root, about.pop("roots")))
        arrived, own = tuple(about.pop("arrived")), tuple(about.pop("own"))
        return Pending(path, roots=roots, arrived=arrived, own=own, **about)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        command = "delete it and run pytest again"
        raise UsageError("pending", f"{path}{ABOUT}", f"not readable: {error}", next_command=command) from error


def _root(item: Mapping[str, Any]) -> Root:
    return Root(item["pass_name"], tuple(item["shape"]), tuple(item["between"]), bool(item.get("indirect", False)))


def _cleaned(value: Any) -> Any:
    """JSON values without control characters: a file from elsewhere must not be able to steer the terminal."""
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in value) if isinstance(value, str) else value


def check_path(path: str) -> None:
    """Raise UsageError unless the path is relative, stays inside the project and is one a golden can have."""
    parts = path.split("/")
    inside = path.rpartition(f"{FOLDER}/")[2]
    is_golden = FOLDER in parts and (parse_identity(inside) is not None or parts[-1] == LANE_FILE)
    odd = path.startswith("/") or ".." in parts or "" in parts or "\\" in path or not path.isprintable()
    if odd or not is_golden:
        raise UsageError("pending", path, "not the path of a golden", next_command="passlab pending")


def read_text(mirror: Mirror, entry: Pending) -> str | None:
    """The new text of an entry, None where the golden is to go."""
    return store.read_golden(mirror.text_path(entry.path)) if entry.new else None


def stored_text(mirror: Mirror, entry: Pending) -> str | None:
    """The text of the golden as it is stored now."""
    return store.read_golden(mirror.root / entry.path)


def _stored_digest(mirror: Mirror, path: str) -> str:
    return store.digest(store.read_golden(mirror.root / path))


def is_stale(mirror: Mirror, entry: Pending) -> bool:
    """Whether the stored golden is no longer the one that was compared."""
    return _stored_digest(mirror, entry.path) != entry.old


def accept_pending(mirror: Mirror, entry: Pending) -> None:
    """Make the pending text the golden. Raises FindingError when either text is not the one reviewed.

    The text is moved, not copied: a process that is killed leaves the golden old or new, and a full disk stops nothing.
    """
    store.refuse_in_ci("passlab accept")
    command = f"pytest {entry.test}" if entry.test else "pytest"
    if is_stale(mirror, entry):
        raise FindingError("accept", entry.path, "the golden has changed since the test ran", next_command=command)
    golden = mirror.root / entry.path
    if not entry.new:
        store.remove_golden(golden)
    else:
        if store.digest(read_text(mirror, entry)) != entry.new:
            why = "the pending text is not the one the test reported"
            raise FindingError("accept", entry.path, why, next_command=command)
        store.move_golden(mirror.text_path(entry.path), golden)
    discard(mirror, entry.path)
