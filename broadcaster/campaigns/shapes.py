"""The JSON of campaigns: the plan as it is kept, and where it stands with its evidence."""

from datetime import date
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from broadcaster.campaigns.contributions import Aired, MonthGiven, QuotaStanding
from broadcaster.campaigns.errors import ENTRIES_LIMIT
from broadcaster.campaigns.goals import GoalStanding
from broadcaster.campaigns.plan import DayKind, Goal, Measure, Plan, PlannedDay, Quota, Unit
from broadcaster.campaigns.standing import CampaignStanding, DueNext, Lack
from broadcaster.campaigns.tables import Campaign
from broadcaster.database.columns import to_ms
from broadcaster.ledger.periods import written_period
from broadcaster.schedule.shapes import CoverageOut

_STRICT = ConfigDict(extra="forbid", from_attributes=True)
_SENTENCE = Field(default="", description="The plan's own sentence behind it.")


class GoalJson(BaseModel):
    """A share by the end of a year."""

    model_config = _STRICT

    measure: Measure = Measure.RESIDENTS
    percent: int = Field(json_schema_extra={"minimum": 1, "maximum": 100})
    by_year: int
    village_id: str = Field(default="", description="Empty for the commune.")
    sentence: str = _SENTENCE


class QuotaJson(BaseModel):
    """Bulletins owed each month; by all together where no contributor is named."""

    model_config = _STRICT

    contributor: str = ""
    a_month: int = Field(json_schema_extra={"minimum": 1, "maximum": 100})
    sentence: str = _SENTENCE


class DayJson(BaseModel):
    """A key day or a deadline; without a year it comes every year."""

    model_config = _STRICT

    kind: DayKind = Field(description="`before`: the day itself is too late; `by`: it is not.")
    name: str
    day: int
    month: int
    year: int | None = None
    sentence: str = _SENTENCE


class UnitJson(BaseModel):
    """A unit that the plan holds responsible."""

    model_config = _STRICT

    name: str
    leads: bool = False
    sentence: str = _SENTENCE


class PlanJson(BaseModel):
    """What a campaign consists of."""

    model_config = _STRICT

    title: str
    number: str = Field(default="", description="Number and symbol of the document.")
    issued_on: date | None = None
    document: str = Field(default="", description="The file's name.")
    first: date
    last: date
    topics: list[str] = Field(json_schema_extra={"minItems": 1, "maxItems": ENTRIES_LIMIT})
    goals: list[GoalJson] = []
    quotas: list[QuotaJson] = []
    days: list[DayJson] = []
    units: list[UnitJson] = []

    def plan(self) -> Plan:
        """The plan that is meant, yet to be checked."""
        return Plan(
            title=self.title,
            number=self.number,
            issued_on=self.issued_on,
            document=self.document,
            first=self.first,
            last=self.last,
            topics=self.topics,
            goals=[Goal(**each.model_dump()) for each in self.goals],
            quotas=[Quota(**each.model_dump()) for each in self.quotas],
            days=[PlannedDay(**each.model_dump()) for each in self.days],
            units=[Unit(**each.model_dump()) for each in self.units],
        )


class VillageOut(BaseModel):
    """A village below a goal; `residents` is null where nobody entered how many live there."""

    village_id: str
    name: str
    residents: int | None
    reached: float
    was_asked: bool = Field(description="Whether the topic was broadcast there at all.")
    evidence: str


class GoalOut(BaseModel):
    """A goal in one year: reached of all residents, those of villages never asked among them."""

    goal: GoalJson
    first: date
    last: date
    residents: int
    reached: float
    share: float | None
    missing_residents: int
    is_reached: bool = Field(description="Never while some village's residents are not known.")
    coverage: CoverageOut
    below: list[VillageOut]
    evidence: str

    @classmethod
    def of(cls, standing: GoalStanding, *, topics: list[str]) -> "GoalOut":
        """The JSON of a goal's standing."""
        reach = standing.covered.reach
        asked = urlencode(
            [("period", written_period(standing.period)), *(("topic", each) for each in topics)]
        )
        return cls(
            goal=GoalJson.model_validate(standing.goal),
            first=standing.period.first,
            last=standing.period.last,
            residents=reach.residents,
            reached=reach.reached,
            share=reach.share,
            missing_residents=standing.missing_residents,
            is_reached=standing.has_reached_goal,
            coverage=CoverageOut.of(standing.covered.coverage),
            below=[
                VillageOut(
                    village_id=each.village_id,
                    name=each.name,
                    residents=each.residents,
                    reached=each.reached,
                    was_asked=each.was_asked,
                    evidence=f"/api/villages/{each.village_id}/shares?{asked}",
                )
                for each in standing.below
            ],
            evidence=f"/api/coverage?{asked}&by=village",
        )


class GivenOut(BaseModel):
    """One bulletin that was given, and what is known of it on the air."""

    bulletin_id: str
    title: str
    contributor: str
    written_on: date
    aired: Aired
    broadcast_id: str


class MonthOut(BaseModel):
    """A contributor's month."""

    first: date
    owed: int
    given: list[GivenOut]
    lacking: int
    is_over: bool

    @classmethod
    def of(cls, month: MonthGiven) -> "MonthOut":
        """The JSON of a month."""
        return cls(
            first=month.month.first,
            owed=month.owed,
            given=[GivenOut.model_validate(each, from_attributes=True) for each in month.given],
            lacking=month.lacking,
            is_over=month.is_over,
        )


class QuotaOut(BaseModel):
    """A quota with its last months, this one first."""

    quota: QuotaJson
    months: list[MonthOut]

    @classmethod
    def of(cls, standing: QuotaStanding) -> "QuotaOut":
        """The JSON of a quota's standing."""
        return cls(
            quota=QuotaJson.model_validate(standing.quota),
            months=[MonthOut.of(each) for each in standing.months],
        )


class DueOut(BaseModel):
    """The next time of a day; `scheduled` is null where nobody looked."""

    planned: DayJson
    on: date = Field(description="The key day, or the last day that keeps the deadline.")
    days_left: int
    scheduled: list[str] | None

    @classmethod
    def of(cls, coming: DueNext) -> "DueOut":
        """The JSON of a day that comes."""
        return cls(
            planned=DayJson.model_validate(coming.due.planned),
            on=coming.due.on,
            days_left=coming.due.days_left,
            scheduled=None
            if coming.scheduled is None
            else [each.title for each in coming.scheduled],
        )


class CampaignLine(BaseModel):
    """A campaign without its figures."""

    id: str
    title: str
    first: date
    last: date
    topics: list[str]
    retired_at_ms: int | None

    @classmethod
    def of(cls, campaign: Campaign, plan: Plan) -> "CampaignLine":
        """The JSON of one line."""
        return cls(
            id=campaign.id,
            title=plan.title,
            first=plan.first,
            last=plan.last,
            topics=list(plan.topics),
            retired_at_ms=to_ms(campaign.retired_at) if campaign.retired_at else None,
        )


class Campaigns(BaseModel):
    """All campaigns, retired ones last."""

    campaigns: list[CampaignLine]


class CampaignOut(CampaignLine):
    """A campaign: its plan, and where it stands now."""

    plan: PlanJson
    goals: list[GoalOut]
    quotas: list[QuotaOut]
    coming: list[DueOut]
    missing: list[Lack]

    @classmethod
    def of_standing(cls, standing: CampaignStanding) -> "CampaignOut":
        """The JSON of a campaign."""
        topics = list(standing.plan.topics)
        line = CampaignLine.of(standing.campaign, standing.plan)
        return cls(
            **line.model_dump(),
            plan=PlanJson.model_validate(standing.plan),
            goals=[GoalOut.of(each, topics=topics) for each in standing.goals],
            quotas=[QuotaOut.of(each) for each in standing.quotas],
            coming=[DueOut.of(each) for each in standing.coming],
            missing=[each.lack for each in standing.missing],
        )
