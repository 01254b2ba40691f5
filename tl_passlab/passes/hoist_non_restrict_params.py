"""HoistNonRestrictParams: records on the function which parameters may alias each other.

What it does: code generation writes `__restrict__` on every pointer parameter unless told otherwise. A block's
`tl.non_restrict_params` (T.annotate_restrict_buffers) is collected, from any depth, into the function's attribute of
the same name.

Example input:
    T.sblock_attr({"tl.non_restrict_params": [A.data, B.data]})
Example output:
    T.func_attr({"tl.non_restrict_params": [A, B]})

Invariants after: the function lists every parameter that any block lists, each once; statements are the input's.
"""

from __future__ import annotations

import re

from tl_passlab.passes.lines import plain_name, unchanged_but_for
from tl_passlab.passes.spec import PassSpec

_LIST = r'"tl\.non_restrict_params": \[([^\]]*)\]'


def remark(before: str, after: str) -> str:
    """`A, B may alias`."""
    del before
    names = listed(after, "func_attr")
    return f"{', '.join(names)} may alias" if names else ""


def listed(text: str, where: str) -> list[str]:
    """The parameters that the functions (`func_attr`) or the blocks (`sblock_attr`) list."""
    found = []
    for line in text.splitlines():
        if f"T.{where}(" in line:
            for names in re.findall(_LIST, line):
                found += [plain_name(n.strip().removesuffix(".data")) for n in names.split(",") if n.strip()]
    return found


def all_hoisted(before: str, after: str) -> list[str]:
    """Violations of: the function lists every parameter that any block lists."""
    have = listed(after, "func_attr")
    return [f"{name} is listed on a block only" for name in listed(before, "sblock_attr") if name not in have]


def each_once(before: str, after: str) -> list[str]:
    """Violations of: a function lists a parameter once."""
    del before
    lines = [line for line in after.splitlines() if "T.func_attr(" in line]
    found = []
    for line in lines:
        names = listed(line, "func_attr")
        found += [
            f"{name} is listed {names.count(name)} times" for name in dict.fromkeys(names) if names.count(name) > 1
        ]
    return found


def statements_stay(before: str, after: str) -> list[str]:
    """Violations of: but for attributes, and for how the parameters are declared, the text is the input's."""
    declared = r"T\.(?:func_attr|sblock_attr|handle|match_buffer)\("
    return unchanged_but_for(plain_name(before), plain_name(after), declared)


CHECKS = {
    "the function lists every parameter that a block lists": all_hoisted,
    "a parameter is listed once": each_once,
    "the statements are those of the input": statements_stay,
}

SPEC = PassSpec(
    name="HoistNonRestrictParams",
    summary="record parameters that may alias",
    requires=("tirx.BindTarget", "LowerTileOp"),
    invariants=tuple(CHECKS),
    remark=remark,
    checks=CHECKS,
)
