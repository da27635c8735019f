"""What devices are rehearsed on: their folders, and the station and broker where we bring them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from devices.controller.clock import SystemClock
from devices.controller.link import Link, Listener
from devices.controller.mqtt_link import MqttLink, broker_address
from devices.simulation.rehearsal.brokers import broker_for, chosen_broker
from devices.simulation.rehearsal.options import Options
from devices.simulation.rehearsal.storm import Act, storm
from devices.simulation.roster import read_roster
from devices.simulation.station.audio_server import Audio, serve_audio
from devices.simulation.station.founding import Founded, found, hand_out_identities
from devices.simulation.station.station import RehearsalStation

Tell = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Company:
    """A station of this rehearsal's own, at work."""

    station: RehearsalStation
    audio: Audio

    async def play_storm(self, tell: Tell) -> None:
        """Let the storm come, act by act."""
        coming = storm(begins_ms=self.station.now_ms)
        for sound in coming.sounds:
            self.audio.add(sound)
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        for act in coming.acts:
            await asyncio.sleep(max(0.0, began_s + act.at_s - loop.time()))
            self._do(act)
            tell("act", name=act.name)

    def summary(self) -> dict[str, object]:
        """What the ledger holds, and what it does not believe."""
        ledger = self.station.ledger
        return {
            "confirmed": {str(kind): count for kind, count in sorted(ledger.kinds.items())},
            "codes": dict(sorted(ledger.codes.items())),
            "quarantined": dict(sorted(ledger.quarantined.items())),
            "words_refused": dict(sorted(self.station.refused.items())),
        }

    def _do(self, act: Act) -> None:
        if act.stop is not None:
            self.station.stop(act.stop)
        elif act.order is not None and act.is_for_now:
            self.station.order_now(act.order)
        elif act.order is not None:
            self.station.order([act.order])


@dataclass(frozen=True, slots=True)
class Stage:
    """The devices' folders, and who directs them; nobody of ours where a station was joined."""

    homes: Sequence[Path]
    company: Company | None = None


@asynccontextmanager
async def stage_for(options: Options, *, folder: Path) -> AsyncIterator[Stage]:
    """Set the stage; raise FleetRefused, RehearsalUnusable or BrokerRefused."""
    if options.fleet is not None:
        yield Stage([role.home for role in read_roster(options.fleet)[: options.first]])
        return
    founded = found(folder, devices=options.devices, clusters=options.cluster_count)
    chosen = chosen_broker(options.broker, devices=options.devices)
    async with AsyncExitStack() as stack:
        audio = stack.enter_context(serve_audio())
        url = await stack.enter_async_context(broker_for(founded, chosen=chosen))
        hand_out_identities(founded, broker_url=url, station_url=audio.url)
        station = station_at(founded, broker_url=url)
        await stack.enter_async_context(beside(station.line.run()))
        homes = [founded.fleet / each.device for each in founded.devices]
        yield Stage(homes, Company(station, audio))


def station_at(founded: Founded, *, broker_url: str) -> RehearsalStation:
    """The station of a rehearsal, and its line to a broker, which is yet to be run."""
    address = broker_address(broker_url, username=founded.station, password=founded.secret)

    def connect(listener: Listener) -> Link:
        return MqttLink(
            address=address,
            status_topic=None,
            listener=listener,
            rng=Random(),  # noqa: S311 - jitter
        )

    return RehearsalStation(founded, clock=SystemClock(), connect=connect)


@asynccontextmanager
async def beside(*work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Do this beside the block and end it with the block; what fails in it fails the block."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each) for each in work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
