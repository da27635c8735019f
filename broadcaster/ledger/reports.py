"""A broadcast's report: what was played, for whom, by which device, with how much skew.

Pure: rows of plays and shares go in. Parts of coverage always stand apart; figures of skew leave
out every instant that cannot be believed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from broadcaster.ledger.coverage import Coverage, ShareOutcome, coverage_by_village, total
from broadcaster.ledger.play_state import (
    OPEN,
    Outcome,
    PlayState,
    Reached,
    best_of,
    has_reached,
    outcome_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastFacts:
    """What all plays of a broadcast have in common, as recorded on its day."""

    broadcast_id: str
    title: str
    topic: str
    audio_sha256: str
    starts_at: datetime
    asked_ms: int
    relay: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayRow:
    """One play as the ledger holds it."""

    order_id: str
    repeat: int
    device_id: str
    device_name: str
    broadcast_id: str
    cluster_id: str
    title: str
    topic: str
    audio_sha256: str
    asked_ms: int
    starts_at: datetime
    state: PlayState
    reached: Reached
    code: str | None
    started_at: datetime | None
    ended_at: datetime | None
    start_offset_us: int | None
    clock_doubtful: bool
    played_ms: int
    simulated: bool
    evidence_epoch: str | None
    evidence_seq: int | None

    @property
    def outcome(self) -> Outcome:
        """The part of coverage it stands in."""
        return outcome_of(self.state, played_ms=self.played_ms)

    @property
    def start_offset_ms(self) -> float | None:
        """First sample minus planned start, in milliseconds; None where not known or doubtful."""
        if self.start_offset_us is None or self.clock_doubtful:
            return None
        return self.start_offset_us / 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """One share as it was recorded on the day; without a device it cannot confirm."""

    order_id: str
    device_id: str
    broadcast_id: str
    village_id: str
    village_name: str
    cluster_id: str
    cluster_name: str
    households: int
    residents: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCounts:
    """Devices by what became of their play; `cached` and `started` are how many came that far."""

    planned: int = 0
    cached: int = 0
    started: int = 0
    finished: int = 0
    relayed: int = 0
    partial: int = 0
    failed: int = 0
    not_confirmed: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSkew:
    """How far first samples were from the planned instant, in milliseconds, of `devices`.

    `spread_ms` is from the first of them to the last.
    """

    devices: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    spread_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageReport:
    """One village: its people on the day, what reached them, and by which devices."""

    village_id: str
    name: str
    cluster_id: str
    households: int
    residents: int
    coverage: Coverage
    device_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ClusterReport:
    """One cluster: its villages and its devices; what nobody asks of them is not worked out."""

    cluster_id: str
    name: str
    coverage: Coverage
    villages: tuple[VillageReport, ...]
    devices: tuple[PlayRow, ...]

    @cached_property
    def counts(self) -> DeviceCounts:
        """Its devices by what became of their play."""
        return count_devices(self.devices)

    @cached_property
    def skew(self) -> StartSkew | None:
        """How far their first samples were from the planned instant."""
        return start_skew(self.devices)


@dataclass(frozen=True, kw_only=True)
class BroadcastReport:
    """One broadcast, as far as its reader may see it."""

    broadcast_id: str
    title: str
    topic: str
    audio_sha256: str
    starts_at: datetime
    asked_ms: int
    relay: bool
    simulated: bool
    settled: bool
    coverage: Coverage
    clusters: tuple[ClusterReport, ...]

    @cached_property
    def villages(self) -> tuple[VillageReport, ...]:
        """The villages of all clusters."""
        return tuple(village for cluster in self.clusters for village in cluster.villages)

    @cached_property
    def devices(self) -> tuple[PlayRow, ...]:
        """The plays of all clusters."""
        return tuple(play for cluster in self.clusters for play in cluster.devices)

    @cached_property
    def counts(self) -> DeviceCounts:
        """All devices by what became of their play."""
        return count_devices(self.devices)

    @cached_property
    def skew(self) -> StartSkew | None:
        """How far their first samples were from the planned instant."""
        return start_skew(self.devices)


def count_devices(plays: Iterable[PlayRow]) -> DeviceCounts:
    """Count devices by what became of their play."""
    rows = list(plays)
    outcomes = Counter(play.outcome for play in rows)
    return DeviceCounts(
        planned=len(rows),
        cached=sum(has_reached(play.reached, Reached.CACHED) for play in rows),
        started=sum(has_reached(play.reached, Reached.STARTED) for play in rows),
        finished=outcomes[Outcome.CONFIRMED],
        relayed=outcomes[Outcome.RELAYED],
        partial=outcomes[Outcome.PARTIAL],
        failed=outcomes[Outcome.FAILED],
        not_confirmed=outcomes[Outcome.NOT_CONFIRMED],
        pending=outcomes[Outcome.PENDING],
    )


def start_skew(plays: Iterable[PlayRow]) -> StartSkew | None:
    """The skew of the plays whose first sample is known and believed; None if there are none."""
    offsets = [play.start_offset_ms for play in plays if play.start_offset_ms is not None]
    if not offsets:
        return None
    skews = sorted(abs(offset) for offset in offsets)
    return StartSkew(
        devices=len(skews),
        p50_ms=percentile(skews, 50),
        p99_ms=percentile(skews, 99),
        max_ms=skews[-1],
        spread_ms=max(offsets) - min(offsets),
    )


def percentile(ascending: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile of values in ascending order: one of them, never between two."""
    return ascending[max(-(-len(ascending) * percent // 100), 1) - 1]


def coverage_of(plays: Iterable[PlayRow], shares: Sequence[ShareRow]) -> dict[str, Coverage]:
    """The coverage of each village that was asked, from plays and shares of one broadcast."""
    best = _best_outcomes(plays)
    return coverage_by_village(
        _residents_asked(shares),
        [
            ShareOutcome(
                village_id=share.village_id, share=share.share, outcome=_outcome(share, best)
            )
            for share in shares
            if share.share
        ],
    )


def build_report(
    facts: BroadcastFacts,
    plays: Sequence[PlayRow],
    shares: Sequence[ShareRow],
    *,
    cluster_names: Mapping[str, str],
) -> BroadcastReport:
    """The report of one broadcast from the plays and shares in view, clusters in given order."""
    villages = _villages(plays, shares)
    order = list(dict.fromkeys([*cluster_names, *(play.cluster_id for play in plays)]))
    asked = {*(play.cluster_id for play in plays), *(each.cluster_id for each in villages)}
    clusters = tuple(
        _cluster(
            cluster_id,
            cluster_names.get(cluster_id, cluster_id),
            plays=[play for play in plays if play.cluster_id == cluster_id],
            villages=tuple(each for each in villages if each.cluster_id == cluster_id),
        )
        for cluster_id in order
        if cluster_id in asked
    )
    return BroadcastReport(
        broadcast_id=facts.broadcast_id,
        title=facts.title,
        topic=facts.topic,
        audio_sha256=facts.audio_sha256,
        starts_at=facts.starts_at,
        asked_ms=facts.asked_ms,
        relay=facts.relay,
        simulated=any(play.simulated for play in plays),
        settled=all(play.state not in OPEN for play in plays),
        coverage=total(each.coverage for each in villages),
        clusters=clusters,
    )


def _cluster(
    cluster_id: str,
    name: str,
    *,
    plays: Sequence[PlayRow],
    villages: tuple[VillageReport, ...],
) -> ClusterReport:
    return ClusterReport(
        cluster_id=cluster_id,
        name=name,
        coverage=total(each.coverage for each in villages),
        villages=villages,
        devices=tuple(plays),
    )


def _villages(plays: Sequence[PlayRow], shares: Sequence[ShareRow]) -> list[VillageReport]:
    coverages = coverage_of(plays, shares)
    devices: dict[str, set[str]] = defaultdict(set)
    for share in shares:
        if share.device_id:
            devices[share.village_id].add(share.device_id)
    asked = {share.village_id: share for share in shares if not share.device_id}
    return [
        VillageReport(
            village_id=village_id,
            name=row.village_name,
            cluster_id=row.cluster_id,
            households=row.households,
            residents=row.residents,
            coverage=coverages[village_id],
            device_ids=tuple(sorted(devices[village_id])),
        )
        for village_id, row in asked.items()
    ]


def _residents_asked(shares: Iterable[ShareRow]) -> dict[str, int]:
    """The villages asked are those with a row of their own, without a device."""
    return {share.village_id: share.residents for share in shares if not share.device_id}


def _best_outcomes(plays: Iterable[PlayRow]) -> dict[tuple[str, str], Outcome]:
    best: dict[tuple[str, str], Outcome] = {}
    for play in plays:
        key = (play.order_id, play.device_id)
        best[key] = best_of([best[key], play.outcome]) if key in best else play.outcome
    return best


def _outcome(share: ShareRow, best: Mapping[tuple[str, str], Outcome]) -> Outcome:
    if not share.device_id:
        return Outcome.UNVERIFIABLE
    return best.get((share.order_id, share.device_id), Outcome.NOT_CONFIRMED)
