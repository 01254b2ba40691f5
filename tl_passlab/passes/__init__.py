"""The passes of TileLang's pipelines, addressable by upstream's own names: `find_pass("layoutinference")`.

A pass that users ask for by name has a file of its own (a PassSpec with prerequisites, invariants and a remark);
`all_passes.py` lists every one. Nothing here imports tvm until a pass is applied.
"""

from __future__ import annotations

from tl_passlab.passes.all_passes import PASSES, find_pass
from tl_passlab.passes.spec import PassSpec

__all__ = ["PASSES", "PassSpec", "find_pass"]
