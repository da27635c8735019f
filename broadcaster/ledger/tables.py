"""The ledger's tables: evidence and confirmations only grow; plays are folded from them."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import BigInteger, Index, LargeBinary, Table, Text, text
from sqlmodel import Field, SQLModel, UniqueConstraint

from broadcaster.database import InstantColumn
from broadcaster.database.hex_columns import HexColumn
from broadcaster.database.kept_entries import EntryColumn
from broadcaster.database.signed_messages import SignedMessageColumn


class ConfirmationBatch(SQLModel, table=True):
    """The signed bytes that brought confirmations, kept once as evidence."""

    __tablename__ = "confirmation_batch"

    sha256: str = Field(primary_key=True, sa_type=HexColumn)
    device_id: str = Field(foreign_key="device.id", index=True)
    message: bytes = Field(sa_type=SignedMessageColumn)
    received_at: datetime = Field(sa_type=InstantColumn)


class ConfirmationRow(SQLModel, table=True):
    """One confirmation, once, whatever was repeated: the exact bytes that the chain hashes.

    Hashes, epoch and entry are kept as octets and read as text (`HexColumn`, `EntryColumn`).
    What is `quarantined` is kept, chained and receipted, and counts nothing.
    """

    __tablename__ = "confirmation"
    __table_args__ = (Index("confirmation_by_play", "order_id", "repeat", "device_id"),)

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    epoch: str = Field(primary_key=True, sa_type=HexColumn)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    prev_sha256: str = Field(sa_type=HexColumn)
    entry_sha256: str = Field(sa_type=HexColumn)
    entry: str = Field(sa_type=EntryColumn)
    kind: str
    order_id: str | None = None
    repeat: int = 0
    batch_sha256: str = Field(foreign_key="confirmation_batch.sha256", sa_type=HexColumn)
    received_at: datetime = Field(sa_type=InstantColumn)
    quarantined: bool = False


class KnownJournal(SQLModel, table=True):
    """A journal of which the ledger has heard, numbered in the order in which a device began them.

    From `quarantined_at` on nothing counts that it brings: another of the same device is alive.
    """

    __tablename__ = "journal"
    __table_args__ = (Index("journal_by_number", "device_id", "number"),)

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    epoch: str = Field(primary_key=True)
    number: int
    first_heard_at: datetime = Field(sa_type=InstantColumn)
    quarantined_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class JournalHead(SQLModel, table=True):
    """How far a device's epoch is held without a gap and verified: what a receipt may say.

    A projection of the confirmations; it is moved in the transaction that stores them.
    """

    __tablename__ = "journal_head"

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    epoch: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    chain_sha256: str
    moved_at: datetime = Field(sa_type=InstantColumn)


class Incident(SQLModel, table=True):
    """What was refused or contradicts: kept apart as evidence, never counted.

    The same bytes refused for the same reason are one incident, however often they come.
    """

    __table_args__ = (UniqueConstraint("evidence_sha256", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    device_id: str | None = Field(default=None, index=True)
    code: str
    detail: str = Field(default="", sa_type=Text)
    evidence_sha256: str
    evidence: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(sa_type=InstantColumn, index=True)


class Play(SQLModel, table=True):
    """One order and repeat on one device: expected, then folded from what the device confirmed.

    What was true on the day (cluster, title, sound; of a relay that it was one) is recorded then.
    From `state` on it is a projection of the confirmations. `reached` is the furthest that the
    device said it came, whatever the state became; `clock_doubtful` marks times that cannot be
    true: kept, not counted.
    """

    __table_args__ = (
        Index("play_by_state", "state", "start_due_at"),
        Index("play_to_freeze", "frozen", "starts_at"),
        # With the order: what is looked up beside a share must not read a pole's ten years.
        Index("play_by_device", "device_id", "order_id"),
    )

    order_id: str = Field(primary_key=True)
    repeat: int = Field(default=0, primary_key=True)
    device_id: str = Field(foreign_key="device.id", primary_key=True)
    broadcast_id: str = Field(index=True)
    cluster_id: str = Field(index=True)
    device_name: str
    title: str
    topic: str = ""
    audio_sha256: str
    asked_ms: int
    relay: bool = False
    starts_at: datetime = Field(sa_type=InstantColumn, index=True)
    start_due_at: datetime = Field(sa_type=InstantColumn)
    end_due_at: datetime = Field(sa_type=InstantColumn, index=True)
    frozen: bool = False
    state: str = "planned"
    reached: str = "planned"
    code: str | None = None
    started_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    ended_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    start_offset_us: int | None = Field(default=None, sa_type=BigInteger)
    played_ms: int = 0
    clock_doubtful: bool = False
    simulated: bool = False
    evidence_epoch: str | None = None
    evidence_seq: int | None = Field(default=None, sa_type=BigInteger)
    folded_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class PlayShare(SQLModel, table=True):
    """Whom a play could reach on its day: a village, its residents, the device's share of them.

    Every village of the ordered cluster has one row whose `device_id` is empty: it says that the
    village was asked, and its share is that of the poles that cannot confirm (wired and FM). A
    device may also reach into a village of another cluster; `cluster_id` is the village's own.
    """

    __tablename__ = "play_share"
    __table_args__ = (
        Index("play_share_to_freeze", "frozen", "starts_at"),
        Index("play_share_by_village", "village_id", "starts_at"),
    )

    order_id: str = Field(primary_key=True)
    device_id: str = Field(primary_key=True)
    village_id: str = Field(foreign_key="village.id", primary_key=True)
    broadcast_id: str = Field(index=True)
    cluster_id: str
    cluster_name: str
    village_name: str
    topic: str = ""
    households: int
    residents: int
    share: float
    starts_at: datetime = Field(sa_type=InstantColumn, index=True)
    frozen: bool = False


_IS_OPEN: Final = text("resolved_at IS NULL")


class Alert(SQLModel, table=True):
    """Something a person must look at; corrected, not erased, when late word comes.

    `frozen`: its hash stands in the trail, and whoever removes it is found by that.
    """

    __table_args__ = (
        UniqueConstraint("code", "broadcast_id", "device_id"),
        Index("alert_to_freeze", "frozen", "id"),
        # Asked for every few seconds; all that was ever raised stays.
        # With its last column it is all that is read, and the rows are left alone.
        Index(
            "alert_open",
            "broadcast_id",
            "device_id",
            "resolved_at",
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("alert_open_since", "raised_at", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str
    broadcast_id: str = Field(index=True)
    device_id: str | None = Field(default=None, index=True)
    raised_at: datetime = Field(sa_type=InstantColumn)
    resolved_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    frozen: bool = False


class CoverageMark(SQLModel, table=True):
    """A broadcast whose coverage may stand otherwise since: the roll-ups follow it, then it goes.

    Only ever added by those who change plays, so that they never wait for each other.
    """

    __tablename__ = "coverage_mark"

    id: int | None = Field(default=None, primary_key=True)
    broadcast_id: str


class VillageCoverage(SQLModel, table=True):
    """Whom one broadcast reached in one village, in residents of that day: a projection.

    `layout` names the poles and their shares as they stood; `day` is the station's own.
    """

    __tablename__ = "village_coverage"
    __table_args__ = (
        Index("village_coverage_by_village", "village_id", "day"),
        Index("village_coverage_by_day", "day", "topic"),
    )

    broadcast_id: str = Field(primary_key=True)
    village_id: str = Field(foreign_key="village.id", primary_key=True)
    cluster_id: str
    topic: str
    day: date
    starts_at: datetime = Field(sa_type=InstantColumn)
    layout: str
    asked: int
    confirmed: float
    relayed: float
    partial: float
    failed: float
    not_confirmed: float
    unverifiable: float
    pending: float


class PeriodCoverage(SQLModel, table=True):
    """All broadcasts on a topic in a month or a year in one village, added up: a projection.

    A village that changed its cluster has a row for each. `residents` and `reached` stand only in
    the row of the cluster where it stood last, and are 0 in the others, so that they can be summed.
    """

    __tablename__ = "period_coverage"
    __table_args__ = (Index("period_coverage_by_village", "village_id", "grain", "begins"),)

    grain: str = Field(primary_key=True)
    begins: date = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    village_id: str = Field(foreign_key="village.id", primary_key=True)
    cluster_id: str = Field(primary_key=True)
    times: int
    asked: int = Field(sa_type=BigInteger)
    confirmed: float
    relayed: float
    partial: float
    failed: float
    not_confirmed: float
    unverifiable: float
    pending: float
    last_at: datetime = Field(sa_type=InstantColumn)
    residents: int
    reached: float


class PeriodShare(SQLModel, table=True):
    """One pole's share of a village on a topic in a month or a year, and how often it played it.

    A projection. One row for each layout of poles that the village had in that time.
    """

    __tablename__ = "period_share"
    __table_args__ = (Index("period_share_by_village", "village_id", "grain", "begins"),)

    grain: str = Field(primary_key=True)
    begins: date = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    village_id: str = Field(foreign_key="village.id", primary_key=True)
    layout: str = Field(primary_key=True)
    device_id: str = Field(primary_key=True)
    share: float
    asked: int
    confirmed: int


class PeriodReach(SQLModel, table=True):
    """Whom the poles of a village reached in a month or a year, whatever the topic: a projection.

    Of the village by itself: one that became part of another is looked at beside it (`reach`).
    """

    __tablename__ = "period_reach"

    grain: str = Field(primary_key=True)
    begins: date = Field(primary_key=True)
    village_id: str = Field(foreign_key="village.id", primary_key=True)
    cluster_id: str
    residents: int
    reached: float


# The bulk paths write and read these as tables; the classes above say what they hold.
_TABLES = SQLModel.metadata.tables
BATCHES: Final[Table] = _TABLES["confirmation_batch"]
CONFIRMATIONS: Final[Table] = _TABLES["confirmation"]
JOURNALS: Final[Table] = _TABLES["journal"]
HEADS: Final[Table] = _TABLES["journal_head"]
INCIDENTS: Final[Table] = _TABLES["incident"]
PLAYS: Final[Table] = _TABLES["play"]
SHARES: Final[Table] = _TABLES["play_share"]
ALERTS: Final[Table] = _TABLES["alert"]
MARKS: Final[Table] = _TABLES["coverage_mark"]
VILLAGE_COVERAGE: Final[Table] = _TABLES["village_coverage"]
PERIOD_COVERAGE: Final[Table] = _TABLES["period_coverage"]
PERIOD_SHARES: Final[Table] = _TABLES["period_share"]
PERIOD_REACH: Final[Table] = _TABLES["period_reach"]
