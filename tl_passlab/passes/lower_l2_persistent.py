"""LowerL2Persistent: turns the wish that a buffer stay in the L2 cache into what the launch must set up.

What it does: `T.annotate_l2_hit_ratio({A: 0.5})` leaves `l2_hit_ratio_map` on a block; the pass moves it to the
function as `l2_persistent_map`, with the buffer's size in bytes. The host sets the access policy window from it.

Example input:
    T.sblock_attr({"l2_hit_ratio_map": {A.data: T.float32(0.5)}})
Example output:
    T.func_attr({"l2_persistent_map": {"A": [T.float32(0.5), T.int64(1024)]}})

Invariants after: no block asks any more; the function has an entry for each buffer that was asked for, with its ratio.
"""

from __future__ import annotations

import re

from tl_passlab.passes.lines import unchanged_but_for
from tl_passlab.passes.spec import PassSpec

_ASKED = re.compile(r'"l2_hit_ratio_map": \{([^}]*)\}')
_GIVEN = re.compile(r'"l2_persistent_map": \{(.*?)\}')


def remark(before: str, after: str) -> str:
    """`A 0.5`: the buffers and their hit ratios."""
    del before
    return ", ".join(f"{name} {ratio}" for name, ratio in sorted(given(after).items()))


def given(text: str) -> dict[str, str]:
    """Buffer -> ratio in the function's attribute."""
    found = _GIVEN.search(text)
    return dict(re.findall(r'"(\w+)": \[T\.float32\(([\d.e+-]+)\)', found[1])) if found else {}


def asked(text: str) -> dict[str, str]:
    """Buffer -> ratio in the blocks' annotations."""
    maps = " ".join(_ASKED.findall(text))
    return dict(re.findall(r"(\w+?)(?:_\d+)?(?:\.data)?: T\.float32\(([\d.e+-]+)\)", maps))


def all_given(before: str, after: str) -> list[str]:
    """Violations of: the function has an entry for each buffer that was asked for, with its ratio."""
    have = given(after)
    return [
        f"{name}: asked {ratio}, given {have.get(name)}"
        for name, ratio in asked(before).items()
        if have.get(name) != ratio
    ]


def none_asked(before: str, after: str) -> list[str]:
    """Violations of: no block asks any more."""
    del before
    return [f"still asked on a block: {name}" for name in asked(after)]


def statements_stay(before: str, after: str) -> list[str]:
    """Violations of: but for attributes, the text is the input's."""
    return unchanged_but_for(before, after, r"T\.(?:func|sblock)_attr\(")


CHECKS = {
    "the function has an entry for each buffer asked for": all_given,
    "no block asks any more": none_asked,
    "the statements are those of the input": statements_stay,
}

SPEC = PassSpec(
    name="LowerL2Persistent",
    summary="lower L2 persistence annotations",
    kinds=("cuda",),
    requires=("tirx.BindTarget", "LowerTileOp"),
    invariants=tuple(CHECKS),
    remark=remark,
    checks=CHECKS,
)
