"""The whole way of a change through the real command line: create, change, review, accept some, reject some."""

from __future__ import annotations

import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.review.project import (
    AS_NOBODY,
    Project,
    make_read_only,
    make_writable,
    new_project,
    reason_not_as_nobody,
)
from tests.review.synthetic import store_goldens

CASES = 3
GOLDENS = 6 * CASES
LAYOUT = {0: ["layout"], 1: ["layout"]}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose goldens are stored."""
    found = new_project(tmp_path)
    store_goldens(tmp_path, range(CASES))
    return found


def test_create_change_review_accept_reject(tmp_path: Path) -> None:
    project = new_project(tmp_path)
    created = project.pytest()
    assert created.returncode == 1
    assert project.goldens() == {}
    assert f"{GOLDENS} goldens are pending\nnext: passlab review" in created.stdout
    accepted = project.passlab("accept", "--all")
    assert (accepted.returncode, accepted.stdout) == (0, f"accepted {GOLDENS}\nnext: git diff --stat\n")
    assert len(project.goldens()) == GOLDENS and project.pending() == set()
    assert project.pytest().returncode == 0

    before = project.goldens()
    project.compile_with({0: ["layout"], 1: ["layout"], 2: ["sync"]})
    changed = project.pytest()
    assert changed.returncode == 1
    assert "behaviour changed: the input of LayoutInference is as recorded, its output is not" in changed.stdout
    assert "input drifted: the first difference is in LayoutInference; see that golden first" in changed.stdout
    assert "claim_barrier_is_left " in changed.stdout and " holds" in changed.stdout
    assert "next: passlab review --case kernel_000" in changed.stdout
    assert project.goldens() == before and len(project.pending()) == 11

    code, screen = project.on_terminal("nas", "review")
    assert code == 1
    assert "[1/2] LayoutInference: layout" in screen and "claims: 2 of 2 hold" in screen
    assert "accepted 8, rejected 0, still pending 3" in screen
    assert {path for path, text in project.goldens().items() if before[path] != text} == {
        f"goldens/0.1.15/cuda_sm_80/synthetic/kernel_00{index}/{name}"
        for index in (0, 1)
        for name in ("LayoutInference.diff", "LowerTileOp.diff", "ThreadSync.diff", "kernel.cu")
    }
    after = project.goldens()
    rejected = project.passlab("reject", "--case", "kernel_002")
    assert (rejected.returncode, rejected.stdout) == (0, "rejected 3\nnext: pytest\n")
    assert project.goldens() == after and project.pending() == set()
    last = project.pytest()
    assert "3 failed" in last.stdout and "kernel_002" in last.stdout


def test_review_without_a_terminal_lists_and_names_the_next_commands(project: Project) -> None:
    project.compile_with(LAYOUT)
    project.pytest()
    listed = project.passlab("review")
    assert listed.returncode == 1
    assert "1 cluster, 8 pending goldens" in listed.stdout
    assert "next: passlab accept --cluster 1\n" in listed.stdout
    assert "\x1b" not in listed.stdout
    found = json.loads(project.passlab("review", "--json").stdout)["clusters"]
    assert [(c["number"], c["title"], len(c["goldens"])) for c in found] == [
        (1, "LayoutInference: layout sblock_attr", 8)
    ]
    assert found[0]["representative"]["hunks"][0]["kind"] == "layout"
    shown = project.passlab("show", "--pass", "layoutinference", "--case", "kernel_001")
    assert shown.returncode == 1 and "layout: " in shown.stdout
    assert project.passlab("accept", "--cluster", "1").returncode == 0
    assert project.pytest().returncode == 0
    assert project.passlab("review").returncode == 0


def test_interrupted_review_keeps_what_was_decided_and_the_terminal(project: Project) -> None:
    project.compile_with({0: ["layout"], 1: ["sync"]})
    project.pytest()
    code, screen = project.on_terminal("a\x03", "review")
    assert code == 130 and "accepted 4" in screen and "Traceback" not in screen
    assert len(project.pending()) == 3


def test_change_that_breaks_a_claim_needs_more_than_accept(project: Project) -> None:
    project.compile_with({0: ["sync"]}, broken={0: "no barrier is left"})
    assert "claim_barrier_is_left ................................... FAILS: no barrier" in project.pytest().stdout
    before = project.goldens()
    refused = project.passlab("accept", "--all")
    assert refused.returncode == 1
    assert "claim_barrier_is_left does not hold: no barrier is left" in refused.stdout
    assert "refused 3" in refused.stdout and project.goldens() == before
    assert "next: passlab accept --cluster 1 --even-if-claims-fail" in project.passlab("review").stdout
    assert project.passlab("accept", "--all", "--even-if-claims-fail").returncode == 0
    assert project.pytest().returncode == 0


def test_ci_writes_no_golden_and_a_laptop_reviews_its_zip(project: Project, tmp_path: Path) -> None:
    before = project.goldens()
    project.compile_with(LAYOUT)
    update = project.pytest("--snapshot-update", CI="true")
    assert update.returncode == 4
    assert "--snapshot-update is refused in CI" in update.stdout + update.stderr
    assert project.pytest(CI="true").returncode == 1
    assert project.goldens() == before
    accepted = project.passlab("accept", "--all", CI="true")
    assert accepted.returncode == 2 and "never written in CI" in accepted.stderr
    exported = project.passlab("pending", "--export", "out/pending.zip", CI="true")
    assert exported.returncode == 0
    project.passlab("reject", "--all")
    imported = project.passlab("review", "--import", "out/pending.zip")
    assert imported.stderr == "imported 8 pending goldens\n"
    assert "1 cluster, 8 pending goldens" in imported.stdout
    assert project.passlab("accept", "--cluster", "1").returncode == 0
    assert project.pytest().returncode == 0


def test_refusal_in_ci_holds_with_workers(project: Project) -> None:
    before = project.goldens()
    project.compile_with(LAYOUT)
    done = project.pytest("--snapshot-update", "-n", "2", CI="1")
    assert done.returncode == 1
    assert done.stdout.count("goldens are never written in CI") >= 8
    assert project.goldens() == before


def test_zip_that_leaves_the_project_is_refused(project: Project, tmp_path: Path) -> None:
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("pending.json", json.dumps({"format": "passlab-pending", "version": 1}))
        archive.writestr("goldens/../../../outside/kernel.cu", "x")
    done = project.passlab("review", "--import", str(evil))
    assert done.returncode == 2 and "not the path of a golden" in done.stderr
    assert not (tmp_path.parent / "outside").exists() and project.pending() == set()


def test_snapshot_update_writes_and_forgets_what_was_pending(project: Project) -> None:
    project.compile_with(LAYOUT)
    project.pytest()
    assert len(project.pending()) == 8
    assert project.pytest("--snapshot-update").returncode == 0
    assert project.pending() == set()
    assert project.pytest().returncode == 0


def test_test_that_passes_again_forgets_its_pending_golden(project: Project) -> None:
    project.compile_with(LAYOUT)
    project.pytest()
    project.compile_with({})
    assert project.pytest().returncode == 0
    assert project.pending() == set()


def test_pending_goes_where_the_variable_says(project: Project, tmp_path: Path) -> None:
    project.compile_with(LAYOUT)
    elsewhere = str(tmp_path / "elsewhere")
    project.pytest(PASSLAB_PENDING=elsewhere)
    assert project.pending() == set()
    assert "8 pending goldens" in project.passlab("pending", PASSLAB_PENDING=elsewhere).stdout
    assert project.passlab("accept", "--all", "--pending-dir", elsewhere).returncode == 0
    assert project.pytest().returncode == 0


def test_read_only_checkout_is_tested_and_reviewed_from_elsewhere(project: Project, tmp_path_factory: Any) -> None:
    elsewhere = str(tmp_path_factory.mktemp("pending"))
    project.compile_with({2: ["sync"]})
    try:
        if not make_read_only(project.root):
            pytest.skip("no way to make a folder read-only here")
        without = project.pytest(PYTHONDONTWRITEBYTECODE="1")
        assert without.returncode == 1 and "3 failed, 15 passed" in without.stdout
        assert without.stdout.count("not kept for review: ") == 3 and "next: PASSLAB_PENDING=" in without.stdout
        done = project.pytest(PYTHONDONTWRITEBYTECODE="1", PASSLAB_PENDING=elsewhere)
        assert done.returncode == 1 and "3 goldens are pending" in done.stdout
        refused = project.passlab("accept", "--all", PASSLAB_PENDING=elsewhere)
        assert refused.returncode == 1 and "cannot write: " in refused.stderr
    finally:
        make_writable(project.root)
    assert project.passlab("accept", "--all", PASSLAB_PENDING=elsewhere).returncode == 0
    assert project.pytest().returncode == 0


def test_checkout_of_another_user_is_tested_and_reviewed_from_elsewhere() -> None:
    """As the user nobody, in a checkout of root's: permissions say no, and an override directory is enough."""
    reason = reason_not_as_nobody()
    if reason:
        pytest.skip(reason)
    # Not under tmp_path, which other users may not enter.
    with tempfile.TemporaryDirectory() as checkout, tempfile.TemporaryDirectory() as elsewhere:
        Path(checkout).chmod(0o755)
        Path(elsewhere).chmod(0o777)
        owner = new_project(Path(checkout))
        store_goldens(Path(checkout), range(CASES))
        owner.compile_with({2: ["sync"]})
        stored = owner.goldens()
        nobody = Project(owner.root, AS_NOBODY)
        environment = {"PYTHONDONTWRITEBYTECODE": "1", "HOME": elsewhere}
        without = nobody.pytest(**environment)
        assert "3 failed, 15 passed" in without.stdout and "next: PASSLAB_PENDING=" in without.stdout
        environment["PASSLAB_PENDING"] = f"{elsewhere}/pending"
        assert "3 goldens are pending" in nobody.pytest(**environment).stdout
        assert "1 cluster, 3 pending goldens" in nobody.passlab("review", **environment).stdout
        refused = nobody.passlab("accept", "--all", **environment)
        assert refused.returncode == 1 and "cannot write: Permission denied; nothing was changed" in refused.stderr
        assert owner.goldens() == stored
        assert "3 pending goldens" in nobody.passlab("pending", **environment).stdout
        assert owner.passlab("accept", "--all", **environment).returncode == 0
        assert owner.pytest().returncode == 0


def test_pending_folder_that_cannot_be_written_is_said_and_the_test_still_fails(project: Project) -> None:
    project.compile_with({0: ["sync"]})
    done = project.pytest(PASSLAB_PENDING="/proc/nowhere")
    assert done.returncode == 1
    assert "not kept for review: " in done.stdout and "cannot write" in done.stdout
    assert "behaviour changed: " in done.stdout


@pytest.mark.parametrize("command", ["accept", "reject", "show"])
def test_command_without_a_choice_says_how_to_choose(project: Project, command: str) -> None:
    done = project.passlab(command)
    assert done.returncode == 2
    assert "say which: a path, --pass, --case, --cluster or --all" in done.stderr


def test_choice_that_matches_nothing_names_the_nearest(project: Project) -> None:
    project.compile_with(LAYOUT)
    project.pytest("-k", "ThreadSync")
    done = project.passlab("accept", "--pass", "ThreadSink")
    assert done.returncode == 2 and "ThreadSync" in done.stderr
    done = project.passlab("accept", "--cluster", "9")
    assert done.returncode == 2 and "cluster 1: " in done.stderr
