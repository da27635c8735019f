"""A profile is read whole or refused with everything that is wrong in it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.simulation.errors import ProfileInvalid
from devices.simulation.faults.kinds import MANUALS, FaultKind, Span
from devices.simulation.profile import FaultReader, Profile, load_profile, read_profile

STORM = """
[[fault]]
kind = "offline"
share = 0.25
begins_s = [60, 900]
lasts_s = 45
times = 2

[[fault]]
kind = "slow_link"
devices = ["loa-0001", "loa-0002"]
delay_ms = [100, 400]
"""


def test_what_is_written_is_what_is_read() -> None:
    """A number stands for both ends of a span; what is left out is usual."""
    offline, slow = read_profile(STORM).faults

    assert (offline.kind, offline.share, offline.times) == (FaultKind.OFFLINE, 0.25, 2)
    assert offline.begins_s == Span(60, 900)
    assert offline.lasts_s == Span(45, 45)
    assert slow.devices == ("loa-0001", "loa-0002")
    assert slow.settings["delay_ms"] == Span(100, 400)
    usual = MANUALS[FaultKind.SLOW_LINK].settings["bytes_per_s"].usual
    assert slow.settings["bytes_per_s"] == usual


def test_an_empty_profile_hurts_nobody() -> None:
    """No faults is a profile too."""
    assert read_profile("") == Profile()


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Each table and each field by name, and what it may be."""
    with pytest.raises(ProfileInvalid) as refused:
        read_profile(
            """
            colour = "red"
            [[fault]]
            kind = "flood"
            [[fault]]
            kind = "offline"
            share = 1.5
            depth_m = 3
            begins_s = [9, 1]
            times = 0
            [[fault]]
            kind = "stolen"
            devices = ["Loa 1"]
            manner = "shouts"
            [[fault]]
            kind = "crash"
            """
        )
    said = refused.value.detail

    for part in (
        "colour: unknown",
        "fault 1, kind: must be one of offline, slow_link",
        "fault 2, depth_m: unknown; offline has no settings",
        "fault 2, share: must be from 0 to 1",
        "fault 2, begins_s: must be from 0 to",
        "fault 2, times: must be a whole number from 1 to",
        "fault 3, devices: must be a list of device names",
        "fault 3, manner: must be one of lies, equivocates, other_name",
        "fault 4, share: either a share or devices by name",
    ):
        assert part in said


@pytest.mark.parametrize("text", ["= 3", "fault = 3", "[fault]\nkind = 'offline'"])
def test_what_is_no_profile_is_refused(text: str) -> None:
    """Neither TOML nor tables."""
    with pytest.raises(ProfileInvalid):
        read_profile(text)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(ProfileInvalid, match=r"storm\.toml"):
        load_profile(tmp_path / "storm.toml")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["kind", "share", "devices", "manner", "begins_s", "lasts_s", "times", "delay_ms", "chance"]
)


@given(st.dictionaries(NAMES | st.text(max_size=4), VALUES, max_size=8), st.sampled_from(FaultKind))
def test_any_table_is_either_a_fault_or_wrong(table: dict[str, object], kind: FaultKind) -> None:
    """Never both, never neither, and a fault keeps to what its kind allows."""
    reader = FaultReader(table | {"kind": kind}, "fault")
    fault = reader.read()

    assert (fault is None) == bool(reader.wrong)
    if fault is not None:
        assert fault.settings.keys() == MANUALS[kind].settings.keys()
        for name, span in fault.settings.items():
            allowed = MANUALS[kind].settings[name].allowed
            assert allowed.least <= span.least <= span.most <= allowed.most


def test_each_kind_can_be_told_by_its_usual_numbers() -> None:
    """What a manual calls usual is allowed."""
    for kind, manual in MANUALS.items():
        for setting in manual.settings.values():
            assert setting.allowed.least <= setting.usual.least
            assert setting.usual.most <= setting.allowed.most
        assert read_profile(f'[[fault]]\nkind = "{kind}"\nshare = 0.5').faults[0].kind is kind
