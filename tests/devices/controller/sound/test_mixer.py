"""Whoever may sound at a frame gives its samples; nothing is lost, doubled or counted unheard."""

from array import array
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from devices.controller.sound.mixer import CHANNELS, Mixer, Voice

RATE_HZ = 1_000
"""A frame a millisecond."""
SAFE = 40


@dataclass
class Hands:
    """A clock that is set by hand."""

    at_us: int = 1_000_000

    def now_us(self) -> int:
        """The same as the other."""
        return self.at_us

    def monotonic_us(self) -> int:
        """What was set."""
        return self.at_us

    async def wait_until_us(self, at_us: int) -> None:
        """Set it."""
        self.at_us = at_us


@dataclass
class Desk:
    """A mixer, a card that takes ten frames at a time just before they are due, and its tape."""

    clock: Hands = field(default_factory=Hands)
    tape: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Started, and with a buffer of a tenth of a second."""
        self.mixer = Mixer(clock=self.clock, rate_hz=RATE_HZ)
        self.begun_us = self.clock.at_us
        self.turn(10, at_once=True)
        self.turn(50)

    def turn(self, times: int, *, at_once: bool = False) -> None:
        """Take ten frames so many times."""
        for _ in range(times):
            if not at_once:
                self.clock.at_us = self.begun_us + (len(self.tape) - 100 + 10) * 1_000
            taken = array("h", bytes(self.mixer.take(10)))
            self.tape += taken[0::CHANNELS]
            self.right += taken[1::CHANNELS]

    def begin(self, *, frame: int) -> Voice:
        """A voice from a frame on."""
        return self.mixer.begin(at_us=self.begun_us + frame * 1_000)


def frames(*samples: int, right: int = 0) -> bytes:
    """Samples on the left, and on the right always the same."""
    return array("h", [each for sample in samples for each in (sample, right)]).tobytes()


def test_a_voice_begins_with_its_frame() -> None:
    """Silence before, its samples one after the other, silence after; and it left when it left."""
    desk = Desk()
    voice = desk.begin(frame=703)
    desk.mixer.put(voice, frames(*range(1, 26)))
    desk.mixer.end(voice)
    desk.turn(20)

    assert [desk.tape.index(1), desk.tape[703:728]] == [703, [*range(1, 26)]]
    assert sum(map(bool, desk.tape)) == 25
    assert voice.underruns == 0
    assert voice.first_us == desk.begun_us + 703_000
    assert desk.mixer.ends_us(voice) == desk.begun_us + 728_000
    assert desk.mixer.left(voice, before_us=desk.begun_us + 713_000) == 10
    assert desk.mixer.left(voice, before_us=desk.begun_us + 999_000) == 25
    assert desk.mixer.is_silent


def test_a_voice_that_is_late_begins_as_soon_as_it_is_safe() -> None:
    """What the card has already can be changed no more."""
    desk = Desk()
    voice = desk.begin(frame=0)
    desk.mixer.put(voice, frames(7))
    desk.turn(10)

    assert desk.tape.index(7) == 600 + SAFE


def test_a_voice_that_is_starved_goes_on_where_it_was() -> None:
    """The hole is one underrun, and no sample falls into it."""
    desk = Desk()
    voice = desk.begin(frame=700)
    desk.mixer.put(voice, frames(1, 2, 3))
    desk.turn(13)
    desk.mixer.put(voice, frames(4, 5))
    desk.mixer.end(voice)
    desk.turn(10)

    assert [sample for sample in desk.tape if sample] == [1, 2, 3, 4, 5]
    assert desk.tape[730:732] == [4, 5]
    assert voice.underruns == 1
    assert desk.mixer.left(voice, before_us=desk.begun_us + 731_000) == 4


def test_what_is_asked_too_late_is_not_wasted() -> None:
    """Frames whose instant is over are silent; the samples come after them."""
    desk = Desk()
    voice = desk.begin(frame=700)
    desk.mixer.put(voice, frames(*range(1, 101)))
    desk.mixer.end(voice)
    desk.turn(14)
    desk.clock.at_us = desk.begun_us + (len(desk.tape) + 25) * 1_000
    desk.turn(14, at_once=True)

    assert [sample for sample in desk.tape if sample] == [*range(1, 101)]
    assert desk.tape[740:765] == [0] * 25
    assert desk.tape[765] == 41
    assert voice.underruns == 1


def test_a_voice_takes_over_without_a_hole() -> None:
    """The one before ends with the frame before, also where it was stopped already."""
    for stops_itself in (False, True):
        desk = Desk()
        first = desk.begin(frame=650)
        desk.mixer.put(first, frames(*[1] * 500))
        desk.turn(2)
        second = desk.begin(frame=705)
        desk.mixer.put(second, frames(*[2] * 10))
        if stops_itself:
            desk.mixer.silence(first)
        assert not desk.mixer.is_over(first)
        desk.turn(20)

        assert desk.tape[649:706] == [0, *[1] * 55, 2]
        assert desk.mixer.is_over(first)
        assert desk.mixer.left(first, before_us=desk.begun_us + 9_000_000) == 55
        assert desk.mixer.ends_us(first) == desk.begun_us + 705_000


def test_a_stopped_voice_gives_nothing_more() -> None:
    """What the card has will sound, and is counted; the rest never does."""
    desk = Desk()
    voice = desk.begin(frame=700)
    desk.mixer.put(voice, frames(*[3] * 500))
    desk.turn(15)
    desk.mixer.silence(voice)
    desk.turn(10)

    assert sum(map(bool, desk.tape)) == 50
    assert desk.mixer.is_over(voice)
    assert desk.mixer.is_silent
    assert desk.mixer.left(voice, before_us=desk.begun_us + 9_000_000) == 50


def test_a_card_that_swallows_everything_is_none() -> None:
    """More than five seconds ahead of its own time: nobody hears that."""
    desk = Desk()
    assert not desk.mixer.runs_away

    desk.turn(600, at_once=True)
    assert desk.mixer.runs_away


def test_a_restart_forgets_everything() -> None:
    """Frame 0 again, and nobody sounds."""
    desk = Desk()
    desk.begin(frame=650)
    desk.mixer.restart()

    assert desk.mixer.is_silent
    assert (desk.mixer.begun_us, desk.mixer.asked_us) == (None, None)


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("begin"), st.integers(0, 200)),
            st.tuples(st.just("put"), st.integers(1, 120)),
            st.tuples(st.just("turn"), st.integers(1, 20)),
            st.tuples(st.just("late"), st.integers(1, 300)),
            st.tuples(st.just("stop"), st.just(0)),
        ),
        max_size=60,
    )
)
def test_in_any_story_each_voice_is_heard_in_order_and_once(steps: list[tuple[str, int]]) -> None:
    """Voices never overlap; each is heard from its first sample on, and counted by what was."""
    desk = Desk()
    voices: list[Voice] = []
    given_to: list[int] = []
    for step, number in steps:
        if step == "begin":
            voices.append(desk.begin(frame=len(desk.tape) + number))
            given_to.append(0)
        elif step == "turn":
            desk.turn(number)
        elif step == "late":
            desk.clock.at_us += number * 1_000
        elif voices and step == "put":
            samples = range(given_to[-1] + 1, given_to[-1] + number + 1)
            given_to[-1] += number
            desk.mixer.put(voices[-1], frames(*samples, right=len(voices)))
        elif voices:
            desk.mixer.silence(voices[-1])
    desk.turn(400)

    whose = [number for number in desk.right if number]
    assert whose == sorted(whose)
    for number, voice in enumerate(voices, start=1):
        heard = [at for at, who in zip(desk.tape, desk.right, strict=True) if who == number]
        assert heard == [*range(1, len(heard) + 1)]
        assert desk.mixer.left(voice, before_us=desk.clock.at_us + 10**9) == len(heard)
