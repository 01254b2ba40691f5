"""Writes the running lane's pass sequences to tl_passlab/passes/pipelines/<lane>/<target>.txt.

Run it in a lane's environment after adding the lane: `python tools/pipelines.py`.
"""

from __future__ import annotations

from tl_passlab import lanes
from tl_passlab.compat.observe import depth0_passes
from tl_passlab.passes.pipelines import pipeline_file
from tl_passlab.targets import SUPPORTED, parse_target


def main() -> None:
    """Observe and write every supported target."""
    lane, warning = lanes.running_lane()
    print(f"lane {lane.tilelang} {warning}")
    for spec in SUPPORTED:
        target = parse_target(spec)
        path = pipeline_file(lane.tilelang, target)
        path.parent.mkdir(parents=True, exist_ok=True)
        names = depth0_passes(target)
        path.write_text("".join(f"{name}\n" for name in names), encoding="utf-8", newline="\n")
        print(f"{spec}: {len(names)} passes")


if __name__ == "__main__":
    main()
