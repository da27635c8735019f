"""Opening and closing the public channels, and keeping single bulletins back.

Closed until a leader opens them: what is said in a village is meant for that village, and what is
on the internet stays there.
"""

from datetime import datetime

import structlog
from sqlmodel import Session

from broadcaster.audit import Act, record
from broadcaster.publishing.errors import ChannelClosed, NoSuchItem
from broadcaster.publishing.items import aired_item
from broadcaster.publishing.posts import withdraw_all
from broadcaster.publishing.tables import PublicChannel, WithheldBulletin

log = structlog.get_logger(__name__)


def is_open(session: Session, station_id: str) -> bool:
    """Whether anybody may read what the station broadcast."""
    channel = session.get(PublicChannel, station_id)
    return channel is not None and channel.is_open


def require_open(session: Session, station_id: str) -> None:
    """Raise ChannelClosed unless anybody may read."""
    if not is_open(session, station_id):
        raise ChannelClosed


def decide(
    session: Session, *, station_id: str, is_open: bool, by: str | None, now: datetime
) -> None:
    """Open or close all public channels; what stands so already is left as it is."""
    channel = session.get(PublicChannel, station_id)
    if (channel is not None and channel.is_open) == is_open:
        return
    if channel is None:
        channel = PublicChannel(station_id=station_id, is_open=is_open, decided_at=now)
        session.add(channel)
    channel.is_open, channel.decided_by, channel.decided_at = is_open, by, now
    session.flush()
    act = Act.PUBLIC_CHANNEL_OPENED if is_open else Act.PUBLIC_CHANNEL_CLOSED
    record(session, act, by=by, about=station_id, at=now)
    log.info(act, by=by)


def keep_back(
    session: Session, bulletin_id: str, *, station_id: str, withheld: bool, by: str, now: datetime
) -> None:
    """Keep a bulletin out of the public channels, or let it in again; raise NoSuchItem.

    What is kept back is also taken down where it was posted.
    """
    if aired_item(session, bulletin_id, station_id=station_id, now=now) is None:
        raise NoSuchItem
    held = session.get(WithheldBulletin, bulletin_id)
    if withheld == (held is not None):
        return
    if held is None:
        session.add(WithheldBulletin(bulletin_id=bulletin_id, withheld_by=by, withheld_at=now))
    else:
        session.delete(held)
    session.flush()
    act = Act.BULLETIN_WITHHELD if withheld else Act.BULLETIN_RELEASED
    record(session, act, by=by, about=bulletin_id, at=now)
    if withheld:
        withdraw_all(session, bulletin_id, station_id=station_id, by=by, now=now)
