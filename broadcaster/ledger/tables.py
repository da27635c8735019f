"""The ledger's tables: evidence and confirmations only grow; plays are folded from them."""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Index, LargeBinary, Table, Text
from sqlmodel import Field, SQLModel, UniqueConstraint

from broadcaster.database import InstantColumn


class ConfirmationBatch(SQLModel, table=True):
    """The signed bytes that brought confirmations, kept once as evidence."""

    __tablename__ = "confirmation_batch"

    sha256: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    message: bytes = Field(sa_type=LargeBinary)
    received_at: datetime = Field(sa_type=InstantColumn)


class ConfirmationRow(SQLModel, table=True):
    """One confirmation, once, whatever was repeated: the exact bytes that the chain hashes.

    What is `quarantined` is kept, chained and receipted, and counts nothing.
    """

    __tablename__ = "confirmation"
    __table_args__ = (Index("confirmation_by_play", "order_id", "repeat", "device_id"),)

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    epoch: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    prev_sha256: str
    entry_sha256: str
    entry: str = Field(sa_type=Text)
    kind: str
    order_id: str | None = None
    repeat: int = 0
    batch_sha256: str = Field(foreign_key="confirmation_batch.sha256")
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

    What was true on the day (cluster, title, sound) is recorded on the day. From `state` on it is
    a projection of the confirmations. `reached` is the furthest that the device said it came,
    whatever the state became; `clock_doubtful` marks times that cannot be true: kept, not counted.
    """

    __table_args__ = (
        Index("play_by_state", "state", "start_due_at"),
        Index("play_to_freeze", "frozen", "starts_at"),
    )

    order_id: str = Field(primary_key=True)
    repeat: int = Field(default=0, primary_key=True)
    device_id: str = Field(foreign_key="device.id", primary_key=True, index=True)
    broadcast_id: str = Field(index=True)
    cluster_id: str = Field(index=True)
    device_name: str
    title: str
    topic: str = ""
    audio_sha256: str
    asked_ms: int
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
    __table_args__ = (Index("play_share_to_freeze", "frozen", "starts_at"),)

    order_id: str = Field(primary_key=True)
    device_id: str = Field(primary_key=True)
    village_id: str = Field(foreign_key="village.id", primary_key=True, index=True)
    broadcast_id: str = Field(index=True)
    cluster_id: str
    cluster_name: str
    village_name: str
    households: int
    residents: int
    share: float
    starts_at: datetime = Field(sa_type=InstantColumn, index=True)
    frozen: bool = False


class Alert(SQLModel, table=True):
    """Something a person must look at; corrected, not erased, when late word comes."""

    __table_args__ = (UniqueConstraint("code", "broadcast_id", "device_id"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str
    broadcast_id: str = Field(index=True)
    device_id: str | None = Field(default=None, index=True)
    raised_at: datetime = Field(sa_type=InstantColumn)
    resolved_at: datetime | None = Field(default=None, sa_type=InstantColumn)


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
