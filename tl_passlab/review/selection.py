"""Which pending goldens a command means: by path, pass, case or cluster."""

from __future__ import annotations

import argparse
import difflib
import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from tl_passlab.errors import UsageError

if TYPE_CHECKING:
    from tl_passlab.goldens.pending import Mirror, Pending
    from tl_passlab.review.clusters import Cluster


def add_mirror_argument(parser: argparse.ArgumentParser) -> None:
    """Where pending goldens are kept."""
    parser.add_argument(
        "--pending-dir", type=Path, metavar="DIR", help="where pending goldens are (default: .passlab/pending)"
    )


def add_selection_arguments(parser: argparse.ArgumentParser) -> None:
    """The ways to name pending goldens; several of them narrow the choice."""
    parser.add_argument(
        "glob", nargs="*", metavar="GLOB", help="paths, as `passlab pending` lists them; * takes any part"
    )
    parser.add_argument("--pass", dest="pass_name", metavar="PASS", help="the goldens of a pass")
    parser.add_argument("--case", metavar="CASE", help="the goldens of a case")
    parser.add_argument("--cluster", type=int, metavar="N", help="the goldens of a cluster")
    parser.add_argument("--all", action="store_true", help="every pending golden")
    add_mirror_argument(parser)


def mirror_of(args: argparse.Namespace) -> Mirror:
    """The mirror a command works on."""
    from tl_passlab.goldens.pending import find_mirror

    return find_mirror(folder=args.pending_dir)


def select(clusters: list[Cluster], args: argparse.Namespace, command: str) -> list[Pending]:
    """The pending goldens that the arguments name, by path. Raises UsageError when they name none."""
    named = args.glob or args.pass_name or args.case or args.cluster is not None
    if not named and not args.all:
        why = "say which: a path, --pass, --case, --cluster or --all"
        raise UsageError(command, "", why, next_command="passlab pending")
    found = sorted(
        (entry for c in clusters if args.cluster in (None, c.number) for entry in c.entries if matches(entry, args)),
        key=lambda entry: entry.path,
    )
    if not found:
        raise _none(clusters, args, command)
    return found


def matches(entry: Pending, args: argparse.Namespace) -> bool:
    """Whether an entry is among the paths, of the pass and of the case that were named."""
    if args.glob and not any(fnmatch.fnmatchcase(entry.path, g) or entry.path == g for g in args.glob):
        return False
    if args.pass_name and not _same_pass(entry.label, args.pass_name):
        return False
    return not args.case or args.case in (entry.case, entry.case.rpartition("/")[2])


def _same_pass(label: str, wanted: str) -> bool:
    wanted = wanted.lower().removeprefix("tl.")
    head, _, tail = label.lower().rpartition(".")
    return wanted in (label.lower(), head if tail.isdigit() else label.lower())


def _none(clusters: list[Cluster], args: argparse.Namespace, command: str) -> UsageError:
    entries = [entry for c in clusters for entry in c.entries]
    if not entries:
        return UsageError(command, "", "no goldens are pending", next_command="pytest")
    known = {entry.path for entry in entries} | {e.case for e in entries} | {e.label for e in entries}
    words = [word for word in (*args.glob, args.pass_name, args.case) if word]
    close = [name for word in words for name in difflib.get_close_matches(word, sorted(known), n=3, cutoff=0.4)]
    if args.cluster is not None and args.cluster not in {c.number for c in clusters}:
        close = [f"cluster {c.number}: {c.title}" for c in clusters]
    why = f"none of the {len(entries)} pending goldens is meant"
    return UsageError(command, " ".join(words), why, evidence="\n".join(close), next_command="passlab pending")
