"""What was said of hearing: the word itself only grows; note and photo lie beside it, erasable."""

from datetime import datetime
from typing import Final

from sqlalchemy import Index, LargeBinary, Table, Text
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class Hearing(SQLModel, table=True):
    """One person's word on one broadcast in one village; said again, a row more is there.

    It names a person by an opaque id and holds no word that they wrote: it stands in the trail.
    """

    __table_args__ = (
        Index("hearing_by_broadcast", "broadcast_id", "village_id"),
        Index("hearing_by_village", "village_id", "said_at"),
    )

    id: str = Field(primary_key=True)
    broadcast_id: str
    village_id: str = Field(foreign_key="village.id")
    account_id: str = Field(foreign_key="account.id", index=True)
    clear: bool
    said_at: datetime = Field(sa_type=InstantColumn)


class HearingNote(SQLModel, table=True):
    """What somebody wrote beside it: personal data, gone once it is erased."""

    __tablename__ = "hearing_note"

    hearing_id: str = Field(foreign_key="hearing.id", primary_key=True)
    note: str = Field(sa_type=Text)


class HearingPhoto(SQLModel, table=True):
    """A photo beside it: pixels that we encoded ourselves, and nothing else of the file."""

    __tablename__ = "hearing_photo"

    hearing_id: str = Field(foreign_key="hearing.id", primary_key=True)
    jpeg: bytes = Field(sa_type=LargeBinary)
    width_px: int
    height_px: int


_TABLES = SQLModel.metadata.tables
HEARINGS: Final[Table] = _TABLES["hearing"]
NOTES: Final[Table] = _TABLES["hearing_note"]
PHOTOS: Final[Table] = _TABLES["hearing_photo"]
