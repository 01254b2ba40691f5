"""Listing and clustering 5,000 pending goldens, and accepting them. Aim: list and cluster under 5 s.

The texts are this repository's own goldens, copied until there are enough, each with one line changed by one of seven
causes. Peer: `cargo insta pending-snapshots` and `accept` on the same texts (cargo-insta is found on PATH; its PyPI
wheel will do). It lists and accepts, but has no notion of a cause: a change of one pass is 5,000 snapshots to review
one by one, or all at once. syrupy has no pending state: `--snapshot-update` overwrites what failed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tl_passlab.goldens.explain import Explanation
from tl_passlab.goldens.pending import Mirror, add_pending
from tl_passlab.goldens.roots import Root
from tl_passlab.goldens.store import write_whole
from tl_passlab.model import Verdict

COUNT = 5_000
AIM_SECONDS = 5.0
LANE = "0.1.15"
CAUSES = tuple(Root(f"Pass{number}", (f"layout: T.sblock_attr % [# -> {number}]",)) for number in range(7))
CRATE = '[package]\nname = "peer"\nversion = "0.1.0"\nedition = "2021"\n'
HEADER = "---\nsource: src/lib.rs\nexpression: x\n---\n"


def texts() -> Iterator[tuple[str, str]]:
    """Path under the lane's folder and text, copies of the stored goldens in other cases."""
    folder = Path("goldens", LANE)
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "LANE.toml")
    for number in range(COUNT):
        path = files[number % len(files)].relative_to(folder)
        unit = f"{path.parent}_{number // len(files)}"
        yield f"{unit}/{path.name}", files[number % len(files)].read_text()


def changed(text: str, cause: int) -> str:
    """The text with one line more."""
    return f"{text}+ # changed by cause {cause}\n"


def write_ours(root: Path) -> None:
    """A project with so many pending goldens."""
    mirror = Mirror(root, root / ".passlab" / "pending")
    for number, (path, text) in enumerate(texts()):
        cause, name = number % len(CAUSES), f"goldens/{LANE}/{path}"
        write_whole(root / name, text)
        slug, topic, case, file = path.split("/")
        verdict = Verdict(file, "changed", "behaviour changed: the input is as recorded, its output is not")
        explanation = Explanation(verdict, f"{topic}/{case}", slug, LANE, (CAUSES[cause],), follows=number % 5 > 0)
        add_pending(mirror, name, text, changed(text, cause), explanation)


def write_peer(root: Path) -> None:
    """A crate with as many pending snapshots."""
    (root / "src" / "snapshots").mkdir(parents=True)
    (root / "Cargo.toml").write_text(CRATE)
    (root / "src" / "lib.rs").touch()
    for number, (path, text) in enumerate(texts()):
        stem = root / "src" / "snapshots" / f"peer__{path.replace('/', '__')}.snap"
        stem.write_text(HEADER + text)
        stem.with_name(f"{stem.name}.new").write_text(HEADER + changed(text, number % len(CAUSES)))


def timed(command: list[str], root: Path) -> tuple[float, str]:
    """Seconds of a command in a folder, and what it printed."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return time.perf_counter() - started, done.stdout


def measure_ours(root: Path) -> None:
    """Print our rows."""
    passlab = [sys.executable, "-m", "tl_passlab.cli"]
    seconds, _ = timed([*passlab, "pending"], root)
    print(f"passlab pending (list and cluster)      {seconds:>6.2f} s   aim {AIM_SECONDS:.2f}")
    seconds, said = timed([*passlab, "review", "--json"], root)
    clusters = len(json.loads(said)["clusters"])
    print(f"passlab review --json ({clusters} clusters)       {seconds:>6.2f} s")
    seconds, _ = timed([*passlab, "accept", "--all"], root)
    print(f"passlab accept --all                    {seconds:>6.2f} s")


def measure_peer(root: Path) -> None:
    """Print cargo-insta's rows, or why there are none."""
    program = shutil.which("cargo-insta")
    if program is None or shutil.which("cargo") is None:
        print("cargo insta                             not measured: cargo or cargo-insta is not on PATH")
        return
    write_peer(root)
    where = ["--workspace-root", str(root)]
    seconds, listed = timed([program, "pending-snapshots", *where], root)
    print(f"cargo insta pending-snapshots ({len(listed.splitlines())} lines) {seconds:>5.2f} s")
    seconds, _ = timed([program, "accept", *where], root)
    print(f"cargo insta accept                      {seconds:>6.2f} s")


def main() -> None:
    """Write both, measure both."""
    print(f"{COUNT} pending goldens, {len(CAUSES)} causes")
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as peer:
        write_ours(Path(ours))
        measure_ours(Path(ours))
        measure_peer(Path(peer))


if __name__ == "__main__":
    main()
