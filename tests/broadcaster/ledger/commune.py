"""A small rehearsal station for the ledger's tests, and poles that keep and sign journals."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from nacl.encoding import HexEncoder
from nacl.signing import SigningKey
from sqlmodel import Session

from broadcaster.areas.tables import Cluster, Station, Village, VillagePopulation
from broadcaster.database.columns import to_ms
from broadcaster.fleet.registry import enrol, share_village, verify_keys
from broadcaster.ledger.expectations import ExpectedOrder
from broadcaster.ledger.ingest import Stored, store
from broadcaster.wire import Delivery
from devices.protocol import topics
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Ask, Batch, Confirmation, Health, Kind, Status, encode
from tests.trail import keys_of

STATION = "xa-an-phu"
STARTS = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""17:00 on Monday in the station's zone."""
BEFORE = STARTS - timedelta(minutes=10)
ASKED_MS = 60_000
RATE_HZ = 24_000
AUDIO = "a" * 64
FIRST_DAY = date(2026, 1, 1)


@dataclass
class Pole:
    """A controller in few lines: it numbers, chains and signs what it says."""

    device: str
    station: str = STATION
    key: SigningKey = field(default_factory=SigningKey.generate)
    epoch: str = field(default_factory=lambda: secrets.token_hex(16))
    entries: list[str] = field(default_factory=list)
    simulated: bool = True
    secret: str = ""

    def say(self, kind: Kind, *, order: str | None = "ord-1", **said: object) -> Confirmation:
        """Write one confirmation into the journal."""
        prev = (
            entry_hash(self.entries[-1])
            if self.entries
            else genesis(station=self.station, device=self.device, epoch=self.epoch)
        )
        confirmation = Confirmation(
            seq=len(self.entries) + 1,
            prev=prev,
            kind=kind,
            order=order,
            at_ms=said.pop("at_ms", to_ms(STARTS)),  # type: ignore[arg-type]
            simulated=self.simulated,
            **said,  # type: ignore[arg-type]
        )
        self.entries.append(encode(confirmation).decode())
        return confirmation

    def play(
        self, *, order: str = "ord-1", offset_us: int = 3_000, share: float = 1.0, repeat: int = 0
    ) -> None:
        """Do all that a good play says, `share` of it sounding."""
        first_us = to_ms(STARTS) * 1_000 + offset_us
        samples = int(ASKED_MS * RATE_HZ / 1_000 * share)
        for kind in (Kind.RECEIVED, Kind.CACHED, Kind.STARTED):
            self.say(kind, order=order, repeat=repeat)
        self.say(Kind.ITEM_STARTED, order=order, repeat=repeat, item=0, first_sample_at_us=first_us)
        self.say(
            Kind.FINISHED,
            order=order,
            repeat=repeat,
            samples=samples,
            sample_rate_hz=RATE_HZ,
            first_sample_at_us=first_us,
            last_sample_at_us=first_us + samples * 1_000_000 // RATE_HZ,
        )

    def batch(self, first: int = 1, last: int | None = None, **other: object) -> Delivery:
        """A signed delivery of the entries from `first` to `last`."""
        batch = Batch(
            station=self.station,
            device=self.device,
            epoch=self.epoch,
            first=first,
            entries=tuple(self.entries[first - 1 : last]),
            sent_at_ms=to_ms(STARTS),
        )
        return self.deliver(seal_message(batch, key=self.key), **other)

    def status(
        self,
        *,
        online: bool,
        at_ms: int,
        boot: str = "b" * 32,
        version: int = 1,
        **said: object,
    ) -> Delivery:
        """A signed status."""
        status = Status(
            station=self.station,
            device=self.device,
            online=online,
            boot=boot,
            software="test",
            at_ms=at_ms,
            plan_version=version,
            simulated=self.simulated,
            **said,  # type: ignore[arg-type]
        )
        return self.deliver(seal_message(status, key=self.key), what=topics.Upward.STATUS)

    def health(self, *, at_ms: int = 1, **measured: object) -> Delivery:
        """A signed word on what was measured."""
        health = Health(
            station=self.station,
            device=self.device,
            boot="b" * 32,
            at_ms=at_ms,
            simulated=self.simulated,
            **measured,  # type: ignore[arg-type]
        )
        return self.deliver(seal_message(health, key=self.key), what=topics.Upward.HEALTH)

    def ask(self, nonce: str = "ab" * 16, **other: object) -> Delivery:
        """A signed question for the time."""
        ask = Ask(station=self.station, device=self.device, nonce=nonce, at_ms=0)
        said = seal_message(ask, key=self.key)
        return self.deliver(said, what=topics.Upward.ASK, **other)  # type: ignore[arg-type]

    def deliver(
        self,
        message: str | bytes,
        *,
        what: topics.Upward = topics.Upward.CONFIRM,
        as_device: str = "",
        as_station: str = "",
    ) -> Delivery:
        """Any bytes on a topic of this device, or of another."""
        topic = topics.from_device(as_station or self.station, as_device or self.device, what)
        payload = message.encode() if isinstance(message, str) else message
        return Delivery(topic, payload, ack=lambda: None)

    def batches(self, *, size: int = 1) -> list[Delivery]:
        """The whole journal in batches of that size."""
        return [
            self.batch(first, min(first + size - 1, len(self.entries)))
            for first in range(1, len(self.entries) + 1, size)
        ]


def found(session: Session, *, rehearsal: bool = True) -> Station:
    """A station with two clusters: two villages in the east, one in the west."""
    station = Station(
        id=STATION,
        name="Đài An Phú",
        commune="An Phú",
        province="An Giang",
        rehearsal=rehearsal,
        public_key=keys_of(STATION).root_public_key,
    )
    session.add(station)
    session.flush()
    session.add_all(
        [
            Cluster(id="cum-dong", station_id=STATION, name="Cụm Đông", position=1),
            Cluster(id="cum-tay", station_id=STATION, name="Cụm Tây", position=2),
        ]
    )
    session.flush()
    for village, cluster, name, residents in (
        ("thon-1", "cum-dong", "Thôn Một", 1_000),
        ("thon-2", "cum-dong", "Thôn Hai", 500),
        ("thon-3", "cum-tay", "Thôn Ba", 800),
    ):
        session.add(Village(id=village, cluster_id=cluster, name=name))
        session.flush()
        session.add(
            VillagePopulation(
                village_id=village,
                valid_from=FIRST_DAY,
                households=residents // 4,
                residents=residents,
            )
        )
    session.flush()
    return station


def raise_pole(
    session: Session,
    device: str,
    *,
    cluster: str = "cum-dong",
    simulated: bool = True,
    **shares: float,
) -> Pole:
    """Enrol a pole and share villages to it: `thon_1=0.5`."""
    pole = Pole(device, simulated=simulated)
    enrol(
        session,
        device_id=device,
        cluster=session.get_one(Cluster, cluster),
        name=f"Loa {device}",
        public_key_hex=pole.key.verify_key.encode(HexEncoder).decode(),
        broker_salt="00",
        broker_verifier="00",
        simulated=simulated,
        now=BEFORE,
    )
    for village, share in shares.items():
        share_village(
            session,
            village_id=village.replace("_", "-"),
            share=share,
            device_id=device,
            valid_from=FIRST_DAY,
        )
    return pole


def order(
    order_id: str = "ord-1", *, cluster: str = "cum-dong", broadcast: str = "bc-1", **other: object
) -> ExpectedOrder:
    """An order of one minute, its word due 90 s after its start and after its end."""
    starts_at = other.pop("starts_at", STARTS)
    assert isinstance(starts_at, datetime)
    said = {
        "title": "Lịch tiêm chủng",
        "topic": "y tế",
        "audio_sha256": AUDIO,
        "asked_ms": ASKED_MS,
        **other,
    }
    return ExpectedOrder(
        order_id=order_id,
        broadcast_id=broadcast,
        cluster_id=cluster,
        starts_at=starts_at,
        start_due_at=starts_at + timedelta(seconds=90),
        end_due_at=starts_at + timedelta(seconds=150),
        **said,  # type: ignore[arg-type]
    )


def ingest(session: Session, deliveries: Sequence[Delivery], *, now: datetime = STARTS) -> Stored:
    """Store deliveries as the ingest does."""
    station = session.get_one(Station, STATION)
    return store(session, deliveries, now=now, keys=verify_keys(session, STATION), station=station)
