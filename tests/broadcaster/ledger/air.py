"""What goes on air in the ledger's tests of coverage: broadcasts, and poles that play them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broadcaster.database import Database
from broadcaster.database.columns import to_ms
from broadcaster.ledger.expectations import expect, freeze
from broadcaster.ledger.rollups import roll_up
from broadcaster.ledger.watch import close_overdue
from devices.protocol.messages import Kind
from tests.broadcaster.ledger.commune import ASKED_MS, RATE_HZ, Pole, ingest, order

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
HEALTH, SAFETY = "y tế", "an toàn"
EAST, WEST = "cum-dong", "cum-tay"


def noon(month: int, day: int, year: int = 2026, hour: int = 12) -> datetime:
    """An hour of a day where the station is."""
    return datetime(year, month, day, hour, tzinfo=HANOI)


def word(pole: Pole, order_id: str, *, share: float, at: datetime) -> None:
    """All that a pole says of one play, `share` of it sounding."""
    samples = int(ASKED_MS * RATE_HZ / 1_000 * share)
    first_us = to_ms(at) * 1_000 + 2_000
    for kind in (Kind.RECEIVED, Kind.CACHED, Kind.STARTED):
        pole.say(kind, order=order_id, at_ms=to_ms(at))
    pole.say(
        Kind.FINISHED,
        order=order_id,
        at_ms=to_ms(at) + int(ASKED_MS * share),
        samples=samples,
        sample_rate_hz=RATE_HZ,
        first_sample_at_us=first_us,
        last_sample_at_us=first_us + samples * 1_000_000 // RATE_HZ,
    )


@dataclass
class Air:
    """A station on air: each broadcast goes through expectation, freezing, ingest and deadlines."""

    database: Database
    poles: dict[str, Pole]
    _count: int = 0
    _said: dict[str, int] = field(default_factory=dict)

    def broadcast(
        self,
        at: datetime,
        *,
        played: Collection[str] | Mapping[str, float] = (),
        topic: str = HEALTH,
        cluster: str = EAST,
        roll: bool = True,
    ) -> str:
        """One broadcast in one cluster; those who `played` say so at once, the others never."""
        self._count += 1
        broadcast_id = f"bc-{self._count}"
        order_id = f"ord-{self._count}"
        with self.database.writing() as session:
            planned = order(
                order_id, broadcast=broadcast_id, cluster=cluster, starts_at=at, topic=topic
            )
            expect(session, planned, now=at - timedelta(hours=1))
            freeze(session, now=at)
        shares = played if isinstance(played, Mapping) else dict.fromkeys(played, 1.0)
        for device, share in shares.items():
            self.say(device, order_id, share=share, at=at)
        with self.database.writing() as session:
            close_overdue(session, now=at + timedelta(minutes=5))
        if roll:
            self.roll()
        return order_id

    def say(self, device: str, order_id: str, *, share: float = 1.0, at: datetime) -> None:
        """A pole's word, at once or much later."""
        pole = self.poles[device]
        word(pole, order_id, share=share, at=at)
        first = self._said.get(device, 0) + 1
        self._said[device] = len(pole.entries)
        with self.database.writing() as session:
            ingest(session, [pole.batch(first)], now=at + timedelta(minutes=2))

    def roll(self) -> None:
        """Bring the roll-ups to what is held."""
        with self.database.writing() as session:
            while roll_up(session).broadcasts:
                pass
