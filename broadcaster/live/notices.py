"""What the board says of a live talk: who speaks now, to which clusters."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Cluster, Village
from broadcaster.live.tables import LiveOrder
from broadcaster.live.talks import running_talk
from broadcaster.schedule.pages import BoardNotice
from broadcaster.web.language import msgid


def live_notices(
    session: Session, station_id: str, viewer: Viewer, _now: datetime
) -> Sequence[BoardNotice]:
    """The talk that is on air, if it is heard where this person looks."""
    talk = running_talk(session, station_id=station_id)
    if talk is None or talk.starts_at is None:
        return ()
    heard = (
        select(Cluster.id, Cluster.name)
        .join(LiveOrder, col(LiveOrder.cluster_id) == col(Cluster.id))
        .where(LiveOrder.talk_id == talk.id)
        .order_by(col(Cluster.position), col(Cluster.id))
    )
    villages = viewer.villages_in_view()
    if villages is not None:
        own = select(Village.cluster_id).where(col(Village.id).in_(villages))
        heard = heard.where(col(Cluster.id).in_(own))
    clusters = session.exec(heard).all()
    if not clusters:
        return ()
    return [
        BoardNotice(
            title=msgid("Đang nói trực tiếp"),
            text=f"{talk.title} ({', '.join(name for _, name in clusters)})",
            at=talk.starts_at,
            href=f"/live/{talk.id}",
            named=True,
            sounds_in=frozenset(cluster_id for cluster_id, _ in clusters),
        )
    ]
