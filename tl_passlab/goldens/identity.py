"""Where a golden lies, and what a path under a goldens/ folder says: `<lane>/<target>/<topic>/<case>/<name>`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tl_passlab.model import CaseInfo, Target

NAME = re.compile(
    r"pipeline\.txt|error\.txt|kernel\.(?:cu|metal|hip|c)|resources\.json"
    r"|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\.\d+)?\.diff"
)
# What a compiler says of the kernel.cu beside it: kept where that compiler was, read where it is installed.
RESOURCES = "resources.json"
FOLDER = "goldens"
LANE_FILE = "LANE.toml"


@dataclass(frozen=True)
class Identity:
    """The parts of a golden's path."""

    lane: str
    slug: str
    topic: str
    case: str
    name: str

    @property
    def label(self) -> str:
        """What the golden is of: a pass (`LayoutInference`), `pipeline`, `kernel`, `resources` or `error`."""
        return label_of(self.name)


def label_of(name: str) -> str:
    """`LayoutInference` for `LayoutInference.diff`, `kernel` for `kernel.cu`."""
    return name.rpartition(".")[0]


def golden_path(root: Path, lane: str, target: Target, case: CaseInfo, name: str) -> Path:
    """Where a golden lies."""
    return root / lane / target.slug / case.topic / case.stem / name


def parse_identity(relative: str) -> Identity | None:
    """The identity of a path relative to a goldens/ folder; None when the path is outside the grammar."""
    parts = PurePosixPath(relative).parts
    if len(parts) != 5 or not NAME.fullmatch(parts[4]):
        return None
    return Identity(*parts)


def identity_in(path: str) -> Identity | None:
    """The identity of a path that leads through a goldens/ folder somewhere."""
    parts = PurePosixPath(path).parts
    places = [k for k, part in enumerate(parts) if part == FOLDER]
    return parse_identity("/".join(parts[places[-1] + 1 :])) if places else None
