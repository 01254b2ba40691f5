"""The pass sequences on record: every name is known, and the running lane's are what upstream runs now."""

from __future__ import annotations

import pytest

from tests.lowering import LANE
from tl_passlab import lanes
from tl_passlab.errors import UsageError
from tl_passlab.events import occurrence_names
from tl_passlab.passes import find_pass
from tl_passlab.passes.all_passes import split_occurrence
from tl_passlab.passes.pipelines import FOLDER, observed_pipeline
from tl_passlab.targets import SUPPORTED, all_specs, parse_target


@pytest.mark.parametrize("lane", lanes.LANES)
@pytest.mark.parametrize("spec", SUPPORTED)
def test_every_pass_on_record_is_known_and_exists_on_its_lane(lane: str, spec: str) -> None:
    target = parse_target(spec)
    names = observed_pipeline(lane, target)
    assert names
    assert names == occurrence_names([split_occurrence(name)[0] for name in names])
    for name in names:
        found = find_pass(name)
        assert found.name_in(lane) == split_occurrence(name)[0]
        # The first era ran one pipeline for every target; a pass that does not apply left the IR alone.
        assert target.kind in found.kinds or lanes.LANES[lane].era == lanes.PHASE, f"{found.name} runs for {spec}"


@pytest.mark.parametrize("spec", all_specs())
def test_pipeline_on_record_is_what_upstream_runs(spec: str) -> None:
    from tl_passlab.compat.observe import depth0_passes

    target = parse_target(spec)
    assert observed_pipeline(LANE.tilelang, target) == depth0_passes(target)


@pytest.mark.parametrize(
    ("spec", "relative"),
    [
        ("cuda:sm_75", "cuda_sm_80"),
        ("cuda:sm_89", "cuda_sm_80"),
        ("cuda:sm_90", "cuda_sm_90a"),
        ("cuda:sm_100", "cuda_sm_100a"),
        ("cuda:sm_120a", "cuda_sm_100a"),
        ("hip:gfx90a", "hip_gfx942"),
    ],
)
@pytest.mark.parametrize("lane", lanes.LANES)
def test_relative_is_the_newest_architecture_that_is_not_newer(lane: str, spec: str, relative: str) -> None:
    assert observed_pipeline(lane, parse_target(spec)) == (FOLDER / lane / f"{relative}.txt").read_text().splitlines()


def test_unknown_lane_has_no_pipeline() -> None:
    with pytest.raises(UsageError, match="no pipeline is on record"):
        observed_pipeline("0.0.1", parse_target("metal"))
