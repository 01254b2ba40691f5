"""The class of a statement that was added, removed or moved as a whole: by what it does."""

from __future__ import annotations

import re

from tl_passlab.diff.similar import form
from tl_passlab.diff.tree import Tree
from tl_passlab.diff.vocabulary import is_copy, is_matrix, key_class, operation_class

_CALLS = re.compile(r"([A-Za-z_]\w*)\s*(?:<[^<>()]*(?:<[^<>()]*>)?[^<>()]*>)?\(")
_ATTRIBUTE = re.compile(r"(?:with )?T\.attr\(.*?\"([\w.]+)\"")
_KEY = re.compile(r"\"([\w.]+)\":")
_PTX_OPERATION = re.compile(r"(?:@!?%\w+\s+)?([a-z][\w.]*)")
_SHARED_C = re.compile(r"__shared__|\bthreadgroup\b|\w+\s*\[[^\]]*\];$")


def calls(code: str) -> list[str]:
    """The names of everything the statement calls, outermost first."""
    return _CALLS.findall(code)


def statement_class(tree: Tree, index: int) -> str:
    """What kind of difference it makes that this statement is there."""
    code = tree.code[index]
    if tree.language == "text":
        return "unclassified"
    if tree.language == "ptx":
        return ptx_class(code)
    kind = form(code)
    if kind in ("if", "elif", "else", "assert"):
        return "predicate"
    if kind == "for":
        return "loop structure"
    if kind == "while":
        return "loop structure"
    if kind in ("def", "class", "return") or code[0] in "#@":
        return "unclassified"
    names = calls(code)
    special = _block_class(code)
    if special:
        return special
    if kind == "bind" or (tree.language != "tir" and _SHARED_C.search(code)):
        return _binding_class(tree, code, names)
    dangerous = _dangerous(names)
    if dangerous:
        return dangerous
    if kind == "store":
        return "memory access"
    return (operation_class(names[0]) if names else "") or "unclassified"


def _block_class(code: str) -> str:
    attribute = _ATTRIBUTE.match(code)
    if attribute:
        return key_class(attribute.group(1))
    if code.startswith(("T.sblock_attr(", "T.block_attr(", "T.func_attr(")):
        return key_class(" ".join(_KEY.findall(code)))
    if code.startswith(("T.reads(", "T.writes(", "with T.sblock(", "with T.block(", "T.evaluate(0")):
        return "attribute"
    return ""


def _binding_class(tree: Tree, code: str, names: list[str]) -> str:
    if tree.language == "tir":
        kind = operation_class(names[0]) if names else ""
        if kind:
            return kind
        return "memory access" if "[" in code.split("=", 1)[-1] else "arithmetic"
    if _SHARED_C.search(code):
        return "allocation / scope"
    return _dangerous(names) or ("memory access" if "[" in code.split("=", 1)[-1] else "arithmetic")


def _dangerous(names: list[str]) -> str:
    """A barrier, an asynchronous copy or a matrix instruction anywhere in the statement decides its class."""
    kinds = {operation_class(name) for name in names}
    for kind in ("synchronisation", "async copy", "instruction selection", "launch configuration"):
        if kind in kinds:
            return kind
    return ""


def ptx_class(code: str) -> str:
    """The class of a PTX instruction, by its operation."""
    match = _PTX_OPERATION.match(code)
    operation = match.group(1) if match else code
    rules = (
        (
            r"bar\b|barrier|mbarrier|membar|fence|.*\bwait_group|.*\bcommit_group|.*\.wait\b|.*expect_tx|.*arrive",
            "synchronisation",
        ),
        (r"cp\.async|cp\.reduce", "async copy"),
        (r"w?mma|wgmma|tcgen05|ldmatrix|stmatrix|shfl|vote", "instruction selection"),
        (r"setp|@|bra\b|selp", "predicate"),
        (r"ld\b|st\b|ld\.|st\.|atom|red", "memory access"),
        (r"cvt", "type / cast"),
        (r"\.shared|\.local|\.reg|\.extern", "allocation / scope"),
        (r"\.maxntid|\.reqntid|\.minnctapersm|setmaxnreg", "launch configuration"),
        (
            r"add|sub|mul|mad|fma|div|rem|and|or|xor|shl|shr|neg|abs|min|max|ex2|lg2|rcp|sqrt|mov|bfe|prmt|lop3",
            "arithmetic",
        ),
    )
    for pattern, kind in rules:
        if re.match(pattern, operation):
            return kind
    if code.startswith("@"):
        return "predicate"
    return "attribute" if code.startswith(".") else "unclassified"


def replaced_instruction(removed: list[str], added: list[str]) -> bool:
    """Whether one way to move or multiply data was replaced by another, as opposed to being added or lost."""
    old = {name for code in removed for name in calls(code)}
    new = {name for code in added for name in calls(code)}
    for test in (is_matrix, is_copy):
        before, after = {n for n in old if test(n)}, {n for n in new if test(n)}
        if before and after and before != after:
            return True
    tile = {n for n in old if is_matrix(n) or is_copy(n)}
    stores = any(form(code) == "store" for code in added)
    return bool(tile) and not (tile & new) and stores
