"""What is edited, whatever the statement: from a shape to the edits that one change has in common in every kernel.

A shape tells apart what a person would: the same edit in a store and in a call, over one loop and over two. A change of
one pass shows as a dozen shapes, and they share an edit: which operations come and go, and in what class of hunk.

    `layout: T.sblock_attr _ [ -> + # ) % #]`         `layout: +{% +}`
    `synchronisation: [__syncthreads ( ) ; -> ]`      `synchronisation: -{tvm_storage_sync}`
"""

from __future__ import annotations

import re

from tl_passlab.goldens.shape import Shape

_PART = re.compile(r"(?P<kinds>[a-z/ +()]+): (?P<head>[^\[]*)\[(?P<old>.*) -> (?P<new>.*)\]", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_][\w.:]*|//|<<|>>|[=!<>]=|[-+*/%&|^<>?!~]")
_PREFIX = re.compile(r"^(?:T|tl|tirx|tir|metal|cute)(?:\.|::)")
# What stands around operations in any statement.
_NOISE = frozenset({"", "E", "_", "for", "in", "if", "else", "with", "while", "int", "const", "void"})
# What a source calls otherwise than the IR it was printed from.
_SAME = {
    "__syncthreads": "tvm_storage_sync",
    "threadgroup_barrier": "tvm_storage_sync",
    "__sync_thread_partial": "tvm_storage_sync",
    "cp_async_wait": "ptx_wait_group",
    "cp_async_commit": "ptx_commit_group",
    "cp_async_gs": "ptx_cp_async",
    "int64_t": "int64",
    "Cast": "int64",
}


def edits_of(shape: Shape) -> frozenset[str]:
    """The edits of a shape; of those in which no operation comes or goes only what is left when there are no others."""
    found = [_edit(part) for part in shape]
    strong = frozenset(text for text, operations in found if operations)
    return strong or frozenset(text for text, _ in found)


def without_class(edit: str) -> str:
    """An edit as it may be seen further down the pipeline, in statements of another class."""
    return edit.rpartition(": ")[2]


def operations_of(edit: str) -> set[str]:
    """The operations that come or go."""
    return set(re.findall(r"[^\s{}]+", re.sub(r"[-+](?=\{)", "", without_class(edit))))


def class_of(edit: str) -> str:
    """The class of the hunk that an edit is in; empty for recorded lines."""
    return edit.partition(": ")[0] if ": " in edit and edit[:2] not in ("+ ", "- ") else ""


def _edit(part: str) -> tuple[str, bool]:
    match = _PART.fullmatch(part)
    if match is None:
        return part, part[:2] not in ("+ ", "- ")
    kind = match["kinds"].partition("+")[0]
    old, new = _operations(match["old"]), _operations(match["new"])
    gone, come = sorted(old - new), sorted(new - old)
    if not gone and not come:
        head = next((word for word in sorted(_operations(match["head"])) if word[0].isalpha()), "")
        return f"{kind}: {head}", False
    signed = [f"-{{{' '.join(gone)}}}" if gone else "", f"+{{{' '.join(come)}}}" if come else ""]
    return f"{kind}: {' '.join(filter(None, signed))}", True


def _operations(text: str) -> set[str]:
    words = (_PREFIX.sub("", word).rstrip(".:") for word in _WORD.findall(re.sub(r'"[^"]*"', "", text)))
    return {_SAME.get(word, word) for word in words} - _NOISE
