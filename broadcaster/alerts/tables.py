"""Feeds of alerts, alerts as they came, the station's codes of places, and its standing rules."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel, UniqueConstraint

from broadcaster.database import InstantColumn


class AlertFeed(SQLModel, table=True):
    """An address that is asked for alerts every 30 seconds; one that was retired never again.

    `trouble` is the code of why the last poll failed, since `trouble_since`; empty when it did not.
    """

    __tablename__ = "alert_feed"

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    name: str
    url: str
    must_be_signed: bool = False
    added_by: str | None = Field(default=None, foreign_key="account.id")
    added_at: datetime = Field(sa_type=InstantColumn)
    retired_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    polled_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    answered_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    etag: str = ""
    last_modified: str = ""
    trouble: str = ""
    trouble_since: datetime | None = Field(default=None, sa_type=InstantColumn)


class ReceivedAlert(SQLModel, table=True):
    """One alert as it came; (sender, identifier, sent) is its identity, so none is kept twice.

    `refers_to` names the messages that it is about, one a line (`standing.line_of`);
    `content` is what was believed: of a signed one what its signature covers. `standing` is a
    `standing.Standing`; that it expired or was ordered is derived, never written.
    """

    __tablename__ = "received_alert"
    __table_args__ = (UniqueConstraint("station_id", "sender", "identifier", "sent"),)

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    feed_id: str | None = Field(default=None, foreign_key="alert_feed.id", index=True)
    brought_by: str | None = Field(default=None, foreign_key="account.id")
    sender: str
    identifier: str
    sent: datetime = Field(sa_type=InstantColumn)
    refers_to: str = Field(default="", sa_type=Text)
    content: str = Field(sa_type=Text)
    signed: str
    signer: str = ""
    received_at: datetime = Field(sa_type=InstantColumn, index=True)
    expires_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    standing: str
    ended_by_id: str | None = Field(default=None, foreign_key="received_alert.id")
    dismissed_by: str | None = Field(default=None, foreign_key="account.id")
    dismissed_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class AlertDocument(SQLModel, table=True):
    """What a feed's entry was when it was fetched, so that the same is not fetched every time.

    `entry` is its address and what the index says of its version; `trouble` is the code of why it
    was refused, empty where it was taken.
    """

    __tablename__ = "alert_document"

    feed_id: str = Field(foreign_key="alert_feed.id", primary_key=True)
    entry: str = Field(primary_key=True)
    fetched_at: datetime = Field(sa_type=InstantColumn)
    trouble: str = ""


class AlertPlaceCode(SQLModel, table=True):
    """What a geocode means here: one village, or all of them where `village_id` is empty."""

    __tablename__ = "alert_place_code"
    __table_args__ = (UniqueConstraint("station_id", "list_name", "value", "village_id"),)

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    list_name: str
    value: str
    village_id: str | None = Field(default=None, foreign_key="village.id")


class AlertRule(SQLModel, table=True):
    """A leader's standing order: alerts of this severity go out in their name, unconfirmed.

    `severity` is CAP's word, or `Cancel`: running emergencies end in silence on their alert's
    cancellation. Rows are never changed but for their revocation.
    """

    __tablename__ = "alert_rule"

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    severity: str
    authorisation_id: str = Field(foreign_key="emergency_authorisation.id")
    decided_by: str = Field(foreign_key="account.id")
    decided_at: datetime = Field(sa_type=InstantColumn)
    revoked_by: str | None = Field(default=None, foreign_key="account.id")
    revoked_at: datetime | None = Field(default=None, sa_type=InstantColumn)
