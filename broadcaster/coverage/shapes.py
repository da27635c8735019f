"""The JSON of coverage over periods, villages' days, timelines, trends and alerts."""

from datetime import date

from pydantic import BaseModel, Field

from broadcaster.coverage.figures import Figure
from broadcaster.coverage.history import HistoryItem, VillageHistory
from broadcaster.database.columns import to_ms
from broadcaster.hearing.grades import HeardShare
from broadcaster.ledger.alert_queries import OpenAlert
from broadcaster.ledger.device_plays import DevicePlay
from broadcaster.ledger.device_trends import DeviceTrend
from broadcaster.ledger.reports import PlayRow
from broadcaster.ledger.share_queries import ShareLine
from broadcaster.ledger.timelines import Milestone
from broadcaster.schedule.shapes import CoverageOut


class ReachOut(BaseModel):
    """Each share once if its device played at least once; villages as they stood last."""

    residents: int
    reached: float
    share: float | None = Field(description="Reached of residents, 0 to 1; null for nobody.")


class GradesOut(BaseModel):
    """Residents reached by how well it is known; one grade is never counted as another."""

    played: float = Field(description="Samples left the sink, counted and signed by the device.")
    sounded: float | None = Field(description="Measured while playing; null: no device can yet.")
    heard: float | None = Field(
        description="Null: people speak of broadcasts, each told in the period's own `heard`."
    )


class FigureOut(BaseModel):
    """A period's figures; `coverage` is the mean, weighted by residents asked."""

    key: str = Field(description="A cluster's or village's id, or the topic; empty for all.")
    name: str
    times: int = Field(description="How often villages were asked.")
    coverage: CoverageOut
    reach: ReachOut
    grades: GradesOut
    missing_residents: int = Field(description="How many more the goal needs; 0 once reached.")
    evidence: str = Field(description="The address of what this figure is counted from.")

    @classmethod
    def of(cls, figure: Figure, *, evidence: str) -> "FigureOut":
        """The JSON of one figure."""
        each = figure.covered
        return cls(
            key=each.key,
            name=figure.name,
            times=each.times,
            coverage=CoverageOut.of(each.coverage),
            reach=ReachOut(
                residents=each.reach.residents,
                reached=each.reach.reached,
                share=each.reach.share,
            ),
            grades=GradesOut(played=each.reach.reached, sounded=None, heard=None),
            missing_residents=figure.missing_residents,
            evidence=evidence,
        )


class HeardOut(BaseModel):
    """What people in villages said, in residents asked, each as often as they were asked.

    It is no share of listeners: of the rest nobody has said anything.
    """

    asked: int
    clear: int = Field(description="Where whoever spoke heard it clearly.")
    not_heard: int
    disputed: int = Field(description="Where one says so and another otherwise.")

    @classmethod
    def of(cls, heard: HeardShare) -> "HeardOut":
        """The JSON of one such figure."""
        return cls(
            asked=heard.asked,
            clear=heard.clear,
            not_heard=heard.not_heard,
            disputed=heard.disputed,
        )


class PeriodOut(BaseModel):
    """Coverage over a period, by what was asked for."""

    first: date
    last: date
    goal: float = Field(description="The plans' share of residents to be reached.")
    by: str
    figures: list[FigureOut]
    heard: HeardOut


class SharePlayOut(BaseModel):
    """One play of a pole that reached the village."""

    broadcast_id: str
    title: str
    topic: str
    starts_at_ms: int
    outcome: str
    evidence: str | None = Field(description="The address of the signed statement.")


class ShareOut(BaseModel):
    """One pole's newest share of a village and its plays, the confirmed ones first."""

    device_id: str = Field(description="Empty for the poles that cannot confirm, wired and FM.")
    name: str
    share: float
    asked: int
    confirmed: int
    plays: list[SharePlayOut]

    @classmethod
    def of(cls, line: ShareLine) -> "ShareOut":
        """The JSON of one pole's share."""
        return cls(
            device_id=line.device_id,
            name=line.device_name,
            share=line.share,
            asked=line.asked,
            confirmed=line.confirmed,
            plays=[
                SharePlayOut(
                    broadcast_id=play.broadcast_id,
                    title=play.title,
                    topic=play.topic,
                    starts_at_ms=to_ms(play.starts_at),
                    outcome=play.outcome,
                    evidence=evidence_address(
                        line.device_id, play.evidence_epoch, play.evidence_seq
                    ),
                )
                for play in line.plays
            ],
        )


class Shares(BaseModel):
    """Who reached a village in a period."""

    village_id: str
    name: str
    shares: list[ShareOut]


class HistoryItemOut(BaseModel):
    """One broadcast in a village, with its words and its sound."""

    broadcast_id: str
    title: str
    topic: str
    starts_at_ms: int
    duration_ms: int
    spoken: str
    audio_url: str
    coverage: CoverageOut
    evidence: str = Field(description="The address of what each device said of it.")

    @classmethod
    def of(cls, item: HistoryItem) -> "HistoryItemOut":
        """The JSON of one broadcast in a village."""
        return cls(
            broadcast_id=item.broadcast_id,
            title=item.title,
            topic=item.topic,
            starts_at_ms=to_ms(item.starts_at),
            duration_ms=item.duration_ms,
            spoken=item.spoken,
            audio_url=item.audio_address,
            coverage=CoverageOut.of(item.coverage),
            evidence=f"/api/broadcasts/{item.broadcast_id}/timeline",
        )


class HistoryDayOut(BaseModel):
    """One day of a village."""

    day: date
    coverage: CoverageOut
    broadcasts: list[HistoryItemOut]


class HistoryOut(BaseModel):
    """The days of a period on which a village was asked."""

    village_id: str
    name: str
    cluster: str
    days: list[HistoryDayOut]

    @classmethod
    def of(cls, history: VillageHistory) -> "HistoryOut":
        """The JSON of a village's days."""
        return cls(
            village_id=history.village_id,
            name=history.name,
            cluster=history.cluster_name,
            days=[
                HistoryDayOut(
                    day=day,
                    coverage=CoverageOut.of(history.coverages[day]),
                    broadcasts=[HistoryItemOut.of(item) for item in items],
                )
                for day, items in history.days.items()
            ],
        )


class MilestoneOut(BaseModel):
    """One statement of a device on a play; `at_ms` is the device's own time."""

    kind: str
    code: str | None
    item: int | None
    cue: int | None
    at_ms: int
    received_at_ms: int
    evidence: str | None

    @classmethod
    def of(cls, device_id: str, told: Milestone) -> "MilestoneOut":
        """The JSON of one statement."""
        return cls(
            kind=told.kind,
            code=told.code,
            item=told.item,
            cue=told.cue,
            at_ms=to_ms(told.at),
            received_at_ms=to_ms(told.received_at),
            evidence=evidence_address(device_id, told.epoch, told.seq),
        )


class TimelineOut(BaseModel):
    """One device's play, statement by statement."""

    device_id: str
    name: str
    repeat: int
    state: str
    statements: list[MilestoneOut]

    @classmethod
    def of(cls, play: PlayRow, told: tuple[Milestone, ...]) -> "TimelineOut":
        """The JSON of one play's statements."""
        return cls(
            device_id=play.device_id,
            name=play.device_name,
            repeat=play.repeat,
            state=play.state,
            statements=[MilestoneOut.of(play.device_id, each) for each in told],
        )


class Timelines(BaseModel):
    """A broadcast as each device in view told it."""

    devices: list[TimelineOut]


class FaultOut(BaseModel):
    """What a device said went wrong, and how often in the last 28 days."""

    code: str
    times: int


class TrendOut(BaseModel):
    """One device: where it stands, how long it is silent, how its plays go now and went before."""

    device_id: str
    name: str
    cluster: str
    latitude: float | None
    longitude: float | None
    simulated: bool
    online: bool | None
    verdict: str = Field(description="silent, faulty, decaying, weak, never_heard or good.")
    heard_at_ms: int | None
    confirmed_at_ms: int | None
    days_silent: int | None
    recent_asked: int
    recent_confirmed: int
    before_asked: int
    before_confirmed: int
    faults: list[FaultOut]
    evidence: str = Field(description="The address of the plays that this is counted from.")

    @classmethod
    def of(cls, trend: DeviceTrend) -> "TrendOut":
        """The JSON of one device's trend."""
        return cls(
            device_id=trend.device_id,
            name=trend.name,
            cluster=trend.cluster_name,
            latitude=trend.latitude,
            longitude=trend.longitude,
            simulated=trend.simulated,
            online=trend.online,
            verdict=trend.verdict,
            heard_at_ms=to_ms(trend.heard_at) if trend.heard_at else None,
            confirmed_at_ms=to_ms(trend.confirmed_at) if trend.confirmed_at else None,
            days_silent=trend.days_silent,
            recent_asked=trend.recent.asked,
            recent_confirmed=trend.recent.confirmed,
            before_asked=trend.before.asked,
            before_confirmed=trend.before.confirmed,
            faults=[FaultOut(code=code, times=times) for code, times in trend.faults],
            evidence=f"/api/devices/{trend.device_id}/plays",
        )


class Trends(BaseModel):
    """Devices in service, the most urgent first."""

    devices: list[TrendOut]


class DevicePlayOut(BaseModel):
    """One play of a device that has ended."""

    order_id: str
    repeat: int
    broadcast_id: str
    title: str
    topic: str
    starts_at_ms: int
    state: str
    code: str | None
    asked_ms: int
    played_ms: int
    simulated: bool
    recent: bool = Field(description="Of the last 28 days; else of the 28 before.")
    evidence: str | None = Field(description="The address of the signed statement.")

    @classmethod
    def of(cls, device_id: str, play: DevicePlay) -> "DevicePlayOut":
        """The JSON of one play."""
        return cls(
            order_id=play.order_id,
            repeat=play.repeat,
            broadcast_id=play.broadcast_id,
            title=play.title,
            topic=play.topic,
            starts_at_ms=to_ms(play.starts_at),
            state=play.state,
            code=play.code,
            asked_ms=play.asked_ms,
            played_ms=play.played_ms,
            simulated=play.simulated,
            recent=play.is_recent,
            evidence=evidence_address(device_id, play.evidence_epoch, play.evidence_seq),
        )


class DevicePlays(BaseModel):
    """What a device's trend is counted from, the newest first, at most 500."""

    device_id: str
    name: str
    plays: list[DevicePlayOut]


class AlertOut(BaseModel):
    """A device that owes its word on a broadcast."""

    id: int
    code: str
    broadcast_id: str
    title: str
    device_id: str
    device_name: str
    starts_at_ms: int
    raised_at_ms: int

    @classmethod
    def of(cls, alert: OpenAlert) -> "AlertOut":
        """The JSON of one alert."""
        return cls(
            id=alert.id,
            code=alert.code,
            broadcast_id=alert.broadcast_id,
            title=alert.title,
            device_id=alert.device_id,
            device_name=alert.device_name,
            starts_at_ms=to_ms(alert.starts_at),
            raised_at_ms=to_ms(alert.raised_at),
        )


class Alerts(BaseModel):
    """Open alerts, the newest first."""

    alerts: list[AlertOut]


def evidence_address(device_id: str, epoch: str | None, seq: int | None) -> str | None:
    """Where a signed statement can be read and examined."""
    return f"/api/evidence/{device_id}/{epoch}/{seq}" if epoch else None
