"""Room on the clusters: never two sounds at once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from broadcaster.schedule.quiet_hours import quiet_hours
from broadcaster.schedule.slots import GAP, Slot, clash, first_room

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
NIGHT = quiet_hours("21:00", "05:30", ZoneInfo("Asia/Ho_Chi_Minh"))
MINUTE = timedelta(minutes=1)


def slot(cluster: str, start: timedelta, duration: timedelta) -> Slot:
    """Sound on a cluster, counted from noon."""
    begins = NOON + start
    return Slot(cluster_id=cluster, starts_at=begins, ends_at=begins + duration, title="Tin")


def test_other_clusters_do_not_clash() -> None:
    """The same minute is free on a cluster that plays nothing."""
    taken = [slot("cum-1", timedelta(), MINUTE)]

    assert clash(taken, clusters=["cum-2"], starts_at=NOON, duration=MINUTE) is None
    assert clash(taken, clusters=["cum-2", "cum-1"], starts_at=NOON, duration=MINUTE) == taken[0]


def test_back_to_back_needs_the_gap() -> None:
    """Right after the end is too soon, after the gap is not."""
    taken = [slot("cum-1", timedelta(), MINUTE)]

    assert clash(taken, clusters=["cum-1"], starts_at=NOON + MINUTE, duration=MINUTE)
    assert not clash(taken, clusters=["cum-1"], starts_at=NOON + MINUTE + GAP, duration=MINUTE)


def test_room_is_found_behind_what_is_taken() -> None:
    """A free minute follows two that are taken on different clusters."""
    taken = [slot("cum-1", timedelta(), MINUTE), slot("cum-2", MINUTE, MINUTE)]

    room = first_room(
        taken, clusters=["cum-1", "cum-2"], earliest=NOON, duration=MINUTE, quiet=NIGHT
    )

    assert room == NOON + 2 * MINUTE + GAP


def test_room_is_not_found_inside_quiet_hours() -> None:
    """What would end after 21:00 waits for the morning."""
    late = NOON + timedelta(hours=8, minutes=59, seconds=30)

    room = first_room([], clusters=["cum-1"], earliest=late, duration=MINUTE, quiet=NIGHT)
    allowed = first_room([], clusters=["cum-1"], earliest=late, duration=MINUTE, quiet=None)

    assert room == NOON + timedelta(hours=17, minutes=30)
    assert allowed == late


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["cum-1", "cum-2", "cum-3"]),
            st.integers(min_value=0, max_value=172_800),
            st.integers(min_value=1, max_value=2_700),
        ),
        max_size=25,
    ),
    st.sets(st.sampled_from(["cum-1", "cum-2", "cum-3"]), min_size=1),
    st.integers(min_value=0, max_value=172_800),
    st.integers(min_value=1, max_value=2_700),
)
def test_what_is_placed_never_sounds_together(
    placed: list[tuple[str, int, int]], clusters: set[str], earliest_s: int, duration_s: int
) -> None:
    """Wherever room is found, it is free on every cluster and outside quiet hours."""
    taken = [slot(c, timedelta(seconds=s), timedelta(seconds=d)) for c, s, d in placed]
    earliest, duration = NOON + timedelta(seconds=earliest_s), timedelta(seconds=duration_s)

    start = first_room(
        taken, clusters=sorted(clusters), earliest=earliest, duration=duration, quiet=NIGHT
    )

    assert start >= earliest
    assert not NIGHT.touched_by(start, duration)
    for other in taken:
        together = start < other.ends_at and other.starts_at < start + duration
        assert not (other.cluster_id in clusters and together)
