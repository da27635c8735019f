"""The trail's tables: entries only grow; what names people lies beside them and may be erased."""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, LargeBinary, Table, Text
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class AuditEntry(SQLModel, table=True):
    """One entry as it was signed. All columns beside `message` repeat what it says, to search by.

    `person` is an opaque id, and empty for nobody.
    """

    __tablename__ = "audit_entry"

    number: int = Field(primary_key=True, sa_type=BigInteger)
    message: str = Field(sa_type=Text)
    entry_sha256: str
    prev_sha256: str
    key_id: str
    at: datetime = Field(sa_type=InstantColumn, index=True)
    act: str = Field(index=True)
    person: str = Field(default="", index=True)
    about: str = Field(default="", index=True)


class AuditPrivate(SQLModel, table=True):
    """What an entry says of or by people, outside the chain: erased, the chain still holds."""

    __tablename__ = "audit_private"

    number: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="audit_entry.number")
    person: str = Field(default="", index=True)
    salt: str
    said: str = Field(sa_type=Text)


class DailyRoot(SQLModel, table=True):
    """The signed Merkle root of one day (local date) of the trail and the ledger."""

    __tablename__ = "daily_root"

    day: str = Field(primary_key=True)
    root: str
    message: str = Field(sa_type=Text)
    signed_at: datetime = Field(sa_type=InstantColumn)


class DailyLeaf(SQLModel, table=True):
    """One leaf under a daily root: a group of rows (one device's, say), and a trace of each.

    `traces` holds eight octets of each row's hash, in their order: they only tell which row of
    the group is another one now. Whether the group holds is told by `sha256`: the root covers it.
    """

    __tablename__ = "daily_leaf"

    day: str = Field(primary_key=True, foreign_key="daily_root.day")
    position: int = Field(primary_key=True)
    source: str
    about: str
    rows: int
    sha256: str
    traces: bytes = Field(sa_type=LargeBinary)


_TABLES = SQLModel.metadata.tables
ENTRIES: Final[Table] = _TABLES["audit_entry"]
PRIVATE: Final[Table] = _TABLES["audit_private"]
ROOTS: Final[Table] = _TABLES["daily_root"]
LEAVES: Final[Table] = _TABLES["daily_leaf"]
