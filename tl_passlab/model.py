"""The nouns of the project as frozen dataclasses.

Every layer exchanges these and text, never TVM objects: a trace can be stored, compared and shown by a process that
has no tilelang, and a lane is free to run in another process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Lane:
    """One supported tilelang version: its era, and the pins that make it importable."""

    tilelang: str
    era: str
    tvm_ffi: str
    full: bool = False
    note: str = ""


@dataclass(frozen=True)
class Target:
    """A compilation target as the user typed it, e.g. `cuda:sm_90a`."""

    spec: str
    kind: str
    arch: str
    extension: str

    @property
    def slug(self) -> str:
        """The spec as a folder name and test id: `cuda_sm_90a`."""
        return self.spec.replace(":", "_")


@dataclass(frozen=True)
class CaseInfo:
    """What can be known of a case without importing it: read from its module constants as text."""

    name: str
    path: Path
    summary: str
    targets: tuple[str, ...]
    watch: tuple[str, ...]
    sizes: Mapping[str, int]
    claims: tuple[str, ...] = ()
    rejected: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    not_on: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    lanes: tuple[str, ...] = ()
    known_broken: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def reason_not_on(self, target: Target, lane: str) -> str:
        """Why the case does not lower for that target on that lane; empty when it does."""
        if self.lanes and lane not in self.lanes:
            return f"the case exists on lanes {', '.join(self.lanes)} only"
        reason = self.not_on.get(target.spec) or self.not_on.get(target.kind) or ""
        return reason if isinstance(reason, str) else reason.get(lane, "")

    def rejected_on(self, target: Target, lane: str = "") -> str:
        """What upstream's message must contain when the case is one that must be rejected there; empty otherwise.

        Without a lane: on any lane.
        """
        said = self.rejected.get(target.spec) or self.rejected.get(target.kind) or ""
        if isinstance(said, str):
            return said
        return said.get(lane, "") if lane else next(iter(said.values()), "")

    def reason_known_broken(self, claim: str, lane: str) -> str:
        """Why that claim is expected to fail on that lane: upstream's fault, on record; empty where it must hold."""
        return self.known_broken.get(claim, {}).get(lane, "")

    @property
    def topic(self) -> str:
        """The folder of the case: `pipeline` for `pipeline/gemm_pipelined`."""
        return self.name.rpartition("/")[0]

    @property
    def stem(self) -> str:
        """The idea of the case: `gemm_pipelined` for `pipeline/gemm_pipelined`."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True)
class Case:
    """A loaded case: `build(**sizes)` returns a TIR PrimFunc; `inputs` and `reference` serve the numeric checks."""

    info: CaseInfo
    build: Callable[..., Any]
    inputs: Callable[..., Any] | None = None
    reference: Callable[..., Any] | None = None
    claims: Mapping[str, Callable[[Trace], None]] = field(default_factory=dict)
    pass_configs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Boundary:
    """One pass execution: the IR before and after it, by text id.

    `name` is occurrence-qualified among the executions of depth 0 (`Simplify.3`); a nested run is named under its
    parent (`LowerTileOp > Simplify`). `index` is the order in which executions began.
    """

    name: str
    index: int
    depth: int
    parent: int | None
    before: str
    after: str
    ms: float

    @property
    def changed(self) -> bool:
        """Whether the printed, normalised IR differs."""
        return self.before != self.after

    @property
    def pass_name(self) -> str:
        """The upstream pass name without the occurrence: `Simplify` for `Simplify.3`."""
        head, _, tail = self.name.rpartition(".")
        return head if tail.isdigit() else self.name


@dataclass(frozen=True)
class Launch:
    """How the host launches one device function; extents are expressions as printed, bytes of shared memory too."""

    kernel: str
    grid: tuple[str, str, str]
    block: tuple[str, str, str]
    shared_bytes: str


@dataclass(frozen=True)
class Failure:
    """A lowering that did not finish: the pass that was running, and why it stopped."""

    pass_name: str
    kind: str
    message: str
    before: str | None = None


@dataclass(frozen=True)
class Trace:
    """One lowering of one kernel: every pass execution, the distinct IR texts, the generated source."""

    case: str
    target: str
    lane: str
    sizes: Mapping[str, int]
    boundaries: tuple[Boundary, ...]
    texts: Mapping[str, str]
    source: str = ""
    source_extension: str = ""
    launches: tuple[Launch, ...] = ()
    failure: Failure | None = None
    ms: float = 0.0

    def pipeline(self) -> tuple[Boundary, ...]:
        """The executions of depth 0 in order: the pass boundaries proper."""
        return tuple(b for b in self.boundaries if b.depth == 0)

    def boundary(self, name: str) -> Boundary:
        """The boundary of that (occurrence-qualified) pass name, case-insensitive, `tl.` optional.

        Raises KeyError when the pass did not run.
        """
        wanted = name.removeprefix("tl.").lower()
        for b in self.boundaries:
            if b.name.lower() == wanted:
                return b
        raise KeyError(name)

    def before(self, name: str) -> str:
        """The normalised IR text before that pass. Raises KeyError when it did not run."""
        return self.texts[self.boundary(name).before]

    def after(self, name: str) -> str:
        """The normalised IR text after that pass. Raises KeyError when it did not run."""
        return self.texts[self.boundary(name).after]


@dataclass(frozen=True)
class Verdict:
    """What a comparison found: `status` is same, new, changed, missing, pass, fail or skipped; `reason` one line."""

    subject: str
    status: str
    reason: str = ""
    detail: str = ""
    next_command: str = ""
