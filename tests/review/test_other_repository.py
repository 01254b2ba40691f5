"""The `passlab` fixture in a project that merely installs tl-passlab: create, fail, review, accept, trim."""

from __future__ import annotations

from pathlib import Path

from tests.lowering import LANE
from tests.review.project import Project

TEST = """
import pytest
import tilelang.language as T


def scale(N=256, factor=2.0):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32")):
        with T.Kernel(T.ceildiv(N, 128), threads=128) as bx:
            for i in T.Parallel(128):
                B[bx * 128 + i] = A[bx * 128 + i] * factor

    return main


def claim_one_store(trace):
    stores = trace.source.count("B[")
    assert stores == 1, f"{stores} stores"


def test_scale(passlab):
    trace = passlab.check(
        scale, target="cuda:sm_80", passes=["layoutinference", "tl.LowerTileOp"], claims=[claim_one_store], sizes=SIZES
    )
    assert "B[" in trace.source


@pytest.mark.parametrize("target", ["hip:gfx942", "metal"])
def test_ported(passlab, target):
    passlab.check(scale(512), target=target, passes=["LowerTileOp"])
"""
SCALE = f"kernels/goldens/{LANE.tilelang}/cuda_sm_80/test_scale/test_scale"
STORED = {
    f"{SCALE}/pipeline.txt",
    f"{SCALE}/LayoutInference.diff",
    f"{SCALE}/LowerTileOp.diff",
    f"{SCALE}/kernel.cu",
    *(
        f"kernels/goldens/{LANE.tilelang}/{slug}/test_scale/test_ported-{slug}/{name}"
        for slug in ("hip_gfx942", "metal")
        for name in ("pipeline.txt", "LowerTileOp.diff", f"kernel.{slug.partition('_')[0]}")
    ),
    *(f"kernels/goldens/{LANE.tilelang}/{slug}/LANE.toml" for slug in ("cuda_sm_80", "hip_gfx942", "metal")),
}


def write(project: Project, sizes: str, text: str = TEST) -> None:
    (project.root / "kernels" / "test_scale.py").write_text(f"SIZES = {sizes}\n{text}")


def tree(project: Project) -> dict[str, str]:
    files = (p for p in (project.root / "kernels").rglob("*") if p.is_file() and "goldens" in p.parts)
    return {p.relative_to(project.root).as_posix(): p.read_text() for p in files}


def test_create_fail_review_accept_in_another_project(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (tmp_path / "kernels").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-p no:cacheprovider'\n")
    write(project, "{}")

    created = project.pytest()
    assert (created.returncode, tree(project)) == (1, {}), created.stdout
    assert project.pending() == STORED and f"{len(STORED)} goldens are pending" in created.stdout
    assert project.passlab("accept", "--all").returncode == 0
    assert set(tree(project)) == STORED and project.pending() == set()
    stored = tree(project)
    passed = project.pytest()
    assert passed.returncode == 0, passed.stdout
    assert tree(project) == stored and project.pending() == set()
    assert project.passlab("goldens", "check").stdout == f"lane {LANE.tilelang}: 0 faults\n"

    write(project, "{'factor': 3.0}")
    failed = project.pytest("-k", "scale and not ported")
    assert failed.returncode == 1 and "next: passlab review --case test_scale" in failed.stdout
    assert "claim_one_store " in failed.stdout and tree(project) == stored
    code, screen = project.on_terminal("a", "review")
    assert code == 0 and "cluster" in screen and "test_scale/test_scale cuda:sm_80" in screen
    changed = {path for path, text in tree(project).items() if stored[path] != text}
    assert f"{SCALE}/kernel.cu" in changed and all(path.startswith(SCALE) for path in changed)
    assert project.pytest("-k", "scale and not ported").returncode == 0


WRONG = {
    "unknown_pass": ("scale, target='cuda:sm_80', passes=['LayoutInferense']", "unknown pass"),
    "idle_pass": ("scale, target='cuda:sm_80', passes=['MetalFragmentToSimdgroup']", "does not run for cuda:sm_80"),
    "unknown_target": ("scale, target='cuda:sm_8', passes=[]", "unknown target"),
    "no_kernel": ("42, target='metal', passes=[]", "not a kernel but a int"),
    "broken_claim": ("scale, target='metal', passes=[], claims=[claim_two]", "claim_two does not hold: one store"),
}


def test_wrong_use_is_a_message(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (tmp_path / "kernels").mkdir()
    tests = [f"def test_{name}(passlab):\n    passlab.check({call})\n" for name, (call, _) in WRONG.items()]
    claim = "def claim_two(trace):\n    assert False, 'one store'\n\n\n"
    write(project, "{}", TEST.partition("def claim_one_store")[0] + claim + "\n\n".join(tests))
    done = project.pytest()
    assert f"{len(WRONG)} failed" in done.stdout and "Traceback" not in done.stdout
    assert [message for _, message in WRONG.values() if message not in done.stdout] == []


ABORTS = """
import os
import tilelang
import tilelang.language as T
import tvm


def test_one(passlab):
    @tvm.transform.module_pass(opt_level=0, name="tl.LayoutInference")
    def run(mod, ctx):
        os.abort()

    tilelang.transform.LayoutInference = lambda: run

    @T.prim_func
    def local(A: T.Tensor((128,), "float32")):
        with T.Kernel(1, threads=128):
            for i in T.Parallel(128):
                A[i] = T.float32(1)

    passlab.check(local, target="cuda:sm_80", passes=["LayoutInference"])


def test_two():
    pass
"""


def test_a_pass_that_aborts_fails_its_test_and_no_other(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (tmp_path / "kernels").mkdir()
    write(project, "{}", ABORTS)
    done = project.pytest()
    assert (done.returncode, "1 failed, 1 passed" in done.stdout) == (1, True), done.stdout + done.stderr
    assert "test_scale/test_one does not lower for cuda:sm_80" in done.stdout
    assert "LayoutInference: crash" in done.stdout and "SIGABRT" in done.stdout
