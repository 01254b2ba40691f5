"""`passlab diff`: compare two dumps, sources, traces or directories by meaning."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME, UsageError

if TYPE_CHECKING:
    from tl_passlab.diff.compare_folders import Paired
    from tl_passlab.diff.folders import Entry
    from tl_passlab.diff.inputs import Source
    from tl_passlab.diff.result import Diff

LANGUAGES = ("auto", "tir", "cuda", "metal", "hip", "c", "ptx", "text")
HELP = "passlab diff --help"
EPILOG = """\
exit codes: 0 equal up to cosmetic differences (--strict: identical), 1 different, 2 wrong usage

  passlab diff before.tir after.tir
  passlab diff TRACE --pass LayoutInference        what the pass did
  passlab diff OLD_TRACE NEW_TRACE                 every boundary, and the first that differs
  passlab diff OLD_TRACE NEW_TRACE --pass LowerTileOp
  git difftool -x 'passlab diff'                   see docs/diff.md for this and GIT_EXTERNAL_DIFF
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("inputs", nargs="+", metavar="BEFORE AFTER", help="two files or directories; - is stdin")
    parser.add_argument("--pass", dest="pass_name", metavar="NAME", help="of a trace: compare at this pass")
    parser.add_argument("--language", choices=LANGUAGES, default="auto", help="instead of detecting it")
    parser.add_argument("--only", metavar="CLASSES", default="", help="show only these classes: sync,layout")
    parser.add_argument("--ignore", metavar="CLASSES", default="", help="as if they did not exist: cosmetic,attribute")
    parser.add_argument("--all", action="store_true", help="show cosmetic hunks too, and every differing boundary")
    parser.add_argument("--strict", action="store_true", help="exit 0 only when identical")
    parser.add_argument("--stat", action="store_true", help="only the counts")
    parser.add_argument("--unified", action="store_true", help="never side by side")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--html", metavar="FILE", help="write one self-contained page")
    parser.add_argument("--force", action="store_true", help="compare inputs of more than 100 MiB too")
    parser.add_argument("--git", action="store_true", help="arguments come from GIT_EXTERNAL_DIFF")
    parser.add_argument("--textconv", action="store_true", help="print one file in canonical form, for git textconv")


def run(args: argparse.Namespace) -> int:
    """Compare, print, and say by the exit code whether there is a difference that matters."""
    if args.textconv:
        return _textconv(args)
    if args.git:
        return _git(args)
    before, after = _sides(args)
    if args.pass_name is not None:
        return _at_pass(args, before, after)
    if after is None:
        raise UsageError("diff", before, "two inputs are needed, or a trace and --pass", next_command=HELP)
    folders = Path(before).is_dir(), Path(after).is_dir()
    if all(folders):
        return _folders(args, before, after)
    if any(folders):
        raise UsageError("diff", f"{before} {after}", "one is a directory and the other is not")
    if before == after == "-":
        raise UsageError("diff", "-", "stdin can be one side only")
    from tl_passlab.diff.inputs import read_source

    left, right = read_source(before, force=args.force), read_source(after, force=args.force)
    return _report(args, left, right)


def _sides(args: argparse.Namespace) -> tuple[str, str | None]:
    if len(args.inputs) > 2:
        raise UsageError("diff", " ".join(args.inputs[2:]), "more than two inputs", next_command=HELP)
    return args.inputs[0], args.inputs[1] if len(args.inputs) == 2 else None


def _report(args: argparse.Namespace, left: Source, right: Source) -> int:
    """Print one comparison; the exit code."""
    from tl_passlab.diff.api import diff_text
    from tl_passlab.diff.select import classes_named, without

    golden = _golden_sides(left, right)
    if golden:
        return max(_report(args, old, new) for old, new in golden)
    diff = diff_text(left.text, right.text, args.language, right.extension or left.extension)
    found = diff.hunks
    diff = without(diff, classes_named(args.ignore))
    if args.html:
        from tl_passlab.diff.render_html import render_page

        _write(args.html, render_page(diff, left.name, right.name))
    if args.json:
        from tl_passlab.diff.render_json import diff_value

        print(json.dumps(diff_value(diff, left.name, right.name), indent=1))
    else:
        if found and not diff.hunks:
            print("no difference but ignored ones")
        else:
            _print(args, diff)
    same = diff.identical if args.strict else diff.equal
    return EXIT_SAME if same else EXIT_DIFFERENT


def _golden_sides(left: Source, right: Source) -> list[tuple[Source, Source]]:
    """A golden holds a pass's input and output as one diff: compare input with input and output with output."""
    from tl_passlab.diff.goldens import is_golden, side

    if not (is_golden(left) and is_golden(right)):
        return []
    return [(side(left, which), side(right, which)) for which in ("-", "+")]


def _print(args: argparse.Namespace, diff: Diff) -> None:
    from tl_passlab.diff.render_text import render_hunks, render_summary
    from tl_passlab.diff.result import CLASSES, SEMANTIC
    from tl_passlab.diff.select import classes_named

    color, width = _terminal()
    show = classes_named(args.only) if args.only else frozenset(CLASSES if args.all else SEMANTIC)
    hidden = {kind for kind in diff.counts if kind not in show}
    for note in diff.notes:
        print(f"note: {note}")
    print(render_summary(diff, hidden, color=color))
    shown = "" if args.stat else render_hunks(diff, width, color, unified=args.unified, show=show)
    if shown:
        print(f"\n{shown}")


def _terminal() -> tuple[bool, int]:
    """Whether to colour, and how wide the output may be."""
    tty = sys.stdout.isatty()
    color = tty and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return color, shutil.get_terminal_size((100, 24)).columns if tty or "COLUMNS" in os.environ else 100


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError("diff", path, f"cannot be written: {error.strerror}") from error


def _at_pass(args: argparse.Namespace, before: str, after: str | None) -> int:
    """What one pass did in a trace, or what it did differently in two."""
    from tl_passlab.diff.folders import entries, find_pass, is_trace
    from tl_passlab.diff.inputs import Source

    for name in filter(None, (before, after)):
        if not Path(name).is_dir() or not is_trace(Path(name)):
            raise UsageError(
                "diff", name, "--pass needs a trace directory", next_command="passlab trace CASE --out DIR"
            )
    old = find_pass(entries(Path(before)), args.pass_name, before)
    if after is None:
        if old.before is None:
            raise UsageError("diff", before, f"{old.name} has no input in this trace")
        left = Source(f"{before}:{old.name} (input)", old.before(), old.extension)
        return _report(args, left, Source(f"{before}:{old.name}", old.load(), old.extension))
    new = find_pass(entries(Path(after)), args.pass_name, after)
    if not args.json:
        print(_inputs_line(old, new))
    left = Source(f"{before}:{old.name}", old.load(), old.extension)
    return _report(args, left, Source(f"{after}:{new.name}", new.load(), new.extension))


def _inputs_line(old: Entry, new: Entry) -> str:
    from tl_passlab.diff.api import diff_text
    from tl_passlab.diff.render_text import render_summary

    if old.before is None or new.before is None:
        return f"{old.name}: the input is not recorded; output:"
    given = diff_text(old.before(), new.before(), extension=old.extension)
    if given.equal:
        return f"{old.name}: the input is equal; output:"
    return f"{old.name}: the input differs already ({render_summary(given)}); output:"


def _folders(args: argparse.Namespace, before: str, after: str) -> int:
    import dataclasses

    from tl_passlab.diff.compare_folders import compare_folders
    from tl_passlab.diff.folders import entries
    from tl_passlab.diff.select import classes_named, without

    found = compare_folders(entries(Path(before)), entries(Path(after)), args.language)
    ignored = classes_named(args.ignore)
    found = [dataclasses.replace(p, diff=without(p.diff, ignored)) if p.diff else p for p in found]
    if args.html:
        from tl_passlab.diff.render_html import render_folders_page

        _write(args.html, render_folders_page(found, before, after))
    if args.json:
        from tl_passlab.diff.render_json import folders_value

        print(json.dumps(folders_value(found, before, after), indent=1))
    else:
        _print_folders(args, found)
    same = all(p.diff is not None and (p.diff.identical if args.strict else p.diff.equal) for p in found)
    return EXIT_SAME if same else EXIT_DIFFERENT


def _print_folders(args: argparse.Namespace, found: list[Paired]) -> None:
    from tl_passlab.diff.compare_folders import first_difference, summary_line
    from tl_passlab.diff.render_text import render_summary

    color, _ = _terminal()
    equal = 0
    for pair in found:
        if pair.diff is not None and not pair.differs and not (args.all and not pair.diff.identical):
            equal += 1
        else:
            print(summary_line(pair, lambda diff: render_summary(diff, color=color)))
    print(f"{len(found)} names, {equal} equal, {sum(p.differs for p in found)} different")
    first = first_difference(found)
    if first is None or args.stat:
        return
    for pair in found if args.all else [first]:
        if pair.diff is not None and pair.differs:
            print(f"\n{'first difference: ' if pair is first else ''}{pair.name}")
            _print(args, pair.diff)


def _git(args: argparse.Namespace) -> int:
    """`GIT_EXTERNAL_DIFF` passes path, then file, hash and mode of both sides; for a rename also the new path."""
    from tl_passlab.diff.inputs import read_source

    given = args.inputs
    if len(given) == 1:
        print(f"unmerged: {given[0]}")
        return EXIT_SAME
    if len(given) not in (7, 9):
        raise UsageError("diff", "--git", "expects the arguments that git gives to GIT_EXTERNAL_DIFF")
    print(f"passlab diff {given[0]}" + (f" -> {given[7]}" if len(given) == 9 else ""))
    try:
        left, right = read_source(given[1], force=args.force), read_source(given[4], force=args.force)
    except UsageError as error:
        # Git stops at the first failure of an external diff; the other files still want to be seen.
        print(error)
        return EXIT_SAME
    extension = Path(given[0]).suffix
    _report(args, _renamed(left, given[0], extension), _renamed(right, given[0], extension))
    return EXIT_SAME


def _renamed(source: Source, name: str, extension: str) -> Source:
    import dataclasses

    return dataclasses.replace(source, name=name, extension=source.extension or extension)


def _textconv(args: argparse.Namespace) -> int:
    """One file with dictionaries sorted and comments dropped, for `git diff` to compare line by line."""
    from tl_passlab.diff.inputs import read_source
    from tl_passlab.diff.textconv import canonical_text

    if len(args.inputs) != 1:
        raise UsageError("diff", "--textconv", "expects one file")
    source = read_source(args.inputs[0], force=args.force)
    sys.stdout.write(canonical_text(source.text, args.language, source.extension))
    return EXIT_SAME
