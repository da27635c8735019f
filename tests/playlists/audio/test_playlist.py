"""A playlist's order and length: known before a single sample is made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.audio.audio_errors import PlaylistEmpty
from playlists.audio.pcm import Pcm
from playlists.own_sounds.chime import CHIME_MS, SEPARATOR_MS
from playlists.own_sounds.ident import TUNE_MS
from playlists.playlist import (
    AFTER_SEPARATOR_MS,
    BEFORE_SEPARATOR_MS,
    GAP_AFTER_MS,
    LEAD_MS,
    TAIL_MS,
    Part,
    PartKind,
    Stretch,
    in_order,
    lay_out,
    length_ms,
)

NAME = "ab" * 32
SEPARATED_MS = BEFORE_SEPARATOR_MS + SEPARATOR_MS + AFTER_SEPARATOR_MS


def bulletin(title: str = "Tin", *, duration_ms: int = 10_000, priority: int = 3) -> Part:
    """A bulletin that begins two seconds into its file."""
    words = Stretch(NAME, from_ms=2_000, to_ms=2_000 + duration_ms)
    return Part(PartKind.BULLETIN, title, priority=priority, words=words)


def lasting(kind: PartKind, duration_ms: int) -> Part:
    """Music, a pause or a relay."""
    return Part(kind, str(kind), duration_ms=duration_ms)


CHIME = Part(PartKind.CHIME, "chime")
IDENT = Part(PartKind.IDENT, "ident")
CLOSING = Part(PartKind.CLOSING, "closing")


def test_the_house_order() -> None:
    """Chime, ident, priority bulletins, normal ones as they came, what was placed, the closing."""
    music, relay = lasting(PartKind.MUSIC, 1_000), lasting(PartKind.RELAY, 2_000)
    first, second, urgent = bulletin("a"), bulletin("b"), bulletin("c", priority=2)
    given_parts = [CLOSING, relay, first, music, second, IDENT, urgent, CHIME]

    assert in_order(given_parts) == (CHIME, IDENT, urgent, first, second, relay, music, CLOSING)


@given(
    parts=st.lists(
        st.sampled_from(
            (
                CHIME,
                IDENT,
                CLOSING,
                bulletin("a"),
                bulletin("b", priority=2),
                lasting(PartKind.MUSIC, 500),
                lasting(PartKind.PAUSE, 300),
            )
        )
    )
)
def test_ordering_loses_nothing_and_ordering_again_changes_nothing(parts: list[Part]) -> None:
    """The same parts come out, and their order is final."""
    ordered = in_order(parts)

    assert sorted(map(repr, ordered)) == sorted(map(repr, parts))
    assert in_order(ordered) == ordered


def test_the_length_is_parts_and_gaps() -> None:
    """Room at both ends, each part, the gap after it; the separator between two bulletins."""
    parts = [CHIME, IDENT, bulletin(), bulletin(), lasting(PartKind.MUSIC, 7_000), CLOSING]
    sounding_ms = CHIME_MS + TUNE_MS + 10_000 + 10_000 + 7_000 + CHIME_MS
    gaps_ms = SEPARATED_MS + sum(
        GAP_AFTER_MS[kind]
        for kind in (PartKind.CHIME, PartKind.IDENT, PartKind.BULLETIN, PartKind.MUSIC)
    )

    assert length_ms(parts) == pytest.approx(LEAD_MS + sounding_ms + gaps_ms + TAIL_MS, abs=1)


def test_an_explicit_order_is_kept() -> None:
    """Nothing is sorted unless somebody asks for it."""
    placed = lay_out([CLOSING, bulletin(), CHIME])

    assert [part.part.kind for part in placed] == ["closing", "bulletin", "chime"]


def test_a_pause_is_as_long_as_its_author_said() -> None:
    """No other silence stands before or after it."""
    parts = [bulletin(), lasting(PartKind.PAUSE, 3_000), bulletin()]

    assert length_ms(parts) == LEAD_MS + 10_000 + 3_000 + 10_000 + TAIL_MS


def test_only_bulletins_are_separated_by_a_note() -> None:
    """Before music or the closing there is silence alone."""
    placed = lay_out([CHIME, bulletin(), bulletin(), lasting(PartKind.MUSIC, 1_000), CLOSING])

    assert [part.separator for part in placed] == [False, True, False, False, False]


def test_words_take_the_place_of_the_tune() -> None:
    """Ident and closing with words last as long as the words, at whatever rate they came."""
    words = Pcm(bytes(2 * 16_000), sample_rate_hz=16_000)
    said = Part(PartKind.IDENT, "words", words=words)

    assert length_ms([said]) == LEAD_MS + 1_000 + TAIL_MS
    assert length_ms([IDENT]) == LEAD_MS + TUNE_MS + TAIL_MS


@pytest.mark.parametrize("parts", [[], [lasting(PartKind.PAUSE, 5_000)]])
def test_silence_is_no_playlist(parts: list[Part]) -> None:
    """A playlist in which nothing sounds is refused with words for its author."""
    with pytest.raises(PlaylistEmpty) as caught:
        length_ms(parts)
    assert caught.value.message_vi != caught.value.message_en


@pytest.mark.parametrize(
    ("kind", "given_fields"),
    [
        (PartKind.BULLETIN, {}),
        (PartKind.BULLETIN, {"words": Pcm(bytes(400), 22_050)}),
        (PartKind.MUSIC, {}),
        (PartKind.RELAY, {"duration_ms": -1}),
        (PartKind.PAUSE, {"duration_ms": 10, "words": Stretch(NAME, 0, 10)}),
        (PartKind.IDENT, {"words": Pcm(b"", 22_050)}),
    ],
)
def test_a_part_that_lacks_what_it_needs_cannot_be_made(
    kind: PartKind, given_fields: dict[str, object]
) -> None:
    """A bulletin without its file, or music without a length, is a mistake of the caller."""
    with pytest.raises(ValueError, match=r"bulletin|duration|words"):
        Part(kind, "part", **given_fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(("from_ms", "to_ms"), [(-1, 10), (10, 10), (20, 10)])
def test_a_stretch_ends_after_it_begins(from_ms: int, to_ms: int) -> None:
    """Nothing backwards, nothing empty."""
    with pytest.raises(ValueError, match="ends after"):
        Stretch(NAME, from_ms, to_ms)
