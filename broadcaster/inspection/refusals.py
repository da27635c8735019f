"""What was refused, and what people were warned of: evidence as it came, alerts as plays say."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, select

from broadcaster.inspection.findings import Finding, Flaw
from broadcaster.ledger.alerts import NOT_CONFIRMED
from broadcaster.ledger.incidents import UNSIGNED_EVIDENCE_BYTES
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.tables import ALERTS, INCIDENTS, PLAYS


def check_incidents(connection: Connection) -> Iterator[Finding]:
    """Evidence that was kept whole must have the hash by which it is known.

    What nobody signed is kept as a beginning only, and what is not rooted yet may have changed.
    """
    for row in connection.execute(
        select(INCIDENTS.c.id, INCIDENTS.c.evidence, INCIDENTS.c.evidence_sha256)
    ):
        whole = len(row.evidence) != UNSIGNED_EVIDENCE_BYTES
        if whole and hashlib.sha256(row.evidence).hexdigest() != row.evidence_sha256:
            yield Finding("incident", str(row.id), Flaw.BATCH_ALTERED)


def check_alerts(connection: Connection) -> Iterator[Finding]:
    """There is an open alert exactly for what a device owes: an alert is a projection of plays."""
    silent = {
        (row.broadcast_id, row.device_id)
        for row in connection.execute(
            select(PLAYS.c.broadcast_id, PLAYS.c.device_id).where(
                PLAYS.c.state == PlayState.NOT_CONFIRMED
            )
        )
    }
    open_alerts: dict[tuple[str, str | None], int] = {}
    for row in connection.execute(select(ALERTS)):
        owed = (row.broadcast_id, row.device_id)
        if row.code != NOT_CONFIRMED:
            yield Finding("alert", str(row.id), Flaw.ALERT_DIFFERS, "code")
        elif row.resolved_at is None:
            open_alerts[owed] = row.id
    for owed, alert in open_alerts.items():
        if owed not in silent:
            yield Finding("alert", str(alert), Flaw.ALERT_DIFFERS, "resolved_at")
    for broadcast, device in sorted(silent - set(open_alerts)):
        yield Finding("alert", f"{broadcast}|{device}", Flaw.ALERT_DIFFERS, "none")
