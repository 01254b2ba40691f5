"""Checks and blames as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

NAME_WIDTH = 40
MAX_FINDINGS = 4
WORDS = {
    "exact": "exact", "reordered": "reordered accumulation", "differs": "WRONG VALUES", "unsupported": "unsupported",
    "host": "host code only", "malformed": "CANNOT RUN", "stuck": "DOES NOT END",
}  # fmt: skip


def render_check(data: Mapping[str, Any]) -> str:
    """One line per boundary, what was found below it, a summary."""
    lines = [_head(data)]
    for boundary in data["boundaries"]:
        lines += _boundary(boundary, data)
    lines += _failure(data)
    lines.append(_summary(data))
    return "\n".join(lines)


def _head(data: Mapping[str, Any]) -> str:
    kind = "integer-valued inputs" if data["exact_inputs"] else "real-valued inputs"
    return (
        f"{data['case']}  {data['target']}  tilelang {data['lane']}  seed {data['seed']}, {kind}, "
        f"{len(data['schedules'])} schedules  {len(data['boundaries'])} distinct boundaries  {data['ms'] / 1e3:.1f} s"
    )


def _boundary(boundary: Mapping[str, Any], data: Mapping[str, Any]) -> list[str]:
    name = "input IR" if boundary["pass"] == "input" else boundary["pass"]
    words = [WORDS[boundary["verdict"]]]
    if boundary["verdict"] == "exact" and boundary["pass"] == "input":
        words = [_reference(data)]
    if boundary["verdict"] == "reordered":
        words.append(f"max rel {float(boundary['error']):.1e} (bound {data['bound']:.1e})")
    if boundary["verdict"] == "differs":
        words.append(f"max rel {float(boundary['error']):.1e} under {boundary['schedule']}")
    if boundary["detail"]:
        words.append(boundary["detail"])
    errors = Counter(f["kind"] for f in boundary["findings"] if f["error"])
    words += [f"{kind.upper()}" + (f" x{count}" if count > 1 else "") for kind, count in errors.items()]
    lines = [f"  {name} {'.' * max(2, NAME_WIDTH - len(name))} {boundary['ms']:7.1f} ms  {'  '.join(words)}"]
    return lines


def _reference(data: Mapping[str, Any]) -> str:
    if data["reference"] is None:
        return "no reference to compare with"
    if not data["reference"]:
        return "matches the reference exactly"
    worst = data["reference"][0]
    verb = "matches" if data["reference_ok"] else "DIFFERS FROM"
    return f"{verb} the reference (max rel {float(worst['error']):.1e}, bound {data['reference_bound']:.1e})"


def _failure(data: Mapping[str, Any]) -> list[str]:
    """The first failing boundary in full."""
    if data["error"]:
        where = data["failed_pass"] or "the step after the last pass"
        return [f"  {where} fails: {data['error'].splitlines()[0][:200]}"]
    first = next((b for b in data["boundaries"] if b["failed"]), None)
    return [] if first is None else [f"first failure: {first['pass']}", *evidence(first)]


def evidence(boundary: Mapping[str, Any]) -> list[str]:
    """The findings and wrong elements of one boundary."""
    lines = []
    shown = [f for f in boundary["findings"] if f["error"]]
    for f in shown[:MAX_FINDINGS]:
        lines.append(f"  {f['kind'].upper()}  {f['message']}")
        words = ("first ", "second") if len(f["statements"]) > 1 else ("at    ",)
        where = f.get("lines") or [""] * len(f["statements"])
        lines += [f"    {w} {s}{_at(line)}" for w, s, line in zip(words, f["statements"], where, strict=False)]
        where = ", ".join([*f["roles"], *([f["detail"]] if f["detail"] else []), f"block {tuple(f['block'])}"])
        lines.append(f"    {where}" + (f", {f['count']} times" if f["count"] > 1 else ""))
    if len(shown) > MAX_FINDINGS:
        lines.append(f"  ... {len(shown) - MAX_FINDINGS} more findings")
    for d in boundary["differences"][:2]:
        lines.append(f"  {d['name']}: {d['count']} of {d['total']} elements differ")
        for e in d["elements"][:4]:
            lines.append(
                f"    {d['name']}[{', '.join(map(str, e['index']))}]  expected {e['expected']}  got {e['got']}"
            )
    return lines


def _at(line: str) -> str:
    """A line of the kernel, where it is known."""
    return f"    kernel line {line}" if line else ""


def authors_text(authors: Sequence[Mapping[str, Any]]) -> list[str]:
    """Who stored the wrong elements; elements with the same author share their lines."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for entry in authors:
        element = f"{entry['name']}[{', '.join(map(str, entry['index']))}]"
        groups.setdefault(_authorship(entry), []).append(element)
    lines = []
    for told, elements in groups.items():
        lines += [f"  {', '.join(elements)}", *(f"    {line}" for line in told)]
    return lines


def _authorship(entry: Mapping[str, Any]) -> tuple[str, ...]:
    now, before = entry["author"], entry["before"]
    lines = [f"stored by {_who(now)}" if now else "stored by nobody"]
    lines += [f"  {now['statement']}{_at(now['line'])}"] if now else []
    if before is None:
        return (*lines, "before the pass: stored by nobody") if now else tuple(lines)
    same_line = now is not None and now["line"] == before["line"] != ""
    if now is None or _who(now) != _who(before) or not (same_line or now["statement"] == before["statement"]):
        lines += [f"before the pass: {_who(before)}", f"  {before['statement']}{_at(before['line'])}"]
    return tuple(lines)


def _who(author: Mapping[str, Any]) -> str:
    parts = []
    if author["thread"] is not None:
        parts.append(f"thread {author['thread']} (warp {author['warp']})")
    elif author["warp"] is not None:
        parts.append(f"warp {author['warp']}")
    if author["tile"]:
        parts.append("a tile operation")
    if author["thread"] is None and (author["role"] != "all threads" or not parts):
        parts.append(author["role"])
    times = f", the last of {author['stores']} stores" if author["stores"] > 1 else ""
    return f"{', '.join(parts)} of block {tuple(author['block'])}{times}"


def _summary(data: Mapping[str, Any]) -> str:
    count: Counter[str] = Counter()
    for b in data["boundaries"]:
        count["failed" if b["failed"] else b["verdict"]] += 1
    states = sum(b["states"] for b in data["boundaries"])
    text = ", ".join(f"{n} {kind}" for kind, n in count.items())
    return f"{text}" + (f"; {states} synchronisation states explored" if states else "")


def render_blame(data: Mapping[str, Any]) -> str:
    """What is to blame, the evidence, what the pass did, where the reproducer is."""
    lines = [f"{data['case']}  {data['target']}  tilelang {data['lane']}  seed {data['seed']}", data["verdict"]]
    if data.get("boundary"):
        lines += evidence(data["boundary"])
    lines += authors_text(data.get("authors", []))
    if data.get("diff"):
        lines += ["", f"what {data['pass']} changed:", data["diff"]]
    if data.get("reproducer"):
        lines.append(f"reproducer: {data['reproducer']}  (python run.py)")
    return "\n".join(lines)
