"""Faults befall a small fleet in simulated time; healed, nothing is missing and nothing twice."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from devices.controller.trusted_time import FixedWitness, TimeSource
from devices.protocol.credentials import Grants
from devices.protocol.messages import Confirmation, Kind, OnCut, Order, Priority, Tone
from devices.simulation.faults.kinds import MANUALS, FaultKind, Span
from devices.simulation.profile import Fault, Profile
from devices.simulation.simulated_time import run_simulated
from devices.simulation.station.sounds import silence
from devices.simulation.story import Episode, plan_story
from tests.devices.simulation.faults.weather import episode
from tests.devices.simulation.rehearsal_room import Room, open_room

DEVICES = 4
NAMES = [f"loa-{number:04}" for number in range(1, DEVICES + 1)]
SOUND, WARNING = silence(20_000, title="bản tin"), silence(5_000, title="khẩn cấp")
HEALED_S = 600
ENDS = {Kind.FINISHED, Kind.CUT, Kind.STOPPED, Kind.SKIPPED, Kind.FAILED}

HEALING = [
    FaultKind.OFFLINE,
    FaultKind.SLOW_LINK,
    FaultKind.DUPLICATED,
    FaultKind.REORDERED,
    FaultKind.LOST_RECEIPTS,
    FaultKind.DISK_FULL,
    FaultKind.CORRUPT_DOWNLOAD,
    FaultKind.CRASH,
    FaultKind.MUTED_AMPLIFIER,
]
"""What a device gets over by itself."""


class Words:
    """All that the station took, in the order in which it came."""

    def __init__(self) -> None:
        self.all: list[tuple[str, Confirmation]] = []

    def of(self, device: str, order: str) -> list[Confirmation]:
        """What a device said of an order, by number."""
        said = [each for name, each in self.all if name == device and each.order == order]
        return sorted(said, key=lambda each: each.seq)


def overheard(room: Room) -> Words:
    """From now on, keep what the ledger takes."""
    words = Words()
    room.station.heard_by(lambda device, new: words.all.extend((device, each) for each in new))
    return words


def assert_whole(room: Room, words: Words, orders: list[str]) -> None:
    """Each device said once how each order ended, without a gap, and no audio sounded twice."""
    ledger = room.station.ledger
    for device, seat in room.seats.items():
        (epoch,) = ledger.epochs_of(device)
        assert epoch.seq == len(epoch.held)
        assert seat.state().connected
        for order in orders:
            said = words.of(device, order)
            kinds = [each.kind for each in said]
            ends = [kind for kind in kinds if kind in ENDS]
            assert ends, (device, order, kinds)
            assert set(ends[:-1]) <= {Kind.CUT}, (device, order, kinds)
            assert kinds.count(Kind.STARTED) <= 1
            assert kinds.count(Kind.FINISHED) <= 1
    numbers = Counter((device, each.seq) for device, each in words.all)
    assert set(numbers.values()) == {1}


async def day(room: Room) -> Words:
    """Two programmes, and an emergency that cuts the first of them."""
    words = overheard(room)
    room.order("sang", SOUND, after_s=60, on_cut=OnCut.RESUME)
    room.order("trua", SOUND, after_s=180)
    await asyncio.sleep(65)
    room.offer(WARNING)
    at_ms = room.station.now_ms
    room.station.order_now(
        Order(
            id="bao",
            broadcast="bao",
            priority=Priority.EMERGENCY,
            starts_at_ms=at_ms,
            not_after_ms=at_ms + 300_000,
            items=(WARNING.item,),
            tone=Tone(duration_ms=4_000),
        )
    )
    await asyncio.sleep(HEALED_S)
    return words


@pytest.mark.parametrize("kind", HEALING)
def test_what_passes_leaves_nothing_missing(tmp_path: Path, kind: FaultKind) -> None:
    """Half of the fleet, three spells each in the four minutes in which everything happens."""
    manual = MANUALS[kind]
    fault = Fault(
        kind=kind,
        share=0.5,
        begins_s=Span(5, 200),
        lasts_s=Span(5, 30),
        times=3,
        settings={name: each.usual for name, each in manual.settings.items()},
    )
    story = plan_story(Profile((fault,)), devices=NAMES, seed=9)

    async def play() -> None:
        async with open_room(tmp_path, devices=DEVICES, story=story) as room:
            words = await day(room)
            assert_whole(room, words, ["sang", "trua", "bao"])
            assert not room.station.ledger.quarantined
            assert not room.station.refused
            well = sorted(set(NAMES) - {each.device for each in story})
            for device in well:
                assert words.of(device, "trua")[-1].kind is Kind.FINISHED
                assert words.of(device, "bao")[-1].kind is Kind.FINISHED

    run_simulated(play())


@pytest.mark.parametrize("seed", range(4))
def test_everything_at_once_leaves_nothing_missing(tmp_path: Path, seed: int) -> None:
    """All of them together, from any seed."""
    faults = tuple(
        Fault(
            kind=kind,
            share=0.5,
            begins_s=Span(5, 250),
            lasts_s=Span(2, 40),
            times=2,
            settings={name: each.usual for name, each in MANUALS[kind].settings.items()},
        )
        for kind in HEALING
    )
    story = plan_story(Profile(faults), devices=NAMES, seed=seed)

    async def play() -> None:
        async with open_room(tmp_path, devices=DEVICES, story=story, seed=seed) as room:
            words = await day(room)
            assert_whole(room, words, ["sang", "trua", "bao"])
            assert not room.station.refused

    run_simulated(play())


def one(kind: FaultKind, *, manner: str = "", **settings: float) -> Episode:
    """A fault of the first device, for good."""
    told = episode(kind, manner=manner, **settings)
    return Episode(
        device=NAMES[0],
        kind=kind,
        begins_s=0,
        ends_s=86_400,
        settings=told.settings,
        manner=manner,
        seed="1",
    )


def test_a_muted_pole_says_played_and_its_current_says_otherwise(tmp_path: Path) -> None:
    """Its word is as good as the others'; only the measurement differs."""

    async def play() -> None:
        story = [one(FaultKind.MUTED_AMPLIFIER)]
        async with open_room(tmp_path, devices=DEVICES, story=story) as room:
            room.order("sang", SOUND)
            await asyncio.sleep(60)
            assert room.station.ledger.said("sang") == {Kind.FINISHED: DEVICES}
            states = [seat.state() for seat in room.seats.values()]
            assert [state.muted for state in states] == [1, 0, 0, 0]

    run_simulated(play())


@pytest.mark.parametrize("manner", ["equivocates", "other_name"])
def test_a_thief_is_noticed_and_harms_nobody_else(tmp_path: Path, manner: str) -> None:
    """Two words under one number are kept apart; another's name is not his to speak in."""

    async def play() -> None:
        story = [one(FaultKind.STOLEN, manner=manner)]
        async with open_room(tmp_path, devices=DEVICES, story=story) as room:
            words = overheard(room)
            room.order("sang", SOUND)
            await asyncio.sleep(120)
            assert_whole(room, words, ["sang"])
            assert room.station.ledger.said("sang") == {Kind.FINISHED: DEVICES}
            if manner == "equivocates":
                assert set(room.station.ledger.quarantined) == {NAMES[0]}
            else:
                assert set(room.broker.denied) == {NAMES[0]}
                assert not room.station.ledger.quarantined

    run_simulated(play())


def test_a_thief_at_an_open_broker_is_refused_by_the_signature(tmp_path: Path) -> None:
    """Where no access list stops him, the neighbour's key does."""

    async def play() -> None:
        story = [one(FaultKind.STOLEN, manner="other_name")]
        everything = {NAMES[0]: Grants(publish=("loa/#",), subscribe=("loa/#",))}
        async with open_room(tmp_path, devices=2, story=story, grants=everything) as room:
            room.order("sang", SOUND)
            await asyncio.sleep(120)
            assert room.station.refused["wrong_key"] > 0
            assert room.station.ledger.said("sang") == {Kind.FINISHED: 2}

    run_simulated(play())


def test_a_liar_is_believed_and_that_is_what_evidence_is_graded_for(tmp_path: Path) -> None:
    """What never came was told as played; nothing in the chain gives him away."""

    async def play() -> None:
        story = [one(FaultKind.STOLEN, manner="lies"), one(FaultKind.CORRUPT_DOWNLOAD)]
        async with open_room(tmp_path, devices=2, story=story) as room:
            room.order("sang", SOUND)
            await asyncio.sleep(600)
            assert room.seats[NAMES[0]].state().failed == 1
            assert room.station.ledger.said("sang") == {Kind.FINISHED: 2}
            assert not room.station.ledger.quarantined

    run_simulated(play())


@pytest.mark.parametrize("manner", MANUALS[FaultKind.INTRUDER].manners)
@pytest.mark.parametrize("broker_is_open", [False, True])
def test_an_intruders_orders_move_nobody(
    tmp_path: Path, manner: str, *, broker_is_open: bool
) -> None:
    """The access list stops them; where there is none, each device refuses and counts them."""

    async def play() -> None:
        story = [one(FaultKind.INTRUDER, manner=manner, every_s=5)]
        everything = {NAMES[0]: Grants(publish=("loa/#",), subscribe=("loa/#",))}
        async with open_room(
            tmp_path, devices=2, story=story, grants=everything if broker_is_open else {}
        ) as room:
            room.order("sang", SOUND, after_s=30)
            await asyncio.sleep(120)
            states = [seat.state() for seat in room.seats.values()]
            attempts = room.seats[NAMES[0]].intruder.attempts
            assert attempts > 10
            assert room.station.ledger.said("sang") == {Kind.FINISHED: 2}
            assert room.station.ledger.kinds[Kind.TONE_STARTED] == 0
            if broker_is_open:
                reached = states[:1] if manner == "config" else states
                assert all(state.refused >= attempts - 1 for state in reached)
            else:
                assert room.broker.denied[NAMES[0]] == attempts
                assert all(state.refused == 0 for state in states)

    run_simulated(play())


@pytest.mark.parametrize(
    "fault",
    [one(FaultKind.CLOCK_JUMP, by_s=3_600), one(FaultKind.CLOCK_DRIFT, ppm=20_000)],
)
def test_a_wrong_clock_is_set_right_by_the_station(tmp_path: Path, fault: Episode) -> None:
    """The device plays when the station meant it, as well as a clock runs between two answers."""

    async def play() -> None:
        witness = FixedWitness(TimeSource.NTP)
        async with open_room(tmp_path, devices=2, story=[fault], witness=witness) as room:
            words = overheard(room)
            order = room.order("sang", SOUND, after_s=30)
            await asyncio.sleep(120)
            said = words.of(NAMES[0], "sang")[-1]
            began_at_us = room.seats[NAMES[0]].amplifier.began_at_us
            assert said.kind is Kind.FINISHED
            late_us = began_at_us - order.starts_at_ms * 1_000
            assert abs(late_us) < 2_000_000

    run_simulated(play())
