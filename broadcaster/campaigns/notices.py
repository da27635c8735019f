"""What the first page says of campaigns: deadlines and key days, 14 and 3 days ahead."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.campaigns.dates import WARNED_DAYS, Due, due_within
from broadcaster.campaigns.keeping import campaigns_of, days_of_plan, plan_of
from broadcaster.campaigns.on_air import on_air_about
from broadcaster.campaigns.plan import Plan
from broadcaster.campaigns.tables import Campaign
from broadcaster.ledger.periods import between
from broadcaster.schedule.pages import BoardNotice
from broadcaster.web.language import msgid

_AHEAD = timedelta(days=WARNED_DAYS)


def campaign_notices(
    session: Session, station_id: str, viewer: Viewer, now: datetime
) -> Sequence[BoardNotice]:
    """The lines for whoever sees the station, soonest first; retired campaigns are silent."""
    if not viewer.may(Right.SEE_STATION):
        return ()
    zone = ZoneInfo(session.get_one(Station, station_id).zone)
    today = now.astimezone(zone).date()
    found: list[tuple[Due, BoardNotice]] = []
    for campaign in campaigns_of(session, station_id):
        if campaign.retired_at is not None:
            continue
        days = days_of_plan(session, campaign.id)
        lasts = between(campaign.first, campaign.last)
        coming = due_within(days, lasts, today=today, ahead=_AHEAD) if days else []
        plan = plan_of(session, campaign) if coming else None
        found += [(due, _notice(session, campaign, plan, due, now=now)) for due in coming if plan]
    return [notice for _, notice in sorted(found, key=lambda each: (each[0].on, each[1].text))]


def _notice(
    session: Session, campaign: Campaign, plan: Plan, due: Due, *, now: datetime
) -> BoardNotice:
    title = msgid("Sắp đến hạn")
    if due.is_key_day:
        scheduled = on_air_about(
            session, plan.topics, due.on, station_id=campaign.station_id, now=now
        )
        title = (
            msgid("Sắp đến ngày trọng điểm")
            if scheduled
            else msgid("Ngày trọng điểm chưa có bản tin nào xếp lịch")
        )
    return BoardNotice(
        title=title,
        text=f"{due.planned.name} ({campaign.title})",
        day=due.on,
        href=f"/campaigns/{campaign.id}",
        urgent=due.is_urgent,
        named=True,
        icon="time",
    )
