"""The `passlab` fixture: pass goldens for a kernel of any project, stored beside its test.

def test_gemm(passlab):
    passlab.check(gemm, target="cuda:sm_90a", passes=["LayoutInference"], claims=[two_copies_per_stage])

goldens/<lane>/<target>/<test file>/<test>/{pipeline.txt,<Pass>.diff,kernel.<ext>}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tl_passlab import goldens, lanes
from tl_passlab.errors import PasslabError
from tl_passlab.goldens.claims import check_claims
from tl_passlab.goldens.identity import FOLDER, LANE_FILE
from tl_passlab.isolation import trace_in_fork
from tl_passlab.kernels import builder
from tl_passlab.model import Case, CaseInfo, Target, Trace
from tl_passlab.passes.all_passes import find_pass, split_occurrence
from tl_passlab.pytest_golden import Golden
from tl_passlab.targets import parse_target

PINNED = ("tilelang", "apache-tvm-ffi", "z3-solver")


@dataclass(frozen=True)
class KernelGoldens:
    """Checks the kernels of one test against the goldens beside it."""

    golden: Golden
    request: pytest.FixtureRequest

    def check(
        self,
        kernel: Any,
        *,
        target: str,
        passes: Iterable[str],
        name: str = "",
        sizes: Mapping[str, Any] | None = None,
        claims: Iterable[Callable[[Trace], None]] = (),
    ) -> Trace:
        """Lower a kernel and compare what the passes do with the goldens; return the trace for further assertions.

        It is lowered in a forked copy of this process: a pass that aborts or hangs fails this test and no other.
        The kernel is a T.prim_func, a function that returns one for `sizes`, or a `tilelang.jit` factory. `claims` must
        hold whatever the goldens say. `name` tells several kernels of one test apart.
        """
        try:
            case, resolved = self._case(kernel, target, passes, name, sizes or {}), parse_target(target)
            trace = trace_in_fork(case, resolved)
            failures = self._failures(case, resolved, trace, {_name(claim): claim for claim in claims})
        except PasslabError as error:
            pytest.fail(str(error), pytrace=False)
        if failures:
            pytest.fail("\n\n".join(failures), pytrace=False)
        return trace

    def _case(self, kernel: Any, target: str, passes: Iterable[str], name: str, sizes: Mapping[str, Any]) -> Case:
        path, reference = self.request.node.path, f"{self.request.node.path.stem}/{self._stem(name)}"
        build, defaults, configs = builder(kernel, reference)
        info = CaseInfo(reference, path, "", (target,), tuple(map(_qualified, passes)), {**defaults, **sizes})
        return Case(info, build, pass_configs=configs)

    def _stem(self, name: str) -> str:
        """The test as a folder name: `test_gemm`, `test_gemm-128-float16`, `test_gemm.first`."""
        own = self.request.node.name.replace("[", "-").rstrip("]") + (f".{name}" if name else "")
        return re.sub(r"[^\w.-]+", "_", own)

    def _failures(
        self, case: Case, target: Target, trace: Trace, claims: Mapping[str, Callable[[Trace], None]]
    ) -> list[str]:
        if trace.failure is not None:
            return [f"{case.info.name} does not lower for {target.spec}\n{goldens.error_text(trace)}"]
        absent = [name for name in case.info.watch if name.lower() not in {b.name.lower() for b in trace.pipeline()}]
        if absent:
            runs = ", ".join(dict.fromkeys(b.pass_name for b in trace.pipeline()))
            return [f"{', '.join(absent)} does not run for {target.spec}; these do: {runs}"]
        held = check_claims(claims, trace)
        broken = [f"{name} does not hold: {why}" for name, why in held.items() if why]
        found = [
            self._compare(case.info, target, trace, name, held) for name in goldens.golden_names(case.info, target)
        ]
        return broken + [failure for failure in (*found, self._provenance(trace.lane, target)) if failure]

    def _compare(self, info: CaseInfo, target: Target, trace: Trace, name: str, held: Mapping[str, str]) -> str:
        root = self._root()

        def read(other: str) -> str | None:
            return goldens.read_golden(goldens.golden_path(root, trace.lane, target, info, other))

        def explain(stored: str | None) -> goldens.Explanation:
            return goldens.explain(name, stored, trace, info, target, read)

        path = goldens.golden_path(root, trace.lane, target, info, name)
        failure = self.golden.compare(path, goldens.golden_content(trace, name), explain, lambda: held)
        return f"{name}: {failure}" if failure else ""

    def _provenance(self, lane: str, target: Target) -> str:
        content = goldens.provenance({name: lanes.installed_version(name) or "" for name in PINNED})

        def explain(stored: str | None) -> goldens.Explanation:
            reason = "the goldens of this lane were made with other versions than are installed"
            return goldens.explain_text(LANE_FILE, stored, content, reason, "passlab review")

        failure = self.golden.compare(self._root() / lane / target.slug / LANE_FILE, content, explain)
        return f"{LANE_FILE}: {failure}" if failure else ""

    def _root(self) -> Path:
        return Path(self.request.node.path).parent / FOLDER


def _qualified(name: str) -> str:
    """Upstream's name of a pass as the user wrote it, with its occurrence. Raises UsageError for an unknown pass."""
    found, occurrence = find_pass(name).name, split_occurrence(name.strip())[1]
    return found if occurrence == 1 else f"{found}.{occurrence}"


def _name(claim: Callable[[Trace], None]) -> str:
    return str(getattr(claim, "__name__", claim))
