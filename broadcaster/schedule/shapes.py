"""The JSON of broadcasts, their reports and schedules, as the OpenAPI document states it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from broadcaster.database.columns import to_ms
from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.reports import BroadcastReport, DeviceCounts, PlayRow, StartSkew
from broadcaster.schedule.broadcast_facts import BroadcastFacts, RelayFacts
from broadcaster.schedule.listing import ScheduleLine
from broadcaster.schedule.making_way import Stays, WayShown
from broadcaster.schedule.placing import Choice
from broadcaster.schedule.queue_form import kept_reason
from broadcaster.schedule.queueing import Queueing
from broadcaster.schedule.timetable import TIMES_LIMIT
from broadcaster.schedule.today import Airing
from broadcaster.web.addresses import ID_PATTERN


class CoverageOut(BaseModel):
    """Residents asked, and those in reach of devices in each part; parts are never added up."""

    asked: int
    confirmed: float
    relayed: float = Field(description="Passed on to its end; its content was not verified.")
    partial: float
    failed: float
    not_confirmed: float
    unverifiable: float
    pending: float
    unserved: float = Field(description="Asked, but in reach of no registered device.")
    coverage: float | None = Field(description="Confirmed of asked, 0 to 1; null for nobody.")

    @classmethod
    def of(cls, coverage: Coverage) -> "CoverageOut":
        """The JSON of a coverage."""
        return cls.model_validate(coverage, from_attributes=True)


class CountsOut(BaseModel):
    """Devices by what became of their play; `cached` and `started` reached at least that."""

    planned: int
    cached: int
    started: int
    finished: int
    relayed: int = Field(description="Passed on to its end; its content was not verified.")
    partial: int
    failed: int
    not_confirmed: int
    pending: int

    @classmethod
    def of(cls, counts: DeviceCounts) -> "CountsOut":
        """The JSON of counts."""
        return cls.model_validate(counts, from_attributes=True)


class SkewOut(BaseModel):
    """First sample against the planned instant, of the devices whose clocks can be believed."""

    devices: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    spread_ms: float

    @classmethod
    def of(cls, skew: StartSkew | None) -> "SkewOut | None":
        """The JSON of a skew."""
        return cls.model_validate(skew, from_attributes=True) if skew is not None else None


class VillageOut(BaseModel):
    """One village and whom the broadcast reached there."""

    id: str
    name: str
    households: int
    residents: int
    coverage: CoverageOut


class ClusterOut(BaseModel):
    """One cluster of a broadcast."""

    id: str
    name: str
    coverage: CoverageOut
    devices: CountsOut
    start_skew: SkewOut | None
    villages: list[VillageOut]


class SanctionOut(BaseModel):
    """Who approved exactly these words and this sound."""

    approver: str
    decided_at_ms: int
    over_warnings: bool
    over_missing: bool


class BroadcastOut(BaseModel):
    """One broadcast, in a line."""

    id: str
    title: str
    priority: int
    starts_at_ms: int
    duration_ms: int
    cluster_id: str
    is_relay: bool = Field(description="Whether a public programme is passed on.")
    state: str = Field(description="The one state that is true of all its devices together.")
    devices: dict[str, int]
    coverage: CoverageOut

    @classmethod
    def of(cls, airing: Airing) -> "BroadcastOut":
        """The JSON of a broadcast in one cluster."""
        return cls(
            id=airing.broadcast_id,
            title=airing.title,
            priority=airing.priority,
            starts_at_ms=to_ms(airing.starts_at),
            duration_ms=airing.duration_ms,
            cluster_id=airing.cluster_id,
            is_relay=airing.is_relay,
            state=airing.mark,
            devices=dict(airing.tally.devices),
            coverage=CoverageOut.of(airing.tally.coverage),
        )


class Broadcasts(BaseModel):
    """Broadcasts cluster by cluster, in the order of their starts."""

    broadcasts: list[BroadcastOut]


class LanguageSoundOut(BaseModel):
    """A person's recording that follows the words where its language is spoken."""

    language: str
    village: str
    duration_ms: int
    audio_url: str


class RelayOut(BaseModel):
    """What a relay passed on; what it said was verified by nobody."""

    source: str
    level: str
    url: str
    stall_timeout_ms: int
    fallback_title: str = Field(description="Of what filled in when nothing came; empty: silence.")
    fallback_audio_url: str

    @classmethod
    def of(cls, relay: RelayFacts) -> "RelayOut":
        """The JSON of a relay."""
        return cls(
            source=relay.source,
            level=relay.level,
            url=relay.url,
            stall_timeout_ms=relay.stall_timeout_ms,
            fallback_title=relay.fallback_title,
            fallback_audio_url=relay.fallback_audio_address,
        )


class ReportOut(BaseModel):
    """One broadcast with its report; the figures are null until its orders have been signed."""

    id: str
    title: str
    topic: str
    priority: int
    bulletin_id: str
    starts_at_ms: int
    duration_ms: int = Field(description="Of the words; of a relay how long at most.")
    airtime_ms: int = Field(description="With recordings, on the cluster where it lasts longest.")
    audio_url: str = Field(description="Empty for a relay, as its hash.")
    audio_sha256: str
    spoken: str
    relay: RelayOut | None = Field(description="Null for what is no relay.")
    is_replay: bool = Field(description="Whether it first tells when the bulletin was issued.")
    recordings: list[LanguageSoundOut]
    engine: str
    approval: SanctionOut | None
    override_person: str | None
    override_reason: str | None
    cancelled_at_ms: int | None
    settled: bool
    simulated: bool
    coverage: CoverageOut | None
    devices: CountsOut | None
    start_skew: SkewOut | None
    clusters: list[ClusterOut]


class DeviceOut(BaseModel):
    """One device's play of one broadcast."""

    device_id: str
    name: str
    cluster_id: str
    state: str
    code: str | None
    simulated: bool
    started_at_ms: int | None
    start_offset_ms: float | None = Field(description="Null where not known or not believable.")
    clock_doubtful: bool
    played_ms: int
    asked_ms: int
    evidence: str | None = Field(description="The address of the signed statement.")


class Devices(BaseModel):
    """The devices of one broadcast that the caller may see."""

    devices: list[DeviceOut]


class NewSchedule(BaseModel):
    """Where and when a bulletin shall play."""

    model_config = ConfigDict(extra="forbid")

    bulletin_id: str = Field(pattern=ID_PATTERN)
    cluster_ids: list[Annotated[str, Field(pattern=ID_PATTERN)]] = Field(
        min_length=1, max_length=500
    )
    starts_local: str = Field(
        default="",
        max_length=32,
        description="Wall time of the station, `2026-11-22T17:00`; empty: as soon as approved.",
    )
    recurrence: str = Field(
        default="", max_length=300, description="An RFC 5545 RRULE value; empty: once."
    )
    times: int = Field(default=1, ge=1, le=TIMES_LIMIT, description="Plays of each occurrence.")
    every_min: int = Field(
        default=0, ge=0, lt=24 * 60, description="Minutes from one play's start to the next."
    )
    choice: Choice | None = Field(
        default=None, description="What becomes of a conflict; null: it is answered with 409."
    )
    override_reason: str = Field(
        default="", max_length=300, description="Why a rule of the station should be broken."
    )

    def queueing(self, bulletin_id: str) -> Queueing:
        """What was asked for; raise ReasonTooLong or TextUnusable."""
        return Queueing(
            bulletin_id=bulletin_id,
            cluster_ids=self.cluster_ids,
            starts_local=self.starts_local,
            recurrence=self.recurrence,
            times=self.times,
            every_min=self.every_min,
            choice=self.choice,
            override_reason=kept_reason(self.override_reason),
        )


class ScheduleOut(BaseModel):
    """One schedule."""

    id: str
    bulletin_id: str
    title: str
    clusters: list[str]
    starts_at_ms: int | None = Field(description="Null: as soon as approved.")
    recurrence: str
    times: int
    every_min: int
    override_reason: str
    closed_because: str = Field(description="`planned`, `missed`, `ended`, or empty while open.")
    broadcast_ids: list[str]

    @classmethod
    def of(cls, line: ScheduleLine) -> "ScheduleOut":
        """The JSON of a schedule."""
        return cls(
            id=line.schedule_id,
            bulletin_id=line.bulletin_id,
            title=line.title,
            clusters=list(line.clusters),
            starts_at_ms=_ms(line.starts_at),
            recurrence=line.recurrence,
            times=line.times,
            every_min=line.every_min,
            override_reason=line.override_reason,
            closed_because=line.closed_because,
            broadcast_ids=[id_ for id_, _ in line.broadcasts],
        )


class Schedules(BaseModel):
    """Schedules that nobody withdrew."""

    schedules: list[ScheduleOut]


class WayOut(BaseModel):
    """Something that makes way for a newcomer once that is approved."""

    bulletin_id: str
    title: str
    clusters: list[str]
    starts_at_ms: int
    choice: Choice
    moves_to_ms: int | None = Field(description="Null for what is left out, or stays.")
    stays: Stays | None = Field(
        description="Why it does not make way any more; null where it does."
    )

    @classmethod
    def of(cls, way: WayShown) -> "WayOut":
        """The JSON of one."""
        return cls(
            bulletin_id=way.other.bulletin_id,
            title=way.other.title,
            clusters=list(way.other.clusters),
            starts_at_ms=to_ms(way.other.begins),
            choice=way.choice,
            moves_to_ms=_ms(way.moves_to),
            stays=way.stays,
        )


class Ways(BaseModel):
    """What makes way for a bulletin once it is approved."""

    version: str = Field(description="An approval names it as `makes_way`; empty for nothing.")
    ways: list[WayOut]


def report_out(facts: BroadcastFacts, report: BroadcastReport | None) -> ReportOut:
    """The JSON of a broadcast and its report."""
    sanction = facts.sanction
    return ReportOut(
        id=facts.broadcast_id,
        title=facts.title,
        topic=facts.topic,
        priority=facts.priority,
        bulletin_id=facts.bulletin_id,
        starts_at_ms=to_ms(facts.starts_at),
        duration_ms=facts.duration_ms,
        airtime_ms=facts.airtime_ms,
        audio_url=facts.audio_address,
        audio_sha256=facts.audio_sha256,
        spoken=facts.spoken,
        relay=RelayOut.of(facts.relay) if facts.relay else None,
        is_replay=facts.is_replay,
        recordings=[
            LanguageSoundOut(
                language=each.language,
                village=each.village,
                duration_ms=each.duration_ms,
                audio_url=each.audio_address,
            )
            for each in facts.recordings
        ],
        engine=facts.engine,
        approval=SanctionOut(
            approver=sanction.approver,
            decided_at_ms=to_ms(sanction.decided_at),
            over_warnings=sanction.over_warnings,
            over_missing=sanction.over_missing,
        )
        if sanction is not None
        else None,
        override_person=facts.override_person,
        override_reason=facts.override_reason,
        cancelled_at_ms=_ms(facts.cancelled_at),
        settled=report is not None and report.settled,
        simulated=report is not None and report.simulated,
        coverage=CoverageOut.of(report.coverage) if report is not None else None,
        devices=CountsOut.of(report.counts) if report is not None else None,
        start_skew=SkewOut.of(report.skew) if report is not None else None,
        clusters=_clusters(report),
    )


def device_out(play: PlayRow) -> DeviceOut:
    """The JSON of one device's play."""
    return DeviceOut(
        device_id=play.device_id,
        name=play.device_name,
        cluster_id=play.cluster_id,
        state=play.state,
        code=play.code,
        simulated=play.simulated,
        started_at_ms=_ms(play.started_at),
        start_offset_ms=play.start_offset_ms,
        clock_doubtful=play.clock_doubtful,
        played_ms=play.played_ms,
        asked_ms=play.asked_ms,
        evidence=f"/api/evidence/{play.device_id}/{play.evidence_epoch}/{play.evidence_seq}"
        if play.evidence_epoch
        else None,
    )


def _clusters(report: BroadcastReport | None) -> list[ClusterOut]:
    return [
        ClusterOut(
            id=cluster.cluster_id,
            name=cluster.name,
            coverage=CoverageOut.of(cluster.coverage),
            devices=CountsOut.of(cluster.counts),
            start_skew=SkewOut.of(cluster.skew),
            villages=[
                VillageOut(
                    id=village.village_id,
                    name=village.name,
                    households=village.households,
                    residents=village.residents,
                    coverage=CoverageOut.of(village.coverage),
                )
                for village in cluster.villages
            ],
        )
        for cluster in (report.clusters if report is not None else ())
    ]


def _ms(instant: datetime | None) -> int | None:
    return to_ms(instant) if instant is not None else None
