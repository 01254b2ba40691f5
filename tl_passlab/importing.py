"""Imports a Python file by path: a case as `cases.topic.idea`, a user's file as itself, with its folder importable."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from tl_passlab.errors import UsageError, one_line


def import_file(path: Path, root: Path | None = None) -> ModuleType:
    """The module of a file; under `root` it is imported by its dotted name, so that cases can share a kernel.

    Raises UsageError with the failing line when its top level raises.
    """
    path = path.resolve()
    folder = str(root or path.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        if root is not None:
            return importlib.import_module(".".join(path.relative_to(root.resolve()).with_suffix("").parts))
        return _import_alone(path)
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename) == path]
        where = f"{path.name}:{frames[-1].lineno}" if frames else path.name
        line = frames[-1].line or "" if frames else ""
        why = f"importing it failed: {one_line(error)}"
        raise UsageError("kernel", where, why, evidence=line, next_command=f"python {path.name}") from error


def _import_alone(path: Path) -> ModuleType:
    # A name of its own: a user's `gemm.py` must not shadow, or be, an installed module.
    name = f"passlab_kernel_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError("kernel", str(path), "not a Python file")
    module = importlib.util.module_from_spec(spec)
    # T.prim_func finds the kernel's globals through sys.modules.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
