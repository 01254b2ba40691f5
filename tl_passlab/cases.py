"""Finds, reads and loads cases: the repository's own, and any user's `file.py::function`.

What a case declares is read from its source as text (literal module constants), so that listing cases needs no
tilelang; only lowering a case imports it.
"""

from __future__ import annotations

import ast
import difflib
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tl_passlab.errors import UsageError
from tl_passlab.model import Case, CaseInfo

CONSTANTS = ("TARGETS", "WATCH", "SIZES", "PASS_CONFIGS", "REJECTED", "NOT_ON", "LANES", "KNOWN_BROKEN")


def cases_root(start: Path | None = None) -> Path:
    """The `cases/` folder of the project that contains the working directory, else of this package's checkout.

    Raises UsageError when there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parent.parent):
        if (folder / "cases" / "__init__.py").is_file():
            return folder / "cases"
    raise UsageError(
        "cases", str(here), "no cases/ folder here or above", next_command="passlab trace my_kernel.py::my_function"
    )


def read_case(path: Path, name: str) -> CaseInfo:
    """The declarations of a case file. Raises UsageError on a syntax error or a constant that is not a literal."""
    tree = _parse(path)
    values: dict[str, Any] = {}
    claims: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("claim_"):
            claims.append(node.name)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in CONSTANTS:
            try:
                values[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError as error:
                what = f"{node.targets[0].id} must be a literal: it is read without importing the file"
                raise UsageError("case", f"{path.name}:{node.lineno}", what) from error
    return CaseInfo(
        name=name,
        path=path,
        summary=(ast.get_docstring(tree) or "").partition("\n")[0],
        targets=tuple(values.get("TARGETS", ())),
        watch=tuple(values.get("WATCH", ())),
        sizes=values.get("SIZES", {}),
        claims=tuple(claims),
        rejected=values.get("REJECTED", {}),
        not_on=values.get("NOT_ON", {}),
        lanes=tuple(values.get("LANES", ())),
        known_broken=values.get("KNOWN_BROKEN", {}),
    )


def find_cases(root: Path | None = None) -> list[CaseInfo]:
    """Every case under the cases folder, sorted by name."""
    root = root or cases_root()
    files = sorted(p for p in root.glob("*/*.py") if not p.name.startswith("_"))
    return [read_case(p, p.relative_to(root).with_suffix("").as_posix()) for p in files]


def resolve_case(reference: str) -> CaseInfo | tuple[Path, str]:
    """A case by name (`pipeline/gemm_pipelined` or its stem), or a user's file and function name.

    Raises UsageError with the nearest names when nothing matches.
    """
    file, _, function = reference.partition("::")
    if file.endswith(".py"):
        path = Path(file)
        if not path.is_file():
            raise UsageError("kernel", reference, f"no such file: {file}", next_command="passlab cases")
        root = next((p for p in path.resolve().parents if p.name == "cases" and (p / "__init__.py").is_file()), None)
        if root is not None and not function and path.resolve().parent.parent == root:
            return read_case(path.resolve(), path.resolve().relative_to(root).with_suffix("").as_posix())
        return path, function
    found = [info for info in find_cases() if reference in (info.name, info.stem)]
    if not found:
        names = [info.name for info in find_cases()]
        close = difflib.get_close_matches(reference, names + [n.rpartition("/")[2] for n in names], n=3, cutoff=0.4)
        raise UsageError("case", reference, "unknown case", evidence="\n".join(close), next_command="passlab cases")
    return found[0]


def load_case(reference: str) -> Case:
    """Import a case or a user's kernel. Raises UsageError when there is no such thing, or its import fails."""
    resolved = resolve_case(reference)
    if isinstance(resolved, CaseInfo):
        return _load_own(resolved)
    path, function = resolved
    return _load_user(path, function, reference)


def _load_own(info: CaseInfo) -> Case:
    from tl_passlab.importing import import_file

    return case_of(import_file(info.path, root=info.path.parent.parent.parent), info)


def case_of(module: Any, info: CaseInfo) -> Case:
    """A case from its imported file, which has a `kernel` function of the declared sizes."""
    return Case(
        info=info,
        build=module.kernel,
        inputs=getattr(module, "inputs", None),
        reference=getattr(module, "reference", None),
        claims={name: getattr(module, name) for name in info.claims},
        pass_configs=getattr(module, "PASS_CONFIGS", {}),
    )


def _load_user(path: Path, function: str, reference: str) -> Case:
    """A kernel of a file: a PrimFunc, a function returning one, a `@tilelang.jit` factory; or a case of one's own.

    A file that declares SIZES for its `kernel` is a case wherever it lies: with its inputs, reference and claims.
    """
    from tl_passlab.importing import import_file
    from tl_passlab.kernels import builder, kernel_names

    _parse(path)
    module = import_file(path)
    if function in ("", "kernel") and hasattr(module, "SIZES") and hasattr(module, "kernel"):
        return case_of(module, read_case(path, f"{path.stem}::kernel"))
    names = kernel_names(module)
    if not function:
        if len(names) != 1:
            why = "no kernel in this file" if not names else "several kernels in this file; name one"
            next_command = f"passlab trace {path}::{names[0]}" if names else "passlab trace FILE.py::FUNCTION"
            raise UsageError("kernel", reference, why, evidence="\n".join(names), next_command=next_command)
        function = names[0]
    elif not hasattr(module, function):
        raise UsageError(
            "kernel",
            reference,
            f"{path.name} has no {function}",
            evidence="\n".join(names),
            next_command=f"passlab trace {path}::{names[0] if names else 'FUNCTION'}",
        )
    build, sizes, configs = builder(getattr(module, function), reference)
    info = CaseInfo(f"{path.stem}::{function}", path, inspect.getdoc(module) or "", (), (), sizes)
    return Case(info, build, pass_configs=configs)


def parse_sizes(assignments: list[str]) -> dict[str, Any]:
    """`["M=256", "dtype=float16"]` -> `{"M": 256, "dtype": "float16"}`. Raises UsageError on anything else."""
    sizes: dict[str, Any] = {}
    for item in assignments:
        name, equals, value = item.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError("--set", item, "expected NAME=VALUE", next_command="--set M=256")
        try:
            sizes[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            sizes[name] = value
    return sizes


def check_sizes(case: Case, sizes: Mapping[str, Any]) -> None:
    """Raise UsageError when a `--set` name is no parameter of the kernel, or a parameter has no value."""
    try:
        inspect.signature(case.build).bind(**{**case.info.sizes, **sizes})
    except TypeError as error:
        parameters = ", ".join(str(p) for p in inspect.signature(case.build).parameters.values())
        raise UsageError(
            "--set",
            case.info.name,
            str(error),
            evidence=f"parameters: {parameters or '(none)'}",
            next_command=f"passlab trace {case.info.path}::{case.info.name.partition('::')[2]} --set NAME=VALUE"
            if "::" in case.info.name
            else f"passlab trace {case.info.name}",
        ) from error


def _parse(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    except (SyntaxError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)
        where = f"{path}:{line}" if line else str(path)
        text = (getattr(error, "text", "") or "").rstrip()
        raise UsageError("kernel", where, f"not valid Python: {error}", evidence=text) from error
