"""A PrimFunc as host steps and kernels: parameters become memory, launches become programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tl_passlab.interp import from_end, stmt
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.expr import expr
from tl_passlab.interp.identity import identity
from tl_passlab.interp.program import UNIFORM, Level, Program, Run, Site

THREAD_BINDING = 4


@dataclass
class Step:
    """One thing the host does: a statement, a kernel of its own, a call of a function whose result `bind` keeps.

    Or a choice: where `run` is true the steps of `then`, else those of `otherwise`.
    """

    run: Run | None = None
    kernel: Program | None = None
    then: list[Step] | None = None
    otherwise: list[Step] = field(default_factory=list)
    callee: str = ""
    arguments: list[Run] = field(default_factory=list)
    bind: int | None = None


@dataclass
class Function:
    """A compiled PrimFunc."""

    name: str
    steps: list[Step]
    slots: int
    params: list[int]
    buffers: list[Any]
    shape_slots: list[tuple[int, int, int]]
    stride_slots: list[tuple[int, int, int]]
    scalars: dict[int, str]
    packed: bool
    sites: list[Site] = field(default_factory=list)


def compile_function(name: str, func: Any, level: Level) -> Function:
    """Compile a PrimFunc and every kernel in it."""
    b = Build(level, expr)
    steps: list[Step] = []
    params = [b.slot(p) for p in func.params]
    buffers: list[Any] = []
    shape_slots: list[tuple[int, int, int]] = []
    stride_slots: list[tuple[int, int, int]] = []
    scalars: dict[int, str] = {}
    for position, param in enumerate(func.params):
        buffer = func.buffer_map.get(param, None)
        buffers.append(buffer)
        b.bind(param, 1)
        if buffer is None:
            scalars[position] = str(param.name)
            continue
        b.bind(buffer.data, 1)
        shape_slots += [(b.bind(e, 1), position, d) for d, e in enumerate(buffer.shape) if _is_var(e)]
        stride_slots += [(b.bind(e, 1), position, d) for d, e in enumerate(buffer.strides) if _is_var(e)]
    _host(b, from_end.spelt_out(func.body) if level.from_end else func.body, steps)
    packed = len(func.params) == 4 and str(func.params[1].name) == "args" and not len(func.buffer_map)
    data = [b.slot(x.data) if x is not None else -1 for x in buffers]
    function = Function(name, steps, len(b.slots), params, buffers, shape_slots, stride_slots, scalars, packed, b.sites)
    for kernel in _kernels(steps):
        kernel.slots = len(b.slots)
        kernel.written = frozenset(b.written)
    function.params = [d if d >= 0 else p for d, p in zip(data, params, strict=True)]
    return function


def _kernels(steps: list[Step]) -> list[Program]:
    """The kernels among steps, those that are launched under a condition too."""
    found = [step.kernel for step in steps if step.kernel is not None]
    for step in steps:
        found += _kernels([*(step.then or []), *step.otherwise])
    return found


def _is_var(node: Any) -> bool:
    return type(node).__name__ in ("Var", "SizeVar")


def _launches(node: Any) -> bool:
    """Whether a statement contains a kernel launch or a call of a device function."""
    kind = type(node).__name__
    if kind == "SeqStmt":
        return any(_launches(s) for s in node.seq)
    if kind == "AttrStmt":
        return str(node.attr_key) == "thread_extent" or _launches(node.body)
    if kind == "For":
        return int(node.kind) == THREAD_BINDING or _launches(node.body)
    if kind == "SBlockRealize":
        return _launches(node.block.body)
    if kind == "IfThenElse":
        return _launches(node.then_case) or (node.else_case is not None and _launches(node.else_case))
    return kind in ("Evaluate", "Bind") and _callee(node.value) != ""


def contains_kernel(node: Any) -> bool:
    """Whether a host statement still holds a kernel's own code, rather than a call of one."""
    kind = type(node).__name__
    if kind == "SeqStmt":
        return any(contains_kernel(s) for s in node.seq)
    if kind == "AttrStmt":
        return str(node.attr_key) == "thread_extent" or contains_kernel(node.body)
    if kind == "For":
        return int(node.kind) == THREAD_BINDING or contains_kernel(node.body)
    if kind == "SBlockRealize":
        return contains_kernel(node.block.body)
    return kind == "IfThenElse" and contains_kernel(node.then_case)


def _callee(call: Any) -> str:
    """The device function a host call launches, or an empty string."""
    if type(call).__name__ != "Call":
        return ""
    if type(call.op).__name__ == "GlobalVar":
        return str(call.op.name_hint)
    if call.op.name == "tirx.tvm_call_packed":
        name = str(call.args[0].value)
        return "" if name.startswith("__tvm") or name.startswith("tvm.") else name
    return ""


def _host(b: Build, node: Any, steps: list[Step]) -> None:
    kind = type(node).__name__
    if kind == "SeqStmt":
        for part in node.seq:
            _host(b, part, steps)
    elif not _launches(node):
        run = stmt.simple(b, node)
        if run is not None:
            steps.append(Step(run=run))
    elif (kind == "AttrStmt" and str(node.attr_key) == "thread_extent") or kind == "For":
        steps.append(Step(kernel=_kernel(b, node)))
    elif kind == "AttrStmt":
        _host(b, node.body, steps)
    elif kind == "SBlockRealize":
        from tl_passlab.interp.alloc import enter_block

        steps += [Step(run=run) for run in enter_block(b, node)]
        _host(b, node.block.body, steps)
    elif kind in ("Evaluate", "Bind"):
        first = 0 if type(node.value.op).__name__ == "GlobalVar" else 1
        arguments = [b.expr(x).run for x in list(node.value.args)[first:]]
        kept = b.bind(node.var, UNIFORM) if kind == "Bind" else None
        steps.append(Step(callee=_callee(node.value), arguments=arguments, bind=kept))
    elif kind == "IfThenElse":
        b.at(node.condition)
        choice = Step(run=b.expr(node.condition).run, then=[])
        _host(b, node.then_case, require(choice.then, "branch"))
        if node.else_case is not None:
            _host(b, node.else_case, choice.otherwise)
        steps.append(choice)
    else:
        raise Unsupported(f"kernel launch inside {kind}")


def _kernel(b: Build, node: Any) -> Program:
    b.grid, b.threads, b.launch_threads = [], [], [128, 1, 1]
    alone = not (b.safe_values or b.meant or b.reducer)  # nothing from outside of the kernel but values
    known, b.touched, b.kernel_end = len(b.slots), {}, [0]
    code: list[Run] = []
    stmt.flat(b, node, code)
    b.kernel_end[0] = len(code)
    return Program(
        code=code, sites=b.sites, slots=0, caches=b.caches, memos=b.memos, names=b.names, grid=b.grid,
        threads=b.threads, launch_threads=b.launch_threads, units=b.units, level=b.level,
        written=frozenset(b.written), identity=identity(node) if alone else None,
        inputs=tuple(slot for slot in b.touched if slot < known),
    )  # fmt: skip


def device_functions(module: Any) -> Mapping[str, Any]:
    """The functions of a module by name."""
    return {str(var.name_hint): func for var, func in module.functions.items()}


Resolver = Callable[[str], Function]


def require(value: Any, what: str) -> Any:
    """A value that must exist."""
    if value is None:
        raise Malformed(f"{what} is missing")
    return value
