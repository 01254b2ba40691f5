"""Compare `passlab diff` with line differs and graphtage: wall and CPU time, peak memory and how much is left to read.

    python tools/bench/diff.py [--lines 1000 10000 100000] [--timeout 120] [--graphtage PATH] [--json FILE]

Each tool runs in a process of its own on two dumps of a pipelined GEMM, its loop body repeated up to the wanted length:
with nothing changed, with one statement in a hundred changed, removed or doubled, and with every definition renamed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

SEED_DUMP = Path(__file__).parents[2] / "tests" / "data" / "diff" / "gemm_sm_80_ThreadSync.after.tir"
DIFFLIB = (
    "import difflib, sys; a, b = (open(p).read().splitlines(True) for p in sys.argv[1:]);"
    "sys.stdout.writelines(difflib.unified_diff(a, b))"
)


Count = Callable[[IO[bytes]], str]


class Result(NamedTuple):
    """One run: the tool, the task, wall wall and CPU time, peak memory, and the lines or hunks it reports."""

    tool: str
    lines: int
    edit: str
    seconds: float | None
    cpu: float
    megabytes: float
    reported: str


def dump(lines: int) -> list[str]:
    """A dump of about so many lines: one kernel whose body is repeated, with other constants each time."""
    text = SEED_DUMP.read_text(encoding="utf-8").rstrip("\n").split("\n")
    start = next(k for k, line in enumerate(text) if "for i in T.unroll" in line)
    stop = next((k for k in range(start, len(text)) if "@T.prim_func" in text[k]), len(text))
    head, body = text[:start], [line for line in text[start:stop] if line.strip()]
    out = list(head)
    turn = 0
    while len(out) < lines:
        shift = 97 * turn
        out += [re.sub(r"\b(\d{4,})\b", lambda m: str(int(m.group(1)) + shift), line) for line in body]  # noqa: B023
        turn += 1
    return out[:lines] if out[lines - 1].strip()[-1:] != ":" else out[: lines - 1]


def edited(lines: list[str], share: float) -> list[str]:
    """Some leaf statements changed, removed or doubled."""
    chance = random.Random(0)
    out: list[str] = []
    for line in lines:
        leaf = line.strip().startswith("T.ptx_")
        draw = chance.random() if leaf else 1.0
        if draw < share * 0.4:
            out.append(re.sub(r"(\d+)\)$", lambda m: f"{int(m.group(1)) + 1})", line))
        elif draw < share * 0.7:
            continue
        else:
            out += [line, line] if draw < share else [line]
    return out


def renamed(lines: list[str]) -> list[str]:
    """Every definition under another name, everywhere."""
    text = "\n".join(lines)
    names = set(re.findall(r"^\s*(\w+)(?:: [^=]+)? = T\.", text, re.M)) | {"A", "B", "C"}
    names |= {n for group in re.findall(r"for ([\w, ]+) in", text) for n in group.split(", ")}
    pattern = re.compile(r'(?<![\w."])(' + "|".join(sorted(names, key=len, reverse=True)) + r')(?![\w"]|=(?!=))')
    return pattern.sub(r"\1_v2", text).split("\n")


def measure(words: list[str], timeout: float, count: Count) -> tuple[float | None, float, float, str]:
    """Run a command: seconds (None when it was stopped), CPU seconds, peak megabytes, what it reports."""
    with tempfile.TemporaryFile() as out:
        started = time.monotonic()
        child = subprocess.Popen(words, stdout=out, stderr=subprocess.DEVNULL)
        while True:
            pid, _, usage = os.wait4(child.pid, os.WNOHANG)
            seconds = time.monotonic() - started
            if pid:
                child.returncode = 0
                out.seek(0)
                return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, count(out)
            if seconds > timeout:
                child.kill()
                _, _, usage = os.wait4(child.pid, 0)
                child.returncode = -9
                return None, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, ""
            time.sleep(0.002)


def changed_lines(output: IO[bytes]) -> str:
    """How many added and removed lines a unified diff has."""
    return f"{sum(line[:1] in b'+-' and line[:3] not in (b'+++', b'---') for line in output)} lines"


def all_lines(output: IO[bytes]) -> str:
    """How many lines the report has."""
    return f"{sum(1 for _ in output)} lines"


def hunks(output: IO[bytes]) -> str:
    """The hunks that `passlab diff --stat` counts."""
    counted = re.findall(r"(\d+)( \(hidden\))?(?=   |$)", output.read().decode().strip())
    cosmetic = sum(int(number) for number, hidden in counted if hidden)
    return f"{sum(int(number) for number, _ in counted) - cosmetic} hunks (+{cosmetic} cosmetic)"


def tools(graphtage: str | None) -> dict[str, tuple[list[str], Count]]:
    """Command and the way to count its report, per tool that is installed."""
    found: dict[str, tuple[list[str], Count]] = {
        "passlab diff": ([sys.executable, "-m", "tl_passlab.cli", "diff", "--stat"], hunks),
        "python difflib": ([sys.executable, "-c", DIFFLIB], changed_lines),
    }
    if shutil.which("git"):
        found["git --histogram"] = (["git", "diff", "--no-index", "--histogram", "--no-color"], changed_lines)
    if shutil.which("diff"):
        found["GNU diff"] = (["diff", "-u"], changed_lines)
    if graphtage:
        found["graphtage"] = ([graphtage, "--no-status", "--no-color"], all_lines)
    return found


def run_all(sizes: list[int], timeout: float, graphtage: str | None) -> list[Result]:
    """Every tool on every task."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            for edit in ("none", "1%", "renamed"):
                # In another process: what this one has in memory would be counted as each tool's peak.
                subprocess.run([sys.executable, __file__, "--write", folder, str(size), edit], check=True)
                paths = {kind: [f"{folder}/{side}.{kind}" for side in ("before", "after")] for kind in ("tir", "json")}
                for name, (words, count) in tools(graphtage).items():
                    pair = paths["json"] if name == "graphtage" else paths["tir"]
                    seconds, cpu, memory, said = measure([*words, *pair], timeout, count)
                    reported = said if seconds is not None else f"stopped after {timeout:.0f} s"
                    results.append(Result(name, size, edit, seconds, cpu, memory, reported))
                    print(_row(results[-1]), flush=True)
    return results


def write(folder: Path, size: int, edit: str) -> None:
    """Both sides as text, and as a JSON list of lines for the tool that reads trees only."""
    before = dump(size)
    after = {"none": before, "1%": edited(before, 0.01), "renamed": renamed(before)}[edit]
    for side, lines in (("before", before), ("after", after)):
        (folder / f"{side}.tir").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / f"{side}.json").write_text(json.dumps(lines), encoding="utf-8")


def _row(result: Result) -> str:
    seconds = "-" if result.seconds is None else f"{result.seconds:.2f}"
    return (
        f"{result.lines:>7}  {result.edit:<8} {result.tool:<16} {seconds:>7} s {result.cpu:>7.2f} s CPU"
        f" {result.megabytes:>6.0f} MB  {result.reported}"
    )


def startup() -> float:
    """CPU seconds for `passlab diff` on two tiny files, the best of five (CPU: a busy machine must not count)."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.tir", "b.tir"):
            (Path(folder) / name).write_text(f"T.evaluate({name!r})\n", encoding="utf-8")
        words = [sys.executable, "-m", "tl_passlab.cli", "diff", f"{folder}/a.tir", f"{folder}/b.tir"]
        return min(measure(words, 60, all_lines)[1] for _ in range(5))


def main() -> int:
    """Print the table, and write it as JSON when asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds a tool may take for one pair")
    parser.add_argument("--graphtage", default=shutil.which("graphtage"), help="path of graphtage, if installed")
    parser.add_argument("--json", metavar="FILE", help="write the results there too")
    parser.add_argument("--write", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.write:
        write(Path(args.write[0]), int(args.write[1]), args.write[2])
        return 0
    print(f"start-up of passlab diff: {startup():.3f} s CPU")
    results = run_all(args.lines, args.timeout, args.graphtage)
    if args.json:
        Path(args.json).write_text(json.dumps([r._asdict() for r in results], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
