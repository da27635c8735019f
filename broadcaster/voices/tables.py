"""How a station wants to sound; without a row, as the house does."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class StationVoice(SQLModel, table=True):
    """Who reads a station's bulletins, and how. An empty `engine` is the best voice there is.

    `text_may_leave` lets bulletins' words go to an online voice. Empty ident and closing words
    are made from the station's name.
    """

    __tablename__ = "station_voice"

    station_id: str = Field(primary_key=True, foreign_key="station.id")
    engine: str = ""
    voice: str = ""
    accent: str = "north"
    rate: float = 1.0
    pitch: int = 50
    gaps: str = "normal"
    loudspeaker: str = "horn"
    fallback: bool = True
    text_may_leave: bool = False
    ident_words: str = ""
    closing_words: str = ""
    changed_by: str | None = Field(default=None, foreign_key="account.id")
    changed_at: datetime = Field(sa_type=InstantColumn)
