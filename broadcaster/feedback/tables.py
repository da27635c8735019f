"""Residents' feedback, the posters that bring it, and what the station answered."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class Poster(SQLModel, table=True):
    """A poster in a village, at a pole or anywhere: its code stands in its address. Not a secret.

    From `retired_at` on nobody can write by it.
    """

    __tablename__ = "feedback_poster"

    code: str = Field(primary_key=True)
    village_id: str = Field(foreign_key="village.id", index=True)
    device_id: str | None = Field(default=None, foreign_key="device.id")
    made_by: str = Field(foreign_key="account.id")
    made_at: datetime = Field(sa_type=InstantColumn)
    retired_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class Feedback(SQLModel, table=True):
    """What somebody said: of whom nothing is kept. The village head who wrote it down is named.

    People name themselves and others unasked, so the words can be erased; then `words` is empty.
    `bulletin_id` is the bulletin that was drafted from the answer.
    """

    __table_args__ = (Index("feedback_by_village", "village_id", "received_at"),)

    id: str = Field(primary_key=True)
    village_id: str = Field(foreign_key="village.id")
    poster_code: str | None = Field(default=None, foreign_key="feedback_poster.code")
    entered_by: str | None = Field(default=None, foreign_key="account.id")
    words: str = Field(sa_type=Text)
    received_at: datetime = Field(sa_type=InstantColumn)
    erased_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    bulletin_id: str | None = Field(default=None, foreign_key="bulletin.id")


class FeedbackAnswer(SQLModel, table=True):
    """The station's answer; only grows, and the newest is what people read."""

    __tablename__ = "feedback_answer"

    id: int | None = Field(default=None, primary_key=True)
    feedback_id: str = Field(foreign_key="feedback.id", index=True)
    words: str = Field(sa_type=Text)
    answered_by: str = Field(foreign_key="account.id")
    answered_at: datetime = Field(sa_type=InstantColumn)
