"""What poles were asked to play in a period and what they said of it: in all, and pole by pole.

Counted from the ledger's plays by the ledger's own outcomes. A play of an emergency's repeat is a
play of its own. A pole that gave no word of any play is *silent*; nobody knows whether it sounded.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Float, Row, Select, and_, case, cast, func, select
from sqlmodel import Session

from broadcaster.areas.tables import Cluster
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.device_verdicts import REPEATED, WEAK
from broadcaster.ledger.play_state import FAULTS, OPEN, Outcome, PlayState, outcome_of
from broadcaster.ledger.queries import Villages, play_in_view
from broadcaster.ledger.tables import PLAYS

_CLUSTERS = Cluster.metadata.tables["cluster"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayTally:
    """Plays asked of poles, by what became of them; milliseconds asked and played."""

    outcomes: Mapping[Outcome, int] = field(default_factory=lambda: MappingProxyType({}))
    asked_ms: int = 0
    played_ms: int = 0

    @property
    def asked(self) -> int:
        """How many plays were asked."""
        return sum(self.outcomes.values())

    def of(self, outcome: Outcome) -> int:
        """How many plays came to this."""
        return self.outcomes.get(outcome, 0)


class Standing(StrEnum):
    """What a report says of a pole, the most urgent first."""

    SILENT = "silent"
    FAULTY = "faulty"
    WEAK = "weak"
    GOOD = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoleLine:
    """One pole in the period; `faults` are what it said went wrong, the most frequent first."""

    device_id: str
    name: str
    cluster_name: str
    tally: PlayTally
    confirmed_at: datetime | None
    faults: Sequence[tuple[str, int]]

    @property
    def standing(self) -> Standing:
        """The first of these that is true of the period."""
        settled = self.tally.asked - self.tally.of(Outcome.PENDING)
        confirmed = self.tally.of(Outcome.CONFIRMED) + self.tally.of(Outcome.RELAYED)
        if settled and self.tally.of(Outcome.NOT_CONFIRMED) == settled:
            return Standing.SILENT
        if self.faults and self.faults[0][1] >= REPEATED:
            return Standing.FAULTY
        if settled >= REPEATED and confirmed / settled < WEAK:
            return Standing.WEAK
        return Standing.GOOD


def pole_lines(
    session: Session,
    broadcasts: Select[tuple[str]],
    *,
    villages: Villages,
    first: int | None = None,
) -> tuple[list[PoleLine], int]:
    """The poles in view that were asked for one of these broadcasts, the most urgent first.

    All of them, or only the `first`; and how many there are in all.
    """
    asked = and_(_asked(broadcasts), play_in_view(villages))
    count = None
    if first is not None:
        chosen, count = _most_urgent(session, asked, first=first)
        asked = and_(asked, PLAYS.c.device_id.in_(chosen))
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in _plays(session, asked):
        rows[row.device_id].append(row)
    lines = [_line(device_id, same) for device_id, same in rows.items()]
    urgency = {standing: place for place, standing in enumerate(Standing)}
    lines.sort(key=lambda line: (urgency[line.standing], line.name, line.device_id))
    return lines, len(lines) if count is None else count


def all_together(
    session: Session, broadcasts: Select[tuple[str]], *, villages: Villages
) -> PlayTally:
    """What all poles in view were asked of these broadcasts, and what they played."""
    counts: Counter[Outcome] = Counter()
    asked_ms = played_ms = 0
    for row in connection_of(session).execute(
        select(
            PLAYS.c.state,
            _SOUNDED,
            func.count().label("times"),
            func.sum(PLAYS.c.asked_ms).label("asked_ms"),
            func.sum(PLAYS.c.played_ms).label("played_ms"),
        )
        .where(_asked(broadcasts), play_in_view(villages))
        .group_by(PLAYS.c.state, _SOUNDED)
    ):
        counts[outcome_of(row.state, played_ms=int(row.sounded))] += row.times
        asked_ms += int(row.asked_ms)
        played_ms += int(row.played_ms)
    outcomes = MappingProxyType(dict(counts))
    return PlayTally(outcomes=outcomes, asked_ms=asked_ms, played_ms=played_ms)


_SOUNDED = (PLAYS.c.played_ms > 0).label("sounded")


def _asked(broadcasts: Select[tuple[str]]) -> ColumnElement[bool]:
    return and_(PLAYS.c.broadcast_id.in_(broadcasts), PLAYS.c.frozen.is_(True))


def _most_urgent(
    session: Session, asked: ColumnElement[bool], *, first: int
) -> tuple[list[str], int]:
    """The poles that `pole_lines` tells first, and how many there are: `PoleLine.standing` in SQL.

    Thousands of poles are not read to show a hundred.
    """
    connection = connection_of(session)
    plays = select(PLAYS.c.device_id)
    fault = func.coalesce(func.nullif(PLAYS.c.code, ""), PLAYS.c.state)
    faulty = (
        plays.where(asked, PLAYS.c.state.in_(FAULTS))
        .group_by(PLAYS.c.device_id, fault)
        .having(func.count() >= REPEATED)
    )
    found = (
        plays.add_columns(
            func.max(PLAYS.c.device_name).label("name"),
            (func.count() - _times(OPEN)).label("settled"),
            _times({PlayState.NOT_CONFIRMED}).label("not_confirmed"),
            _times({PlayState.CONFIRMED, PlayState.RELAYED}).label("confirmed"),
            _times(FAULTS).label("faults"),
        )
        .where(asked)
        .group_by(PLAYS.c.device_id)
        .cte("poles")  # twice: to be counted, and to be put in order
    )
    poles = found.c
    share = cast(poles.confirmed, Float) / func.nullif(poles.settled, 0)
    urgency = case(
        (and_(poles.settled > 0, poles.not_confirmed == poles.settled), 0),
        # Only of who has so many faults in all it is asked whether they are alike.
        (and_(poles.faults >= REPEATED, poles.device_id.in_(faulty)), 1),
        (and_(poles.settled >= REPEATED, share < WEAK), 2),
        else_=3,
    )
    name: ColumnElement[str] = poles.name
    if connection.dialect.name == "postgresql":
        name = name.collate("C")  # as Python and SQLite sort: by code points
    rows = connection.execute(
        select(
            poles.device_id,
            select(func.count()).select_from(found).scalar_subquery().label("in_all"),
        )
        .order_by(urgency, name, poles.device_id)
        .limit(first)
    ).all()
    return [row.device_id for row in rows], rows[0].in_all if rows else 0


def _times(states: Collection[str]) -> ColumnElement[int]:
    return func.sum(case((PLAYS.c.state.in_(states), 1), else_=0))


def _plays(session: Session, asked: ColumnElement[bool]) -> Sequence[Row[Any]]:
    found: list[Any] = list(
        connection_of(session).execute(
            select(
                PLAYS.c.device_id,
                PLAYS.c.state,
                PLAYS.c.code,
                _SOUNDED,
                func.max(PLAYS.c.device_name).label("name"),
                func.max(_CLUSTERS.c.name).label("cluster_name"),
                func.count().label("times"),
                func.sum(PLAYS.c.asked_ms).label("asked_ms"),
                func.sum(PLAYS.c.played_ms).label("played_ms"),
                func.max(PLAYS.c.starts_at).label("last_at"),
            )
            .join(_CLUSTERS, _CLUSTERS.c.id == PLAYS.c.cluster_id)
            .where(asked)
            .group_by(PLAYS.c.device_id, PLAYS.c.state, PLAYS.c.code, _SOUNDED)
        )
    )
    return found


def _line(device_id: str, rows: Sequence[Row[Any]]) -> PoleLine:
    outcomes: dict[Outcome, int] = {}
    faults: dict[str, int] = {}
    name = cluster_name = ""
    asked_ms = played_ms = 0
    confirmed_at: datetime | None = None
    for row in rows:
        outcome = outcome_of(row.state, played_ms=int(row.sounded))
        outcomes[outcome] = outcomes.get(outcome, 0) + row.times
        if outcome is Outcome.FAILED or outcome is Outcome.PARTIAL:
            fault = row.code or row.state
            faults[fault] = faults.get(fault, 0) + row.times
        elif outcome is Outcome.CONFIRMED:
            confirmed_at = max(confirmed_at or row.last_at, row.last_at)
        name, cluster_name = max(name, row.name), max(cluster_name, row.cluster_name)
        asked_ms += int(row.asked_ms)
        played_ms += int(row.played_ms)
    return PoleLine(
        device_id=device_id,
        name=name,
        cluster_name=cluster_name,
        tally=PlayTally(
            outcomes=MappingProxyType(outcomes), asked_ms=asked_ms, played_ms=played_ms
        ),
        confirmed_at=confirmed_at,
        faults=tuple(sorted(faults.items(), key=lambda each: (-each[1], each[0]))),
    )
