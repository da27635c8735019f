"""What the page offers is what the simulator knows, and what the page refuses it refuses first."""

import pytest

from broadcaster.errors import BadInput
from broadcaster.rehearsal.errors import ProfileRefused
from broadcaster.rehearsal.kinds import FAULTS
from broadcaster.rehearsal.profiles import (
    LARGEST_PROFILE_BYTES,
    NO_FAULTS,
    PROFILES,
    check_profile,
    profile_text,
)
from broadcaster.rehearsal.standing import CpuMeter, Report, Sums
from broadcaster.rehearsal.wishes import (
    checked_devices,
    checked_fault,
    checked_kind,
    checked_seed,
    whole_number,
)
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.profile import FaultReader, read_profile


def test_every_fault_of_the_simulator_has_a_switch() -> None:
    """No more and no fewer."""
    assert set(FAULTS) == {str(kind) for kind in FaultKind}


@pytest.mark.parametrize("kind", FAULTS)
def test_what_the_page_sends_the_simulator_takes(kind: str) -> None:
    """With share and length alone; all other numbers are the usual ones."""
    reader = FaultReader(checked_fault(kind=kind, share=0.2, lasts_s=60).table(), "fault")

    assert reader.read() is not None, reader.wrong


@pytest.mark.parametrize("name", sorted(set(PROFILES) - {NO_FAULTS}))
def test_every_profile_that_is_offered_can_be_used(name: str) -> None:
    """As the simulator reads it."""
    assert read_profile(profile_text(name, own=b"")).faults


def test_ones_own_profile_goes_before_the_chosen_one() -> None:
    """And without either there is none."""
    assert profile_text("storm", own=b"# ours") == "# ours"
    assert profile_text(NO_FAULTS, own=b"") == ""


@pytest.mark.parametrize("own", [b"\xff\xfe", b"#" * (LARGEST_PROFILE_BYTES + 1)])
def test_a_file_that_is_no_profile_is_refused_unread(own: bytes) -> None:
    """Neither what is no text nor what is too large reaches the simulator."""
    with pytest.raises(ProfileRefused):
        profile_text(NO_FAULTS, own=own)


def test_a_profile_that_does_not_exist_is_refused() -> None:
    """A name is a name of the list, never a path."""
    with pytest.raises(ProfileRefused):
        profile_text("../profiles/storm", own=b"")


@pytest.mark.processes
def test_the_simulator_says_all_that_is_wrong_in_a_profile() -> None:
    """Before anything is started."""
    wrong = '[[fault]]\nkind = "offline"\nshare = 7\n[[fault]]\nkind = "flood"\nshare = 1\n'
    with pytest.raises(ProfileRefused) as refused:
        check_profile(wrong, devices=3)

    assert "fault 1, share" in refused.value.message_vi
    assert "fault 2, kind" in refused.value.message_vi
    check_profile(profile_text("storm", own=b""), devices=3)


@pytest.mark.parametrize(
    ("check", "field"),
    [
        (lambda: checked_devices(None), "devices"),
        (lambda: checked_devices(0), "devices"),
        (lambda: checked_devices(2_001), "devices"),
        (lambda: checked_seed(-1), "seed"),
        (lambda: checked_seed(1_000_000), "seed"),
        (lambda: checked_kind("flood"), "kind"),
        (lambda: checked_fault(kind="crash", share=0, lasts_s=1), "share_percent"),
        (lambda: checked_fault(kind="crash", share=1.01, lasts_s=1), "share_percent"),
        (lambda: checked_fault(kind="crash", share=float("nan"), lasts_s=1), "share_percent"),
        (lambda: checked_fault(kind="crash", share=1, lasts_s=0), "lasts_s"),
        (lambda: checked_fault(kind="crash", share=1, lasts_s=86_401), "lasts_s"),
        (lambda: checked_fault(kind="crash", share=1, lasts_s=None), "lasts_s"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(check: object, field: str) -> None:
    """The page leads there."""
    assert callable(check)
    with pytest.raises(BadInput) as refused:
        check()

    assert refused.value.field == field


def test_numbers_as_people_type_them() -> None:
    """With a Vietnamese separator, or nothing at all."""
    assert [whole_number(each) for each in ("2.000", " 24 ", "")] == [2_000, 24, None]
    assert 0 <= checked_seed(None) < 1_000_000


def report(*, elapsed_s: float, cpu_s: float) -> Report:
    """A report of which only these count."""
    nobody = Sums(
        cluster="",
        **dict.fromkeys(("devices", "connected", "silent", "planned", "cached", "playing"), 0),
        **dict.fromkeys(("finished", "failed", "rejected", "muted", "refused"), 0),
        faults={},
    )
    return Report(
        devices=0,
        running=True,
        elapsed_s=elapsed_s,
        total=nobody,
        clusters=[],
        processes=1,
        restarts=0,
        resident_bytes=0,
        cpu_s=cpu_s,
    )


def test_the_processors_share_is_that_of_the_last_seconds() -> None:
    """Looks that follow one another too closely see the same, and a new rehearsal begins anew."""
    meter = CpuMeter()
    shares = [
        meter.share(report(elapsed_s=at_s, cpu_s=cpu_s))
        for at_s, cpu_s in ((0.5, 0.4), (10, 5.0), (10.2, 5.2), (12, 5.5), (2.0, 1.0))
    ]

    assert shares == [None, 0.5, 0.5, 0.25, 0.5]
