"""The JSON of a report; every figure names the address of what it is counted from."""

from datetime import date
from typing import Self
from urllib.parse import quote, urlencode

from pydantic import BaseModel, Field

from broadcaster.coverage.figures import Figure
from broadcaster.coverage.shapes import FigureOut, HeardOut
from broadcaster.database.columns import to_ms
from broadcaster.ledger.periods import written_period
from broadcaster.ledger.play_state import Outcome
from broadcaster.reports.broadcasts import AiredBroadcast, Count, Urgency
from broadcaster.reports.emergencies import EmergencyLine
from broadcaster.reports.opinions import AnswerGiven, VillageOpinions
from broadcaster.reports.poles import PlayTally, PoleLine
from broadcaster.reports.repairs import Repairs
from broadcaster.reports.report import Report
from broadcaster.reports.scopes import ScopeKind
from broadcaster.schedule.shapes import CoverageOut


class CountOut(BaseModel):
    """How many broadcasts there were of a kind, how often they sounded, how long."""

    key: str
    broadcasts: int
    times: int
    on_air_ms: int

    @classmethod
    def of(cls, count: Count) -> Self:
        """The JSON of one count."""
        return cls(
            key=count.key,
            broadcasts=count.broadcasts,
            times=count.times,
            on_air_ms=count.on_air_ms,
        )


class TallyOut(BaseModel):
    """Plays asked of poles by what became of them; the parts are never one another's."""

    asked: int
    confirmed: int
    relayed: int
    partial: int
    failed: int
    not_confirmed: int
    pending: int
    asked_ms: int
    played_ms: int

    @classmethod
    def of(cls, tally: PlayTally) -> Self:
        """The JSON of one tally."""
        parts = {
            str(outcome): tally.of(outcome)
            for outcome in Outcome
            if outcome is not Outcome.UNVERIFIABLE
        }
        return cls(asked=tally.asked, asked_ms=tally.asked_ms, played_ms=tally.played_ms, **parts)


class PoleOut(BaseModel):
    """One pole in the period."""

    device_id: str
    name: str
    cluster: str
    standing: str
    plays: TallyOut
    confirmed_at_ms: int | None
    faults: dict[str, int]
    evidence: str

    @classmethod
    def of(cls, line: PoleLine) -> Self:
        """The JSON of one pole."""
        return cls(
            device_id=line.device_id,
            name=line.name,
            cluster=line.cluster_name,
            standing=line.standing,
            plays=TallyOut.of(line.tally),
            confirmed_at_ms=to_ms(line.confirmed_at) if line.confirmed_at else None,
            faults=dict(line.faults),
            evidence=f"/api/devices/{quote(line.device_id)}/plays",
        )


class AiredOut(BaseModel):
    """One broadcast."""

    broadcast_id: str
    title: str
    topic: str
    urgency: str
    starts_at_ms: int
    times: int
    on_air_ms: int
    relay: bool
    coverage: CoverageOut
    evidence: str

    @classmethod
    def of(cls, each: AiredBroadcast) -> Self:
        """The JSON of one broadcast."""
        return cls(
            broadcast_id=each.broadcast_id,
            title=each.title,
            topic=each.topic,
            urgency=each.urgency,
            starts_at_ms=to_ms(each.starts_at),
            times=each.times,
            on_air_ms=each.on_air_ms,
            relay=each.relay,
            coverage=CoverageOut.of(each.coverage),
            evidence=_evidence_of(each),
        )


class EmergencyOut(BaseModel):
    """One emergency or drill."""

    emergency_id: str
    hazard: str
    drill: bool
    giver: str
    raised_at_ms: int
    ending: str
    ended_at_ms: int | None
    reviewed: bool
    times: int
    coverage: CoverageOut | None
    evidence: str

    @classmethod
    def of(cls, line: EmergencyLine) -> Self:
        """The JSON of one emergency."""
        return cls(
            emergency_id=line.emergency_id,
            hazard=line.hazard,
            drill=line.drill,
            giver=line.giver,
            raised_at_ms=to_ms(line.raised_at),
            ending=line.ending,
            ended_at_ms=to_ms(line.ended_at) if line.ended_at else None,
            reviewed=line.reviewed,
            times=line.times,
            coverage=CoverageOut.of(line.coverage) if line.coverage else None,
            evidence=f"/api/emergencies/{quote(line.emergency_id)}",
        )


class RepairsOut(BaseModel):
    """What was done about poles."""

    enrolled: int
    replaced: int
    retired: int
    alerts_raised: int
    alerts_settled: int

    @classmethod
    def of(cls, done: Repairs) -> Self:
        """The JSON of it."""
        return cls(
            enrolled=done.enrolled,
            replaced=done.replaced,
            retired=done.retired,
            alerts_raised=done.alerts_raised,
            alerts_settled=done.alerts_settled,
        )


class OpinionsOut(BaseModel):
    """What residents of one village said: counts; their words are not told."""

    village_id: str
    name: str
    received: int
    answered: int
    waiting: int
    erased: int
    aired: int

    @classmethod
    def of(cls, each: VillageOpinions) -> Self:
        """The JSON of one village."""
        return cls(
            village_id=each.village_id,
            name=each.name,
            received=each.received,
            answered=each.answered,
            waiting=each.waiting,
            erased=each.erased,
            aired=each.aired,
        )


class AnswerOut(BaseModel):
    """The station's answer to one word."""

    village: str
    received_at_ms: int
    answered_at_ms: int
    words: str

    @classmethod
    def of(cls, each: AnswerGiven) -> Self:
        """The JSON of one answer."""
        return cls(
            village=each.village,
            received_at_ms=to_ms(each.received_at),
            answered_at_ms=to_ms(each.answered_at),
            words=each.words,
        )


class ReportOut(BaseModel):
    """A period of the station, a village, a campaign or a contributor, told with its figures."""

    station: str
    first: date
    last: date
    is_over: bool = Field(description="Until the period ends its figures are of `made_at_ms`.")
    made_at_ms: int
    rehearsal: bool
    scope: str
    scope_name: str
    total: CountOut
    by_topic: list[CountOut]
    by_urgency: list[CountOut]
    plays: TallyOut
    coverage: FigureOut
    coverage_by_topic: list[FigureOut]
    coverage_by_village: list[FigureOut]
    heard: HeardOut | None = Field(description="Null where it is not told for this scope.")
    poles: list[PoleOut]
    emergencies: list[EmergencyOut]
    repairs: RepairsOut | None
    opinions: list[OpinionsOut] | None
    answers: list[AnswerOut] | None
    broadcasts: list[AiredOut]

    @classmethod
    def of(cls, report: Report) -> Self:
        """The JSON of a report."""
        coverage = report.coverage
        return cls(
            station=report.place.station,
            first=report.period.first,
            last=report.period.last,
            is_over=report.is_over,
            made_at_ms=to_ms(report.made_at),
            rehearsal=report.rehearsal,
            scope=report.scope.written,
            scope_name=report.scope.name,
            total=CountOut.of(report.total),
            by_topic=[CountOut.of(each) for each in report.by_topic],
            by_urgency=[CountOut.of(each) for each in report.by_urgency],
            plays=TallyOut.of(report.plays),
            coverage=_figure(report, Figure(name="", covered=coverage.whole), by="village"),
            coverage_by_topic=[
                _figure(report, each, by="village", topic=each.name) for each in coverage.by_topic
            ],
            coverage_by_village=[_figure(report, each) for each in coverage.by_village],
            heard=HeardOut.of(coverage.heard) if coverage.heard else None,
            poles=[PoleOut.of(each) for each in report.poles],
            emergencies=[EmergencyOut.of(each) for each in report.emergencies],
            repairs=RepairsOut.of(report.repairs) if report.repairs else None,
            opinions=(
                [OpinionsOut.of(each) for each in report.opinions.by_village]
                if report.opinions
                else None
            ),
            answers=(
                [AnswerOut.of(each) for each in report.opinions.answers]
                if report.opinions
                else None
            ),
            broadcasts=[AiredOut.of(each) for each in report.broadcasts],
        )


def _evidence_of(each: AiredBroadcast) -> str:
    """What answers about a broadcast: of a talk at the microphone only its page does."""
    if each.emergency_id:
        return f"/api/emergencies/{quote(each.emergency_id)}"
    if each.urgency is Urgency.LIVE:
        return f"/live/{quote(each.broadcast_id)}"
    return f"/api/broadcasts/{quote(each.broadcast_id)}"


def _figure(report: Report, figure: Figure, *, by: str = "", topic: str | None = None) -> FigureOut:
    """One figure with its evidence; that of picked broadcasts stands on those told beside it."""
    asked = [("period", written_period(report.period))]
    topics = [("topic", topic)] if topic is not None else []
    if report.scope.picks_broadcasts:
        evidence = f"/api/reports?{urlencode([*asked, ('scope', report.scope.written)])}"
    elif report.scope.kind is ScopeKind.VILLAGE:
        query = urlencode([*asked, *topics])
        evidence = f"/api/villages/{quote(report.scope.key)}/shares?{query}"
    elif by:
        evidence = f"/api/coverage?{urlencode([*asked, *topics, ('by', by)])}"
    else:
        evidence = f"/api/villages/{quote(figure.covered.key)}/shares?{urlencode(asked)}"
    return FigureOut.of(figure, evidence=evidence)
