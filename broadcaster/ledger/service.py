"""The ingest process: `python -m broadcaster.ledger.service`, until SIGTERM.

It hears all devices of the station, stores what they say, and only then acknowledges to the
broker and sends receipts. Killed at any instant it has lost nothing that a receipt covers: what
was not acknowledged or not receipted is said again.
"""

import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Station
from broadcaster.database import Database, connect
from broadcaster.fleet.credentials import load_wire_secret
from broadcaster.keys import KeyWatch, StationKeys
from broadcaster.ledger.allowance import Allowance
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.incidents import record_incidents
from broadcaster.ledger.ingest import Stored, store
from broadcaster.ledger.known_keys import KnownKeys
from broadcaster.ledger.opening import Refused
from broadcaster.ledger.resync import Resyncs, gaps
from broadcaster.ledger.time_answers import TimeAnswers
from broadcaster.logs import configure_logs
from broadcaster.settings import load_settings
from broadcaster.wire import BrokerUnreachable, Delivery, Wire
from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Command, Receipt

log = structlog.get_logger()

BATCH_LIMIT = 500
GATHER_S = 0.05
PATIENCE_S = 0.5
GAPS_LOOKED_AT_EVERY_S = 5.0
_BACK_OFF_S = (0.1, 0.5, 1.0, 2.0, 5.0)
UNSTORABLE = "unstorable"


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
    allowance: Allowance = field(default_factory=Allowance)
    known: KnownKeys = field(init=False)

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
        try:
            return (self._patiently(self._store, deliveries),)
        except DBAPIError as error:
            log.warning("batch_refused_by_database", error=str(error.orig), size=len(deliveries))
        return tuple(self._patiently(self._store_alone, [each]) for each in deliveries)

    def _patiently(
        self, work: Callable[[Sequence[Delivery]], Stored], deliveries: Sequence[Delivery]
    ) -> Stored:
        attempt = 0
        while True:
            try:
                return work(deliveries)
            except DBAPIError as error:
                if not is_away(error):
                    raise
                log.warning("database_away", error=str(error.orig), attempt=attempt)
            if self.pause(_BACK_OFF_S[min(attempt, len(_BACK_OFF_S) - 1)]):
                raise DatabaseAway
            attempt += 1

    def _store(self, deliveries: Sequence[Delivery]) -> Stored:
        keys = self.known.current(speakers(deliveries))
        with self.database.writing() as session:
            return store(session, deliveries, now=self.now(), keys=keys, station=self.station)

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


def is_away(error: DBAPIError) -> bool:
    """Whether the database may answer later: locked, restarting, out of disk, connection lost."""
    return isinstance(error, OperationalError) or error.connection_invalidated


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


def run() -> int:
    """Ingest until SIGTERM or SIGINT; what is in hand then is stored first."""
    settings = load_settings()
    configure_logs(settings.log_level)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    database = connect(settings.database)
    with database.reading() as session:
        station = the_station(session)
    keys = KeyWatch(settings.keys_dir, station_id=station.id, root_public_key=station.public_key)
    login = load_wire_secret(settings, station_id=station.id, role="ingest")
    wire = Wire(
        settings.broker_url,
        username=login.username,
        password=login.password,
        client_id=login.username,
    )
    ingest = Ingest(database, station, now=lambda: datetime.now(UTC), pause=stopping.wait)
    answers = TimeAnswers(
        station_id=station.id,
        devices=lambda: ingest.known.held,
        keys=keys,
        now=ingest.now,
        publish=wire.publish_soon,
    )
    ingest.look_at_registry()
    wire.answer_at_once(answers.answer)
    wire.subscribe(topics.from_all(station.id))
    wire.start()
    try:
        _announce_when_subscribed(wire, topics.from_all(station.id), stopping)
        work = Work(
            wire=wire, ingest=ingest, answers=answers, keys=keys, resyncs=Resyncs(station.id)
        )
        while not stopping.is_set():
            work.once()
    except DatabaseAway:
        log.error("stopped_while_database_away")
    finally:
        wire.stop()
        database.dispose()
    return 0


def _announce_when_subscribed(wire: Wire, topic_filter: str, stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            wire.wait_subscribed(topic_filter, timeout_s=PATIENCE_S)
        except BrokerUnreachable:
            continue
        sys.stdout.write(json.dumps({"event": "ingest_ready"}) + "\n")
        sys.stdout.flush()
        return


@dataclass(slots=True, kw_only=True)
class Work:
    """What the process does again and again, and with what."""

    wire: Wire
    ingest: Ingest
    answers: TimeAnswers
    keys: Callable[[], StationKeys]
    resyncs: Resyncs
    _looked_at_s: float = 0.0

    def once(self) -> None:
        """Answer, store, acknowledge and receipt what has come; raise DatabaseAway."""
        self._ask_again()
        deliveries = self.wire.drain(limit=BATCH_LIMIT, patience_s=PATIENCE_S, gather_s=GATHER_S)
        self.ingest.look_at_registry(deliveries)
        # Questions of devices that were not known yet when they came.
        waiting = [each for each in deliveries if not self.answers.answer(each)]
        outcomes = self.ingest.store(waiting) if waiting else ()
        for delivery in deliveries:
            delivery.ack()
        if waiting:
            self._receipt(outcomes, deliveries=len(waiting))

    def _ask_again(self) -> None:
        """Ask for what is missing, every few seconds; a database that is away puts it off."""
        if time.monotonic() - self._looked_at_s < GAPS_LOOKED_AT_EVERY_S or not self.wire.connected:
            return
        self._looked_at_s = time.monotonic()
        now, station_id = self.ingest.now(), self.ingest.station.id
        try:
            with self.ingest.database.reading() as session:
                found = gaps(connection_of(session), station_id=station_id, now=now)
        except DBAPIError as error:
            log.warning("gaps_not_looked_at", error=str(error.orig))
            return
        send_to_devices(self.wire, self.resyncs.commands(found, now=now), keys=self.keys())

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
