"""Which lane serves a tilelang version, and what a wrong pin is answered with."""

from __future__ import annotations

import pytest

from tl_passlab import lanes
from tl_passlab.errors import UsageError


def install(monkeypatch: pytest.MonkeyPatch, **versions: str) -> None:
    """Pretend that these distributions, and no others, are installed."""
    found = {name.replace("_", "-"): version for name, version in versions.items()}
    monkeypatch.setattr(lanes, "installed_version", found.get)


@pytest.mark.parametrize("version", lanes.LANES)
def test_lane_for_supported_version_is_itself_without_warning(version: str) -> None:
    lane, warning = lanes.lane_for(version)
    assert (lane.tilelang, warning) == (version, "")


@pytest.mark.parametrize(
    ("version", "nearest"),
    [
        ("0.1.16.dev0+gitabc", "0.1.15"),
        ("0.1.15.post1", "0.1.15"),
        ("0.1.12.dev3", "0.1.12"),
        ("0.2.0", "0.1.15"),
        ("1.0", "0.1.15"),
    ],
)
def test_lane_for_development_build_is_the_nearest_with_a_warning(version: str, nearest: str) -> None:
    lane, warning = lanes.lane_for(version)
    assert lane.tilelang == nearest
    assert version in warning and nearest in warning


@pytest.mark.parametrize("version", ["0.1.9", "0.1.9.post2", "0.0.1"])
def test_lane_for_too_old_version_is_refused_with_the_oldest_supported(version: str) -> None:
    with pytest.raises(UsageError, match=r"oldest supported version is 0\.1\.10"):
        lanes.lane_for(version)


def test_lane_for_something_else_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="not a version"):
        lanes.lane_for("main")


def test_release_key_orders_by_number_not_by_text() -> None:
    assert lanes.release_key("0.1.10") > lanes.release_key("0.1.9")
    assert lanes.release_key("0.1.16.dev0+gitabc") == (0, 1, 16)


def test_running_lane_without_tilelang_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    with pytest.raises(UsageError, match="not installed") as caught:
        lanes.running_lane()
    assert "pip install" in caught.value.next_command


@pytest.mark.parametrize("ffi", ["0.1.11", "0.1.15", "0.1.9"])
def test_check_pins_names_the_pin_of_a_wrong_ffi(monkeypatch: pytest.MonkeyPatch, ffi: str) -> None:
    install(monkeypatch, tilelang="0.1.15", apache_tvm_ffi=ffi)
    with pytest.raises(UsageError, match=r"needs 0\.1\.12") as caught:
        lanes.check_pins()
    assert ffi in caught.value.why
    assert "apache-tvm-ffi==0.1.12" in caught.value.next_command


def test_check_pins_says_that_the_ffi_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, tilelang="0.1.11")
    with pytest.raises(UsageError, match=r"missing.*needs 0\.1\.11"):
        lanes.check_pins()


@pytest.mark.parametrize(("tilelang", "ffi"), [("0.1.15", "0.1.12"), ("0.1.11", "0.1.11"), ("0.1.13", "0.1.11")])
def test_check_pins_accepts_what_works(monkeypatch: pytest.MonkeyPatch, tilelang: str, ffi: str) -> None:
    install(monkeypatch, tilelang=tilelang, apache_tvm_ffi=ffi)
    lanes.check_pins()


def test_check_pins_leaves_a_development_build_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, tilelang="0.1.16.dev0+gitabc", apache_tvm_ffi="0.1.14")
    lanes.check_pins()


def test_default_lane_is_the_newest_full_lane() -> None:
    full = [version for version, lane in lanes.LANES.items() if lane.full]
    assert max(full, key=lanes.release_key) == lanes.DEFAULT_LANE
