"""Incidents: what was refused or contradicts, kept apart with its evidence and bounded in size.

What a device signed is kept whole, because the device must answer for it; what nobody signed is
kept as a beginning only. A flood from one device is counted in the log, not in the database.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, func, select

from broadcaster.ledger.bulk import insert_once
from broadcaster.ledger.opening import Refused
from broadcaster.ledger.tables import INCIDENTS
from devices.protocol.jws import MESSAGE_LIMIT_BYTES

log = structlog.get_logger()

UNSIGNED_EVIDENCE_BYTES = 4_096
DAILY_LIMIT = 200
_DETAIL_CHARACTERS = 500


def record_incidents(connection: Connection, refusals: Sequence[Refused], *, now: datetime) -> None:
    """Keep refusals as incidents: the same bytes refused for the same reason only once."""
    if not refusals:
        return
    recent = _recent(connection, now=now)
    rows = []
    for refused in refusals:
        log.warning("word_refused", device_id=refused.device_id, code=refused.code)
        who = (refused.device_id, refused.code)
        recent[who] += 1
        if recent[who] <= DAILY_LIMIT:
            rows.append(_row(refused, now=now))
    insert_once(connection, INCIDENTS, rows)


def _recent(connection: Connection, *, now: datetime) -> Counter[tuple[str | None, str]]:
    counted = connection.execute(
        select(INCIDENTS.c.device_id, INCIDENTS.c.code, func.count())
        .where(INCIDENTS.c.at > now - timedelta(days=1))
        .group_by(INCIDENTS.c.device_id, INCIDENTS.c.code)
    )
    return Counter({(device_id, code): count for device_id, code, count in counted})


def _row(refused: Refused, *, now: datetime) -> dict[str, object]:
    limit = MESSAGE_LIMIT_BYTES if refused.signed else UNSIGNED_EVIDENCE_BYTES
    return {
        "device_id": refused.device_id,
        "code": refused.code,
        # PostgreSQL's text holds no NUL, and a stranger may put one into a topic.
        "detail": refused.detail.replace("\0", "�")[:_DETAIL_CHARACTERS],
        "evidence_sha256": hashlib.sha256(refused.payload).hexdigest(),
        "evidence": refused.payload[:limit],
        "at": now,
    }
