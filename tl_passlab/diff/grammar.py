"""How names are spelt and defined in each language: which tokens can be names, and which of them a statement defines.

Only what is certainly a definition is called one. A definition that is missed leaves its name free, and free names
have to be spelt alike on both sides: the mistake is on the safe side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_STRINGS = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
# Attributes (`.data`), keywords of calls (`scope=`) and members (`::f`) are tokens of their own that nothing defines,
# so they are compared as text. The look-behind keeps the letters of `0x1f` and `1e5` out.
TIR_NAMES = re.compile(rf"(\.?[A-Za-z_](?<!\d.)\w*(?:=(?!=))?|{_STRINGS})")
C_NAMES = re.compile(rf"((?:\.|->|::)?[A-Za-z_](?<!\d.)\w*|{_STRINGS})")
PTX_NAMES = re.compile(r"(\"[^\"]*\"|[%$]?[A-Za-z_][\w$]*(?:\.\w+)*)")
TEXT_NAMES = re.compile(r"([A-Za-z_]\w*)")


@dataclass(frozen=True)
class Definitions:
    """The name tokens of a statement (by ordinal) that it defines, and where the definitions are visible."""

    positions: tuple[int, ...]
    kind: str
    # Visible only to the statements nested in this one (a loop variable), or to its later siblings too.
    nested: bool
    # `for (int i = 0; i < n; ...)`: the rest of the statement already sees the new name.
    sees_itself: bool = False


NONE = Definitions((), "", False)

_TIR_STATEMENTS = frozenset({"if", "elif", "else", "while", "return", "assert", "pass", "raise", "import", "from"})
# Passes look for these blocks by name, so the names have a meaning.
RESERVED_BLOCKS = frozenset({'"root"', '"tilelang_root"', '""'})


def tir_definitions(parts: list[str]) -> Definitions:
    """What a TVMScript statement defines; `parts` alternates literal text and name tokens."""
    if parts[0]:
        return _tir_function(parts) if parts[0][0] == "@" else NONE
    word, after = parts[1], parts[2]
    if word == "for":
        stop = next((i for i in range(3, len(parts), 2) if parts[i] == "in"), 1)
        return Definitions(tuple(i // 2 for i in range(3, stop, 2)), "loop", nested=True)
    if word == "with":
        return _tir_with(parts)
    if word in ("def", "class"):
        return _tir_function(parts)
    if word in _TIR_STATEMENTS:
        return NONE
    if after[:3] == " = " or (after[:2] == ": " and len(parts) > 3):
        return Definitions((0,), "value", nested=False)
    if after == ", ":
        return _tir_tuple(parts)
    return NONE


def _tir_tuple(parts: list[str]) -> Definitions:
    positions = [0]
    for i in range(2, len(parts) - 1, 2):
        if parts[i] == ", ":
            positions.append((i + 1) // 2)
        elif parts[i][:3] == " = ":
            return Definitions(tuple(positions), "value", nested=False)
        else:
            return NONE
    return NONE


def _tir_with(parts: list[str]) -> Definitions:
    positions: list[int] = []
    in_targets = False
    for i in range(3, len(parts), 2):
        if parts[i] == "as":
            in_targets = True
        elif in_targets:
            positions.append(i // 2)
            in_targets = parts[i + 1].strip() == "," or parts[i + 1].strip() == ""
    if positions:
        return Definitions(tuple(positions), "value", nested=True)
    named = len(parts) > 7 and parts[5] in (".sblock", ".block") and parts[7][0] in "\"'"
    if named and parts[7] not in RESERVED_BLOCKS:
        return Definitions((3,), "block", nested=True)
    return NONE


def _tir_function(parts: list[str]) -> Definitions:
    """The parameters of `def`; the function's own name is defined for the whole module beforehand."""
    start = next((i for i in range(1, len(parts), 2) if parts[i] == "def"), 0)
    if not start:
        return NONE
    positions: list[int] = []
    depth = 0
    for i in range(start + 2, len(parts), 2):
        if depth == 1 and parts[i - 1].rstrip()[-1:] in ("(", ",") and parts[i + 1][:1] in (":", ",", ")"):
            positions.append(i // 2)
        literal = parts[i + 1]
        depth += literal.count("(") + literal.count("[") - literal.count(")") - literal.count("]")
        if depth == 0:
            break
    return Definitions(tuple(positions), "parameter", nested=True)


_C_WORDS_TEXT = (
    "return else goto delete throw new case using typename namespace break continue sizeof do if "
    "while switch operator template typedef struct union enum class public private friend asm "
    "volatile"
)
_C_WORDS = frozenset(_C_WORDS_TEXT.split())
_C_QUALIFIERS_TEXT = "const static constexpr extern inline unsigned signed long short volatile"
_C_QUALIFIERS = frozenset(_C_QUALIFIERS_TEXT.split())
_C_BETWEEN = re.compile(r"(?:\s*<[^<>;={}]*>)?[\s*&]+|\s*<[^<>;={}]*>[\s*&]*")
_C_AFTER = re.compile(r"\s*(?:=(?!=)|;|\[|,)")
# Never the declared name: taking a type for one would make a change of type look like a rename.
_C_TYPES_TEXT = (
    "void bool char short int long float double half uint uchar ushort ulong signed unsigned auto "
    "size_t half_t bfloat16_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t const "
    "volatile"
)
_C_TYPES = frozenset(_C_TYPES_TEXT.split())


def c_definitions(parts: list[str]) -> Definitions:
    """What a C-like statement defines: a loop variable, one local variable, or a function's parameters."""
    word = parts[1]
    if word == "for":
        at = _c_declarator(parts, 3)
        return Definitions((at // 2,), "loop", nested=True, sees_itself=True) if at else NONE
    if parts[0] == "#" and word == "pragma":
        at = next((i for i in range(1, len(parts), 2) if parts[i] == "for"), 0)
        declared = _c_declarator(parts, at + 2) if at else 0
        return Definitions((declared // 2,), "loop", nested=True, sees_itself=True) if declared else NONE
    if parts[0]:
        return _c_function(parts) if parts[0].startswith("[[") else NONE
    body = parts[-1].rstrip()[-1:] == "{"
    if body or parts[-1].rstrip().endswith(");"):
        found = _c_function(parts)
        typed = all(_is_typed(parts, 2 * position + 1) for position in found.positions)
        # `dim3 grid(n * m);` defines a variable; a prototype has a type before every parameter.
        if body or (found.positions and (word == "extern" or "__global__" in parts or typed)):
            return found
    at = _c_declarator(parts, 1)
    if at and "," not in _outside_brackets(parts, at):
        return Definitions((at // 2,), "value", nested=False, sees_itself=True)
    return NONE


def _outside_brackets(parts: list[str], at: int) -> str:
    """The literals after a declarator that are outside brackets: a comma there declares a second variable."""
    text = "".join(parts[i] for i in range(at + 1, len(parts), 2))
    out, depth = [], 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if depth == 0:
            out.append(char)
    return "".join(out)


def _c_declarator(parts: list[str], start: int) -> int:
    """The index in `parts` of the declared name when `type name` starts at `start`, else 0."""
    i = start
    while i < len(parts) and parts[i] in _C_QUALIFIERS | {"__shared__", "__constant__", "threadgroup", "device"}:
        i += 2
    for j in range(i, min(len(parts), i + 12), 2):
        if parts[j] in _C_WORDS or parts[j][0] in "\"'":
            return 0
        literal = parts[j + 1]
        if j > i and _C_AFTER.match(literal):
            return 0 if parts[j] in _C_TYPES or not _plain(parts[j]) else j
        member = literal == "" and j + 2 < len(parts) and parts[j + 2][:2] == "::"
        joined = (
            member
            or _C_BETWEEN.fullmatch(literal)
            or literal.strip() in ("::", "<", ">", "> *", ">*")
            or _aligned(parts, j)
        )
        if not joined and not literal.lstrip().startswith("::"):
            return 0
    return 0


def _plain(token: str) -> bool:
    """Whether a token is a name of its own, not a member or a string."""
    return token[0] == "_" or token[0].isalpha()


def _aligned(parts: list[str], j: int) -> bool:
    """`__align__(1024) uchar x[]`: the attribute's argument is no declarator."""
    return parts[j] in ("__align__", "alignas", "__attribute__") and parts[j + 1].rstrip().endswith(")")


def _c_function(parts: list[str]) -> Definitions:
    """The parameters of a function: the last name of every comma-separated piece."""
    if parts[1] in _C_WORDS or not _is_signature(parts):
        return NONE
    positions: list[int] = []
    depth = 0
    for i in range(1, len(parts), 2):
        literal = parts[i + 1]
        bare = literal.lstrip()
        if depth == 1 and i > 1 and (bare[:1] in (",", ")") or bare[:2] == "[["):
            named = parts[i - 1].strip() in ("", "*", "&") or parts[i - 1].rstrip()[-1:] in ("*", ">", "&")
            if named and _plain(parts[i]) and parts[i] not in _C_TYPES:
                positions.append(i // 2)
        depth += literal.count("(") - literal.count(")")
    return Definitions(tuple(positions), "parameter", nested=True)


def _is_typed(parts: list[str], at: int) -> bool:
    return parts[at - 2] in _C_TYPES or parts[at - 2].endswith("_t") or parts[at - 2] == "__restrict__"


def _is_signature(parts: list[str]) -> bool:
    """`type name(`: a call or a macro with a block has no type before its name."""
    depth = 1 if parts[0].startswith("[[") else 0
    for i in range(1, len(parts), 2):
        literal = parts[i + 1]
        if depth == 0 and "=" in literal.split("(", 1)[0]:
            return False
        if depth == 0 and "(" in literal and parts[i] not in ("__launch_bounds__", "__align__", "__attribute__"):
            return i >= 3 and _plain(parts[i]) and parts[i] not in _C_WORDS
        depth += (literal.count("[[") - literal.count("]]")) if parts[0].startswith("[[") else 0
    return False
