"""The executed representative of a review: the line, the command for scripts, and the key on a real terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.lowering import LANE
from tests.review.project import Project, new_project
from tests.review.synthetic import make_pending, store_goldens
from tl_passlab.errors import UsageError
from tl_passlab.goldens.pending import Mirror, Pending, entries
from tl_passlab.review import semantics
from tl_passlab.review.queue import pending_clusters
from tl_passlab.review.render import list_text, next_commands
from tl_passlab.review.semantics import check_command, semantics_of

OWN = Pending("goldens/x/kernel.cu", "changed", "", "1", "2", "elementwise/add", LANE.tilelang, "cuda:sm_80")
OTHERS = Pending("goldens/x/kernel.cu", "changed", "", "1", "2", "test_mine/test_gemm", LANE.tilelang, "cuda:sm_80")


def as_case(project: Project, case: str) -> Mirror:
    """The first cluster of a project is of a real case from now on."""
    mirror = Mirror(project.root, project.root / ".passlab" / "pending")
    store_goldens(project.root, range(1))
    make_pending(mirror, 0, frozenset({"layout"}))
    for entry in entries(mirror):
        about = json.loads(mirror.about_path(entry.path).read_text())
        about |= {"case": case, "lane": LANE.tilelang}
        mirror.about_path(entry.path).write_text(json.dumps(about))
    return mirror


def test_the_line_is_what_the_check_says_and_names_the_kernel_it_asks_for() -> None:
    asked: list[Any] = []

    def ask(words: Any, seconds: float) -> str:
        asked.append(list(words))
        return "no answer after 600 s"

    assert semantics_of(OWN, ask) == "semantics: not executed: no answer after 600 s"
    assert asked == [["check", "elementwise/add", "--target", "cuda:sm_80"]]


def test_a_kernel_that_is_no_case_or_of_another_lane_is_not_executed() -> None:
    def ask(words: Any, seconds: float) -> str:
        raise AssertionError(words)

    assert semantics_of(OTHERS, ask) == "semantics: not executed: the kernel is a test's own, not a case"
    assert check_command(OTHERS) == ""
    other = Pending(OWN.path, "changed", "", "1", "2", OWN.case, "0.1.0", OWN.target)
    said = f"semantics: not executed: the golden is of lane 0.1.0, this environment of {LANE.tilelang}"
    assert semantics_of(other, ask) == said


def test_without_a_terminal_the_command_of_each_representative_is_there(tmp_path: Path) -> None:
    mirror = as_case(new_project(tmp_path), OWN.case)
    (cluster,) = pending_clusters(mirror)
    command = "passlab check elementwise/add --target cuda:sm_80"
    assert f"      execute the representative: {command}" in list_text([cluster]).splitlines()
    shown, check, accept, reject = next_commands(cluster)
    assert check == command and shown.startswith("passlab show goldens/")
    assert (accept, reject) == ("passlab accept --cluster 1", "passlab reject --cluster 1")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("regressions/partial_fill", r"ThreadSync\.2 leaves IR that is wrong: race \(boundary \d+ of \d+\)$"),
        pytest.param("elementwise/add", r"(\d\d) of \1 boundaries equal$", marks=pytest.mark.slow),
    ],
)
def test_x_on_a_terminal_executes_for_real_and_the_review_goes_on(case: str, said: str, tmp_path: Path) -> None:
    project = new_project(tmp_path)
    as_case(project, case)
    code, screen = project.on_terminal("xa", "review")
    assert code == 0, screen
    assert re.search(f"^(?:\x1b.*)?      semantics: {said}", screen, re.MULTILINE), screen
    assert screen.count("semantics: ") == 1 and "Traceback" not in screen
    assert "accepted 4, rejected 0, still pending 0" in screen
    assert json.loads(project.passlab("review", "--json").stdout) == {"clusters": []}


def test_outside_a_checkout_there_is_no_case_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise UsageError("cases", "/", "no cases/ folder here or above")

    monkeypatch.setattr(semantics, "cases_root", nowhere)
    assert check_command(OWN) == "" and "not a case" in semantics_of(OWN)
