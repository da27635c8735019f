"""The fold: what a device said becomes one play, whatever the order in which it was heard."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.database.columns import from_ms, to_ms
from broadcaster.ledger.counting import played_ms_of
from broadcaster.ledger.fold import Expected, Fold, Word, fold
from broadcaster.ledger.play_state import OPEN, PlayState, Reached
from devices.protocol.messages import Confirmation, Kind

STARTS = datetime.fromisoformat("2026-11-23T10:00:00+00:00")
EXPECTED = Expected(
    asked_ms=60_000,
    starts_at=STARTS,
    start_due_at=STARTS + timedelta(seconds=90),
    end_due_at=STARTS + timedelta(seconds=150),
)
EPOCHS = ("a" * 32, "b" * 32)
START_US = to_ms(STARTS) * 1_000


def word(
    kind: Kind, *, seq: int = 1, epoch: str = EPOCHS[0], after_s: float = 1, **said: object
) -> Word:
    """One confirmation that the ledger had `after_s` after the planned start."""
    confirmation = Confirmation(
        seq=seq,
        prev="0" * 64,
        kind=kind,
        at_ms=said.pop("at_ms", to_ms(STARTS)),  # type: ignore[arg-type]
        order="ord-1",
        **said,  # type: ignore[arg-type]
    )
    return Word(epoch=epoch, said=confirmation, received_at=STARTS + timedelta(seconds=after_s))


def finished(percent: float, **said: object) -> Word:
    """An end that counted so much of what was asked."""
    samples = int(60_000 * 24 * percent / 100)
    return word(
        Kind.FINISHED,
        after_s=61,
        **{"seq": 4, "samples": samples, "sample_rate_hz": 24_000, **said},  # type: ignore[arg-type]
    )


def at(seconds: float) -> datetime:
    """An instant after the planned start."""
    return STARTS + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("words", "state", "reached"),
    [
        ([], "planned", "planned"),
        ([word(Kind.RECEIVED)], "received", "received"),
        ([word(Kind.CACHED)], "cached", "cached"),
        ([word(Kind.TONE_STARTED)], "started", "started"),
        ([word(Kind.STARTED)], "started", "started"),
        ([word(Kind.ITEM_STARTED, item=0)], "started", "started"),
        ([word(Kind.CUT, seq=1), word(Kind.RESUMED, seq=2)], "started", "started"),
        ([word(Kind.RESUMED, seq=1), word(Kind.CUT, seq=2)], "cut", "started"),
        ([word(Kind.STOPPED)], "cut", "started"),
        ([word(Kind.SKIPPED, code="too_late")], "skipped", "planned"),
        ([word(Kind.FAILED, code="audio_missing")], "failed", "planned"),
        ([word(Kind.CACHED), word(Kind.FAILED, seq=2)], "failed", "cached"),
        ([word(Kind.REJECTED, code="quiet_hours")], "rejected", "planned"),
        ([word(Kind.REJECTED), word(Kind.RECEIVED, seq=2)], "received", "received"),
        ([word(Kind.RECEIVED), word(Kind.REJECTED, seq=2)], "rejected", "received"),
        ([word(Kind.STARTED), finished(100)], "confirmed", "finished"),
        ([word(Kind.STARTED), word(Kind.FAILED, seq=2, code="interrupted")], "failed", "started"),
    ],
)
def test_says_how_a_play_stands(words: list[Word], state: str, reached: str) -> None:
    """Before any deadline a play stands where its strongest word puts it."""
    folded = fold(EXPECTED, words, now=at(62))

    assert (folded.state, folded.reached) == (state, reached)


@pytest.mark.parametrize(
    ("percent", "state"),
    [(94.99, "partial"), (95, "confirmed"), (100, "confirmed"), (140, "confirmed"), (2, "partial")],
)
def test_confirms_from_95_percent_on(percent: float, state: str) -> None:
    """What was counted at the sink decides; no play counts for more than was asked."""
    folded = fold(EXPECTED, [finished(percent)], now=at(62))

    assert folded.state == state
    assert folded.played_ms == min(int(600 * percent), 60_000)


@pytest.mark.parametrize("code", ["relay", None], ids=["said so", "unsaid"])
def test_what_was_passed_on_is_never_confirmed(code: str | None) -> None:
    """Sound was counted, and nobody verified what it said, whatever the device calls it."""
    relay = replace(EXPECTED, relay=True)
    whole = fold(relay, [finished(96, code=code)], now=at(62))
    partly = fold(relay, [finished(40, code=code)], now=at(62))
    nothing = fold(relay, [finished(0, code=code)], now=at(62))

    assert (whole.state, partly.state, nothing.state) == ("relayed", "partial", "failed")


def test_a_device_that_says_it_relayed_has_confirmed_nothing() -> None:
    """Even of an order that was none."""
    assert fold(EXPECTED, [finished(100, code="relay")], now=at(62)).state == "relayed"


def test_a_finish_that_counted_nothing_is_no_play() -> None:
    """No samples is a failure; no count at all proves nothing."""
    silent = fold(EXPECTED, [finished(0)], now=at(62))
    uncounted = fold(EXPECTED, [finished(0, samples=None)], now=at(62))

    assert (silent.state, silent.code) == ("failed", "no_samples")
    assert (uncounted.state, uncounted.code) == ("not_confirmed", "samples_not_counted")


@pytest.mark.parametrize("kind", [None, Kind.RECEIVED, Kind.CACHED])
def test_an_unreported_start_is_not_invented(kind: Kind | None) -> None:
    """At the deadline for the start, not before, a play without one is not confirmed."""
    words = [word(kind)] if kind else []
    just_before = fold(EXPECTED, words, now=at(89.999))
    due = fold(EXPECTED, words, now=at(90))

    assert just_before.state in OPEN
    assert (due.state, due.code) == (PlayState.NOT_CONFIRMED, "no_start")


def test_an_unreported_end_is_not_invented() -> None:
    """A start without an end is not confirmed at its deadline, and counts no millisecond."""
    words = [word(Kind.STARTED), word(Kind.ITEM_STARTED, seq=2, first_sample_at_us=START_US)]
    due = fold(EXPECTED, words, now=at(150))

    assert fold(EXPECTED, words, now=at(149.999)).state is PlayState.STARTED
    assert (due.state, due.code, due.played_ms) == (PlayState.NOT_CONFIRMED, "no_end", 0)
    assert (due.started_at, due.ended_at) == (STARTS, None)


def test_late_word_corrects() -> None:
    """An end that comes days after its deadline counts as what it says."""
    folded = fold(EXPECTED, [finished(100)], now=at(3 * 86_400))

    assert folded.state is PlayState.CONFIRMED


@pytest.mark.parametrize(
    ("offset_s", "received_after_s", "doubtful"),
    [(-5, 1, False), (-5.001, 1, True), (6, 1, False), (6.001, 1, True), (3_000, 3_000, False)],
)
def test_marks_instants_that_cannot_be_true(
    offset_s: float, received_after_s: float, doubtful: bool
) -> None:
    """A first sample long before its order, or after its word came, is kept and marked."""
    first_us = START_US + round(offset_s * 1_000_000)
    started = word(Kind.ITEM_STARTED, first_sample_at_us=first_us, after_s=received_after_s)
    folded = fold(EXPECTED, [started], now=at(1))

    assert folded.clock_doubtful is doubtful
    assert folded.start_offset_us == round(offset_s * 1_000_000)


def test_names_the_word_that_decided() -> None:
    """The evidence of a play is the number and epoch of the word that decided its state."""
    folded = fold(EXPECTED, [word(Kind.STARTED, seq=7), finished(100, seq=9)], now=at(62))

    assert (folded.evidence_epoch, folded.evidence_seq) == (EPOCHS[0], 9)


def test_a_pole_that_plays_twice_counts_once() -> None:
    """Two journals that both claim the play add nothing to each other."""
    half = [finished(50, epoch=EPOCHS[0]), finished(49, epoch=EPOCHS[1])]
    folded = fold(EXPECTED, half, now=at(62))

    assert (folded.state, folded.played_ms) == (PlayState.PARTIAL, 30_000)


def test_later_items_do_not_move_the_start() -> None:
    """The start is the first item's first sample, even if only a later item's is known."""
    later = word(Kind.ITEM_STARTED, item=1, first_sample_at_us=START_US + 30_000_000, after_s=31)

    assert fold(EXPECTED, [later], now=at(31)).start_offset_us is None


words_said = st.lists(
    st.builds(
        word,
        st.sampled_from(Kind),
        seq=st.integers(1, 12),
        epoch=st.sampled_from(EPOCHS),
        after_s=st.integers(-600, 600),
        samples=st.none() | st.integers(0, 3_000_000),
        sample_rate_hz=st.none() | st.sampled_from([8_000, 24_000, 48_000]),
        first_sample_at_us=st.none() | st.integers(START_US - 10_000_000, START_US + 700_000_000),
        item=st.none() | st.integers(0, 3),
        code=st.none() | st.sampled_from(["interrupted", "too_late"]),
        simulated=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda each: (each.epoch, each.said.seq),
)
instants = st.integers(0, 400).map(at)


@given(words_said, instants, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(words: list[Word], now: datetime, rng: object) -> None:
    """The same words in any order, any of them repeated, give the same fold."""
    shuffled = [*words, *words[::2]]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]

    assert fold(EXPECTED, shuffled, now=now) == fold(EXPECTED, words, now=now)


@given(words_said, instants)
def test_nothing_is_ever_claimed_beyond_the_words(words: list[Word], now: datetime) -> None:
    """No play without a counted finish is confirmed, none counts more than asked, all end."""
    folded = fold(EXPECTED, words, now=now)
    counted = [played_ms_of(each.said, asked_ms=60_000) for each in words]
    ends = [
        played
        for each, played in zip(words, counted, strict=True)
        if each.said.kind is Kind.FINISHED
    ]

    assert 0 <= folded.played_ms <= 60_000
    assert max(counted, default=0) <= folded.played_ms <= sum(counted)
    assert folded.simulated == any(each.said.simulated for each in words)
    if folded.state is PlayState.CONFIRMED:
        assert ends
    if folded.reached is not Reached.PLANNED or folded.evidence_seq is not None:
        assert words
    assert fold(EXPECTED, words, now=at(10**6)).state not in OPEN


@given(st.integers(0, 2**53), st.integers(1, 384_000))
def test_milliseconds_are_whole_and_never_rounded_up(samples: int, rate_hz: int) -> None:
    """Milliseconds are those whose samples all left the sink."""
    said = finished(0, samples=samples, sample_rate_hz=rate_hz).said
    played = played_ms_of(said, asked_ms=2**80)

    assert played * rate_hz <= samples * 1_000 < (played + 1) * rate_hz


def test_a_simulated_device_is_simulated_before_it_speaks() -> None:
    """A play expected of a simulated device is marked from the beginning."""
    expected = Expected(
        simulated=True,
        asked_ms=1,
        starts_at=STARTS,
        start_due_at=STARTS,
        end_due_at=STARTS,
    )

    assert fold(expected, [], now=from_ms(0)) == Fold(state=PlayState.PLANNED, simulated=True)


def stretch(kind: Kind, *, seq: int, begins_s: float, lasts_s: float, **said: object) -> Word:
    """An end of one stretch of sound: so many seconds from a second after the planned start."""
    first_us = START_US + round(begins_s * 1e6)
    return word(
        kind,
        seq=seq,
        after_s=begins_s + lasts_s,
        first_sample_at_us=first_us,
        last_sample_at_us=first_us + round(lasts_s * 1e6),
        samples=round(lasts_s * 24_000),
        sample_rate_hz=24_000,
        **said,
    )


def test_what_was_cut_and_went_on_adds_up() -> None:
    """20 s before an emergency and 40 s after it are the whole minute."""
    words = [
        stretch(Kind.CUT, seq=1, begins_s=0, lasts_s=20, code="emergency"),
        word(Kind.RESUMED, seq=2, after_s=50),
        stretch(Kind.FINISHED, seq=3, begins_s=50, lasts_s=40),
    ]
    play = fold(EXPECTED, words, now=at(200))

    assert (play.state, play.played_ms) == (PlayState.CONFIRMED, 60_000)


def test_what_did_not_go_on_counts_as_far_as_it_came() -> None:
    """A power cut after a cut leaves the first stretch, and no more."""
    words = [
        stretch(Kind.CUT, seq=1, begins_s=0, lasts_s=20, code="emergency"),
        word(Kind.RESUMED, seq=2, after_s=50),
        word(Kind.FAILED, seq=3, after_s=60, code="interrupted"),
    ]
    play = fold(EXPECTED, words, now=at(200))

    assert (play.state, play.played_ms) == (PlayState.FAILED, 20_000)


def test_counts_over_the_same_time_are_one_count() -> None:
    """A count that ran on over a cut holds what was counted at the cut; it is not added again."""
    words = [
        stretch(Kind.CUT, seq=1, begins_s=0, lasts_s=20, code="emergency"),
        word(Kind.RESUMED, seq=2, after_s=50),
        word(
            Kind.STOPPED,
            seq=3,
            after_s=60,
            first_sample_at_us=START_US,
            last_sample_at_us=START_US + 60_000_000,
            samples=30 * 24_000,
            sample_rate_hz=24_000,
        ),
    ]

    assert fold(EXPECTED, words, now=at(200)).played_ms == 30_000


def test_what_was_heard_before_and_after_a_restart_adds_up() -> None:
    """A device that lost its power in the middle and joined again counts from there."""
    words = [
        stretch(Kind.CUT, seq=1, begins_s=0, lasts_s=20, code="emergency"),
        word(Kind.RESUMED, seq=2, after_s=30, code="rebooted"),
        stretch(Kind.FINISHED, seq=3, begins_s=30, lasts_s=25),
    ]

    assert fold(EXPECTED, words, now=at(200)).played_ms == 45_000


def test_two_journals_do_not_add_up() -> None:
    """Of two that claim one play the longer one counts."""
    words = [
        stretch(Kind.FINISHED, seq=1, begins_s=0, lasts_s=20),
        stretch(Kind.FINISHED, seq=1, begins_s=30, lasts_s=25, epoch=EPOCHS[1]),
    ]

    assert fold(EXPECTED, words, now=at(200)).played_ms == 25_000
