"""A bulletin ready to be shared by hand: its text and its card, of what anybody may hear anyway."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster
from broadcaster.ledger.tables import Play
from broadcaster.publishing.card import Card
from broadcaster.publishing.channel import Channel
from broadcaster.publishing.deciding import require_open
from broadcaster.publishing.errors import NoSuchItem
from broadcaster.publishing.items import Item, aired_item
from broadcaster.publishing.share_text import ShareText, share_text
from broadcaster.schedule.tables import Broadcast


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One public bulletin, what is written beside it, and what its card says."""

    item: Item
    text: ShareText
    card: Card


def find_shared(
    session: Session, bulletin_id: str, *, channel: Channel, zone: tzinfo, now: datetime
) -> Shared:
    """A bulletin of the public channel; raise ChannelClosed, NoSuchItem."""
    require_open(session, channel.station_id)
    item = aired_item(session, bulletin_id, station_id=channel.station_id, now=now)
    if item is None or item.is_withheld:
        raise NoSuchItem
    text = share_text(channel, item, clusters=_begun_in(session, item), zone=zone)
    at = item.last_at.astimezone(zone)
    card = Card(
        title=text.title,
        station=channel.station,
        when=f"Phát trên loa lúc {at:%H:%M} ngày {at.day}/{at.month}/{at.year}",
        address=f"Nghe lại: {channel.page.split('://', 1)[-1]}",
        audio_sha256=item.audio_sha256,
        duration_ms=item.duration_ms,
    )
    return Shared(item=item, text=text, card=card)


def _begun_in(session: Session, item: Item) -> Sequence[str]:
    """Where a loudspeaker confirmed that it began, the last time; in the clusters' order."""
    begun = (
        select(Play.cluster_id)
        .join(Broadcast, col(Broadcast.id) == col(Play.broadcast_id))
        .where(
            Broadcast.bulletin_id == item.bulletin_id,
            Broadcast.starts_at == item.last_at,
            col(Play.started_at).is_not(None),
        )
    )
    return session.exec(
        select(Cluster.name).where(col(Cluster.id).in_(begun)).order_by(col(Cluster.position))
    ).all()
