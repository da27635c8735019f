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

from sqlalchemy import Row, func, select
from sqlmodel import Session

from broadcaster.areas.tables import Cluster
from broadcaster.ledger.bulk import chunks, connection_of
from broadcaster.ledger.device_verdicts import REPEATED, WEAK
from broadcaster.ledger.play_state import Outcome, outcome_of
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
    session: Session, broadcast_ids: Collection[str], *, villages: Villages
) -> list[PoleLine]:
    """Every pole in view that was asked for one of these broadcasts, the most urgent first."""
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for some in chunks(sorted(broadcast_ids)):
        for row in _plays(session, some, villages=villages):
            rows[row.device_id].append(row)
    lines = [_line(device_id, same) for device_id, same in rows.items()]
    urgency = list(Standing)
    return sorted(lines, key=lambda line: (urgency.index(line.standing), line.name, line.device_id))


def all_together(lines: Sequence[PoleLine]) -> PlayTally:
    """What all these poles were asked and played."""
    counts: Counter[Outcome] = Counter()
    for line in lines:
        counts.update(line.tally.outcomes)
    return PlayTally(
        outcomes=MappingProxyType(dict(counts)),
        asked_ms=sum(line.tally.asked_ms for line in lines),
        played_ms=sum(line.tally.played_ms for line in lines),
    )


def _plays(session: Session, some: Sequence[str], *, villages: Villages) -> Sequence[Row[Any]]:
    sounded = (PLAYS.c.played_ms > 0).label("sounded")
    found: list[Any] = list(
        connection_of(session).execute(
            select(
                PLAYS.c.device_id,
                PLAYS.c.state,
                PLAYS.c.code,
                sounded,
                func.max(PLAYS.c.device_name).label("name"),
                func.max(_CLUSTERS.c.name).label("cluster_name"),
                func.count().label("times"),
                func.sum(PLAYS.c.asked_ms).label("asked_ms"),
                func.sum(PLAYS.c.played_ms).label("played_ms"),
                func.max(PLAYS.c.starts_at).label("last_at"),
            )
            .join(_CLUSTERS, _CLUSTERS.c.id == PLAYS.c.cluster_id)
            .where(PLAYS.c.broadcast_id.in_(some), PLAYS.c.frozen.is_(True), play_in_view(villages))
            .group_by(PLAYS.c.device_id, PLAYS.c.state, PLAYS.c.code, sounded)
        )
    )
    return found


def _line(device_id: str, rows: Sequence[Row[Any]]) -> PoleLine:
    outcomes: Counter[Outcome] = Counter()
    faults: Counter[str] = Counter()
    for row in rows:
        outcome = outcome_of(row.state, played_ms=int(row.sounded))
        outcomes[outcome] += row.times
        if outcome in {Outcome.FAILED, Outcome.PARTIAL}:
            faults[row.code or row.state] += row.times
    confirmed = [
        row.last_at
        for row in rows
        if outcome_of(row.state, played_ms=int(row.sounded)) is Outcome.CONFIRMED
    ]
    return PoleLine(
        device_id=device_id,
        name=rows[0].name,
        cluster_name=rows[0].cluster_name,
        tally=PlayTally(
            outcomes=MappingProxyType(dict(outcomes)),
            asked_ms=int(sum(row.asked_ms for row in rows)),
            played_ms=int(sum(row.played_ms for row in rows)),
        ),
        confirmed_at=max(confirmed, default=None),
        faults=tuple(sorted(faults.items(), key=lambda each: (-each[1], each[0]))),
    )
