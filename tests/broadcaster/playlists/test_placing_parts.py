"""The form of parts: every act keeps what was typed, and lengths mean what people write."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.playlists.errors import PartUnusable
from broadcaster.playlists.forms import PlaylistForm, Row, acted
from playlists.playlist import PartKind

KINDS = [str(kind) for kind in PartKind]
TYPED = st.text(max_size=4)
ROWS = st.lists(
    st.builds(
        Row,
        kind=st.sampled_from(KINDS),
        bulletin_id=st.sampled_from(["", "bul-a", "bul-b"]),
        minutes=TYPED,
        seconds=TYPED,
        source=TYPED,
    ),
    max_size=6,
)


def form(rows: list[Row], **fields: object) -> PlaylistForm:
    """A form with these rows."""
    return PlaylistForm(**fields).with_rows(rows)  # type: ignore[arg-type]


@given(rows=ROWS, act=st.sampled_from(["up", "down"]), at=st.integers(0, 9))
def test_moving_loses_nothing(rows: list[Row], act: str, at: int) -> None:
    """The same parts, of which at most two have changed places."""
    moved = acted(form(rows, act=f"{act}-{at}"), priorities={}).rows

    assert Counter(moved) == Counter(rows)
    assert sum(before != after for before, after in zip(rows, moved, strict=True)) <= 2


@given(rows=ROWS, at=st.integers(0, 5))
def test_up_and_down_again_is_as_before(rows: list[Row], at: int) -> None:
    """Whatever goes up can come down."""
    up = acted(form(rows, act=f"up-{at + 1}"), priorities={})
    down = acted(up.model_copy(update={"act": f"down-{at}"}), priorities={})

    if at + 1 < len(rows):
        assert down.rows == rows


@given(rows=ROWS, act=st.text(max_size=12))
def test_no_button_fails(rows: list[Row], act: str) -> None:
    """Whatever is sent as an act, the parts are still there."""
    assert len(acted(form(rows, act=act), priorities={}).rows) == len(rows) or "drop" in act


@given(rows=ROWS)
def test_the_houses_order_holds_all_parts_and_is_settled(rows: list[Row]) -> None:
    """Ordered twice is ordered once."""
    once = acted(form(rows, act="house"), priorities={"bul-b": 2})
    twice = acted(once, priorities={"bul-b": 2})

    assert Counter(once.rows) == Counter(rows)
    assert twice.rows == once.rows


@given(
    kinds=st.lists(st.sampled_from(KINDS), max_size=4),
    minutes=st.lists(TYPED, max_size=6),
    source=st.lists(TYPED, max_size=6),
)
def test_a_form_with_torn_columns_is_still_a_form(
    kinds: list[str], minutes: list[str], source: list[str]
) -> None:
    """As many parts as kinds, whatever else was sent."""
    torn = PlaylistForm(kind=kinds, minutes=minutes, source=source)

    assert [row.kind for row in torn.rows] == kinds


@pytest.mark.parametrize(
    ("minutes", "seconds", "expected_ms"),
    [
        ("", "10", 10_000),
        ("5", "", 300_000),
        (" 1 ", " 30 ", 90_000),
        ("", "2,5", 2_500),
        ("", "2.001", 2_001),
        ("", "90", 90_000),
        ("45", "0", 2_700_000),
    ],
)
def test_a_length_is_minutes_and_seconds(minutes: str, seconds: str, expected_ms: int) -> None:
    """Either may be left empty; a comma or a point parts the second."""
    given_part = Row("music", "", minutes, seconds).given(1)

    assert given_part.duration_ms == expected_ms


@pytest.mark.parametrize(
    ("minutes", "seconds"),
    [("", ""), ("-1", "30"), ("một", ""), ("", "1e3"), ("٣", ""), ("45", "1"), ("99999", "")],
)
def test_what_is_no_length_is_refused(minutes: str, seconds: str) -> None:
    """And named by its place."""
    with pytest.raises(PartUnusable) as refused:
        Row("pause", "", minutes, seconds).given(4)

    assert "thứ 4" in refused.value.message_vi


def test_what_was_half_filled_in_below_stays_while_parts_move() -> None:
    """A length typed for something to be added survives a button above it."""
    moved = acted(
        form([Row("chime"), Row("ident")], act="down-0", added="music", added_seconds="7"),
        priorities={},
    )

    assert (moved.added, moved.added_seconds) == ("music", "7")


def test_saving_takes_in_what_was_filled_in_below() -> None:
    """Nobody has to press “add” first."""
    saved = acted(
        form([Row("chime"), Row("closing")], added="music", added_seconds="7", ticked=["bul-a"]),
        priorities={},
    )

    assert [row.bulletin_id or row.kind for row in saved.rows] == [
        "chime", "bul-a", "music", "closing",
    ]  # fmt: skip
    assert saved.rows[2].seconds == "7"
    assert (saved.added, saved.added_seconds, saved.ticked) == ("", "", [])
