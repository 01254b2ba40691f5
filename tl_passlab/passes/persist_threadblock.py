"""PersistThreadblock: marks a kernel that synchronises its whole grid, so that it is launched cooperatively.

What it does: a kernel with `sync_grid` gets the attribute `use_cooperative_groups`; all its blocks must be resident at
once, or the barrier never opens.

Example input:
    T.sync_grid()
Example output:
    T.func_attr({"use_cooperative_groups": 1})    ...    T.sync_grid()

Invariants after: a function has the attribute exactly if it synchronises the grid; its body is the input's.
"""

from __future__ import annotations

from tl_passlab.passes.lines import call_count, unchanged_but_for
from tl_passlab.passes.spec import PassSpec

ATTRIBUTE = '"use_cooperative_groups"'


def remark(before: str, after: str) -> str:
    """`cooperative launch`."""
    return "cooperative launch" if ATTRIBUTE in after and ATTRIBUTE not in before else ""


def marked_if_it_synchronises(before: str, after: str) -> list[str]:
    """Violations of: a function has the attribute exactly if it synchronises the grid."""
    del before
    functions = after.split("@T.prim_func")[1:]
    found = []
    for function in functions:
        syncs = call_count(function, "sync_grid") > 0
        if syncs != (ATTRIBUTE in function):
            found.append("it synchronises the grid and is not marked" if syncs else "it is marked and has no sync_grid")
    return found


def body_stays(before: str, after: str) -> list[str]:
    """Violations of: the body is the input's."""
    return unchanged_but_for(before, after, r"T\.func_attr\(")


SPEC = PassSpec(
    name="PersistThreadblock",
    summary="make a kernel persistent",
    kinds=("cuda",),
    requires=("tirx.BindTarget", "SplitHostDevice"),
    invariants=("a function is marked exactly if it synchronises the grid", "the body is the input's"),
    remark=remark,
    checks={
        "a function is marked exactly if it synchronises the grid": marked_if_it_synchronises,
        "the body is the input's": body_stays,
    },
)
