"""What each broadcast came to in each village, read from plays and shares as recorded on the day.

The one place from which every roll-up is counted; rows come in one order, so that sums do too.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from broadcaster.ledger.coverage import Coverage, ShareOutcome, coverage_by_village
from broadcaster.ledger.play_state import Outcome, best_of, outcome_of
from broadcaster.ledger.reach import ShareSeen
from broadcaster.ledger.tables import PLAYS, SHARES

_LAYOUT_LETTERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageDay:
    """One broadcast in one village: whom it reached, and each pole's share with its outcome."""

    broadcast_id: str
    village_id: str
    cluster_id: str
    topic: str
    starts_at: datetime
    day: date
    layout: str
    coverage: Coverage
    shares: Sequence[ShareSeen]


def village_days(
    connection: Connection, wanted: ColumnElement[bool], *, zone: tzinfo
) -> list[VillageDay]:
    """Every broadcast that has begun in every village asked, of the shares that are `wanted`."""
    rows = connection.execute(
        select(
            SHARES.c.broadcast_id,
            SHARES.c.village_id,
            SHARES.c.cluster_id,
            SHARES.c.topic,
            SHARES.c.starts_at,
            SHARES.c.residents,
            SHARES.c.order_id,
            SHARES.c.device_id,
            SHARES.c.share,
            PLAYS.c.state,
            PLAYS.c.played_ms,
        )
        .join(
            PLAYS,
            and_(PLAYS.c.order_id == SHARES.c.order_id, PLAYS.c.device_id == SHARES.c.device_id),
            isouter=True,
        )
        .where(wanted, SHARES.c.frozen.is_(True))
        .order_by(
            SHARES.c.village_id,
            SHARES.c.starts_at,
            SHARES.c.broadcast_id,
            SHARES.c.device_id,
            SHARES.c.order_id,
            PLAYS.c.repeat,
        )
    ).all()
    together: Iterable[tuple[Any, Iterable[Any]]] = groupby(
        rows, key=lambda row: (row.village_id, row.starts_at, row.broadcast_id)
    )
    found = (_village_day(same, zone=zone) for _, same in together)
    return [each for each in found if each is not None]


def _village_day(found: Iterable[Row[Any]], *, zone: tzinfo) -> VillageDay | None:
    """None where a pole's sound went into a village that was not asked."""
    rows: list[Row[Any]] = list(found)
    asked = next((row for row in rows if not row.device_id), None)
    if asked is None:
        return None
    outcomes = _outcomes(rows)
    village_id = asked.village_id
    coverage = coverage_by_village({village_id: asked.residents}, outcomes.values())[village_id]
    poles = _by_pole(outcomes)
    layout = _layout(tuple([(device_id, share) for device_id, share, _ in poles]))
    return VillageDay(
        broadcast_id=asked.broadcast_id,
        village_id=village_id,
        cluster_id=asked.cluster_id,
        topic=asked.topic,
        starts_at=asked.starts_at,
        day=asked.starts_at.astimezone(zone).date(),
        layout=layout,
        coverage=coverage,
        shares=[
            ShareSeen(village_id, layout, device_id, share, int(is_confirmed))
            for device_id, share, is_confirmed in poles
            if device_id
        ],
    )


def _outcomes(rows: Sequence[Row[Any]]) -> dict[tuple[str, str], ShareOutcome]:
    """The best play of each order and pole, with its share; without a pole it is unverifiable."""
    plays: dict[tuple[str, str], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        plays[row.device_id, row.order_id].append(row)
    return {
        key: ShareOutcome(same[0].village_id, same[0].share, _outcome(same))
        for key, same in plays.items()
        if same[0].share
    }


def _outcome(rows: Sequence[Row[Any]]) -> Outcome:
    if not rows[0].device_id:
        return Outcome.UNVERIFIABLE
    if len(rows) == 1 and rows[0].state is not None:
        return outcome_of(rows[0].state, played_ms=rows[0].played_ms)
    return best_of(
        outcome_of(row.state, played_ms=row.played_ms) for row in rows if row.state is not None
    )


def _by_pole(outcomes: dict[tuple[str, str], ShareOutcome]) -> list[tuple[str, float, bool]]:
    """Each pole with the share it can have had at most, and whether all of that was confirmed."""
    whole = max(sum(each.share for each in outcomes.values()), 1.0)
    poles: dict[str, list[ShareOutcome]] = defaultdict(list)
    for (device_id, _), each in outcomes.items():
        poles[device_id].append(each)
    return [
        (
            device_id,
            sum(each.share for each in held) / whole,
            all(each.outcome is Outcome.CONFIRMED for each in held),
        )
        for device_id, held in sorted(poles.items())
    ]


@lru_cache(maxsize=1_024)
def _layout(poles: tuple[tuple[str, float], ...]) -> str:
    """A name for the poles and their shares: the same as long as nothing changed."""
    said = "\n".join(f"{device_id} {share!r}" for device_id, share in poles)
    return hashlib.sha256(said.encode()).hexdigest()[:_LAYOUT_LETTERS]
