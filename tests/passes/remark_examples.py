"""What the remarks of the wrappers say when the pass acted and when it did not, for `test_remarks`."""

from __future__ import annotations

from tests.passes.check_examples import EXAMPLES

_SPOKEN = {
    "FuseMBarrierArriveExpectTx": "1 fused",
    "LowerSharedBarrier": "2 mbarriers initialised",
    "LowerHopperIntrin": "1 TMA descriptors built on the host",
    "InjectFenceProxy": "1 fence",
    "ThreadSync": "1 barrier",
    "LowerL2Persistent": "A 0.5",
    "PersistThreadblock": "cooperative launch",
    "LowerThreadAllreduce": "1 reduction, 5 shuffles",
    "HoistNonRestrictParams": "A, B may alias",
    "ReducerPlanAndMaterialize": "1 reducer",
}


def _first(pass_name: str) -> tuple[str, str]:
    """The right execution of the first example of a pass."""
    example = next(e for e in EXAMPLES if e.pass_name == pass_name)
    return example.before, example.right


_SCHEDULED = (
    '    T.attr(0, "tl.ws_op_id", 1)\n',
    'T.sblock_attr({"tl.ws_schedule": 1})\n    T.attr(0, "tl.ws_op_id", 1)\n',
)
_MATERIALISED = ('T.sblock_attr({"tl.ws_schedule": 1})\n', 'T.sblock_attr({"barrier_init": {full: [1, 128]}})\n')
_MERGED = next(e for e in EXAMPLES if e.pass_name == "MergeSharedMemoryAllocations")

REMARKS = [
    *((name, *_first(name), said) for name, said in _SPOKEN.items()),
    ("AutoWarpSpecialization", *_SCHEDULED, "scheduled: 1 operations"),
    ("MaterializeWSSchedule", *_MATERIALISED, "materialised: 2 mbarriers"),
    ("MergeSharedMemoryAllocations", _MERGED.before, _MERGED.right, "512 bytes for 2 buffers, 1 pair share bytes"),
    *((name, "", "", "") for name in (*_SPOKEN, "AutoWarpSpecialization", "MaterializeWSSchedule")),
    ("MergeSharedMemoryAllocations", "", "", ""),
]
