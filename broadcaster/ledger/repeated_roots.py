"""The audit roots that devices repeat, against those that the ledger holds of the same days.

A root that a device was told and that is another one here, or none, means that the days before it
are not those that were signed: somebody changed the database, or restored an older one.
"""

from collections.abc import Sequence

from msgspec import UNSET
from sqlalchemy import Connection, select

from broadcaster.audit.tables import ROOTS
from broadcaster.ledger.opening import OpenedStatus, Refused

ROOT_CONTRADICTED = "root_contradicted"


def contradicted(connection: Connection, said: Sequence[OpenedStatus]) -> list[Refused]:
    """What of these statuses contradicts the roots that are held."""
    repeated = {each.status.device: each for each in said if each.status.audit_root is not UNSET}
    days = {day for each in repeated.values() if (day := _day(each)) is not None}
    if not days:
        return []
    held = {
        row.day: row.root
        for row in connection.execute(
            select(ROOTS.c.day, ROOTS.c.root).where(ROOTS.c.day.in_(days))
        )
    }
    return [
        Refused(
            device,
            ROOT_CONTRADICTED,
            f"{root.day}: {root.root}, held {held.get(root.day, 'none')}",
            each.payload,
            signed=True,
        )
        for device, each in sorted(repeated.items())
        if (root := each.status.audit_root) is not UNSET and held.get(root.day) != root.root
    ]


def _day(opened: OpenedStatus) -> str | None:
    root = opened.status.audit_root
    return None if root is UNSET else root.day
