"""Every CUDA source kept as a golden builds for its architecture: `pytest -k nvcc`.

A few builds run by default, spread over the architectures; the rest are marked `slow`. Answers are cached, so that a
source that did not change costs nothing. Beside each source lies `resources.json`: registers, spills, stack and static
shared memory, compared only with a compiler of the version that it names. `--snapshot-update` writes it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.lowering import LANE, stored_pairs
from tl_passlab import nvcc
from tl_passlab.errors import FindingError
from tl_passlab.goldens import golden_path, read_golden, write_golden
from tl_passlab.goldens.identity import RESOURCES
from tl_passlab.model import CaseInfo, Target
from tl_passlab.targets import parse_target

ROOT = Path(__file__).resolve().parent.parent
GOLDENS = ROOT / "goldens"
CACHE = ROOT / nvcc.CACHE
NVCC = nvcc.find_nvcc()
EACH = 2

pytestmark = [
    pytest.mark.nvcc,
    pytest.mark.skipif(NVCC is None, reason="nvcc is not installed: no compile check (pip install nvidia-cuda-nvcc)"),
]


def sources() -> list[tuple[CaseInfo, Target]]:
    """Every case and target of this lane with a CUDA source on record."""
    return [
        (case, target)
        for case, target in stored_pairs()
        if target.kind == "cuda" and golden_path(GOLDENS, LANE.tilelang, target, case, "kernel.cu").is_file()
    ]


def gate_parameters(label: str) -> list[Any]:
    """One parameter set for each source; by default `EACH` for each architecture run, chosen by hash."""
    rows = sources()
    quick: set[tuple[str, str]] = set()
    for spec in {target.spec for _, target in rows}:
        names = sorted((case.name for case, target in rows if target.spec == spec), key=_spread)
        quick |= {(spec, name) for name in names[:EACH]}
    return [
        pytest.param(
            case,
            target,
            id=f"{label}-{case.stem}-{target.slug}",
            marks=() if (target.spec, case.name) in quick else pytest.mark.slow,
        )
        for case, target in rows
    ]


def _spread(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def compiled(case: CaseInfo, target: Target) -> nvcc.Compiled:
    """The build of a stored source; a test of one that does not build fails here."""
    assert NVCC is not None
    source = read_golden(golden_path(GOLDENS, LANE.tilelang, target, case, "kernel.cu")) or ""
    try:
        return nvcc.compile_source(source, target, NVCC, CACHE)
    except FindingError as error:
        pytest.fail(f"{case.name} does not build for {target.spec}\n{error}", pytrace=False)


@pytest.mark.parametrize(("case", "target"), gate_parameters("nvcc"))
def test_nvcc_builds(case: CaseInfo, target: Target) -> None:
    assert compiled(case, target).kernels, "no kernel in the source"


@pytest.mark.parametrize(("case", "target"), gate_parameters("resources"))
def test_nvcc_resources(case: CaseInfo, target: Target, request: pytest.FixtureRequest) -> None:
    built = compiled(case, target)
    place = golden_path(GOLDENS, LANE.tilelang, target, case, RESOURCES)
    stored = read_golden(place)
    if request.config.getoption("update_snapshots", False):
        if stored != nvcc.resources_text(built):
            write_golden(place, nvcc.resources_text(built))
        return
    again = f'next: pytest -k "nvcc and {case.stem} and {target.slug}" -m "" --snapshot-update'
    if stored is None:
        pytest.fail(f"{place.relative_to(ROOT)} is not stored\n{again}", pytrace=False)
    reason = nvcc.comparable(stored, built.nvcc)
    if reason:
        pytest.skip(f"{RESOURCES} was {reason}")
    changes = "\n".join(nvcc.resource_changes(stored, built))
    if changes:
        where = place.relative_to(ROOT)
        pytest.fail(f"the source uses other resources than {where} says\n{changes}\n{again}", pytrace=False)


def test_nvcc_has_resources_on_record_for_every_source(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("update_snapshots", False):
        pytest.skip("they are being written")
    places = [golden_path(GOLDENS, LANE.tilelang, target, case, RESOURCES) for case, target in sources()]
    missing = [str(place.relative_to(ROOT)) for place in places if not place.is_file()]
    assert missing == [], 'next: pytest -k nvcc -m "" --snapshot-update'


MINIMAL = 'extern "C" __global__ void twice(float* x) { x[threadIdx.x] *= 2.0f; }\n'


def test_nvcc_gate_catches_a_source_that_does_not_build(tmp_path: Path) -> None:
    assert NVCC is not None
    broken = MINIMAL.replace("2.0f", "missing")
    for _ in range(2):  # the second answer comes from the cache
        with pytest.raises(FindingError) as failure:
            nvcc.compile_source(broken, parse_target("cuda:sm_80"), NVCC, tmp_path)
        assert '"missing" is undefined' in str(failure.value)


def test_nvcc_gate_caches_by_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert NVCC is not None
    target = parse_target("cuda:sm_80")
    first = nvcc.compile_source(MINIMAL, target, NVCC, tmp_path)
    monkeypatch.setattr(nvcc, "_compile", lambda *args: (1, "error: compiled again"))
    assert nvcc.compile_source(MINIMAL, target, NVCC, tmp_path) == first
    with pytest.raises(FindingError, match="rejects"):
        nvcc.compile_source(MINIMAL + "\n", target, NVCC, tmp_path)


def test_nvcc_reports_resources(tmp_path: Path) -> None:
    assert NVCC is not None
    source = 'extern "C" __global__ void k(float* x) { __shared__ float s[64]; s[threadIdx.x] = x[0]; __syncthreads();'
    source += " x[threadIdx.x] = s[63 - threadIdx.x]; }\n"
    used = nvcc.compile_source(source, parse_target("cuda:sm_90a"), NVCC, tmp_path).kernels["k"]
    assert used.static_shared - used.static_shared % 256 in (256, 1280)  # some versions reserve 1024 bytes on sm_90
    assert used.registers > 0 and used.spill_stores == used.spill_loads == used.stack == 0
