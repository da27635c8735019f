"""Campaigns as they are kept. What a plan's document said stands beside each entry as `sentence`.

Bulletins belong to a campaign by their topic, within its period; no row says so.
"""

from datetime import date, datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class Campaign(SQLModel, table=True):
    """One plan: `number` and `issued_on` are those of the paper, `document` the file it came as.

    `created_by` is None for whoever confirmed it at the station's machine.
    """

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    title: str
    number: str = ""
    issued_on: date | None = None
    document: str = ""
    first: date
    last: date
    created_by: str | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(sa_type=InstantColumn)
    changed_at: datetime = Field(sa_type=InstantColumn)
    retired_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class CampaignTopic(SQLModel, table=True):
    """A topic by which bulletins belong to it."""

    __tablename__ = "campaign_topic"

    campaign_id: str = Field(foreign_key="campaign.id", primary_key=True)
    position: int = Field(primary_key=True)
    topic: str


class CampaignGoal(SQLModel, table=True):
    """A share of something by a year; of one village, or of the commune where that is None."""

    __tablename__ = "campaign_goal"

    campaign_id: str = Field(foreign_key="campaign.id", primary_key=True)
    position: int = Field(primary_key=True)
    measure: str
    percent: int
    by_year: int
    village_id: str | None = Field(default=None, foreign_key="village.id")
    sentence: str = Field(default="", sa_type=Text)


class CampaignQuota(SQLModel, table=True):
    """How many bulletins are owed each month by a contributor; by all together where it is ''."""

    __tablename__ = "campaign_quota"

    campaign_id: str = Field(foreign_key="campaign.id", primary_key=True)
    position: int = Field(primary_key=True)
    contributor: str
    a_month: int
    sentence: str = Field(default="", sa_type=Text)


class CampaignDay(SQLModel, table=True):
    """A key day or a deadline, of every year where `year` is None."""

    __tablename__ = "campaign_day"

    campaign_id: str = Field(foreign_key="campaign.id", primary_key=True)
    position: int = Field(primary_key=True)
    kind: str
    name: str
    day: int
    month: int
    year: int | None = None
    sentence: str = Field(default="", sa_type=Text)


class CampaignUnit(SQLModel, table=True):
    """A unit that the plan holds responsible; `leads` is what it calls *chủ trì*."""

    __tablename__ = "campaign_unit"

    campaign_id: str = Field(foreign_key="campaign.id", primary_key=True)
    position: int = Field(primary_key=True)
    name: str
    leads: bool = False
    sentence: str = Field(default="", sa_type=Text)
