"""Asks questions of printed IR and generated source, so that a claim is one line instead of a visitor.

    after(trace, "InjectSoftwarePipeline").loops("ko")[0].count("gemm") == 1

A text is read as a tree of statements by indentation, never executed. `docs/review.md` lists the questions.
"""

from __future__ import annotations

from tl_passlab.query.allocation import Allocation
from tl_passlab.query.region import Block, Op, Region
from tl_passlab.query.views import after, before, source, view

__all__ = ["Allocation", "Block", "Op", "Region", "after", "before", "source", "view"]
