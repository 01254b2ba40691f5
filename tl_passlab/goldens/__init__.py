"""Goldens: what is stored of a lowering, where, and what a difference means. The only writer under a goldens/ folder.

    goldens/<lane>/<target>/<topic>/<case>/pipeline.txt     one line for each pass of depth 0, in order
                                          /<Pass>[.n].diff  a watched pass: full-context diff of the IR
                                          /kernel.<ext>     the generated source
                                          /error.txt        a kernel that upstream must reject: its message

A full-context diff holds the IR before, the IR after and what the pass did in one reviewable file; from it a failure
can tell whether the pass's input drifted or its behaviour changed. No file carries an ordinal: upstream inserts passes.
"""

from __future__ import annotations

from tl_passlab.goldens.content import (
    UNCHANGED,
    error_text,
    full_context_diff,
    golden_content,
    golden_names,
    pipeline_text,
    split_diff,
)
from tl_passlab.goldens.explain import Explanation, explain, explain_text
from tl_passlab.goldens.identity import golden_path
from tl_passlab.goldens.roots import Root
from tl_passlab.goldens.store import provenance, read_golden, write_golden

__all__ = [
    "UNCHANGED",
    "Explanation",
    "Root",
    "error_text",
    "explain",
    "explain_text",
    "full_context_diff",
    "golden_content",
    "golden_names",
    "golden_path",
    "pipeline_text",
    "provenance",
    "read_golden",
    "split_diff",
    "write_golden",
]
