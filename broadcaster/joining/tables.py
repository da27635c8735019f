"""A joining that is prepared: what both stations have alike, and what people decided about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class PreparedJoining(SQLModel, table=True):
    """What a look at another station's backup found; nothing of it is ours before it is joined.

    `questions` are `preparing.Asked` as they are kept, `counts` how many rows would come by table,
    `taken` the codes and user names that the other station has. Gone once it is joined or dropped:
    it holds the names of people who are nobody here yet.
    """

    __tablename__ = "prepared_joining"
    __table_args__ = (UniqueConstraint("station_id", "other_id"),)

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id")
    other_id: str
    name: str
    commune: str
    public_key: str
    as_of: datetime = Field(sa_type=InstantColumn)
    prepared_at: datetime = Field(sa_type=InstantColumn)
    questions: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    counts: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    taken: dict[str, list[str]] = Field(sa_column=Column(JSON, nullable=False))


class JoiningDecision(SQLModel, table=True):
    """What a person said of one question, in the words of the CSV (`meeting.Decisions`)."""

    __tablename__ = "joining_decision"

    joining_id: str = Field(foreign_key="prepared_joining.id", primary_key=True)
    kind: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    said: str
    decided_by: str = Field(foreign_key="account.id")
    decided_at: datetime = Field(sa_type=InstantColumn)
