"""Reads the imports and the sizes of source files: the checkers behind tests/test_architecture.py."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tl_passlab"

# A module or folder of tl_passlab -> its layer. A longer name wins: msl/signature lies below the rest of msl.
LAYERS: dict[str, int] = {
    "": 0,
    "model": 0,
    "errors": 0,
    "again": 0,
    "lanes": 1,
    "targets": 1,
    "devices": 1,
    "normalise": 1,
    "diff": 1,
    "linediff": 1,
    "events": 1,
    "files": 1,
    "trace_store": 1,
    "report.progress": 1,
    # Colour, width, spinner, page skeleton: the standard library only. The rest of report knows passes and traces.
    "report.text": 1,
    "report.page": 1,
    "nvcc": 1,
    "lane_env": 1,
    "layouts": 1,
    "query": 1,
    "msl.signature": 1,
    "compat": 2,
    "passes": 2,
    "cases": 3,
    "importing": 3,
    "kernels": 3,
    "capture": 3,
    "single_pass": 3,
    "isolation": 3,
    "lane_child": 3,
    "interp": 3,
    "instructions": 3,
    "coverage": 3,
    "checks": 3,
    "diagnosis": 3,
    "goldens": 4,
    "drift": 4,
    "determinism": 4,
    "parity": 4,
    "history": 4,
    "msl": 4,
    "report": 5,
    "review": 5,
    "nightly": 5,
    "commands": 6,
    "pytest_golden": 6,
    "pytest_reads": 6,
    "pytest_kernel": 6,
    "pytest_device": 6,
    "pytest_schedule": 6,
    "pytest_remote": 6,
    "pytest_plugin": 6,
    "cli": 7,
}
UPSTREAM = ("tvm", "tilelang", "torch")
# Who may import the compiler when it is itself imported; everyone above layer 1 may do so inside a function.
IMPORTS_UPSTREAM = ("compat", "passes", "interp", "instructions.upstream")
ABSOLUTE_PATH = re.compile(r"""(?<![\w.:/])/(?:home|root|work|tmp|opt|usr|Users|mnt|var)/\w""")


@dataclass(frozen=True)
class Import:
    """One imported module: where, and whether it happens when the file itself is imported."""

    module: str
    line: int
    lazy: bool


def module_name(path: Path) -> str:
    """`diff.match` for tl_passlab/diff/match.py; the package itself is the empty string."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> int | None:
    """The layer of a module of the package, None when nobody has given it one."""
    name = module
    while name:
        if name in LAYERS:
            return LAYERS[name]
        name = name.rpartition(".")[0]
    return LAYERS[""] if module in ("", "__version__") else None


def imports_of(source: str) -> list[Import]:
    """Every import of a file. `from a import b` counts as `a.b`, which is a module or a name in `a`."""
    found: list[Import] = []

    def visit(node: ast.AST, lazy: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, node.lineno, lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.extend(Import(f"{node.module}.{alias.name}", node.lineno, lazy) for alias in node.names)
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            # `if TYPE_CHECKING:` never runs.
            type_only = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            if not type_only:
                visit(child, inside)

    visit(ast.parse(source), lazy=False)
    return found


def layer_faults(module: str, source: str) -> list[str]:
    """What a module imports that lies above it, or may not be imported from where it is."""
    own = layer_of(module)
    if own is None:
        return [f"{module}: has no layer; add it to LAYERS"]
    faults = []
    for item in imports_of(source):
        top = item.module.partition(".")[0]
        if top in UPSTREAM:
            faults += _upstream_fault(module, own, item)
        if top != "tl_passlab":
            continue
        layer = layer_of(item.module.partition(".")[2])
        if layer is None or layer > own:
            faults.append(f"{module}:{item.line} (layer {own}) imports {item.module} (layer {layer})")
    return faults


def _upstream_fault(module: str, layer: int, item: Import) -> list[str]:
    if layer < 2:
        return [f"{module}:{item.line} imports {item.module}: layers 0 and 1 work on text"]
    allowed = f"{module}.".startswith(tuple(f"{name}." for name in IMPORTS_UPSTREAM))
    if not item.lazy and (not allowed or item.module.startswith("torch")):
        return [f"{module}:{item.line} imports {item.module} at module level"]
    return []


def cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """Some cycle of a graph of modules, as the path around it; empty when there is none."""
    done: set[str] = set()

    def walk(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        for following in sorted(graph.get(node, ())):
            found = walk(following, [*path, node])
            if found:
                return found
        done.add(node)
        return []

    return next((found for node in sorted(graph) if (found := walk(node, []))), [])


def functions_of(source: str) -> Iterator[tuple[str, int]]:
    """Name and number of lines of every function of a file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def percentile(values: list[int], percent: int) -> int:
    """The value that at least so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def case_faults(source: str, most_lines: int = 60) -> list[str]:
    """What a case file may not contain."""
    faults = []
    if any(item.module.startswith("__future__") for item in imports_of(source)):
        faults.append("`from __future__ import annotations` breaks T.prim_func")
    faults += [f"absolute path: {match.group()}" for match in ABSOLUTE_PATH.finditer(source)]
    if len(source.splitlines()) > most_lines:
        faults.append(f"over {most_lines} lines")
    return faults
