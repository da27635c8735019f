"""Feeds of material that an admin named, and their items as they were last seen."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel, UniqueConstraint

from broadcaster.database import InstantColumn


class MaterialFeed(SQLModel, table=True):
    """A podcast's address, asked when somebody wants; one that was retired never again.

    `sound_host` is the one other host from which its sounds may be fetched. `licence` is what an
    admin knows of how its items may be used; an item's own words come before it. `trouble` is the
    code of why it could not be read last.
    """

    __tablename__ = "material_feed"

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    name: str
    url: str
    sound_host: str = ""
    licence: str
    added_by: str | None = Field(default=None, foreign_key="account.id")
    added_at: datetime = Field(sa_type=InstantColumn)
    retired_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    asked_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    trouble: str = ""


class MaterialItem(SQLModel, table=True):
    """One item of a feed; `guid` is its identity there. `bulletin_id` is what was made of it."""

    __tablename__ = "material_item"
    __table_args__ = (UniqueConstraint("feed_id", "guid"),)

    id: str = Field(primary_key=True)
    feed_id: str = Field(foreign_key="material_feed.id", index=True)
    guid: str
    title: str
    summary: str = Field(default="", sa_type=Text)
    sound_url: str
    licence: str = ""
    link: str = ""
    published_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    seen_at: datetime = Field(sa_type=InstantColumn)
    bulletin_id: str | None = Field(default=None, foreign_key="bulletin.id")
    taken_by: str | None = Field(default=None, foreign_key="account.id")
    taken_at: datetime | None = Field(default=None, sa_type=InstantColumn)
