"""Runs upstream's whole pipeline on a PrimFunc, without a GPU and without compiling device code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tilelang
import tvm

from tl_passlab.compat.names import named_python_passes
from tl_passlab.model import Launch, Target

# The host target is pinned: upstream takes LLVM where it is built in, and host IR would differ between machines.
HOST = "c"


@dataclass(frozen=True)
class Lowered:
    """What `tilelang.lower` leaves: the generated source, and the host and device modules."""

    source: str
    host: tvm.IRModule
    device: tvm.IRModule


def tvm_target(target: Target) -> tvm.target.Target:
    """The TVM object of a target spec."""
    if target.kind == "cuda":
        return tvm.target.Target({"kind": "cuda", "arch": target.arch})
    if target.kind == "hip":
        return tvm.target.Target({"kind": "hip", "mcpu": target.arch})
    return tvm.target.Target(target.kind)


def plain(value: Any) -> str:
    """The text of a TVM value as an exact `str`.

    `str(value)` may be a String of TVM, a subclass of str that holds an object: `copy.deepcopy` of one, as
    `dataclasses.asdict` does it, ends in a double free.
    """
    return str.__str__(str(value))


@contextlib.contextmanager
def pass_context(target: Target, configs: Mapping[str, Any], instruments: Sequence[Any] = ()) -> Iterator[None]:
    """The target, the pass configuration and the instruments that a pass sees while it runs."""
    context = tvm.transform.PassContext(opt_level=3, config=dict(configs), instruments=list(instruments))
    with tvm_target(target), context, named_python_passes():
        yield


def lower(func: Any, target: Target, configs: Mapping[str, Any], instruments: Sequence[Any] = ()) -> Lowered:
    """Lower a PrimFunc. `tilelang.compile` would open its own PassContext and drop the instruments."""
    with pass_context(target, configs, instruments):
        artifact = tilelang.lower(func, target=tvm_target(target), target_host=HOST)
    return Lowered(plain(artifact.kernel_source), artifact.host_mod, artifact.device_mod)


def launches(lowered: Lowered) -> tuple[Launch, ...]:
    """One Launch per kernel call of the host module.

    The call is `tvm_call_packed("kernel", parameters..., extents...)`; the extents follow the order of the kernel's
    `tirx.kernel_launch_params` attribute.
    """
    kernels = {plain(var.name_hint): func for var, func in lowered.device.functions.items()}
    found: list[Launch] = []

    def visit(node: Any) -> None:
        if isinstance(node, tvm.tirx.Call) and str(getattr(node.op, "name", "")).endswith("tvm_call_packed"):
            name = plain(getattr(node.args[0], "value", ""))
            if name in kernels:
                found.append(_launch(name, kernels[name], [plain(a) for a in node.args[1:]]))

    for func in lowered.host.functions.values():
        if hasattr(func, "body"):
            tvm.tirx.stmt_functor.post_order_visit(func.body, visit)
    return tuple(found)


def _launch(name: str, kernel: Any, args: list[str]) -> Launch:
    tags = [plain(tag) for tag in kernel.attrs.get("tirx.kernel_launch_params", [])]
    extents = dict(zip(tags, args[len(kernel.params) :], strict=False))
    grid, block = (
        (extents.get(f"{axis}.x", "1"), extents.get(f"{axis}.y", "1"), extents.get(f"{axis}.z", "1"))
        for axis in ("blockIdx", "threadIdx")
    )
    return Launch(name, grid, block, extents.get("tirx.use_dyn_shared_memory", "0"))
