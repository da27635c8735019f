"""Which parts of a programme were begun: from each device's own words, and never a guess."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.database import Database
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.fold import Expected, Word, fold
from broadcaster.ledger.item_queries import items_of_play, items_reached
from broadcaster.ledger.items import ItemBegun, Part, items_begun, part_of
from broadcaster.ledger.queries import broadcast_report
from devices.protocol.messages import Confirmation, Cue, Item, Kind
from tests.broadcaster.ledger.commune import (
    ASKED_MS,
    BEFORE,
    RATE_HZ,
    STARTS,
    Pole,
    found,
    ingest,
    order,
    raise_pole,
)

START_US = int(STARTS.timestamp()) * 1_000_000
PARTS_MS = (0, 4_000, 31_500)
EXPECTED = Expected(
    asked_ms=ASKED_MS,
    starts_at=STARTS,
    start_due_at=STARTS + timedelta(seconds=90),
    end_due_at=STARTS + timedelta(seconds=150),
)


def word(
    seq: int = 1,
    *,
    kind: Kind = Kind.ITEM_STARTED,
    epoch: str = "a" * 32,
    after_s: float = 40.0,
    **said: object,
) -> Word:
    """One confirmation that the ledger had `after_s` after the planned start."""
    return Word(
        epoch=epoch,
        said=Confirmation(
            seq=seq,
            prev="0" * 64,
            kind=kind,
            at_ms=START_US // 1_000 + 1_000,
            order="ord-1",
            **said,  # type: ignore[arg-type]
        ),
        received_at=STARTS + timedelta(seconds=after_s),
    )


def told(begun: tuple[ItemBegun, ...]) -> list[tuple[int, int | None, float, bool]]:
    """Item, cue, seconds after the planned start, and whether that is doubtful."""
    return [
        (each.item, each.cue, (each.began_at - STARTS).total_seconds(), each.is_doubtful)
        for each in begun
    ]


def play_programme(pole: Pole, *, order: str = "ord-1", parts: int = 3, repeat: int = 0) -> None:
    """All that a pole says of a programme of which it plays so many parts."""
    for kind in (Kind.RECEIVED, Kind.CACHED, Kind.STARTED):
        pole.say(kind, order=order, repeat=repeat)
    for cue, at_ms in enumerate(PARTS_MS[:parts]):
        pole.say(
            Kind.ITEM_STARTED,
            order=order,
            repeat=repeat,
            item=0,
            cue=cue,
            first_sample_at_us=START_US + at_ms * 1_000 + 2_000,
        )


def test_a_part_began_when_its_first_sample_left() -> None:
    """In the order of the programme, whatever the order of the words."""
    words = [
        word(3, item=0, cue=2, first_sample_at_us=START_US + 31_500_000),
        word(1, item=0, cue=0, first_sample_at_us=START_US),
        word(4, item=1, first_sample_at_us=START_US + 38_000_000),
        word(2, item=0, cue=1, first_sample_at_us=START_US + 4_000_000),
        word(5, kind=Kind.FINISHED, first_sample_at_us=START_US),
    ]

    assert told(items_begun(words, starts_at=STARTS)) == [
        (0, 0, 0.0, False),
        (0, 1, 4.0, False),
        (0, 2, 31.5, False),
        (1, None, 38.0, False),
    ]


def test_a_word_from_before_there_were_cues_is_the_items_beginning() -> None:
    """An old journal reads as it always did, be there an instant of the sample or not."""
    old = [word(1, item=0, first_sample_at_us=START_US)]

    assert told(items_begun(old, starts_at=STARTS)) == [(0, None, 0.0, False)]
    assert told(items_begun([word(1)], starts_at=STARTS)) == [(0, None, 1.0, False)]


def test_an_instant_that_cannot_be_true_is_kept_and_marked() -> None:
    """Before the order was due, or after its word was heard."""
    words = [
        word(1, item=0, cue=0, first_sample_at_us=START_US - 6_000_000),
        word(2, item=0, cue=1, first_sample_at_us=START_US + 60_000_000, after_s=40),
    ]

    assert told(items_begun(words, starts_at=STARTS)) == [
        (0, 0, -6.0, True),
        (0, 1, 60.0, True),
    ]


def test_of_two_journals_that_tell_of_one_part_the_earlier_stands() -> None:
    """One part, with the statement that says the earlier instant."""
    words = [
        word(4, item=0, cue=1, epoch="b" * 32, first_sample_at_us=START_US + 5_000_000),
        word(9, item=0, cue=1, epoch="a" * 32, first_sample_at_us=START_US + 4_000_000),
    ]
    (begun,) = items_begun(words, starts_at=STARTS)

    assert (begun.epoch, begun.seq) == ("a" * 32, 9)


def test_a_part_is_called_what_its_order_calls_it() -> None:
    """A cue by its title and kind, an item by its title, and what the order has not by nothing."""
    cues = (Cue(at_ms=0, kind="chime"), Cue(at_ms=9, kind="bulletin", title="Tin giá lúa"))
    items = [
        Item(sha256="0" * 64, size_bytes=1, duration_ms=10, title="Sáng", cues=cues),
        Item(sha256="1" * 64, size_bytes=1, duration_ms=10, title="Tiếng Mông"),
    ]

    assert part_of(items, item=0, cue=0) == Part("", "chime")
    assert part_of(items, item=0, cue=1) == Part("Tin giá lúa", "bulletin")
    assert part_of(items, item=1, cue=None) == Part("Tiếng Mông")
    assert part_of(items, item=0, cue=2) is None
    assert part_of(items, item=2, cue=None) is None
    assert part_of((), item=0, cue=0) is None


said_of_cues = st.lists(
    st.builds(
        word,
        st.integers(1, 200),
        epoch=st.sampled_from(["a" * 32, "b" * 32]),
        item=st.none() | st.integers(0, 2),
        cue=st.none() | st.integers(0, 5),
        first_sample_at_us=st.none() | st.integers(START_US - 10**7, START_US + 10**8),
        after_s=st.integers(-5, 100),
    ),
    max_size=12,
    unique_by=lambda each: (each.epoch, each.said.seq),
)


@given(said_of_cues, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(words: list[Word], rng: object) -> None:
    """The same words in any order, any of them repeated, tell of the same parts, each once."""
    shuffled = [*words, *words[::2]]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    begun = items_begun(words, starts_at=STARTS)

    assert items_begun(shuffled, starts_at=STARTS) == begun
    assert len({(each.item, each.cue) for each in begun}) == len(begun)


@given(said_of_cues)
def test_cues_do_not_change_how_a_play_stands(words: list[Word]) -> None:
    """State and milliseconds are those of the same words without a cue."""
    without = [each._replace(said=_without_cue(each.said)) for each in words]
    now = STARTS + timedelta(seconds=60)
    folded, plain = fold(EXPECTED, words, now=now), fold(EXPECTED, without, now=now)

    assert (folded.state, folded.reached, folded.code, folded.played_ms) == (
        plain.state,
        plain.reached,
        plain.code,
        plain.played_ms,
    )


def _without_cue(said: Confirmation) -> Confirmation:
    fields = {name: getattr(said, name) for name in said.__struct_fields__}
    return Confirmation(**(fields | {"cue": None}))


@pytest.mark.parametrize(("cue", "offset_us"), [(0, 2_000), (1, None)])
def test_only_the_first_part_tells_the_start(cue: int, offset_us: int | None) -> None:
    """A later part does not move the start, even if it is all that is known."""
    words = [word(1, item=0, cue=cue, first_sample_at_us=START_US + 2_000)]

    assert fold(EXPECTED, words, now=STARTS).start_offset_us == offset_us


def test_sound_before_the_first_cue_is_the_start() -> None:
    """A programme whose first cue comes later begins with its item's first sample."""
    words = [
        word(1, item=0, first_sample_at_us=START_US),
        word(2, item=0, cue=0, first_sample_at_us=START_US + 3_000_000),
    ]

    assert fold(EXPECTED, words, now=STARTS).start_offset_us == 0


def test_each_device_is_known_by_the_last_part_it_reached(database: Database) -> None:
    """One that has not begun is not there; an epoch more does not hide what was reached before."""
    with database.writing() as session:
        found(session)
        ahead, behind, silent = (
            raise_pole(session, f"loa-{number}", thon_1=0.3) for number in (1, 2, 3)
        )
        expect(session, order(), now=BEFORE)
        play_programme(ahead)
        play_programme(behind, parts=2)
        silent.say(Kind.RECEIVED)
        deliveries = [each for pole in (ahead, behind, silent) for each in pole.batches(size=2)]
        ingest(session, deliveries[::-1], now=STARTS + timedelta(seconds=33))
        lost = Pole("loa-1", key=ahead.key)
        lost.say(Kind.ITEM_STARTED, item=0, cue=0, first_sample_at_us=START_US)
        ingest(session, [lost.batch()], now=STARTS + timedelta(seconds=34))
    with database.reading() as session:
        reached = items_reached(session, "bc-1")

    assert {key: told((begun,))[0] for key, begun in reached.items()} == {
        ("ord-1", 0, "loa-1"): (0, 2, 31.502, False),
        ("ord-1", 0, "loa-2"): (0, 1, 4.002, False),
    }
    assert (reached["ord-1", 0, "loa-2"].epoch, reached["ord-1", 0, "loa-2"].seq) == (
        behind.epoch,
        5,
    )


def test_what_was_reached_is_shown_to_whom_the_play_is(database: Database) -> None:
    """A device of another village, an order of another broadcast: not among the answers."""
    with database.writing() as session:
        found(session)
        one, two = (raise_pole(session, f"loa-{n}", **{f"thon_{n}": 1.0}) for n in (1, 2))
        expect(session, order(), order("ord-2", broadcast="bc-2"), now=BEFORE)
        for pole in (one, two):
            play_programme(pole)
            play_programme(pole, order="ord-2", parts=1)
            ingest(session, [pole.batch()], now=STARTS + timedelta(seconds=33))
    with database.reading() as session:
        mine = items_reached(session, "bc-1", villages=frozenset({"thon-2"}))
        nobodys = items_reached(session, "bc-1", villages=frozenset())
        other = items_reached(session, "bc-2")

    assert list(mine) == [("ord-1", 0, "loa-2")]
    assert nobodys == {}
    assert {key: begun.cue for key, begun in other.items()} == {
        ("ord-2", 0, "loa-1"): 0,
        ("ord-2", 0, "loa-2"): 0,
    }


def test_a_play_tells_all_its_parts_and_a_repeat_its_own(database: Database) -> None:
    """Each play of an order has parts of its own, and a play that never was has none."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        expect(session, order(), order(repeat=1), now=BEFORE)
        play_programme(pole)
        play_programme(pole, repeat=1, parts=1)
        ingest(session, [pole.batch()], now=STARTS + timedelta(seconds=33))
    with database.reading() as session:
        first, again, never = (
            [each.cue for each in items_of_play(session, ("ord-1", repeat, "loa-1"))]
            for repeat in (0, 1, 2)
        )

    assert (first, again, never) == ([0, 1, 2], [0], [])


def test_a_programme_counts_as_any_play(database: Database) -> None:
    """Played to its end in parts it is confirmed, with all its milliseconds and its start."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        expect(session, order(), now=BEFORE)
        play_programme(pole)
        pole.say(
            Kind.FINISHED,
            samples=ASKED_MS * RATE_HZ // 1_000,
            sample_rate_hz=RATE_HZ,
            first_sample_at_us=START_US + 2_000,
            last_sample_at_us=START_US + ASKED_MS * 1_000,
        )
        ingest(session, [pole.batch()], now=STARTS + timedelta(seconds=62))
        report = broadcast_report(session, "bc-1", villages=None)

    assert report is not None
    (play,) = report.devices
    assert (play.state, play.played_ms, play.start_offset_us) == ("confirmed", ASKED_MS, 2_000)
