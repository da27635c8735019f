"""The board as a value: what is on air, what comes next, and one mark for many devices."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.ledger.coverage import Coverage
from broadcaster.schedule.today import Airing, Place, Tally, coming_up, lay_board, overall_mark

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PLACES = (
    Place(cluster_id="a", name="Cụm A", villages=("Thôn Một",)),
    Place(cluster_id="b", name="Cụm B", villages=("Thôn Hai",)),
)
PARTS = ("planned", "cached", "playing", "confirmed", "partial", "failed", "not_confirmed")


def airing(
    minutes: float, *, cluster: str = "a", broadcast: str = "", length_s: int = 120, **devices: int
) -> Airing:
    """A broadcast that starts so many minutes from now."""
    return Airing(
        broadcast_id=broadcast or f"bc{minutes}",
        cluster_id=cluster,
        title="Bản tin",
        priority=3,
        starts_at=NOW + timedelta(minutes=minutes),
        duration_ms=length_s * 1000,
        tally=Tally(devices=devices),
    )


def test_what_devices_say_is_on_air_is_on_air() -> None:
    """A device that still plays after the planned end keeps the broadcast on air."""
    late = airing(-3, playing=1, confirmed=5)

    assert late.is_on_air(NOW)


def test_a_start_that_no_device_confirms_is_awaited_not_claimed() -> None:
    """At its time with nothing but cached audio, it is unheard of and not shown as playing."""
    due = airing(-1, cached=6)

    assert (due.is_on_air(NOW), due.is_unheard(NOW), due.mark) == (True, True, "cached")


def test_an_order_refused_by_all_is_over_at_once() -> None:
    """When every device has come to an end nothing is on air, whatever the clock says."""
    refused = airing(-1, failed=6)

    assert (refused.is_on_air(NOW), refused.is_over(NOW)) == (False, True)


def test_the_end_is_half_open() -> None:
    """At the planned end exactly nothing is on air any more."""
    ended = airing(-2, cached=1)

    assert not ended.is_on_air(NOW)


def test_each_cluster_has_its_own_line_even_when_nothing_plays() -> None:
    """A cluster without broadcasts is shown silent instead of left out."""
    lines = lay_board(PLACES, [airing(5)], now=NOW, day_ends=NOW + timedelta(hours=7))

    assert [(line.name, len(line.day)) for line in lines] == [("Cụm A", 1), ("Cụm B", 0)]


def test_what_comes_next_may_lie_days_ahead_but_is_not_of_today() -> None:
    """The next broadcast is named although the day's list does not hold it."""
    (line, _) = lay_board(PLACES, [airing(60 * 24)], now=NOW, day_ends=NOW + timedelta(hours=7))

    assert line.coming is not None
    assert line.day == ()


def test_a_broadcast_to_several_clusters_comes_once() -> None:
    """The list of what comes next names its clusters together."""
    lines = lay_board(
        PLACES,
        [airing(5, broadcast="x"), airing(5, cluster="b", broadcast="x"), airing(9, cluster="b")],
        now=NOW,
        day_ends=NOW + timedelta(hours=7),
    )

    assert [names for _, names in coming_up(lines)] == [["Cụm A", "Cụm B"]]


@pytest.mark.parametrize(
    ("devices", "mark"),
    [
        ({}, "planned"),
        ({"confirmed": 6}, "confirmed"),
        ({"confirmed": 5, "failed": 1}, "partial"),
        ({"confirmed": 5, "playing": 1}, "playing"),
        ({"cached": 5, "planned": 1}, "planned"),
        ({"failed": 1, "not_confirmed": 5}, "failed"),
        ({"not_confirmed": 5, "cached": 1}, "not_confirmed"),
    ],
)
def test_one_mark_for_many_devices(devices: dict[str, int], mark: str) -> None:
    """The mark hides nothing that is worse than it says."""
    assert overall_mark(devices) == mark


@given(st.dictionaries(st.sampled_from(PARTS), st.integers(0, 50)))
def test_green_needs_the_confirmation_of_every_device(devices: dict[str, int]) -> None:
    """Whatever the counts, confirmed is shown only when all devices that were asked confirmed."""
    asked = sum(devices.values())
    all_confirmed = asked > 0 and devices.get("confirmed", 0) == asked

    assert (overall_mark(devices) == "confirmed") is all_confirmed


def test_poles_that_cannot_confirm_are_marked_as_such() -> None:
    """A cluster of wired and FM poles alone is neither planned nor confirmed."""
    wired = Airing(
        broadcast_id="x",
        cluster_id="a",
        title="Bản tin",
        priority=3,
        starts_at=NOW,
        duration_ms=1000,
        tally=Tally(coverage=Coverage(asked=100, unverifiable=100.0)),
    )

    assert wired.mark == "unverifiable"
