"""InstructionAnnotation: which instruction a tile op becomes; upstream's pass, which predicts, and ours, which knows.

What it does: annotates every tile op (copy, gemm) with an instruction kind chosen for the target. No released pipeline
runs it. It came with upstream pull request 2002 and left with 2389; on the lanes that have it, a plain copy is tagged
`sync` even where the pipeline emits TMA for it. Ours lets the pipeline lower the module and reads off what came out.

Example input:
    T.copy(T.region(A[...], 1, 64, 32), T.region(A_shared[...], 2, 64, 32))
Example output:
    T.copy(T.region(A[...], 1, 64, 32), T.region(A_shared[...], 2, 64, 32), tl_instruction_kind="sync")

Invariants after: the statements are those of the input; only annotations were added.
"""

from __future__ import annotations

import re

from tl_passlab.passes.spec import PassSpec

_ANNOTATIONS = re.compile(
    r', annotations=\{[^{}]*"tl_instruction_kind"[^{}]*\}|(?:, )?"?tl_instruction(?:s|_kind)"?[:=] ?"[^"]*"'
)


def remark(before: str, after: str) -> str:
    """`copy: tma, tma; gemm: wgmma`: the kinds of each operator, in program order."""
    del before
    kinds: dict[str, list[str]] = {}
    for line in after.splitlines():
        found = re.search(r'T\.(\w+)\(.*"?tl_instruction_kind"?[:=] ?"([^"]*)"', line)
        if found:
            kinds.setdefault(found[1], []).append(found[2])
    return "; ".join(f"{operator}: {', '.join(names)}" for operator, names in kinds.items())


def statements_stay(before: str, after: str) -> list[str]:
    """Violations of: but for the annotations, the text is the input's."""
    bare = [_ANNOTATIONS.sub("", line) for line in after.splitlines()]
    old = [_ANNOTATIONS.sub("", line) for line in before.splitlines()]
    if len(bare) != len(old):
        return [f"{len(old)} lines before, {len(bare)} after"]
    return [f"{a.strip()} became {b.strip()}" for a, b in zip(old, bare, strict=True) if a != b]


CHECKS = {"the statements are those of the input": statements_stay}

OWN = PassSpec(
    name="passlab.InstructionAnnotation",
    summary="annotate each tile op with the instruction it really becomes",
    requires=("tirx.BindTarget", "InjectAssumes"),
    takes_input_of="Simplify",
    invariants=tuple(CHECKS),
    remark=remark,
    checks=CHECKS,
    own="tl_passlab.passes.own.instruction_annotation:annotate",
)

SPEC = PassSpec(
    name="InstructionAnnotation",
    summary="annotate each tile op with the instruction it is meant to become",
    kinds=("cuda",),
    gone="0.1.12",
    replaced_by="passlab.InstructionAnnotation says what each tile op really becomes, on every lane",
    requires=("tirx.BindTarget", "InjectAssumes"),
    takes_input_of="ProducerConsumerWarpSpecialized",
    invariants=tuple(CHECKS),
    checks=CHECKS,
)
