"""Where an alert stands: waiting for a person, only kept, or ended by a later one or by somebody.

Pure. What a message may do to another is decided here: nobody cancels the alert of somebody else.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from broadcaster.alerts.message import (
    Alert,
    MsgType,
    Reference,
    ResponseType,
    Scope,
    Status,
    preferred_info,
)
from broadcaster.alerts.signatures import Signed
from broadcaster.alerts.tables import ReceivedAlert
from broadcaster.database.columns import to_ms

OFFERED = frozenset({Status.ACTUAL, Status.EXERCISE})
"""Only these may ever go on air; System, Test and Draft are kept and shown."""


class Standing(StrEnum):
    """What has become of an alert."""

    PROPOSED = "proposed"
    KEPT = "kept"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"


class Shown(StrEnum):
    """The same as people see it, with what time and orders have made of it."""

    WAITING = "waiting"
    EXPIRED = "expired"
    RUNNING = "running"
    ENDED = "ended"
    KEPT = "kept"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Origin:
    """By which way a message came, and whose it is by its signature."""

    feed_id: str | None
    signed: str
    signer: str


def first_standing(alert: Alert) -> Standing:
    """Whether an alert that has just come waits for a person, or is only kept."""
    info = preferred_info(alert)
    is_offered = (
        alert.status in OFFERED
        and alert.msg_type in {MsgType.ALERT, MsgType.UPDATE}
        and alert.scope == Scope.PUBLIC
        and info is not None
        and ResponseType.ALL_CLEAR not in info.responses
    )
    return Standing.PROPOSED if is_offered else Standing.KEPT


def ending_of(alert: Alert) -> Standing | None:
    """What a message does to those that it refers to; None where it does nothing."""
    match alert.msg_type:
        case MsgType.UPDATE:
            return Standing.REPLACED
        case MsgType.CANCEL:
            return Standing.WITHDRAWN
        case _:
            return None


def may_end(newer: Alert, by: Origin, older: Alert, of: Origin) -> bool:
    """Whether a message may act on an earlier one: of the same sender, and trusted no less.

    What a person brings as a file may act on what came by a feed: they stand for it.
    """
    same_way = by.feed_id is None or of.feed_id in {None, by.feed_id}
    as_trusted = of.signed != Signed.VERIFIED or (
        by.signed == Signed.VERIFIED and by.signer == of.signer
    )
    return (
        newer.sender == older.sender
        and newer.status == older.status
        and newer.sent >= older.sent
        and newer.identity != older.identity
        and same_way
        and as_trusted
    )


def origin_of(row: ReceivedAlert) -> Origin:
    """The way by which a kept alert came."""
    return Origin(row.feed_id, row.signed, row.signer)


def line_of(reference: Reference) -> str:
    """A message's identity in one line, the same whatever offset its instant was written with."""
    return f"{reference.sender},{reference.identifier},{to_ms(reference.sent)}"


def shown_as(
    standing: str, *, expires_at: datetime | None, ordered: bool, running: bool, now: datetime
) -> Shown:
    """How an alert is shown at an instant."""
    if ordered:
        return Shown.RUNNING if running else Shown.ENDED
    if standing == Standing.PROPOSED:
        is_over = expires_at is not None and expires_at <= now
        return Shown.EXPIRED if is_over else Shown.WAITING
    return Shown(standing)
