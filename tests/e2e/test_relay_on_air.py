"""A running station relays a real HTTPS stream: whole, through its death, and until a stop.

One station for the whole file; one of its poles writes what it sounds into a file, and the test
listens to that. The stream is a tone, which no bulletin's voice is taken for.
"""

import os
import subprocess
import sys
import time
import wave
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, col, select

from broadcaster.accounts.people import account_named
from broadcaster.areas.queries import the_station
from broadcaster.bulletins.desk import submit
from broadcaster.demo.commune import LEADER, OPERATOR
from broadcaster.demo.newsroom import approve, queue_everywhere
from broadcaster.demo.state import fleet_folder
from broadcaster.dispatch.tables import SignedNow
from broadcaster.exchange.link import save_link, switch, try_link
from broadcaster.exchange.mapping import V1, ForeignBulletin, PlayLog
from broadcaster.exchange.relaying import take_up
from broadcaster.exchange.rounds import Round, exchange_once
from broadcaster.exchange.tables import ReceivedBulletin
from broadcaster.fleet.behaviour import checked_hosts, keep_relay_hosts
from broadcaster.ledger.reports import BroadcastReport
from broadcaster.processes.supervisor import Supervisor
from broadcaster.relays.desk import GivenRelay, write_relay
from broadcaster.schedule.stopping import stop_broadcast
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from broadcaster.sources.desk import add_source, checked_source
from broadcaster.web.context import Context
from devices.protocol.messages import Kind
from tests.broadcaster.exchange.province import SECRET, Province, province_running
from tests.chain import DEVICES, RESIDENTS, SCRIPT, Chain, founded_chain
from tests.chain_evidence import assert_whole
from tests.devices.controller.relay.https_radio import HttpsRadio, https_radio, made_by_ffmpeg

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

TONE_HZ = 440
BYTES_A_SECOND = 8_000
AHEAD_S = 3.0
"""A broadcaster's server sends what it has in hand at once, then as it comes."""

STALL_MS = 2_000
WINDOW_S = 0.25
ONSET = 1
"""Windows in which a coder's first frames are not yet the tone."""


@dataclass
class Programme:
    """A tone that never ends, in real time, until it is taken off the air."""

    mp3: bytes
    is_on_air: bool = True
    listeners: set[int] = field(default_factory=set)

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one listener; off the air nobody is answered with sound."""
        if not self.is_on_air:
            handler.send_error(503)
            return
        handler.send_response(200)
        handler.end_headers()
        self.listeners.add(id(handler))
        began_s, sent = time.monotonic(), 0
        while self.is_on_air:
            due = (time.monotonic() - began_s + AHEAD_S) * BYTES_A_SECOND
            while sent < due:
                at = sent % len(self.mp3)
                piece = self.mp3[at : at + 2_048]
                handler.wfile.write(piece)
                sent += len(piece)
            time.sleep(0.05)


@dataclass
class OnAir:
    """The running station, what it relays, and the folder of what one pole sounds."""

    chain: Chain
    radio: HttpsRadio
    heard: Path
    fallback_id: str
    programmes: int = 0

    def listed(self) -> tuple[str, str, Programme]:
        """An admin lists a programme, and its host; the source, its address, and what it plays."""
        self.programmes += 1
        path = f"/live-{self.programmes}"
        programme = Programme(made_by_ffmpeg("mp3", seconds=30))
        self.radio.paths[path] = programme
        now = datetime.now(UTC)
        with self.chain.database.writing() as session:
            station_id, admin = the_station(session).id, account(session, LEADER)
            given = checked_source(name=f"VOV{self.programmes}", level="national", kind="stream",
                                   url=self.radio.url(path))  # fmt: skip
            # Of this machine's own addresses only what an admin has entered by hand.
            keep_relay_hosts(session, checked_hosts([given.host]), station_id=station_id,
                             by=admin, now=now)  # fmt: skip
            source = add_source(session, given, station_id=station_id, by=admin, now=now)
            return source.id, source.url, programme

    def relay(self, *, seconds: int, title: str, fallback: bool = False) -> tuple[str, Programme]:
        """Plan a relay for all clusters and let the leader approve it; its broadcast."""
        source_id, _, programme = self.listed()
        with self.chain.database.writing() as session:
            relay_id = write_relay(
                session,
                GivenRelay(
                    source_id=source_id,
                    duration_ms=seconds * 1_000,
                    stall_timeout_ms=STALL_MS,
                    fallback_id=self.fallback_id if fallback else None,
                    title=title,
                ),
                station_id=the_station(session).id,
                by=account(session, OPERATOR),
                now=datetime.now(UTC),
            ).id
        return self.approved(relay_id), programme

    def approved(self, relay_id: str) -> str:
        """The operator queues a relay everywhere, the leader approves it; its broadcast."""
        queue_everywhere(self.chain.database, relay_id)
        with self.chain.database.writing() as session:
            submit(session, relay_id, by=account(session, OPERATOR), now=datetime.now(UTC))
        approve(self.chain.database, relay_id)
        return self.chain.wait_for(
            lambda: self.chain.broadcast_of(relay_id), "the relay is planned"
        )

    def context(self) -> Context:
        """The station as its pages know it."""
        with self.chain.database.reading() as session:
            station = the_station(session)
        return Context(
            database=self.chain.database,
            settings=self.chain.settings,
            station_id=station.id,
            station_name=station.name,
            zone=ZoneInfo(station.zone),
            rehearsal=station.rehearsal,
            now=lambda: datetime.now(UTC),
        )

    def sounds(self, broadcast_id: str) -> "tuple[array[int], int]":
        """What the listening pole sounded of a broadcast, and its rate in Hz."""
        with self.chain.database.reading() as session:
            starts_at = session.get_one(Broadcast, broadcast_id).starts_at
        taken = {int(path.stem): path for path in self.heard.glob("*.wav")}
        begins_us = min(taken, key=lambda us: abs(us - starts_at.timestamp() * 1_000_000))
        with wave.open(str(taken[begins_us])) as file:
            return array("h", file.readframes(file.getnframes())), file.getframerate()


def account(session: Session, username: str) -> str:
    """Somebody's id."""
    found = account_named(session, username)
    assert found is not None
    return found.id


@pytest.fixture(scope="module")
def on_air(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnAir]:
    """A station with its fleet, one pole of which sounds into files, all trusting the radio."""
    folder = tmp_path_factory.mktemp("relay")
    with (
        pytest.MonkeyPatch.context() as patch,
        https_radio(folder) as radio,
        founded_chain(tmp_path_factory.mktemp("station")) as chain,
    ):
        patch.setenv("SSL_CERT_FILE", str(folder / "radio.pem"))
        chain.start_station()
        held = chain.hold_back()
        chain.start_fleet()
        (home,) = held.iterdir()
        chain.fleets[held] = Supervisor(log_dir=chain.settings.state_dir / "log")
        with (folder / "pole.log").open("wb") as log:
            pole = subprocess.Popen(
                [sys.executable, "-P", "-m", "devices.controller", "--home", home,
                 "--sink", "wav"],
                stderr=log,
                env=dict(os.environ),
            )  # fmt: skip
        try:
            bulletin_id = chain.queue(script=SCRIPT, title="Họp thôn")
            chain.settled(chain.wait_for(lambda: chain.broadcast_of(bulletin_id), "it is planned"))
            yield OnAir(chain, radio, home / "heard", bulletin_id)
        finally:
            pole.terminate()
            pole.wait(timeout=30)


def tone_s(samples: "array[int]", rate_hz: int) -> list[bool | None]:
    """For each window whether it is the stream's tone; None for silence."""
    size = int(WINDOW_S * rate_hz)
    windows = [samples[at : at + size] for at in range(0, len(samples) - size + 1, size)]
    return [window_is_tone(window) for window in windows]


def window_is_tone(window: "array[int]") -> bool | None:
    """Whether it crosses zero as often as the tone does; None where there is nothing."""
    if max(window) - min(window) < 400:
        return None
    rises = sum(1 for before, after in pairwise(window) if before < 0 <= after)
    return abs(rises / WINDOW_S - TONE_HZ) < 12


def states(report: BroadcastReport) -> set[tuple[str, str | None]]:
    """How the plays of a broadcast stand."""
    return {(play.state, play.code) for play in report.devices}


def test_a_programme_is_relayed_everywhere_and_told_apart(on_air: OnAir) -> None:
    """Every pole passes it on to its end; nobody is said to have been reached by what it said."""
    broadcast_id, programme = on_air.relay(seconds=24, title="Thời sự")
    report = on_air.chain.settled(broadcast_id)

    assert states(report) == {("relayed", "relay")}
    assert len(programme.listeners) >= DEVICES
    assert (report.counts.relayed, report.counts.finished) == (DEVICES, 0)
    assert (round(report.coverage.relayed), report.coverage.confirmed) == (RESIDENTS, 0)
    assert report.coverage.coverage == 0
    samples, rate_hz = on_air.sounds(broadcast_id)
    heard = tone_s(samples, rate_hz)
    assert heard.count(True) * WINDOW_S >= 0.95 * 24
    assert heard.count(False) <= 2


def test_a_stream_that_dies_is_filled_in_and_only_its_own_part_counts(on_air: OnAir) -> None:
    """After the stall time-out an approved bulletin sounds, and never counts."""
    broadcast_id, programme = on_air.relay(seconds=30, title="Thời sự đứt quãng", fallback=True)
    on_air.chain.wait_until_said(broadcast_id, Kind.ITEM_STARTED)
    programme.is_on_air = False
    report = on_air.chain.settled(broadcast_id)

    assert states(report) == {("partial", "relay")}
    assert (report.counts.partial, report.counts.relayed) == (DEVICES, 0)
    assert round(report.coverage.partial) == RESIDENTS
    samples, rate_hz = on_air.sounds(broadcast_id)
    heard = tone_s(samples, rate_hz)
    last_tone = max(number for number, is_tone in enumerate(heard) if is_tone)
    assert heard[ONSET:last_tone].count(False) == 0
    assert heard[last_tone + 1 :].count(False) * WINDOW_S > 3
    # A file holds what sounded one after the other: what lacks was the silence between the two.
    assert 0.5 < 30 - len(samples) / rate_hz < STALL_MS / 1_000 + 1.5
    played = {play.device_id: play.played_ms for play in report.devices}
    listening = on_air.heard.parent.name
    assert played[listening] == pytest.approx((last_tone + 1) * WINDOW_S * 1_000, abs=600)
    assert max(played.values()) < 0.8 * 30_000


def linked(chain: Chain, province: Province) -> Callable[[], Round]:
    """An admin links the province's system and switches it on; what does a round with it."""
    with chain.database.writing() as session:
        station_id, by = the_station(session).id, account(session, LEADER)
        save_link(
            session, address=province.at, source_id="XA-10051", target_id="TINH-01",
            secret=SECRET, keys_dir=chain.settings.keys_dir, station_id=station_id, by=by,
            now=datetime.now(UTC),
        )  # fmt: skip
    keys_dir = chain.settings.keys_dir
    wrong = try_link(
        chain.database, keys_dir=keys_dir, station_id=station_id, by=by, now=datetime.now(UTC)
    )
    assert wrong is None
    with chain.database.writing() as session:
        switch(session, is_on=True, station_id=station_id, by=by, now=datetime.now(UTC))
    return lambda: exchange_once(
        chain.database, keys_dir=keys_dir, station_id=station_id, now=lambda: datetime.now(UTC)
    )


def test_an_order_of_the_province_is_heard_and_each_play_told_upwards(on_air: OnAir) -> None:
    """From the province's document to the tone at a pole, and back up with its start and end."""
    chain, seconds = on_air.chain, 20
    _, url, programme = on_air.listed()
    order = ForeignBulletin(
        remote_id="BT-9", source_name="Trung tâm tỉnh", title="Họp báo tỉnh", words="", topic=5,
        kind=5, content_url=url, duration_ms=seconds * 1_000,
    )  # fmt: skip
    with province_running() as province:
        round_with = linked(chain, province)
        province.documents.append(V1.write_bulletin(order))
        round_with()
        with chain.database.reading() as session:
            received = session.exec(select(ReceivedBulletin.id)).one()
            operator = account(session, OPERATOR)
        taken = take_up(on_air.context(), chain.studio, received, by=operator)
        broadcast_id = on_air.approved(taken.bulletin_id)
        report = chain.settled(broadcast_id)

        def all_told() -> list[PlayLog] | None:
            round_with()
            logs = plays_told(province)
            return logs if len(logs) == DEVICES else None

        told = chain.wait_for(all_told, "every play went up")

    assert states(report) == {("relayed", "relay")}
    assert len(programme.listeners) >= DEVICES
    samples, rate_hz = on_air.sounds(broadcast_id)
    assert tone_s(samples, rate_hz).count(True) * WINDOW_S >= 0.95 * seconds
    signed = {play.device_id: (play.started_at, play.ended_at) for play in report.devices}
    assert {each.device_id: (each.started_at, each.ended_at) for each in told} == signed
    assert {each.bulletin_id for each in told} == {"BT-9"}


def plays_told(province: Province) -> list[PlayLog]:
    """The play logs that the province holds, each in its newest version."""
    return [V1.read_play(each["NhatKy"]) for each in province.of("play")]


def test_a_stop_silences_it_everywhere_at_once(on_air: OnAir) -> None:
    """From the station's beat that tells the broker to the last sample, signing and all between.

    What a pole itself may take, half a second, is held in `test_relaying`, in time that nothing
    else delays; here two dozen of them share the machine with the station and the stream.
    """
    broadcast_id, _ = on_air.relay(seconds=40, title="Thời sự bị dừng")
    chain = on_air.chain
    chain.wait_until_said(broadcast_id, Kind.ITEM_STARTED)
    with chain.database.writing() as session:
        by, now = account(session, OPERATOR), datetime.now(UTC)
        station_id = the_station(session).id
        stop_broadcast(session, broadcast_id, station_id=station_id, by=by, now=now)
    chain.wait_until_said(broadcast_id, Kind.STOPPED)
    report = chain.settled(broadcast_id)

    assert states(report) == {("cut", "stopped")}
    with chain.database.reading() as session:
        orders = select(BroadcastOrder.id).where(BroadcastOrder.broadcast_id == broadcast_id)
        published = [
            each.published_at
            for each in session.exec(
                select(SignedNow).where(col(SignedNow.order_id).in_(orders))
            ).all()
            if each.published_at is not None
        ]
    ends = [play.ended_at for play in report.devices if play.ended_at is not None]
    assert len(ends) == DEVICES
    late_s = [(end - min(published)).total_seconds() for end in ends]
    assert min(late_s) <= 0.5, late_s
    assert max(late_s) <= 1.5, late_s
    assert round(report.coverage.relayed) == 0


def test_the_ledger_holds_all_that_was_said(on_air: OnAir) -> None:
    """Each entry once, in a chain without a gap, the listening pole's too."""
    journals = on_air.chain.wait_until_receipted()

    assert len(journals) == DEVICES
    assert {journal.device for journal in journals} == {
        path.name for folder in on_air.chain.fleets for path in folder.iterdir() if path.is_dir()
    }
    assert fleet_folder(on_air.chain.settings) in on_air.chain.fleets
    assert_whole(on_air.chain.database, journals)
