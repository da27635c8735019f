"""A cluster with so many villages that a page offers those of one cluster at a time."""

from sqlmodel import Session

from broadcaster.areas.queries import MANY_VILLAGES
from broadcaster.areas.tables import Village


def add_many_villages(session: Session, *, cluster_id: str) -> None:
    """As many as a page still shows together, beside those that are there."""
    session.add_all(
        Village(
            id=f"{cluster_id}-x{number}",
            cluster_id=cluster_id,
            name=f"Xóm {number}",
            position=number,
        )
        for number in range(MANY_VILLAGES)
    )
