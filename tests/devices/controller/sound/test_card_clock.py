"""From a card's questions alone it is known when each frame leaves it."""

from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.controller.sound.card_clock import CardClock

RATE_HZ = 48_000
PERIOD = 960
BUFFER = 8 * PERIOD


@dataclass
class AskingCard:
    """A card that asks whenever a period fits, some time late; the machine wakes it `late_us`."""

    drift_ppm: int = 0
    begun_us: int = 1_000_000
    clock: CardClock = field(default_factory=lambda: CardClock(RATE_HZ))
    asked: int = 0
    at_us: int = 0

    def leaves_us(self, frame: int) -> float:
        """The truth."""
        return self.begun_us + frame * 1e6 / (RATE_HZ * (1 + self.drift_ppm / 1e6))

    def ask(self, *, late_us: int = 0) -> int:
        """One question, as soon as there is room and the one before is answered."""
        room_us = self.leaves_us(self.asked + PERIOD - BUFFER)
        self.at_us = max(self.at_us + 10, round(room_us) + late_us, self.begun_us)
        lost = self.clock.asked(frame=self.asked, frames=PERIOD, at_us=self.at_us)
        self.asked += PERIOD
        return lost

    def run(self, *, seconds: float) -> None:
        """Ask for so much sound."""
        for _ in range(round(seconds * RATE_HZ / PERIOD)):
            self.ask()

    @property
    def error_us(self) -> float:
        """How wrong the clock is about what is asked for next."""
        return self.clock.leaves_us(self.asked) - self.leaves_us(self.asked)


def test_frames_are_counted_from_the_first_question() -> None:
    """Before the buffer is even full."""
    card = AskingCard()
    card.ask()

    assert card.clock.begun_us == card.begun_us
    assert card.error_us == 0
    assert card.clock.frame_at(card.clock.leaves_us(RATE_HZ)) == RATE_HZ


@pytest.mark.parametrize("drift_ppm", [-100, 0, 100])
def test_the_card_s_own_clock_is_followed(drift_ppm: int) -> None:
    """After twenty minutes, by which the drift is 120 ms, it is still known to a fifth of one."""
    card = AskingCard(drift_ppm=drift_ppm)
    card.run(seconds=1_200)

    assert abs(card.error_us) < 200


@given(
    seed=st.integers(0, 2**32),
    drift_ppm=st.integers(-100, 100),
    busy=st.floats(0, 0.8),
)
def test_a_busy_machine_does_not_move_the_clock(seed: int, drift_ppm: int, busy: float) -> None:
    """Questions that come up to 100 ms late are no news, as long as some are in time."""
    rng = Random(seed)
    card = AskingCard(drift_ppm=drift_ppm)
    card.run(seconds=1)
    lost = 0
    for _ in range(1_000):
        lost += card.ask(late_us=rng.randrange(100_000) if rng.random() < busy else 0)

    assert lost == 0
    assert -200 < card.error_us < 5_000


def test_what_is_asked_too_late_is_told_frame_by_frame() -> None:
    """A card that ran on for 40 ms without sound asks at once for what it missed."""
    card = AskingCard()
    card.run(seconds=2)
    lost = [card.ask(late_us=200_000)]
    while lost[-1]:
        lost.append(card.ask())

    assert sum(lost) == pytest.approx(0.061 * RATE_HZ, abs=60)
    assert abs(card.error_us) < 200


def test_a_card_that_stood_still_is_later_by_so_much() -> None:
    """It does not hurry, and so it is not silenced for ever."""
    card = AskingCard()
    card.run(seconds=2)
    card.begun_us += 500_000
    lost = [card.ask() for _ in range(10)]
    card.run(seconds=1)

    assert lost[4:] == [0] * 6
    assert abs(card.error_us) < 200


def test_a_machine_that_is_held_up_again_and_again_does_not_look_like_a_card_that_stood() -> None:
    """In the middle of catching up, questions may be far apart; in the end the truth holds."""
    card = AskingCard()
    card.run(seconds=2)
    for _ in range(6):
        card.ask(late_us=400_000)
    card.run(seconds=1)

    assert abs(card.error_us) < 500


def test_a_buffer_that_was_never_seen_full_is_no_other_clock() -> None:
    """A machine that is slow from the start learns of the last of the buffer after a second."""
    card = AskingCard()
    for _ in range(50):
        card.ask(late_us=25_000)
    card.run(seconds=1)

    assert abs(card.error_us) < 1_000
