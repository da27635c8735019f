"""Who owes bulletins: the contributors of a campaign with how many they owe each month.

A contributor is a name on a bulletin and in a campaign's plan; there is no account of theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from broadcaster.accounts.roles import Right
from broadcaster.bulletins.errors import CONTRIBUTOR_LIMIT_CHARACTERS
from broadcaster.bulletins.folding import folded
from broadcaster.campaigns.keeping import campaigns_of, change_campaign, plan_of
from broadcaster.campaigns.plan import Quota
from broadcaster.campaigns.tables import Campaign
from broadcaster.intake.checking import Doer, Keeping, Line, RowReader, Seen, changes_of
from broadcaster.intake.columns import Column, Sheet
from broadcaster.intake.errors import CampaignUnknown, CellMissing, MonthlyUnusable, NumberUnusable
from broadcaster.intake.reading import Cell
from broadcaster.intake.values import read_count, read_words
from broadcaster.web.language import msgid

_MOST_A_MONTH = 100
CONTRIBUTOR = Column(
    key="contributor",
    name="Đơn vị gửi tin",
    also=("đơn vị", "cơ quan", "tên đơn vị", "unit"),
    note=msgid("Tên đơn vị, viết đúng như ở ô Đơn vị gửi tin của bản tin."),
    example="Trạm Y tế xã",
    required=True,
)
A_MONTH = Column(
    key="a_month",
    name="Số tin mỗi tháng",
    also=("tin mỗi tháng", "chỉ tiêu tháng", "số tin bài", "a month", "per month"),
    note=msgid("Số nguyên từ 1 đến 100."),
    example=2,
    required=True,
)
CAMPAIGN = Column(
    key="campaign",
    name="Đợt tuyên truyền",
    also=("đợt", "kế hoạch", "số kế hoạch"),
    note=msgid("Tên hoặc số của đợt đang mở; để trống nếu chỉ có một đợt."),
)


@dataclass(slots=True)
class _Standing:
    """A campaign that goes on, with what it asks of whom; rows add to it."""

    campaign: Campaign
    quotas: list[Quota]

    def of(self, contributor: str) -> Quota | None:
        """What a contributor owes."""
        wanted = folded(contributor)
        return next((each for each in self.quotas if folded(each.contributor) == wanted), None)


class Contributors:
    """Contributors: a row says how many bulletins a unit owes each month in a campaign."""

    key = "contributors"
    title = msgid("Đơn vị gửi tin")
    note = msgid("Ghi chỉ tiêu tin, bài mỗi tháng của từng đơn vị vào một đợt tuyên truyền.")
    right = Right.PLAN_CAMPAIGNS
    tries = False
    columns = (CONTRIBUTOR, A_MONTH, CAMPAIGN)

    def check(self, session: Session, sheet: Sheet, doer: Doer) -> list[Line]:
        """Each row against the campaigns that go on."""
        standing = [
            _Standing(each, list(plan_of(session, each).quotas))
            for each in campaigns_of(session, doer.station_id)
            if each.retired_at is None
        ]
        seen = Seen()
        wanted: dict[str, dict[str, Quota]] = {}
        return [
            _line(RowReader(sheet, each, self.columns), standing, wanted, seen)
            for each in sheet.records
        ]


def _line(
    reader: RowReader,
    standing: Sequence[_Standing],
    wanted: dict[str, dict[str, Quota]],
    seen: Seen,
) -> Line:
    name = reader.needed("contributor", _name) or ""
    a_month = reader.needed("a_month", _monthly)
    found = _campaign(reader, standing)
    if found is None or a_month is None or not name or reader.problems:
        return reader.wrong(name)
    seen.check(reader, "contributor", (found.campaign.id, folded(name)))
    held = found.of(name)
    quota = replace(held, a_month=a_month) if held else Quota(contributor=name, a_month=a_month)
    changes = changes_of((A_MONTH.name, str(held.a_month) if held else "", str(a_month)))
    campaign_id = found.campaign.id

    def act(_session: Session, keeping: Keeping) -> None:
        of_campaign = wanted.setdefault(campaign_id, {})
        of_campaign[folded(name)] = quota
        keeping.later[f"campaign {campaign_id}"] = lambda session: _keep(
            session, campaign_id, of_campaign, keeping.doer
        )

    return reader.line(name, is_new=held is None, changes=changes, act=act)


def _keep(session: Session, campaign_id: str, quotas: Mapping[str, Quota], doer: Doer) -> None:
    plan = plan_of(session, session.get_one(Campaign, campaign_id))
    kept = [quotas.get(folded(each.contributor), each) for each in plan.quotas]
    had = {folded(each.contributor) for each in plan.quotas}
    kept += [quota for name, quota in quotas.items() if name not in had]
    change_campaign(
        session,
        campaign_id,
        replace(plan, quotas=kept),
        station_id=doer.station_id,
        by=doer.by,
        now=doer.now,
    )


def _campaign(reader: RowReader, standing: Sequence[_Standing]) -> _Standing | None:
    if not reader.has("campaign"):
        if len(standing) == 1:
            return standing[0]
        reader.refuse("campaign", CellMissing() if standing else CampaignUnknown())
        return None

    def named(cell: Cell) -> _Standing:
        wanted = folded(str(cell))
        for each in standing:
            campaign = each.campaign
            names = (campaign.title, campaign.number, campaign.id)
            if wanted in {folded(name) for name in names if name}:
                return each
        raise CampaignUnknown

    return reader.read("campaign", named)


def _name(cell: Cell) -> str:
    return read_words(cell, most=CONTRIBUTOR_LIMIT_CHARACTERS)


def _monthly(cell: Cell) -> int:
    try:
        number = read_count(cell, most=_MOST_A_MONTH)
    except NumberUnusable as error:
        raise MonthlyUnusable from error
    if not number:
        raise MonthlyUnusable
    return number
