"""`passlab goldens check` and `resources.json`: wanted beside a CUDA source only, and as the compile gate writes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tl_passlab.goldens.hygiene import ORPHAN, UNREAD, check_lane
from tl_passlab.goldens.identity import RESOURCES, parse_identity
from tl_passlab.goldens.read_record import RECORD
from tl_passlab.nvcc import Compiled, Resources, resources_text

LANE = "0.1.15"
TEXT = resources_text(Compiled("13.0.88", "sm_80", {"main_kernel": Resources(32, 0, 0, 0, 1024)}))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one case, whose goldens but for the resources are of no interest here."""
    (tmp_path / "cases" / "topic").mkdir(parents=True)
    (tmp_path / "cases" / "__init__.py").touch()
    case = '"""An idea."""\n\nTARGETS = ["cuda:sm_80", "metal"]\n\n\ndef kernel():\n    pass\n'
    (tmp_path / "cases" / "topic" / "idea.py").write_text(case, encoding="utf-8")
    return tmp_path


def faults(root: Path, slug: str, text: str) -> list[tuple[str, str]]:
    """Kind and reason of every fault of a `resources.json` with that text."""
    place = root / "goldens" / LANE / slug / "topic" / "idea" / RESOURCES
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    return [(fault.kind, fault.why) for fault in check_lane(root, LANE) if fault.path.endswith(RESOURCES)]


def test_resources_beside_a_CUDA_source_are_in_order(root: Path) -> None:
    assert faults(root, "cuda_sm_80", TEXT) == []
    identity = parse_identity(f"{LANE}/cuda_sm_80/topic/idea/{RESOURCES}")
    assert identity is not None and identity.label == "resources"


@pytest.mark.parametrize("slug", ["metal", "cuda_sm_90a"])
def test_resources_of_no_CUDA_source_are_orphans(root: Path, slug: str) -> None:
    ((kind, _),) = faults(root, slug, TEXT)
    assert kind == ORPHAN


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.rstrip(),
        lambda text: text.replace("32", "32.0"),
        lambda text: text.replace("32", '"many"'),
        lambda text: text.replace(",", "", 1),
        lambda text: json.dumps({"nvcc": "13.0.88", "arch": "sm_80", "kernels": {}}, indent=1) + "\n",
    ],
)
def test_damaged_resources_are_found(root: Path, damage: Callable[[str], str]) -> None:
    ((kind, why),) = faults(root, "cuda_sm_80", damage(TEXT))
    assert kind == "text" and "normal form" in why


def test_resources_that_a_run_without_the_compiler_did_not_read_are_kept(root: Path) -> None:
    path = f"goldens/{LANE}/cuda_sm_80/topic/idea/{RESOURCES}"
    record = root / RECORD / f"{LANE}.json"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"unread": [path]}), encoding="utf-8")
    assert UNREAD not in [kind for kind, _ in faults(root, "cuda_sm_80", TEXT)]
