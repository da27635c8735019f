"""The fault matrix: the network cut at a step of a broadcast, and what else happens meanwhile.

While no device reaches the station, its broker is killed or not, its other programs are killed or
not, and half of the devices lose their power or not: all combinations, at each step, on either
broker. After the network is healed everything that was said is in the ledger once, each chain is
whole, and nothing was played twice: by what stands on the devices' disks, and by the ledger.
"""

import socket
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import product
from pathlib import Path

import msgspec
from sqlmodel import col, select

from broadcaster.database import Database
from broadcaster.demo.commune import DemoVillage
from broadcaster.demo.state import fleet_folder
from broadcaster.dispatch.tables import SignedPlan
from broadcaster.fleet.places import Place
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.tables import ConfirmationRow, Play
from broadcaster.schedule.tables import Broadcast
from devices.controller.statements import ENDS
from devices.protocol.identity import load_identity, save_identity
from devices.protocol.messages import Kind
from tests.chain import Chain
from tests.chain_brokers import Broker, OnBroker, chain_on
from tests.chain_evidence import JournalCopy, assert_whole
from tests.network import Cut, Network

SMALL_COMMUNE = {
    "Cụm Bến Đò": (DemoVillage("Thôn Bến Đò", 312, 1_184, 2, Place(17.0412, 107.4236)),),
    "Cụm Chợ Đồi": (DemoVillage("Thôn Chợ Đồi", 405, 1_530, 2, Place(17.0587, 107.4472)),),
}
DEVICES = 4
SCRIPT = "Tin thứ {number}. Kính mời bà con 7 giờ sáng mai đến nhà văn hóa thôn họp."
"""Another sound each time, so that nobody has it yet."""
LEAD_S, LEAD_WITHOUT_AUDIO_S = 8.0, 25.0
"""From the approval to the sound; longer where the audio is to come only after a restart."""
SETTLES_WITHIN_S = 120.0
ONCE = {Kind.RECEIVED, Kind.STARTED, Kind.ITEM_STARTED, *ENDS}
"""What a device may say once of an order of one item, whatever happens."""


class Step(StrEnum):
    """How far a broadcast has come when the network is cut, by what the devices have."""

    PUBLISHED = "published"
    """The plan is at the broker; no device has heard it."""
    HEARD = "heard"
    """The devices have the plan, but no audio."""
    CACHED = "cached"
    """They have the audio; the planned instant is seconds away."""
    DUE = "due"
    """Their *started* is on their disks or about to be; no sound yet."""
    PLAYING = "playing"
    """The sound has begun everywhere."""
    UNRECEIPTED = "unreceipted"
    """They have finished, and nobody was told."""


@dataclass(frozen=True, slots=True)
class Combination:
    """One case of the matrix."""

    number: int
    broker: Broker
    step: Step
    cut: Cut
    broker_dies: bool
    station_dies: bool
    power_fails: bool

    @property
    def faults(self) -> str:
        """What happens while the network is cut."""
        told = {
            "broker": self.broker_dies,
            "station": self.station_dies,
            "power": self.power_fails,
        }
        return "+".join(name for name, happens in told.items() if happens) or "none"

    def __str__(self) -> str:
        """As a table names it."""
        return f"{self.broker}-{self.step}-{self.cut}-{self.faults}"


def matrix() -> tuple[Combination, ...]:
    """All of it; the two ways of cutting take turns, so that each step and fault meets both."""
    either = (False, True)
    steps, cuts = list(Step), list(Cut)
    cases = product(Broker, Step, either, either, either)
    return tuple(
        Combination(
            number=number,
            broker=broker,
            step=step,
            cut=cuts[(steps.index(step) + dies + fails + (broker is Broker.EMBEDDED)) % 2],
            broker_dies=dies,
            station_dies=station,
            power_fails=fails,
        )
        for number, (broker, step, dies, station, fails) in enumerate(cases, start=1)
    )


@dataclass(slots=True)
class Scene:
    """A running station and its few devices, which reach it over a network that can be cut."""

    on: OnBroker
    network: Network
    site_ways: tuple[int, ...]

    @property
    def chain(self) -> Chain:
        """The station and its devices."""
        return self.on.chain

    @property
    def without_power(self) -> tuple[str, ...]:
        """Who loses its power, where power fails: every other device."""
        homes = sorted(fleet_folder(self.chain.settings).iterdir())
        return tuple(home.name for home in homes[::2])


@contextmanager
def scene_for(case: Combination, folder: Path) -> Iterator[Scene]:
    """A small commune on the case's broker, all devices connected and with nothing to say."""
    lead_s = LEAD_WITHOUT_AUDIO_S if case.step is Step.HEARD else LEAD_S
    with (
        chain_on(case.broker, folder, lead_s=lead_s, commune=SMALL_COMMUNE) as on,
        Network() as network,
    ):
        site_ways = _led_through(network, on.chain)
        on.chain.start_station()
        on.chain.start_fleet()
        yield Scene(on, network, site_ways)
        on.chain.stop()


def _led_through(network: Network, chain: Chain) -> tuple[int, ...]:
    """Give each device its own ways to broker and site; those to the site."""
    _, _, broker_port = chain.settings.broker_url.rpartition(":")
    ways = []
    for home in sorted(fleet_folder(chain.settings).iterdir()):
        ways.append(network.way_to(chain.settings.port))
        moved = msgspec.structs.replace(
            load_identity(home),
            broker_url=f"mqtt://127.0.0.1:{network.way_to(int(broker_port))}",
            station_url=f"http://127.0.0.1:{ways[-1]}",
        )
        save_identity(moved, home)
    return tuple(ways)


def suffered(scene: Scene, case: Combination) -> Mapping[str, int | float | str]:
    """One broadcast with all that the case names; figures of it.

    Raises AssertionError when anything is lost, told twice, played twice or not healed.
    """
    broadcast_id = _broadcast_until(scene, case)
    _fail(scene, case)
    _pass_on(scene, case, broadcast_id)
    held = _confirmations(scene.chain.database)
    scene.network.heal()
    report = scene.chain.settled(broadcast_id, within_s=SETTLES_WITHIN_S)
    journals = scene.chain.wait_until_receipted()
    assert_whole(scene.chain.database, journals)
    _assert_played_once(scene, case, broadcast_id, journals)
    came = _confirmations(scene.chain.database) - held
    # A cut that let every end through would have shown nothing.
    assert came >= DEVICES
    return {
        "case": str(case),
        "finished": report.counts.finished,
        "other_ends": " ".join(sorted({p.code or p.state for p in report.devices if p.code})),
        "entries": sum(len(each.entries) for each in journals),
        "after_healing": came,
    }


def _broadcast_until(scene: Scene, case: Combination) -> str:
    """Broadcast, and cut the network at the case's step; the broadcast's id."""
    chain, network = scene.chain, scene.network
    if case.step is Step.PUBLISHED:
        network.cut(case.cut)
    if case.step is Step.HEARD:
        network.cut(case.cut, scene.site_ways)
    broadcast_id = chain.broadcast(script=SCRIPT.format(number=case.number))
    match case.step:
        case Step.PUBLISHED:
            chain.wait_for(lambda: _is_published(chain.database) or None, "the plan is published")
        case Step.HEARD:
            chain.wait_until_said(broadcast_id, Kind.RECEIVED, by=DEVICES)
        case Step.CACHED:
            chain.wait_until_said(broadcast_id, Kind.CACHED, by=DEVICES)
        case Step.DUE:
            chain.wait_until_said(broadcast_id, Kind.CACHED, by=DEVICES)
            _live_until(chain, broadcast_id, after_start_s=-1.2)
        case Step.PLAYING | Step.UNRECEIPTED:
            chain.wait_until_said(broadcast_id, Kind.ITEM_STARTED, by=DEVICES)
    if case.step is not Step.PUBLISHED:
        network.cut(case.cut)
    if case.step is Step.UNRECEIPTED:
        chain.wait_until_said(broadcast_id, Kind.FINISHED, by=DEVICES)
    return broadcast_id


def _fail(scene: Scene, case: Combination) -> None:
    """All that the case names, at once."""
    if case.power_fails:
        for device in scene.without_power:
            scene.chain.kill_controller(device)
    if case.broker_dies:
        scene.on.restart_broker()
    if case.station_dies:
        scene.chain.kill("ingest", "site", "schedule")


def _pass_on(scene: Scene, case: Combination, broadcast_id: str) -> None:
    """Let the broadcast go on without a network: until its sound, or for a moment."""
    if case.step in {Step.CACHED, Step.DUE}:
        _live_until(scene.chain, broadcast_id, after_start_s=2.0)
    else:
        scene.chain.live(2.0)
    scene.chain.wait_for_broker()
    # Who has no audio when the sound is due gives up: on a busy machine the site comes slowly.
    scene.chain.wait_for(lambda: _site_answers(scene.chain) or None, "the site answers")


def _site_answers(chain: Chain) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", chain.settings.port), timeout=1):
        return True
    return False


def _live_until(chain: Chain, broadcast_id: str, *, after_start_s: float) -> None:
    with chain.database.reading() as session:
        starts_at = session.get_one(Broadcast, broadcast_id).starts_at
    chain.live((starts_at - datetime.now(UTC)).total_seconds() + after_start_s)


def _is_published(database: Database) -> bool:
    with database.reading() as session:
        waiting = session.exec(select(SignedPlan).where(col(SignedPlan.published_at).is_(None)))
        return waiting.first() is None


def _confirmations(database: Database) -> int:
    with database.reading() as session:
        return len(session.exec(select(ConfirmationRow.seq)).all())


def _assert_played_once(
    scene: Scene, case: Combination, broadcast_id: str, journals: Sequence[JournalCopy]
) -> None:
    """By the devices' own disks and by the ledger, each device played at most once what it tells.

    Whose power did not fail has played all of it.
    """
    with scene.chain.database.reading() as session:
        plays = session.exec(select(Play).where(Play.broadcast_id == broadcast_id)).all()
        said = session.exec(
            select(ConfirmationRow.device_id, ConfirmationRow.order_id, ConfirmationRow.kind)
        ).all()
    orders = {play.order_id for play in plays}
    ends = {each.device: _end_of(each, orders) for each in journals}

    assert len(plays) == len(ends) == DEVICES
    assert {play.device_id: play.state for play in plays} == ends
    assert all(play.played_ms <= play.asked_ms for play in plays)
    told_twice = [key for key, times in Counter(said).items() if key[2] in ONCE and times > 1]
    assert [key for key in told_twice if key[1] is not None] == []
    dark = set(scene.without_power) if case.power_fails else set()
    lit = set(ends) - dark
    assert {device: ends[device] for device in lit} == dict.fromkeys(lit, PlayState.CONFIRMED)


def _end_of(journal: JournalCopy, orders: set[str]) -> str:
    """What the play must be by the device's own disk, on which everything stands once."""
    said = [each.kind for each in journal.confirmations if each.order in orders]
    ends = [kind for kind in said if kind in ENDS | {Kind.REJECTED}]
    assert len(ends) == 1, (journal.device, said)
    assert [kind for kind, times in Counter(said).items() if kind in ONCE and times > 1] == []
    return PlayState.CONFIRMED if ends[0] is Kind.FINISHED else ends[0].value
