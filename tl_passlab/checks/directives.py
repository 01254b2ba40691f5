"""Reads FileCheck comments, and refuses what would be skipped silently: a directive nobody runs checks nothing."""

from __future__ import annotations

import difflib
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tl_passlab.errors import UsageError
from tl_passlab.model import CaseInfo
from tl_passlab.passes.all_passes import find_pass

SUFFIXES = ("NEXT", "SAME", "NOT", "DAG", "EMPTY", "LABEL")
PLACES = ("AFTER", "BEFORE", "SOURCE")
_PLACED = re.compile(r"CHECK-(AFTER|BEFORE|SOURCE)(?:\(([^()]*)\))?:(.*)")
_PLAIN = re.compile(r"CHECK(?:-(NEXT|SAME|NOT|DAG|EMPTY|LABEL|COUNT-\d+))?(?:\{LITERAL\})?:(.*)")
# What somebody may have meant as a directive: a word in capitals with a suffix or a colon, or anything like CHECK.
_SUFFIX = "|".join((*PLACES, *SUFFIXES, "COUNT"))
_WORD = re.compile(rf"([A-Za-z][A-Za-z0-9]*?)((?:[-_ ]?(?:{_SUFFIX}))*)(?![A-Za-z0-9])(.?)", re.IGNORECASE)
_WITHOUT_COLON = re.compile(rf"CHECK(?:-(?:{_SUFFIX})(?:-\d+)?)?(?:\([^()]*\))?(?: |$)(?!(?:{_SUFFIX})\b)")
# A pattern that is found in each of these says nothing.
_NONSENSE = ("~", "0", "q", '"')


@dataclass(frozen=True)
class Directive:
    """One check of the `filecheck` library, and its line in the case."""

    line: int
    text: str


@dataclass(frozen=True)
class Block:
    """Consecutive checks of one text: `place` is after, before or source; `target` a spec, a kind, or empty for all."""

    place: str
    pass_name: str
    target: str
    line: int
    directives: tuple[Directive, ...]

    @property
    def name(self) -> str:
        """`CHECK-AFTER(LayoutInference) line 12`."""
        inside = ", ".join(part for part in (self.pass_name, self.target) if part)
        return f"CHECK-{self.place}{f'({inside})' if inside else ''} line {self.line}"

    def runs_on(self, spec: str) -> bool:
        """Whether the block is for a target."""
        return not self.target or self.target in (spec, spec.partition(":")[0])


def read_blocks(case: CaseInfo) -> list[Block]:
    """The blocks of a case. Raises UsageError on a directive that is malformed, unknown, or checks nothing."""
    blocks: list[Block] = []
    for line, text in _comments(case.path):
        placed, plain = _PLACED.fullmatch(text), _PLAIN.fullmatch(text)
        if placed is not None:
            blocks.append(_begin(case, line, placed))
        elif plain is not None:
            if not blocks:
                raise _fault(case, line, text, "no CHECK-AFTER(Pass) before it says which text it is about")
            blocks[-1] = _continue(case, blocks[-1], line, text, plain)
        else:
            _refuse_lookalike(case, line, text)
    for block in blocks:
        if not block.directives:
            raise _fault(case, block.line, block.name, "it begins a block that checks nothing")
    return blocks


def _comments(path: Path) -> Iterator[tuple[int, str]]:
    reader = io.StringIO(path.read_text(encoding="utf-8")).readline
    for token in tokenize.generate_tokens(reader):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("#").strip()


def _begin(case: CaseInfo, line: int, match: re.Match[str]) -> Block:
    place, inside, pattern = match[1], match[2] or "", match[3].strip()
    words = [word.strip() for word in inside.split(",")] if inside else []
    pass_name = words.pop(0) if place != "SOURCE" and words else ""
    target = words.pop(0) if words else ""
    if words or (place != "SOURCE") != bool(pass_name):
        raise _fault(case, line, match[0], f"expected CHECK-{place}({'Pass, ' if place != 'SOURCE' else ''}target)")
    if pass_name:
        try:
            find_pass(pass_name)
        except UsageError as error:
            raise _fault(case, line, match[0], f"unknown pass {pass_name}", error.evidence) from error
    block = Block(place, pass_name, target, line, ())
    specs = [spec for spec in case.targets if not case.rejected.get(spec)]
    if not any(block.runs_on(spec) for spec in specs):
        raise _fault(case, line, match[0], f"no target of the case runs it; they are {', '.join(specs)}")
    if pattern:
        _refuse_vacuous(case, line, pattern, "CHECK")
        return Block(place, pass_name, target, line, (Directive(line, f"CHECK: {pattern}"),))
    return block


def _continue(case: CaseInfo, block: Block, line: int, text: str, match: re.Match[str]) -> Block:
    if match[1] != "EMPTY":
        _refuse_vacuous(case, line, match[2].strip(), match[1] or "CHECK")
    elif match[2].strip():
        raise _fault(case, line, text, "CHECK-EMPTY takes no pattern")
    if not block.directives and match[1] in ("NEXT", "SAME", "EMPTY"):
        raise _fault(case, line, text, f"CHECK-{match[1]} follows no match")
    found = (*block.directives, Directive(line, text))
    return Block(block.place, block.pass_name, block.target, block.line, found)


def _refuse_vacuous(case: CaseInfo, line: int, pattern: str, kind: str) -> None:
    """Refuse a pattern that matches anything: it cannot fail, or as a NOT cannot pass."""
    if not pattern:
        raise _fault(case, line, kind, "it has no pattern")
    bare = re.sub(r"\[\[\w+\]\]|\[\[#.*?\]\]", "x", pattern)
    parts = re.split(r"\{\{(.*?)\}\}|\[\[\w+:(.*?)\]\]", bare)
    literals, regexes = "".join(parts[::3]).strip(), [p for k, p in enumerate(parts) if k % 3 and p is not None]
    if literals or not regexes:
        return
    try:
        whole = re.compile("".join(f"(?:{regex})" for regex in regexes))
    except re.error as error:
        raise _fault(case, line, pattern, f"not a regular expression: {error}") from error
    if all(whole.search(text) for text in _NONSENSE):
        raise _fault(case, line, pattern, "the pattern matches anything")


def _refuse_lookalike(case: CaseInfo, line: int, text: str) -> None:
    """Refuse a comment that was meant as a directive: misspelt, without a colon, or under another prefix."""
    match = _WORD.match(text)
    if match is None:
        return
    word, suffix, following = match[1], match[2], match[3]
    misspelt = word.isupper() and len(word) < 8 and difflib.SequenceMatcher(None, word, "CHECK").ratio() >= 0.8
    lower = word.lower() == "check" and bool(suffix or following == ":")
    other_prefix = word.isupper() and bool(suffix) and suffix[0] in "-_" and following == ":"
    if not (misspelt or lower or other_prefix):
        return
    why = "it is no directive: expected CHECK:, CHECK-NEXT:, CHECK-NOT: ..., or CHECK-AFTER(Pass):"
    if other_prefix and not misspelt:
        why = f"no run uses the prefix {word}: only CHECK is read"
    elif _WITHOUT_COLON.match(text):
        why = "the colon is missing"
    raise _fault(case, line, text, why)


def _fault(case: CaseInfo, line: int, text: str, why: str, evidence: str = "") -> UsageError:
    shown = "\n".join(part for part in (text, evidence) if part)
    command = f"pytest tests/test_filecheck.py -k {case.stem}"
    return UsageError("filecheck", f"{case.path.name}:{line}", why, evidence=shown, next_command=command)
