"""Campaigns at the station, each act once: part of the day at the station."""

from sqlalchemy import select

from broadcaster.audit.acts import Act
from broadcaster.campaigns.tables import Campaign
from tests.security.day_at_the_station import Day, Step


def a_campaign(title: str) -> dict[str, object]:
    """The form of a campaign with one row of each kind, all marked."""
    return {
        "title": title,
        "first": "2026-01-01",
        "last": "2027-12-31",
        "number": "12/KH-UBND",
        "topic_name": ["Y tế"],
        "goal_percent": ["80"],
        "goal_year": ["2027"],
        "goal_measure": ["residents"],
        "goal_sentence": ["Ít nhất 80% người dân được tiếp cận."],
        "quota_number": ["2"],
        "quota_contributor": ["Trạm Y tế xã"],
        "day_name": ["Ngày Dân số Việt Nam", "Báo cáo"],
        "day_on": ["26/12", "10/12"],
        "day_kind": ["key_day", "before"],
        "unit_name": ["Phòng Văn hóa - Xã hội"],
        "unit_leads": ["yes"],
        "kept": ["topic-0", "goal-0", "quota-0", "day-0", "day-1", "unit-0"],
    }


def campaigns() -> list[Step]:
    """Each of their routes once."""
    plan = {"title": "Y tế", "first": "2026-01-01", "last": "2026-12-31", "topics": ["Y tế"]}
    return [
        ("POST /campaigns",
         lambda day: day.page("operator", "/campaigns", **a_campaign("Đợt một")),
         (Act.CAMPAIGN_KEPT,), "operator"),
        ("POST /campaigns/{campaign_id}",
         lambda day: day.page("leader", f"/campaigns/{_newest(day)}", **a_campaign("Đợt hai")),
         (Act.CAMPAIGN_CHANGED,), "leader"),
        ("POST /campaigns/{campaign_id}/retirement",
         lambda day: day.page("admin", f"/campaigns/{_newest(day)}/retirement"),
         (Act.CAMPAIGN_RETIRED,), "admin"),
        ("POST /api/campaigns",
         lambda day: day.program("operator", "POST", "/api/campaigns", json=plan),
         (Act.CAMPAIGN_KEPT,), "operator"),
        ("PUT /api/campaigns/{campaign_id}",
         lambda day: day.program("leader", "PUT", f"/api/campaigns/{_newest(day)}", json=plan),
         (Act.CAMPAIGN_CHANGED,), "leader"),
        ("DELETE /api/campaigns/{campaign_id}",
         lambda day: day.program("admin", "DELETE", f"/api/campaigns/{_newest(day)}"),
         (Act.CAMPAIGN_RETIRED,), "admin"),
    ]  # fmt: skip


def _newest(day: Day) -> str:
    """The campaign that was kept last."""
    return day.one(select(Campaign.id).order_by(Campaign.created_at))  # type: ignore[call-overload, arg-type]
