"""Target specs as users type them."""

from __future__ import annotations

import pytest

from tl_passlab import devices
from tl_passlab.errors import UsageError
from tl_passlab.targets import SUPPORTED, all_specs, parse_target


@pytest.mark.parametrize("spec", all_specs())
def test_parse_target_keeps_every_full_spec(spec: str) -> None:
    target = parse_target(spec)
    assert target.spec == spec
    assert spec.split(":") == [target.kind, *([target.arch] if target.arch else [])]
    assert target.extension == {"cuda": "cu", "metal": "metal", "hip": "hip", "c": "c"}[target.kind]


def test_supported_specs_are_full_specs() -> None:
    assert set(SUPPORTED) <= set(all_specs())


def test_slug_is_a_folder_name() -> None:
    assert parse_target("cuda:sm_90a").slug == "cuda_sm_90a"


@pytest.mark.parametrize("spec", ["cuda:sm_91", "opencl", "metal:m1", "cuda sm_80", "", "CUDA:sm_90a", "cuda:sm_90a:x"])
def test_parse_target_lists_the_right_ones_for_a_wrong_one(spec: str) -> None:
    with pytest.raises(UsageError, match="unknown target") as caught:
        parse_target(spec)
    for right in SUPPORTED:
        assert right in caught.value.evidence


def test_parse_target_suggests_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        parse_target("cuda:sm90a")
    assert caught.value.next_command == "--target cuda:sm_90a"


@pytest.mark.parametrize(
    ("attached", "expected"),
    [
        ((), "cuda:sm_90a"),
        (("sm_90",), "cuda:sm_90a"),
        (("sm_80",), "cuda:sm_80"),
        (("sm_61", "sm_100"), "cuda:sm_100a"),
    ],
)
def test_bare_cuda_is_the_attached_device_or_sm_90a(
    monkeypatch: pytest.MonkeyPatch, attached: tuple[str, ...], expected: str
) -> None:
    found = tuple(devices.Device("cuda", arch, "a GPU") for arch in attached)
    monkeypatch.setattr(devices, "cuda_devices", lambda: found)
    assert parse_target("cuda").spec == expected


def test_bare_hip_has_an_architecture() -> None:
    assert parse_target("hip").spec == "hip:gfx942"
