"""The public calendar is written once for the same broadcasts: anybody may ask, again and again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from broadcaster.publishing.channel import Channel
from broadcaster.publishing.items import Announced
from broadcaster.publishing.public_calendar import public_calendar

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
CHANNEL = Channel(
    station_id="st",
    station="Đài xã Thượng",
    commune="xã Thượng",
    province="Hà Nội",
    base="https://dai.example",
    rehearsal=False,
)
EVENING = Announced(
    broadcast_id="b-1",
    title="Tiêm chủng",
    topic="y tế",
    clusters=("Cụm Đông",),
    starts_at=NOW + timedelta(hours=2),
    slot_ms=92_000,
)


def test_the_same_is_not_written_anew() -> None:
    """Until a broadcast or the hour of its stamp has changed."""
    first = public_calendar(CHANNEL, [EVENING], now=NOW)

    assert public_calendar(CHANNEL, [EVENING], now=NOW) is first
    assert public_calendar(CHANNEL, [EVENING], now=NOW + timedelta(hours=1)) != first


def test_what_has_changed_is_told_at_once() -> None:
    """A broadcast that was moved, renamed or added, and a station that begins to rehearse."""
    first = public_calendar(CHANNEL, [EVENING], now=NOW)
    moved = replace(EVENING, starts_at=EVENING.starts_at + timedelta(hours=1))

    assert b"DTSTART:20261122T130000Z" in public_calendar(CHANNEL, [moved], now=NOW)
    assert b"b-2@st" in public_calendar(
        CHANNEL, [EVENING, replace(EVENING, broadcast_id="b-2")], now=NOW
    )
    rehearsing = replace(CHANNEL, rehearsal=True)
    assert public_calendar(rehearsing, [EVENING], now=NOW) != first
