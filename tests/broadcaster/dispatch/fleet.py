"""A small fleet for the dispatch's tests: devices, what they say that they hold, and a broker."""

from concurrent.futures import Future
from datetime import datetime

from nacl.signing import SigningKey
from sqlmodel import Session

from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Cluster
from broadcaster.database import Database
from broadcaster.dispatch.leading import Lead
from broadcaster.fleet.registry import enrol
from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.wire import BrokerUnreachable


def add_device(session: Session, number: int, *, cluster: str = "cl-1", now: datetime) -> Device:
    """Enrol `loa-{number}`."""
    return enrol(
        session,
        device_id=f"loa-{number}",
        cluster=session.get_one(Cluster, cluster),
        name=f"Loa {number}",
        public_key_hex=SigningKey(bytes([number]) * 32).verify_key.encode().hex(),
        broker_salt="00",
        broker_verifier="00",
        now=now,
        simulated=True,
    )


def report(session: Session, device_id: str, *, now: datetime, **said: int) -> None:
    """Let a device's newest status say that it holds these versions."""
    row = session.get(DeviceStatus, device_id) or DeviceStatus(
        device_id=device_id,
        online=True,
        boot="b" * 32,
        software="test",
        plan_version=0,
        said_at=now,
        received_at=now,
    )
    for name, value in said.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def leading(database: Database) -> Lead:
    """The lead of the one station in a database, taken."""
    with database.reading() as session:
        station = the_station(session)
    lead = Lead(database, station_id=station.id)
    assert lead.take()
    return lead


class FakeWire:
    """A broker that takes so many messages and then is gone; it may take them without a word."""

    def __init__(self, *, takes: int, answers: bool = True) -> None:
        self.takes = takes
        self.answers = answers
        self.connections = 1
        self.published: list[tuple[str, bytes, bool]] = []

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Take a message, or be unreachable."""
        if len(self.published) >= self.takes:
            raise BrokerUnreachable(topic)
        self.published.append((topic, payload, retain))

    def publish_soon(self, topic: str, payload: bytes, *, retain: bool = False) -> Future[None]:
        """The same, without waiting; what is never answered is as if its patience had ended."""
        self.publish(topic, payload, retain=retain)
        published: Future[None] = Future()
        if self.answers:
            published.set_result(None)
        else:
            published.set_exception(TimeoutError())
        return published
