"""The house rules, enforced: layers, size budgets, docstrings, and what a case file may hold.

For every checker there is a mutant that it must catch.
"""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

from tests.architecture import (
    PACKAGE,
    ROOT,
    case_faults,
    cycle,
    functions_of,
    imports_of,
    layer_faults,
    layer_of,
    module_name,
    percentile,
)
from tl_passlab.passes.all_passes import FIRST_CLASS, PASSES
from tl_passlab.passes.spec import PassSpec

MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
SOURCES = {module: path.read_text(encoding="utf-8") for module, path in MODULES.items()}
OWN_FILES = [*MODULES.values(), *sorted((ROOT / "tools").rglob("*.py")), *sorted((ROOT / "tests").rglob("*.py"))]
HEADINGS = ("What it does:", "Example input:", "Example output:", "Invariants after:")


def test_modules_import_only_lower_layers() -> None:
    assert [fault for module, source in SOURCES.items() for fault in layer_faults(module, source)] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("model", "from tl_passlab import lanes"),
        ("linediff", "def f():\n    from tl_passlab.capture import capture\n"),
        ("normalise.tir", "import tvm"),
        ("diff.match", "def f():\n    import torch\n"),
        ("goldens", "from tl_passlab.report.trace import render_table"),
        ("goldens", "import tilelang"),
        ("compat.probe", "import torch"),
        ("instructions.render", "import tvm"),
        ("interpreter", "x = 1"),
        ("capture", "if True:\n    import tvm.ir\n"),
        ("report.text", "from tl_passlab import commands"),
        ("brand_new", "x = 1"),
        ("model", "from tl_passlab import brand_new"),
    ],
)
def test_layer_checker_catches(module: str, source: str) -> None:
    assert len(layer_faults(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("goldens", "from tl_passlab.linediff import diff_lines\ndef f():\n    import torch\n"),
        ("compat.probe", "import tilelang.language as T"),
        ("capture", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import tvm\n"),
        ("cli", "from tl_passlab import __version__, commands"),
        ("msl.signature", "from tl_passlab.errors import UsageError"),
    ],
)
def test_layer_checker_passes(module: str, source: str) -> None:
    assert layer_faults(module, source) == []


def test_longest_name_decides_the_layer() -> None:
    assert (layer_of("msl.signature"), layer_of("msl.run"), layer_of("model.Case"), layer_of("nowhere")) == (
        1,
        4,
        0,
        None,
    )


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    graph = {
        module: {
            name for i in imports_of(source) if not i.lazy and (name := _own_module(i.module)) not in (None, module)
        }
        for module, source in SOURCES.items()
    }
    assert cycle({module: {m for m in used if m} for module, used in graph.items()}) == []


def _own_module(imported: str) -> str | None:
    """The module of the package that an import means: `a.b` may be a module, or a name in `a`."""
    if not imported.startswith("tl_passlab."):
        return None
    name = imported.partition(".")[2]
    return name if name in MODULES else name.rpartition(".")[0]


def test_cycle_checker_catches_and_passes() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]
    assert cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_every_module_says_why_it_exists() -> None:
    silent = [m for m, source in SOURCES.items() if not ast.get_docstring(ast.parse(source))]
    assert silent == []


def test_every_file_postpones_annotations_unless_it_holds_a_kernel() -> None:
    missing = [
        str(path.relative_to(ROOT))
        for path in OWN_FILES
        if path.name != "__init__.py"
        and "from __future__ import annotations" not in (text := path.read_text(encoding="utf-8"))
        and "@T.prim_func\n" not in text
    ]
    assert missing == []


def test_files_and_functions_are_small() -> None:
    lines = [len(source.splitlines()) for source in SOURCES.values()]
    assert percentile(lines, 50) <= 120
    assert percentile(lines, 90) <= 300


def test_no_function_exceeds_sixty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {name} has {count} lines"
        for path in OWN_FILES
        for name, count in functions_of(path.read_text(encoding="utf-8"))
        if count > 60
    ]
    assert long == []


def test_most_functions_are_short() -> None:
    counts = [count for source in SOURCES.values() for _, count in functions_of(source)]
    assert percentile(counts, 50) <= 15
    assert percentile(counts, 90) <= 35


def test_size_checkers_measure() -> None:
    assert list(functions_of("def f():\n    x = 1\n\n    return x\nclass A:\n    def g(self): ...\n")) == [
        ("f", 4),
        ("g", 1),
    ]
    assert (percentile([1, 2, 3, 400], 50), percentile([1, 2, 3, 400], 90), percentile([7], 90)) == (2, 400, 7)


def wrapper_files() -> list[Path]:
    """The files of tl_passlab/passes that wrap a pass: those that make a PassSpec of their own, not a table."""
    files = sorted((PACKAGE / "passes").glob("*.py"))
    return [path for path in files if "\nSPEC = PassSpec(" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", wrapper_files(), ids=lambda path: path.stem)
def test_wrapper_file_is_listed_and_documented(path: Path) -> None:
    spec = importlib.import_module(f"tl_passlab.passes.{path.stem}").SPEC
    assert spec in FIRST_CLASS and PASSES[spec.name] is spec
    assert path.stem == _snake(spec.name)
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert text.startswith(spec.name.rpartition(".")[2])
    positions = [text.find(heading) for heading in HEADINGS]
    assert -1 not in positions and positions == sorted(positions)


def test_every_first_class_pass_has_a_file() -> None:
    made = {
        spec.name
        for path in wrapper_files()
        for spec in vars(importlib.import_module(f"tl_passlab.passes.{path.stem}")).values()
        if isinstance(spec, PassSpec)
    }
    assert {spec.name for spec in FIRST_CLASS} == made


def _snake(name: str) -> str:
    """`MaterializeWSSchedule` -> `materialize_ws_schedule`; mbarrier is one word, as in PTX."""
    own = name.rpartition(".")[2].replace("MBarrier", "Mbarrier")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", own).lower()


@pytest.mark.parametrize("path", sorted((ROOT / "cases").rglob("*.py")), ids=lambda path: path.stem)
def test_case_file_keeps_the_rules_of_cases(path: Path) -> None:
    # A regression also tells what went wrong, where and since when.
    most_lines = 80 if path.parent.name == "regressions" else 60
    assert case_faults(path.read_text(encoding="utf-8"), most_lines) == []


@pytest.mark.parametrize(
    "source",
    ["from __future__ import annotations\n", 'A = "/home/me/a.bin"\n', "x = 1  # see /mnt/notes.md\n", "x = 1\n" * 61],
)
def test_case_checker_catches(source: str) -> None:
    assert len(case_faults(source)) == 1


def test_case_checker_passes_what_only_looks_like_a_path() -> None:
    assert case_faults('"""See https://example.org/home/x."""\ny = M/mnt/2\n') == []
