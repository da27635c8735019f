"""The ingest process: `python -m broadcaster.ledger.service [--number N]`, until SIGTERM.

It hears all devices of the station, stores what they say, and only then acknowledges to the
broker and sends receipts. Killed at any instant it has lost nothing that a receipt covers: what
was not acknowledged or not receipted is said again.

Where several share the work (`ingest_processes`), the broker gives each message to one of them: any
may take any. What is retained is not given to those who share, so the first one hears the statuses
by itself; it also asks for what is missing.
"""

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError

from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Station
from broadcaster.circles import look_for_circles_seldom
from broadcaster.database import Database, connect
from broadcaster.fleet.credentials import ingest_role, load_wire_secret
from broadcaster.fleet.self_tests import mark_sent, unsent_self_tests
from broadcaster.kept_clock import PROCESS_CLOCK
from broadcaster.keys import KeyWatch, StationKeys
from broadcaster.ledger.allowance import Allowance
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.incidents import record_incidents
from broadcaster.ledger.ingest import Stored, open_deliveries, store_opened
from broadcaster.ledger.known_keys import KnownKeys
from broadcaster.ledger.opening import Refused
from broadcaster.ledger.portions import Portions
from broadcaster.ledger.resync import Resyncs, gaps
from broadcaster.ledger.storage import (
    TOLD_AFTER,
    StorageAway,
    StorageFile,
    is_away,
    reason_of,
    storage_file,
)
from broadcaster.ledger.time_answers import TimeAnswers
from broadcaster.logs import configure_logs
from broadcaster.settings import MOST_INGESTS, load_settings
from broadcaster.wire import BrokerUnreachable, Delivery, Wire
from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Command, Receipt
from devices.protocol.topics import Upward

log = structlog.get_logger()

BATCH_LIMIT = 500
GATHER_S = 0.05
PATIENCE_S = 0.5
GAPS_LOOKED_AT_EVERY_S = 5.0
_BACK_OFF_S = (0.1, 0.5, 1.0, 2.0, 5.0)
UNSTORABLE = "unstorable"
STORAGE_AWAY = "storage_away"


class DatabaseAway(Exception):
    """The database did not answer before the process was told to stop; nothing was acknowledged."""


@dataclass(slots=True)
class Ingest:
    """What stores deliveries, with the keys of the devices it knows."""

    database: Database
    station: Station
    now: Callable[[], datetime]
    pause: Callable[[float], bool]
    """Wait that many seconds; true when the process is to stop."""
    tell: Callable[[StorageAway | None], None] = lambda _: None
    """Told while nothing can be stored, and when that is over."""
    allowance: Allowance = field(default_factory=Allowance)
    portions: Portions = field(default_factory=Portions)
    known: KnownKeys = field(init=False)
    _been_away: list[StorageAway] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The registry is that of the same database."""
        self.known = KnownKeys(self.database, station_id=self.station.id)

    def store(self, deliveries: Sequence[Delivery]) -> tuple[Stored, ...]:
        """Store deliveries durably, waiting for a database that is away.

        Raises DatabaseAway when told to stop before that. One that the database itself refuses
        is kept as an incident, so that it cannot hold up the others. What a device says beyond its
        allowance is left unsaid: it has no receipt and comes again.
        """
        heard = len(deliveries)
        deliveries = self.allowance.within(deliveries, now_s=time.monotonic())
        if len(deliveries) < heard:
            log.warning("flood_put_off", deliveries=heard - len(deliveries))
        if not deliveries:
            return ()
        return tuple(outcome for some in self.portions.of(deliveries) for outcome in self._of(some))

    def _of(self, deliveries: Sequence[Delivery]) -> tuple[Stored, ...]:
        try:
            return (self._patiently(self._store, deliveries),)
        except DBAPIError as error:
            log.warning("batch_refused_by_database", error=str(error.orig), size=len(deliveries))
        return tuple(self._patiently(self._store_alone, [each]) for each in deliveries)

    def _patiently(
        self, work: Callable[[Sequence[Delivery]], Stored], deliveries: Sequence[Delivery]
    ) -> Stored:
        away: StorageAway | None = None
        attempt = 0
        while True:
            try:
                stored = work(deliveries)
            except DBAPIError as error:
                if not is_away(error):
                    self._is_back(away)
                    raise
                log.warning("database_away", error=str(error.orig), attempt=attempt)
                away = self._is_away(error, since=away.since if away else self.now())
            else:
                self._is_back(away)
                return stored
            if self.pause(_BACK_OFF_S[min(attempt, len(_BACK_OFF_S) - 1)]):
                raise DatabaseAway
            attempt += 1

    def _is_away(self, error: DBAPIError, *, since: datetime) -> StorageAway:
        away = StorageAway(since=since, tried_at=self.now(), reason=reason_of(error))
        self.tell(away)
        return away

    def _is_back(self, away: StorageAway | None) -> None:
        """Let it be known afterwards that nothing could be stored, if that was long."""
        if away is not None:
            self.tell(None)
            if away.lasts >= TOLD_AFTER:
                self._been_away.append(away)
        if not self._been_away:
            return
        try:
            with self.database.writing() as session:
                told = [_incident_of(each) for each in self._been_away]
                record_incidents(connection_of(session), told, now=self.now())
        except DBAPIError as error:
            log.warning("absence_not_recorded_yet", error=str(error.orig))
        else:
            self._been_away.clear()

    def _store(self, deliveries: Sequence[Delivery]) -> Stored:
        keys = self.known.current(speakers(deliveries))
        # Before the transaction: others may write meanwhile.
        opened = open_deliveries(deliveries, keys=keys, station=self.station)
        with self.database.writing_in_bulk() as session:
            began_s = time.monotonic()
            stored = store_opened(session, opened, now=self.now(), station=self.station)
        self.portions.took(deliveries, held_s=time.monotonic() - began_s)
        return stored

    def _store_alone(self, deliveries: Sequence[Delivery]) -> Stored:
        try:
            return self._store(deliveries)
        except DBAPIError as error:
            if is_away(error):
                raise
            refused = [
                Refused(None, UNSTORABLE, str(error.orig), each.payload) for each in deliveries
            ]
            with self.database.writing() as session:
                record_incidents(connection_of(session), refused, now=self.now())
            return Stored(refused=len(refused))

    def look_at_registry(self, deliveries: Sequence[Delivery] = ()) -> None:
        """Let `known` hold the keys of these speakers; a database that is away changes nothing."""
        try:
            self.known.current(speakers(deliveries))
        except DBAPIError as error:
            log.warning("registry_unreachable", error=str(error.orig))


def speakers(deliveries: Sequence[Delivery]) -> set[str]:
    """Whom the topics of these deliveries name."""
    return {each.topic.split("/")[-2] for each in deliveries if each.topic.count("/") > 1}


def _incident_of(away: StorageAway) -> Refused:
    detail = f"{away.since.isoformat()} – {away.tried_at.isoformat()}: {away.reason}"
    return Refused(None, STORAGE_AWAY, detail, detail.encode())


def send_to_devices(wire: Wire, messages: Sequence[Receipt | Command], *, keys: StationKeys) -> int:
    """Sign and send without waiting; a receipt that is lost is sent again when asked."""
    sent = 0
    for message in messages:
        topic = topics.to_device(message.station, message.device)
        try:
            wire.publish_soon(topic, seal_message(message, key=keys.signing_key).encode())
        except BrokerUnreachable:
            log.info("messages_put_off", waiting=len(messages) - sent)
            break
        sent += 1
    return sent


def filters(station_id: str, *, number: int, processes: int) -> list[str]:
    """What one of so many processes subscribes to."""
    if processes == 1:
        return [topics.from_all(station_id)]
    own = [topics.from_every(station_id, Upward.STATUS)] if number == 1 else []
    shared = (each for each in Upward if each is not Upward.STATUS)
    return own + [f"$share/ingest/{topics.from_every(station_id, each)}" for each in shared]


def run(arguments: Sequence[str] | None = None) -> int:
    """Ingest until SIGTERM or SIGINT; what is in hand then is stored first."""
    number = _parser().parse_args(arguments).number
    look_for_circles_seldom()
    settings = load_settings()
    configure_logs(settings.log_level)
    stopping = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stopping.set())
    database = connect(settings.database)
    with database.reading() as session:
        station = the_station(session)
    keys = KeyWatch(settings.keys_dir, station_id=station.id, root_public_key=station.public_key)
    login = load_wire_secret(settings, station_id=station.id, role=ingest_role(number))
    wire = Wire(
        settings.broker_url,
        username=login.username,
        password=login.password,
        client_id=login.username,
        shares=settings.ingest_processes > 1,
        ca=settings.device_ca,
    )
    told = StorageFile(storage_file(settings.state_dir, number=number))
    ingest = Ingest(
        database,
        station,
        now=PROCESS_CLOCK.now,
        pause=stopping.wait,
        tell=told.tell,
    )
    answers = TimeAnswers(
        station_id=station.id,
        devices=lambda: ingest.known.held,
        keys=keys,
        now=ingest.now,
        publish=wire.publish_soon,
    )
    ingest.look_at_registry()
    wire.answer_at_once(answers.answer)
    heard = filters(station.id, number=number, processes=settings.ingest_processes)
    for topic_filter in heard:
        wire.subscribe(topic_filter)
    wire.start()
    try:
        _announce_when_subscribed(wire, heard, stopping)
        work = Work(
            wire=wire,
            ingest=ingest,
            answers=answers,
            keys=keys,
            resyncs=Resyncs(station.id),
            asks=number == 1,
        )
        while not stopping.is_set():
            work.once()
    except DatabaseAway:
        log.error("stopped_while_database_away")
    finally:
        wire.stop()
        database.dispose()
        told.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m broadcaster.ledger.service")
    parser.add_argument("--number", type=int, default=1, choices=range(1, MOST_INGESTS + 1))
    return parser


def _announce_when_subscribed(wire: Wire, heard: Sequence[str], stopping: threading.Event) -> None:
    for topic_filter in heard:
        while not stopping.is_set():
            try:
                wire.wait_subscribed(topic_filter, timeout_s=PATIENCE_S)
                break
            except BrokerUnreachable:
                continue
    if not stopping.is_set():
        sys.stdout.write(json.dumps({"event": "ingest_ready"}) + "\n")
        sys.stdout.flush()


@dataclass(slots=True, kw_only=True)
class Work:
    """What the process does again and again, and with what."""

    wire: Wire
    ingest: Ingest
    answers: TimeAnswers
    keys: Callable[[], StationKeys]
    resyncs: Resyncs
    asks: bool = True
    _looked_at_s: float = 0.0

    def once(self) -> None:
        """Answer, store, acknowledge and receipt what has come; raise DatabaseAway."""
        self._ask_again()
        deliveries = self.wire.drain(limit=BATCH_LIMIT, patience_s=PATIENCE_S, gather_s=GATHER_S)
        self.ingest.look_at_registry(deliveries)
        # Questions of devices that were not known yet when they came.
        waiting = [each for each in deliveries if not self.answers.answer(each)]
        outcomes = self.ingest.store(waiting) if waiting else ()
        self.wire.acknowledge(deliveries)
        if waiting:
            self._receipt(outcomes, deliveries=len(waiting))

    def _ask_again(self) -> None:
        """Ask for what is missing, and for self-tests, every few seconds, if it can."""
        if (
            not self.asks
            or time.monotonic() - self._looked_at_s < GAPS_LOOKED_AT_EVERY_S
            or not self.wire.connected
        ):
            return
        self._looked_at_s = time.monotonic()
        now, station_id = self.ingest.now(), self.ingest.station.id
        try:
            with self.ingest.database.reading() as session:
                found = gaps(connection_of(session), station_id=station_id, now=now)
                to_test = unsent_self_tests(session, station_id=station_id, now=now)
            if to_test:
                # Marked first: one that is lost is asked again by a person, not by every restart.
                with self.ingest.database.writing() as session:
                    mark_sent(session, to_test, now=now)
        except DBAPIError as error:
            log.warning("gaps_not_looked_at", error=str(error.orig))
            return
        commands = [
            *self.resyncs.commands(found, now=now),
            *self.resyncs.self_tests(to_test, now=now),
        ]
        send_to_devices(self.wire, commands, keys=self.keys())

    def _receipt(self, outcomes: Sequence[Stored], *, deliveries: int) -> None:
        receipts = newest_receipts(outcomes)
        send_to_devices(self.wire, receipts, keys=self.keys())
        log.info(
            "deliveries_stored",
            deliveries=deliveries,
            new=sum(each.new for each in outcomes),
            duplicates=sum(each.duplicates for each in outcomes),
            refused=sum(each.refused for each in outcomes),
            receipts=len(receipts),
        )


def newest_receipts(outcomes: Sequence[Stored]) -> list[Receipt]:
    """One receipt for each device and epoch: the one that says most."""
    newest: dict[tuple[str, str], Receipt] = {}
    for receipt in (receipt for each in outcomes for receipt in each.receipts):
        key = (receipt.device, receipt.epoch)
        if key not in newest or newest[key].seq < receipt.seq:
            newest[key] = receipt
    return list(newest.values())


if __name__ == "__main__":
    raise SystemExit(run())
