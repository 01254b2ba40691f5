"""Host-side operations around a launch: stack allocations, packed calls, tensor map creation."""

from __future__ import annotations

from typing import Any

from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.ops.tensormap import TensorMap, tiled_from
from tl_passlab.interp.program import DYNAMIC, Code

TENSOR_MAP = "__tvm_tensormap_create_tiled"
PIXEL_MAP = "__tvm_tensormap_create_im2col"
NO_EFFECT = {
    "__tvm_set_device",
    "__tvm_cuda_stream_set_access_policy_window",
    "__tvm_cuda_stream_reset_access_policy_window",
    "__tvm_error_dtype_mismatch",
}


class Slot:
    """A stack allocation that a packed call fills with a tensor map."""

    def __init__(self) -> None:
        self.map: TensorMap | None = None


def _stack_alloca(b: Build, call: Any) -> Code:
    return Code(lambda a: Slot(), DYNAMIC)


def _packed(b: Build, call: Any) -> Code:
    name = str(call.args[0].value)
    if name in NO_EFFECT:
        return Code(lambda a: None, DYNAMIC)
    if name not in (TENSOR_MAP, PIXEL_MAP):
        raise Unsupported(f"packed call {name}")
    from tl_passlab.interp.ops.im2col import pixel_map_from

    build = tiled_from if name == TENSOR_MAP else pixel_map_from
    target, site = b.expr(call.args[1]).run, b.site
    values = [b.expr(x).run for x in list(call.args)[2:]]

    def create(a: Any) -> None:
        slot = target(a)
        if not isinstance(slot, Slot):
            raise Malformed("a tensor map is created in something that is not a stack allocation")
        slot.map = build(a, [v(a) for v in values], site)

    return Code(create, DYNAMIC)


class Returned(Exception):
    """The host function ends here, with a value."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


def _ret(b: Build, call: Any) -> Code:
    value = b.expr(call.args[0]).run if call.args else _nothing

    def give(a: Any) -> None:
        if not a.is_host or a.mask is not None:
            raise Unsupported("tirx.ret of a kernel, or of some lanes")
        raise Returned(value(a))

    return Code(give, DYNAMIC)


def _nothing(_: Any) -> None:
    return None


OPS = {"tirx.tvm_stack_alloca": _stack_alloca, "tirx.tvm_call_packed": _packed, "tirx.ret": _ret}
