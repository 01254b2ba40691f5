"""A make-believe compiler of five passes over printed IR: traces in milliseconds, with known changes in known passes.

`CHANGES` names what can be wrong with it. A change is made in one pass and flows down the pipeline as it would in a
real one, so for every golden it is known which changes it must show.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from tl_passlab.capture import text_id
from tl_passlab.goldens import explain, golden_content, golden_names, golden_path, read_golden, write_golden
from tl_passlab.goldens.pending import Mirror, add_pending, relative_path
from tl_passlab.model import Boundary, CaseInfo, Trace
from tl_passlab.targets import parse_target

WATCH = ("PipelinePlanning", "LayoutInference", "LowerTileOp", "ThreadSync")
TARGET = parse_target("cuda:sm_80")
LANE = "0.1.15"
NAMES = ("Q", "K", "V", "A", "B", "S", "X", "W")

# Change -> the pass that makes it. Simplify is watched by no case.
CHANGES = {
    "layout": "LayoutInference",
    "scope": "LayoutInference",
    "stages": "PipelinePlanning",
    "wait": "LowerTileOp",
    "sync": "ThreadSync",
    "cast": "Simplify",
}

Change = frozenset[str]


def case(index: int) -> CaseInfo:
    """A case: its kernel's names and sizes come from its index."""
    return CaseInfo(f"synthetic/kernel_{index:03}", Path(f"kernel_{index:03}.py"), "", (TARGET.spec,), WATCH, {})


def source_ir(index: int) -> str:
    """The IR before the first pass."""
    size, depth = 32 * (1 + index % 5), 2 + index % 3
    names = [f"{NAMES[(index + k) % len(NAMES)]}{index}" for k in range(1 + index % 3)]
    lines = ["@T.prim_func", f"def main({', '.join(f'{n}: T.Buffer(({size}, {size}))' for n in names)}):"]
    lines += [f'    {n}_shared = T.alloc_buffer(({size}, 64), scope="shared.dyn")' for n in names]
    lines += [f"    for ko in T.serial({depth + 2}):"]
    lines += [f"        T.copy({n}[ko * {size}, 0], {n}_shared[0, 0])" for n in names]
    lines += [f"        T.gemm({names[0]}_shared[0, 0], {names[-1]}_shared[0, 0])"]
    return "\n".join(lines) + "\n"


def pipeline_planning(text: str, changes: Change) -> str:
    stages = 2 if "stages" in changes else 3
    return re.sub(r"T\.serial\((\d+)\)", rf'T.serial(\1, annotations={{"num_stages": {stages}}})', text)


def simplify(text: str, changes: Change) -> str:
    row = r"T.Cast(\"int64\", ko)" if "cast" in changes else "ko"
    return re.sub(r"\[ko \* (\d+), 0\]", rf"[{row} * \1, 0]", text)


def layout_inference(text: str, changes: Change) -> str:
    names = re.findall(r"(\w+_shared) = T\.alloc", text)
    swizzle = 4 if "layout" in changes else 8
    layouts = [f"{n}: Layout((32, 64) -> (32, 64): (_i, _j) = (_i, (_j // 8 + _i % {swizzle}) % 8 * 8))" for n in names]
    text = text.replace('"shared.dyn"', '"shared"') if "scope" in changes else text
    head, loop, body = text.partition("    for ko")
    return f'{head}    T.sblock_attr({{"layout_map": {{{", ".join(layouts)}}}}})\n{loop}{body}'


def lower_tile_op(text: str, changes: Change) -> str:
    found = re.search(r"_i % (\d)", text)
    swizzle = found[1] if found else "8"
    wait = "T.ptx_wait_group(1)" if "wait" in changes else "T.ptx_wait_group(0)"
    lines = []
    for line in text.splitlines():
        copy = re.fullmatch(r"( *)T\.copy\((\w+)\[(.*), 0\], (\w+)\[0, 0\]\)", line)
        if copy is not None:
            pad, source, row, shared = copy.groups()
            lines += [f"{pad}for i in T.vectorized(8):"]
            lines += [f"{pad}    {shared}[i, (i // 8 + i % {swizzle}) % 8] = {source}[{row}, i]"]
        elif "T.gemm(" in line:
            lines += [f"        {wait}", line.replace("T.gemm", "T.ptx_mma")]
        elif "layout_map" not in line:
            lines.append(line)
    return "\n".join(lines) + "\n"


def thread_sync(text: str, changes: Change) -> str:
    barrier = "" if "sync" in changes else '        T.tvm_storage_sync("shared")\n'
    return re.sub(r"( *T\.ptx_mma)", rf"{barrier}\1", text)


PASSES: dict[str, Callable[[str, Change], str]] = {
    "PipelinePlanning": pipeline_planning,
    "Simplify": simplify,
    "LayoutInference": layout_inference,
    "LowerTileOp": lower_tile_op,
    "ThreadSync": thread_sync,
}


def codegen(text: str) -> str:
    """Something like CUDA, one statement for each of the IR's."""
    lines = []
    for line in text.partition("):\n")[2].replace("T.", "tl::").replace("//", "/").splitlines():
        loop = re.sub(r"for (\w+) in tl::\w+\((\d+).*", r"for (int \1 = 0; \1 < \2; ++\1)", line)
        lines.append(f"{line};\n" if loop == line else f"{loop}\n")
    return f'extern "C" __global__ void main_kernel() {{\n{"".join(lines)}}}\n'


@functools.lru_cache(maxsize=4096)
def lower(index: int, changes: Change = frozenset()) -> Trace:
    """The trace of a case by the compiler with some changes."""
    text, texts, boundaries = source_ir(index), {}, []
    for number, (name, run) in enumerate(PASSES.items()):
        after = run(text, changes)
        texts.update({text_id(text): text, text_id(after): after})
        boundaries.append(Boundary(name, number, 0, None, text_id(text), text_id(after), 0.1))
        text = after
    info = case(index)
    return Trace(info.name, TARGET.spec, LANE, {}, tuple(boundaries), texts, codegen(text), "cu")


def shown_changes(index: int, name: str, changes: Change) -> Change:
    """Which of the changes a golden shows: made in or before its pass, and of effect in this case."""
    order = [*PASSES, "kernel", "pipeline"]
    place = order.index(name.rpartition(".")[0])
    found = set()
    for change in changes:
        if order.index(CHANGES[change]) > place:
            continue
        with_it, without = lower(index, changes), lower(index, changes - {change})
        if golden_content(with_it, name) != golden_content(without, name):
            found.add(change)
    return frozenset(found)


def store_goldens(root: Path, indices: Iterable[int]) -> None:
    """Store the goldens of the unchanged compiler under root/goldens."""
    for index in indices:
        trace, info = lower(index), case(index)
        for name in golden_names(info, TARGET):
            content = golden_content(trace, name)
            assert content is not None
            write_golden(golden_path(root / "goldens", LANE, TARGET, info, name), content)


def make_pending(mirror: Mirror, index: int, changes: Change) -> dict[str, Change]:
    """Compare a case's goldens with a changed compiler as its tests would; each pending path with its known changes."""
    trace, info = lower(index, changes), case(index)

    def read(name: str) -> str | None:
        return read_golden(golden_path(mirror.root / "goldens", LANE, TARGET, info, name))

    found = {}
    for name in golden_names(info, TARGET):
        stored, content = read(name), golden_content(trace, name)
        if stored != content:
            path = relative_path(mirror, golden_path(mirror.root / "goldens", LANE, TARGET, info, name))
            add_pending(mirror, path, stored, content, explain(name, stored, trace, info, TARGET, read))
            found[path] = shown_changes(index, name, changes)
    return found
