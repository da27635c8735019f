"""Six hours without station, broker and network, 100 controllers, in simulated time.

The controllers are the real code, and so are schedule, signing, ingest, ledger and watching, with
their clock injected; only sockets and processes are not there. Ten poles lose their power as well.
"""

import asyncio
import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Station
from broadcaster.audit.following import FollowedTrail
from broadcaster.demo.commune import DemoVillage
from broadcaster.demo.newsroom import approve, queue_everywhere, write_and_render
from broadcaster.demo.state import fleet_folder
from broadcaster.dispatch.conductor import Conductor, tick
from broadcaster.dispatch.leading import Lead
from broadcaster.dispatch.outbox import unpublished_since
from broadcaster.fleet.credentials import ingest_role, load_wire_secret
from broadcaster.fleet.places import Place
from broadcaster.keys import KeyWatch
from broadcaster.ledger.resync import Resyncs
from broadcaster.ledger.service import Ingest, Work
from broadcaster.ledger.time_answers import TimeAnswers
from broadcaster.watching.absence import Absence
from broadcaster.watching.around import Around
from broadcaster.watching.telling import Watch
from broadcaster.wire import BrokerUnreachable, Delivery
from devices.controller.audio_source import HeldAudioSource
from devices.controller.clock import LoopClock
from devices.controller.link import Link, Listener
from devices.controller.trusted_time import FixedWitness
from devices.protocol import topics
from devices.protocol.credentials import Grants, load_credentials
from devices.protocol.identity import Identity
from devices.protocol.messages import Kind
from devices.simulation.crowd.crowd import Crowd
from devices.simulation.crowd.hall import Hall
from devices.simulation.crowd.words import Begin
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.simulated_broker import SimulatedBroker
from devices.simulation.simulated_time import run_simulated
from devices.simulation.story import Episode
from tests.chain import Chain, founded_chain
from tests.chain_evidence import journals_of
from tests.devices.simulation.rehearsal_room import end
from tests.soak.mail import Letters, letters_for
from tests.soak.told import Told, evidence_of

MINUTE_S, HOUR_S = 60, 3_600
BEGINS_S = 15 * MINUTE_S
ENDS_S = BEGINS_S + 6 * HOUR_S
"""The outage, counted from when all are connected."""
STARTS_S = (8 * MINUTE_S, *(each * HOUR_S for each in range(1, 7)), ENDS_S + 8 * MINUTE_S)
"""When there is a broadcast: one before, six within, one after."""
TICK_S = 30
DARK_FROM_S = 3 * HOUR_S - 10 * MINUTE_S
"""Before a broadcast begins: one that has begun is played to its end."""
DARK = 10
"""So many poles are without power as well, over one of the broadcasts."""
_WITHIN_S = 1_800


def commune_of(devices: int) -> Mapping[str, Sequence[DemoVillage]]:
    """Two clusters of two villages with a quarter of the devices each."""
    each = devices // 4
    return {
        name: [
            DemoVillage(f"Thôn {name} {number}", 300, 1_200, each, Place(17.04, 107.42))
            for number in (1, 2)
        ]
        for name in ("Cụm Đông", "Cụm Tây")
    }


@dataclass(slots=True)
class _Ear:
    """What the broker hands over to one of the station's processes."""

    wire: "SimulatedWire"

    def connected(self) -> None:
        self.wire.connections += 1

    def receive(self, topic: str, payload: bytes) -> bool:
        self.wire.waiting.append(Delivery(topic, payload, ack=lambda: None))
        return True

    def last_will(self) -> bytes:
        return b""


@dataclass(slots=True)
class SimulatedWire:
    """As much of the station's wire as leading and ingesting use, at a broker without sockets."""

    broker: SimulatedBroker
    user: str
    rng: Random
    connections: int = 0
    waiting: list[Delivery] = field(default_factory=list)
    line: Link = field(init=False)

    def __post_init__(self) -> None:
        self.line = self.broker.line(self.user, _Ear(self), rng=self.rng)

    @property
    def connected(self) -> bool:
        """Whether the broker hears it."""
        return self.line.connected

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish; raise BrokerUnreachable."""
        if not self.connected:
            raise BrokerUnreachable(topic)
        self.line.publish(topic, payload, retain=retain)

    def publish_soon(self, topic: str, payload: bytes, *, retain: bool = False) -> Future[None]:
        """The same; it is done at once."""
        self.publish(topic, payload, retain=retain)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def drain(self, *, limit: int, **_: float) -> list[Delivery]:
        """What has come."""
        taken, self.waiting[:limit] = self.waiting[:limit], []
        return taken

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """The broker without sockets keeps nothing back."""


@dataclass(slots=True)
class Room:
    """The broker, the poles and the station's files; the station itself runs or does not."""

    chain: Chain
    station: Station
    broker: SimulatedBroker
    clock: LoopClock
    letters: Letters
    trust: ssl.SSLContext
    rng: Random

    def now(self) -> datetime:
        """The simulated present."""
        return datetime.fromtimestamp(self.clock.now_us() / 1e6, UTC)

    def running_s(self) -> float:
        """Simulated seconds."""
        return self.clock.monotonic_us() / 1e6

    async def run_station(self) -> None:
        """Lead, ingest and watch, as the station's processes do, until cancelled."""
        chain, station = self.chain, self.station
        settings, database = chain.settings, chain.database
        keys = KeyWatch(
            settings.keys_dir, station_id=station.id, root_public_key=station.public_key
        )
        lead = Lead(database, station_id=station.id, clock=self.running_s)
        speaking = self._wire("dispatch")
        hearing = self._wire(ingest_role(1))
        hearing.line.hear([topics.from_all(station.id)])
        around = Around(
            now=self.now, running_s=self.running_s, kernel=lambda: (0, 1_000),
            connected=lambda: speaking.connected, waits_since=unpublished_since,
            term=lambda: lead.term,
        )  # fmt: skip
        absence = Absence(settings, around=around, may=lambda: lead.led_last, context=self.trust)
        watch = Watch(
            database, settings, station_id=station.id, absence=absence, around=around,
            may=lambda: lead.leads, context=self.trust,
        )  # fmt: skip
        conductor = Conductor(
            database=database, settings=settings, keys=keys, lead=lead,
            wire=speaking,  # type: ignore[arg-type]
            trail=FollowedTrail(station=station.id, root_public_key=keys().root_public_key),
        )  # fmt: skip
        ingest = Ingest(database, station, now=self.now, pause=lambda _: False)
        ingest.look_at_registry()
        work = Work(
            wire=hearing,  # type: ignore[arg-type]
            ingest=ingest, keys=keys, resyncs=Resyncs(station.id),
            answers=TimeAnswers(
                station_id=station.id, devices=lambda: ingest.known.held, keys=keys, now=self.now,
                publish=hearing.publish_soon,
            ),
        )  # fmt: skip
        async with asyncio.TaskGroup() as both:
            both.create_task(speaking.line.run())
            both.create_task(hearing.line.run())
            both.create_task(_again(work.once, every_s=5))
            await _until(lead.take, every_s=1)
            both.create_task(_again(lambda: tick(conductor, self.now()), every_s=TICK_S))
            both.create_task(_again(watch.round, every_s=TICK_S))

    def _wire(self, role: str) -> SimulatedWire:
        login = load_wire_secret(self.chain.settings, station_id=self.station.id, role=role)
        return SimulatedWire(self.broker, login.username, self.rng)


async def _until(holds: Callable[[], bool], *, every_s: float) -> None:
    """Look again and again; fail after half an hour."""
    for _ in range(round(_WITHIN_S / every_s)):
        if holds():
            return
        await asyncio.sleep(every_s)
    raise AssertionError("not within half an hour")


async def _again(step: Callable[[], None], *, every_s: float) -> None:
    while True:
        step()
        await asyncio.sleep(every_s)


def six_hours_away(folder: Path, *, devices: int, seed: int) -> Told:
    """The outage and what came of it."""
    with (
        letters_for(folder) as letters,
        founded_chain(folder / "state", lead_s=15, commune=commune_of(devices)) as chain,
    ):
        letters.keep_password(chain.settings.keys_dir)
        chain.settings = letters.in_settings(chain.settings)
        bulletin_id = write_and_render(
            chain.database, chain.studio, title="Họp thôn", script="Kính mời bà con đi họp."
        )
        begins_us = time.time_ns() // 1_000
        _order_all(chain, bulletin_id, begins_us=begins_us)
        return run_simulated(_outage(chain, letters, begins_us=begins_us, seed=seed))


def _order_all(chain: Chain, bulletin_id: str, *, begins_us: int) -> None:
    """One bulletin, again and again."""
    with chain.database.reading() as session:
        zone = ZoneInfo(the_station(session).zone)
    begins = datetime.fromtimestamp(begins_us / 1e6, zone)
    for starts_s in STARTS_S:
        at = begins + timedelta(seconds=starts_s)
        queue_everywhere(chain.database, bulletin_id, starts_local=f"{at:%Y-%m-%dT%H:%M}")
    approve(chain.database, bulletin_id)


async def _outage(chain: Chain, letters: Letters, *, begins_us: int, seed: int) -> Told:
    loop = asyncio.get_running_loop()
    with chain.database.reading() as session:
        station = the_station(session)
    users = load_credentials(chain.settings.registry_file).users
    grants = {
        name: Grants(publish=each.publish, subscribe=each.subscribe) for name, each in users.items()
    }
    room = Room(
        chain, station, SimulatedBroker(grants=grants), LoopClock(epoch_us=begins_us, loop=loop),
        letters, letters.trust, Random(seed),
    )  # fmt: skip
    crowd = _crowd(room, seed=seed)
    poles = asyncio.create_task(crowd.run())
    life = asyncio.create_task(room.run_station())
    await asyncio.sleep(BEGINS_S)
    before = len(letters.lines)
    room.broker.go_down()
    await end([life])
    await asyncio.sleep(ENDS_S - BEGINS_S)
    back_s = room.running_s()
    room.broker.come_up()
    life = asyncio.create_task(room.run_station())
    await _until(lambda: _is_whole(chain), every_s=TICK_S)
    recovery_s = room.running_s() - back_s
    # One more broadcast, as on any day.
    await asyncio.sleep(STARTS_S[-1] - ENDS_S + MINUTE_S - recovery_s)
    await _until(lambda: _is_whole(chain), every_s=TICK_S)
    await end([life, poles])
    return _told(chain, letters.lines[before:], recovery_s=recovery_s, devices=len(crowd.seats))


def _crowd(room: Room, *, seed: int) -> Crowd:
    homes = sorted(fleet_folder(room.chain.settings).iterdir())
    audio = room.chain.settings.audio_dir
    held = HeldAudioSource({each.stem: each.read_bytes() for each in audio.rglob("*.mp3")})
    dark = [
        Episode(
            device=home.name, kind=FaultKind.CRASH,
            begins_s=DARK_FROM_S, ends_s=DARK_FROM_S + HOUR_S,
            settings={}, manner="", seed="1",
        )
        for home in homes[:DARK]
    ]  # fmt: skip
    begin = Begin(
        homes=tuple(map(str, homes)), neighbours=tuple(home.name for home in homes), scratch="",
        journals=None, seed=str(seed), began_s=0, story=tuple(dark),
    )  # fmt: skip
    hall = Hall(
        scratch=room.chain.settings.state_dir / "scratch", clock=room.clock,
        witness=FixedWitness(), audio_at=lambda _: held,
    )  # fmt: skip

    def connect(identity: Identity, listener: Listener, rng: Random) -> Link:
        status = topics.from_device(identity.station, identity.device, topics.Upward.STATUS)
        return room.broker.line(identity.device, listener, rng=rng, will_topic=status)

    return Crowd(begin, hall=hall, connect=connect)


def _is_whole(chain: Chain) -> bool:
    """Whether every entry of every pole has its receipt."""
    journals = journals_of(fleet_folder(chain.settings))
    return all(len(each.entries) == each.receipted_seq for each in journals)


def _told(chain: Chain, lines: Sequence[str], *, recovery_s: float, devices: int) -> Told:
    journals = journals_of(fleet_folder(chain.settings))
    evidence = evidence_of(chain.database, journals)
    finished = sum(
        each.kind is Kind.FINISHED for journal in journals for each in journal.confirmations
    )
    verified = subprocess.run(
        [sys.executable, "-m", "broadcaster", "ledger", "verify", "--json"],
        env={**os.environ, "LOA_STATE_DIR": str(chain.settings.state_dir)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    plays = devices * len(STARTS_S)
    other = (
        f"{devices} poles, {finished} of {plays} plays to the end, {DARK} poles without power "
        f"for one; `loa ledger verify`: {_verdict(verified)}"
    )
    whole = verified.returncode == 0 and finished == plays - DARK
    alert = next((line for line in lines if "ngừng chạy" in line), "")
    return Told(
        fault="everything away for 6 h, 100 controllers", entries=evidence.entries,
        lost=evidence.lost, doubled=evidence.doubled, wrong_sounds=evidence.wrong_sounds,
        # What is not whole must not look held.
        alert=alert if whole else "", alert_after_s=TICK_S, recovery_s=recovery_s, other=other,
    )  # fmt: skip


def _verdict(ended: subprocess.CompletedProcess[str]) -> str:
    if ended.returncode == 0:
        return "holds"
    try:
        return str(json.loads(ended.stdout))[:200]
    except ValueError:
        return (ended.stdout + ended.stderr)[-200:]
