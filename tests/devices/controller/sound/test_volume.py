"""Per cents are loudness as heard, capped by the hour, and samples follow them."""

from array import array
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.controller.sound.volume import VolumeCap, gain, scaled, volume_at
from devices.protocol.configuration import VolumeBand
from tests.devices.controller.pole import make_config

ZONE = "Asia/Ho_Chi_Minh"
EVENING = VolumeBand(begins="18:00", ends="21:00", percent=60)
NIGHT = VolumeBand(begins="20:30", ends="05:30", percent=20)
ALL_DAY = VolumeBand(begins="00:00", ends="00:00", percent=80)


def at(clock: str) -> int:
    """A time of day in Vietnam, as a Unix instant in milliseconds."""
    local = datetime.fromisoformat(f"2026-11-25T{clock}").replace(tzinfo=ZoneInfo(ZONE))
    return round(local.timestamp() * 1_000)


@pytest.mark.parametrize(
    ("clock", "percent"),
    [
        ("17:59:59.999", 100),
        ("18:00:00", 60),
        ("20:29:59.999", 60),
        ("20:30:00", 20),
        ("20:59:59", 20),
        ("23:59:59", 20),
        ("00:00:00", 20),
        ("05:29:59.999", 20),
        ("05:30:00", 100),
        ("12:00:00", 100),
    ],
)
def test_the_quietest_band_of_the_hour_holds(clock: str, percent: int) -> None:
    """Bands begin with their first minute, end before their last, and may cross midnight."""
    assert volume_at([EVENING, NIGHT], at_ms=at(clock), zone=ZONE) == percent


def test_equal_times_mean_all_day() -> None:
    """And another band may still be quieter."""
    assert volume_at([ALL_DAY], at_ms=at("00:00:00"), zone=ZONE) == 80
    assert volume_at([ALL_DAY, NIGHT], at_ms=at("02:00:00"), zone=ZONE) == 20


def test_a_band_is_local_time() -> None:
    """The same instant is another hour in another zone."""
    assert volume_at([EVENING], at_ms=at("18:00:00"), zone="Asia/Tokyo") == 60
    assert volume_at([EVENING], at_ms=at("18:59:59"), zone="Asia/Tokyo") == 60
    assert volume_at([EVENING], at_ms=at("19:00:00"), zone="Asia/Tokyo") == 100
    assert volume_at([EVENING], at_ms=at("19:00:00"), zone="Europe/Berlin") == 100


def test_the_cap_is_that_of_the_configuration_in_force() -> None:
    """Nothing is capped before there is one; then its bands hold, in its own zone."""
    cap = VolumeCap()
    assert cap(at("23:00:00")) == 100

    cap.follow(lambda: make_config(volume=(NIGHT,)))
    assert cap(at("23:00:00")) == 20
    assert cap(at("12:00:00")) == 100


def test_a_machine_s_clock_that_is_wrong_does_not_wake_the_village() -> None:
    """A sink asks by the machine's clock; the hour that counts is that of the believed time."""
    cap = VolumeCap()
    behind_ms = at("23:00:00") - 3_600_000
    cap.follow(lambda: make_config(volume=(NIGHT,)), ahead_us=lambda: behind_ms * 1_000)

    assert cap.by_machine(3_600_000) == 20


def test_half_the_per_cents_are_ten_decibels_less() -> None:
    """What people call half as loud."""
    assert gain(100) == 1.0
    assert gain(50) == pytest.approx(10 ** (-10 / 20))
    assert gain(25) == pytest.approx(10 ** (-20 / 20))
    assert gain(0) == 0.0


def test_louder_is_never_quieter() -> None:
    """Every per cent more is more."""
    gains = [gain(percent) for percent in range(101)]

    assert gains == sorted(set(gains))


@given(
    samples=st.lists(st.integers(-32_768, 32_767), max_size=64),
    percent=st.integers(0, 100),
)
def test_samples_follow_the_gain(samples: list[int], percent: int) -> None:
    """Each sample, to two steps of 65,536; and at 100 per cent not a bit differs."""
    pcm = array("h", samples).tobytes()
    made = array("h", scaled(pcm, percent=percent))

    assert len(made) == len(samples)
    assert all(
        abs(made - sample * gain(percent)) <= 2 for made, sample in zip(made, samples, strict=True)
    )
    assert percent < 100 or made.tobytes() == pcm
    assert percent > 0 or not any(made)
