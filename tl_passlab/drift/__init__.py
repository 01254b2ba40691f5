"""What an upgrade of tilelang changes in the generated code, and which pass did it: the engine of `passlab drift`.

Every case is lowered in both lanes (`lower`), the two pipelines are laid side by side (`steps`), and each difference in
the generated source is followed back, pass by pass, to where the two lowerings part there (`attribute`). Past the
lowering everything is text: `compare_traces` works on any two traces.
"""

from __future__ import annotations

from tl_passlab.drift.compare import compare_traces
from tl_passlab.drift.result import Change, Drift, Origin, PairDrift

__all__ = ["Change", "Drift", "Origin", "PairDrift", "compare_traces"]
