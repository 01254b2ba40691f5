"""Why ProducerConsumerWarpSpecialized left a kernel as it was: which of its conditions the kernel does not meet.

Upstream says nothing (a debug log at most). Its conditions, in its order: warp specialisation enabled, no roles made by
hand, a target with TMA, a pipelined loop, and in that loop at least one copy that TMA can do into a layout that TMA can
write; then the loop must stand where it can be split, and the copy must be a statement of the loop itself. They are
looked up here in the text of the IR; a copy for which no reason is found is said to meet them all, never explained
away.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tl_passlab.layouts.find import declared_in, layouts_in
from tl_passlab.model import Target

_REGION = r"T\.region\((\w+)\[[^\n]*?\], [12], ([\d, ]+)\)"
_COPY = re.compile(rf"T\.(?:copy|async_copy|tma_copy)\({_REGION}, {_REGION}(.*)\)$")
_PARAMETER = re.compile(r'(\w+) = T\.match_buffer\(\w+, \(([^)]*)\)(?:, "(\w+)")?(?:, strides=\(([^)]*)\))?')
_TMA_BYTES = 16


@dataclass(frozen=True)
class Line:
    """A line of IR with the lines of the blocks it stands in, outermost first."""

    text: str
    parents: tuple[str, ...]


def why_not(before: str, after: str) -> list[str]:
    """The conditions that are not met, the deciding one first; empty when the kernel was specialised."""
    if "kWarpSpecializationScope" in after and "kWarpSpecializationScope" not in before:
        return []
    if re.search(r'"kWarpSpecializationScope"|"warp_specialize"|"kCustomWarpSpecialization"', before):
        return ["the kernel has roles already: T.ws or a schedule made them by hand"]
    if "T.target(" not in before:
        return []  # a fragment of IR: nothing can be said
    arch = re.search(r'"arch": "sm_(\d+)', before)
    if arch is None or int(arch[1]) < 90:
        return [f"{'sm_' + arch[1] if arch else 'the target'} has no TMA"]
    loops = [line for line in _lines(before) if re.search(r'"num_stages": [1-9]', line.text)]
    if not loops:
        return ["no pipelined loop: T.Pipelined with num_stages of 1 or more"]
    copies = [line for line in _lines(before) if any(loop.text in line.parents for loop in loops)]
    reasons = _copy_reasons(before, [line for line in copies if _COPY.search(line.text)])
    if not reasons:
        return ["no copy from global to shared memory in the pipelined loop is a T.copy; TMA needs one"]
    if "" not in reasons.values():
        return [f"no copy of the pipelined loop can be TMA: {name}: {why}" for name, why in reasons.items()]
    return _structure(loops, copies, reasons) or [
        "a copy can be TMA, yet the rewriter declined; it may be disabled by tl.disable_warp_specialized"
    ]


def _lines(text: str) -> list[Line]:
    found: list[Line] = []
    stack: list[tuple[int, str]] = []
    for raw in text.splitlines():
        line = raw.strip()
        indent = len(raw) - len(raw.lstrip())
        while stack and indent <= stack[-1][0]:
            stack.pop()
        found.append(Line(line, tuple(parent for _, parent in stack)))
        if line.endswith(":"):
            stack.append((indent, line))
    return found


def _copy_reasons(text: str, copies: list[Line]) -> dict[str, str]:
    """`A -> A_shared` -> why that copy cannot be TMA; empty for one that can."""
    shared = {name for name, buffer in declared_in(text).items() if buffer.scope.startswith("shared")}
    reasons = {}
    for line in copies:
        source, extents, target, _, options = re.search(_COPY, line.text).groups()  # type: ignore[union-attr]
        if target in shared and source not in shared and source in _parameters(text):
            reasons[f"{source} -> {target}"] = _why_no_tma(text, source, extents, target, options)
    return reasons


def _parameters(text: str) -> Mapping[str, tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """Kernel parameter -> shape, dtype, strides."""
    return {
        name: (_parts(shape), dtype or "float32", _parts(strides))
        for name, shape, dtype, strides in _PARAMETER.findall(text)
    }


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _why_no_tma(text: str, source: str, extents: str, target: str, options: str) -> str:
    shape, dtype, strides = _parameters(text)[source]
    declared = declared_in(text)[target]
    bits = int(re.sub(r"\D*(\d+).*", r"\1", dtype) or 32)
    if "disable_tma=1" in options or "disable_tma=T.bool(True)" in options:
        return "disable_tma is set on it"
    wish = re.search(r'prefer_instruction="(\w+)"|(is_async_copy|force_cp_async)', options)
    if wish and wish[1] != "tma":
        return f"it asks for {wish[1] or 'cp.async'}"
    if dtype != declared.dtype:
        return f"{dtype} becomes {declared.dtype} on the way, TMA does not convert"
    width = int(_parts(extents)[-1]) * bits
    if width % (_TMA_BYTES * 8):
        return f"a row of {width // 8} bytes is no multiple of {_TMA_BYTES}"
    pitch = _bad_pitch(shape, strides, bits)
    if pitch:
        return pitch
    layout = layouts_in(text).get(target)
    if layout is not None and not tma_can_write(layout.offsets(), layout.shape, bits):
        return f"the layout annotated for {target} is one that TMA cannot write"
    return ""


def _bad_pitch(shape: tuple[str, ...], strides: tuple[str, ...], bits: int) -> str:
    """Why TMA cannot read a parameter of that shape: every stride but the last must be a multiple of 16 bytes."""
    if not strides:
        sizes = [int(s) if s.isdigit() else 0 for s in shape]
        strides = tuple(str(math.prod(sizes[k + 1 :])) for k in range(len(sizes)))
    if strides[-1] != "1":
        return f"its elements are {strides[-1]} apart, TMA wants them adjacent"
    wrong = [s for s in strides[:-1] if s.isdigit() and int(s) * bits // 8 % _TMA_BYTES]
    return f"a pitch of {int(wrong[0]) * bits // 8} bytes is no multiple of {_TMA_BYTES}" if wrong else ""


def tma_can_write(offsets: Mapping[tuple[int, ...], int], shape: tuple[int, ...], bits: int) -> bool:
    """Whether a layout is one that TMA produces: 16-byte pieces in place, or swizzled over 32, 64 or 128 bytes.

    The box may be cut along its last dimension into panels as wide as the swizzle, one panel after the other.
    """
    width = shape[-1] * bits // 8
    rows = math.prod(shape[:-1])
    for atom in (16, 32, 64, 128):
        panel = width if atom == 16 else atom
        if width % panel == 0 and all(
            offset * bits // 8 == _tma_offset(index, shape, bits, rows, panel, atom)
            for index, offset in offsets.items()
        ):
            return True
    return False


def _tma_offset(index: tuple[int, ...], shape: tuple[int, ...], bits: int, rows: int, panel: int, atom: int) -> int:
    """The byte at which TMA puts an element: row by row within its panel, 16-byte pieces permuted by the row."""
    row = 0
    for position, extent in zip(index[:-1], shape[:-1], strict=True):
        row = row * extent + position
    column = index[-1] * bits // 8
    linear = column // panel * rows * panel + row * panel + column % panel
    # The pattern of the hardware: address bits 7 and up are added onto bits 4 and up, as many as the atom has.
    return linear ^ ((linear >> 7) % (atom // _TMA_BYTES) << 4)


def _structure(loops: list[Line], copies: list[Line], reasons: Mapping[str, str]) -> list[str]:
    """What stands in the way around the loop, or between it and its copies."""
    found = []
    for loop in loops:
        for parent in loop.parents:
            if parent.startswith(("if ", "while ", "else")):
                found.append(f"the pipelined loop is under `{parent.rstrip(':')}`; only a plain nest of loops is split")
        for line in copies:
            matched = _COPY.search(line.text)
            if matched and not reasons.get(f"{matched[1]} -> {matched[3]}", "other"):
                inner = line.parents[line.parents.index(loop.text) + 1 :] if loop.text in line.parents else ()
                nested = [p for p in inner if p.startswith(("for ", "while ", "else"))]
                if nested:
                    found.append(
                        f"{matched[1]} -> {matched[3]} is under `{nested[0].rstrip(':')}`, no statement of the loop"
                    )
    return list(dict.fromkeys(found))


def why_absent(target: Target, configs: Mapping[str, object]) -> str:
    """Why a target's pipeline does not run the pass at all for a kernel."""
    if target.kind != "cuda" or int(re.sub(r"\D", "", target.arch) or 0) < 90:
        return f"{target.spec} has no TMA"
    if configs.get("tl.disable_warp_specialized"):
        return "the kernel's pass configuration sets tl.disable_warp_specialized"
    return ""
