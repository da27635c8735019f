"""A rehearsal in simulated time: a station, a broker without sockets, and seats with real code."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from devices.controller.audio_source import HeldAudioSource
from devices.controller.clock import LoopClock
from devices.controller.link import Link, Listener
from devices.controller.trusted_time import FixedWitness, Witness
from devices.protocol import topics
from devices.protocol.credentials import Grants, load_credentials
from devices.protocol.identity import Identity
from devices.protocol.messages import Order, QuietHours
from devices.simulation.crowd.crowd import Crowd
from devices.simulation.crowd.hall import Hall
from devices.simulation.crowd.seat import Seat
from devices.simulation.crowd.words import Begin
from devices.simulation.simulated_broker import SimulatedBroker
from devices.simulation.station.founding import Founded, found, hand_out_identities
from devices.simulation.station.sounds import Sound
from devices.simulation.station.station import RehearsalStation
from devices.simulation.story import Episode

NOON_MS = 1_795_582_800_000
"""12:00 on 25 November 2026 in Vietnam."""


@dataclass
class Room:
    """All of it; `seats` by device."""

    founded: Founded
    broker: SimulatedBroker
    station: RehearsalStation
    clock: LoopClock
    audio: HeldAudioSource
    crowd: Crowd

    @property
    def seats(self) -> Mapping[str, Seat]:
        """Everybody's, by device."""
        return self.crowd.seats

    def offer(self, *sounds: Sound) -> None:
        """Let the station have these files."""
        self.audio.files = {**self.audio.files, **{each.sha256: each.mp3 for each in sounds}}

    def order(self, order_id: str, *sounds: Sound, after_s: float = 10, **fields: object) -> Order:
        """Order these sounds of everybody, so many seconds after now."""
        self.offer(*sounds)
        order = make_order(
            order_id, *sounds, starts_at_ms=self.station.now_ms + round(after_s * 1_000), **fields
        )
        self.station.order([order])
        return order


def make_order(order_id: str, *sounds: Sound, starts_at_ms: int, **fields: object) -> Order:
    """An order that may begin within five minutes."""
    usual: dict[str, object] = {
        "broadcast": order_id,
        "priority": 3,
        "not_after_ms": starts_at_ms + 300_000,
        "items": tuple(each.item for each in sounds),
    }
    return Order(id=order_id, starts_at_ms=starts_at_ms, **(usual | fields))  # type: ignore[arg-type]


@asynccontextmanager
async def open_room(
    folder: Path,
    *,
    devices: int,
    clusters: int = 1,
    quiet: QuietHours | None = None,
    witness: Witness | None = None,
    grants: dict[str, Grants] | None = None,
    seed: int = 1,
    story: Sequence[Episode] = (),
) -> AsyncIterator[Room]:
    """Everybody at their places and connected; all of it ended afterwards."""
    founded = found(folder, devices=devices, clusters=clusters)
    hand_out_identities(founded, broker_url="mqtt://broker", station_url="http://station")
    broker = SimulatedBroker(grants=grants_of(founded) | (grants or {}))
    clock = LoopClock(epoch_us=NOON_MS * 1_000, loop=asyncio.get_running_loop())
    rng = Random(seed)
    station = RehearsalStation(
        founded,
        clock=clock,
        connect=lambda listener: broker.line(founded.station, listener, rng=rng),
        **({"quiet": quiet} if quiet else {}),
    )
    audio = HeldAudioSource({})
    hall = Hall(
        scratch=folder / "scratch",
        clock=clock,
        witness=witness or FixedWitness(),
        audio_at=lambda _: audio,
    )

    def connect(identity: Identity, listener: Listener, rng: Random) -> Link:
        status = topics.from_device(identity.station, identity.device, topics.Upward.STATUS)
        return broker.line(identity.device, listener, rng=rng, will_topic=status)

    names = [each.device for each in founded.devices]
    begin = Begin(
        homes=tuple(str(founded.fleet / name) for name in names),
        neighbours=tuple(names[1:] + names[:1]),
        scratch="",
        journals=None,
        seed=str(seed),
        began_s=0,
        story=tuple(story),
    )
    crowd = Crowd(begin, hall=hall, connect=connect)
    tasks = [asyncio.create_task(station.line.run()), asyncio.create_task(crowd.run())]
    try:
        await asyncio.sleep(5)
        yield Room(
            founded=founded, broker=broker, station=station, clock=clock, audio=audio, crowd=crowd
        )
    finally:
        await end(tasks)


def grants_of(founded: Founded) -> dict[str, Grants]:
    """What the broker's file of users lets each do."""
    users = load_credentials(founded.credentials).users
    return {
        name: Grants(publish=each.publish, subscribe=each.subscribe) for name, each in users.items()
    }


async def end(tasks: Sequence["asyncio.Task[None]"]) -> None:
    """Cancel them; what failed before fails here."""
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(result, asyncio.CancelledError):
            raise AssertionError(result)
