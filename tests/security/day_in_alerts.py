"""Alerts of others at the station, each act once: part of the day at the station."""

from httpx import Response
from sqlalchemy import select

from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.alerts.tables import AlertFeed, AlertPlaceCode, AlertRule, ReceivedAlert
from broadcaster.audit.acts import Act
from broadcaster.emergency.tables import EmergencyAuthorisation
from tests.broadcaster.station_keys import STATION_ID
from tests.security.conftest import OWN_VILLAGE
from tests.security.day_at_the_station import Day, Step

NOWHERE = "http://127.0.0.1:9/cap"
"""The discard port: nothing listens there, so a feed of it fails at once."""

CODE = {"list_name": "maxa", "village_id": OWN_VILLAGE}


def cap_file(identifier: str) -> str:
    """An alert as a province's office sends one, that lasts beyond the afternoon."""
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{identifier}</identifier><sender>canh-bao@kttv.example</sender>"
        "<sent>2026-11-22T16:30:00+07:00</sent><status>Actual</status><msgType>Alert</msgType>"
        "<scope>Public</scope><info><language>vi-VN</language><category>Met</category>"
        "<event>Lũ trên sông Cầu</event><urgency>Immediate</urgency>"
        "<severity>Severe</severity><certainty>Likely</certainty>"
        "<expires>2026-12-31T00:00:00+07:00</expires>"
        "<headline>Lũ trên sông Cầu lên nhanh</headline>"
        "<description>Mực nước vượt báo động 3 lúc 15 giờ.</description>"
        "<instruction>Bà con ven sông lên nơi cao ngay.</instruction>"
        "<area><areaDesc>Thôn Đông Hạ và lưu vực sông Cầu</areaDesc></area></info></alert>"
    )


def as_file(identifier: str) -> dict[str, tuple[str, bytes]]:
    """The same in a form."""
    return {"file": ("canh-bao.xml", cap_file(identifier).encode())}


def authorised_leader(day: Day) -> None:
    """Another leader's word, that the leader of the day may order emergencies."""
    now = day.site.station.clock()
    with day.site.station.database.writing() as session:
        if session.get(Account, "acc-chair") is not None:
            return
        session.add(
            Account(
                id="acc-chair", username="chair", display_name="Chair", password_hash="-",
                created_at=now,
            )
        )  # fmt: skip
        session.flush()
        session.add(RoleGrant(account_id="acc-chair", station_id=STATION_ID, role="leader"))
        session.add(
            EmergencyAuthorisation(
                id="emu-aaaaaaaaaaaaaaaa", station_id=STATION_ID, account_id="acc-leader",
                granted_by="acc-chair", granted_at=now,
            )
        )  # fmt: skip


def alerts() -> list[Step]:
    """Each of their routes once: on pages, then by programs."""
    return [*_on_pages(), *_by_programs()]


def _on_pages() -> list[Step]:
    return [
        ("POST /alerts/import",
         lambda day: day.page("operator", "/alerts/import", files=as_file("P-1")),
         (Act.ALERT_RECEIVED,), "operator"),
        ("POST /alerts/{alert_id}/dismissal",
         lambda day: day.page("operator", f"/alerts/{_newest(day)}/dismissal", reason="Xã khác."),
         (Act.ALERT_DISMISSED,), "operator"),
        ("POST /alerts/feeds",
         lambda day: day.page("admin", "/alerts/feeds", name="KTTV", url=NOWHERE),
         (Act.ALERT_FEED_ADDED,), "admin"),
        ("POST /alerts/feeds/{feed_id}/poll",
         lambda day: day.page("admin", f"/alerts/feeds/{_feed(day)}/poll"),
         (Act.ALERT_FEED_POLLED,), "admin"),
        ("POST /alerts/feeds/{feed_id}/retirement",
         lambda day: day.page("admin", f"/alerts/feeds/{_feed(day)}/retirement"),
         (Act.ALERT_FEED_RETIRED,), "admin"),
        ("POST /alerts/codes",
         lambda day: day.page("admin", "/alerts/codes", value="10051", **CODE),
         (Act.ALERT_CODE_ADDED,), "admin"),
        ("POST /alerts/codes/{place_code_id}/removal",
         lambda day: day.page("admin", f"/alerts/codes/{_code(day)}/removal"),
         (Act.ALERT_CODE_REMOVED,), "admin"),
        ("POST /alerts/rules",
         _rule_decided,
         (Act.ALERT_RULE_DECIDED,), "leader"),
        ("POST /alerts/rules/{rule_id}/revocation",
         lambda day: day.page("leader", f"/alerts/rules/{_rule(day)}/revocation"),
         (Act.ALERT_RULE_REVOKED,), "leader"),
    ]  # fmt: skip


def _rule_decided(day: Day) -> Response:
    authorised_leader(day)
    return day.page("leader", "/alerts/rules", severity="Extreme")


def _by_programs() -> list[Step]:
    return [
        ("POST /api/cap-alerts",
         lambda day: day.program("operator", "POST", "/api/cap-alerts",
                                 json={"xml": cap_file("A-1")}),
         (Act.ALERT_RECEIVED,), "operator"),
        ("POST /api/cap-alerts/{alert_id}/dismissal",
         lambda day: day.program(
             "operator", "POST", f"/api/cap-alerts/{_waiting(day)}/dismissal", json={}),
         (Act.ALERT_DISMISSED,), "operator"),
        ("POST /api/alert-feeds",
         lambda day: day.program("admin", "POST", "/api/alert-feeds",
                                 json={"name": "KTTV", "url": NOWHERE}),
         (Act.ALERT_FEED_ADDED,), "admin"),
        ("POST /api/alert-feeds/{feed_id}/poll",
         lambda day: day.program("admin", "POST", f"/api/alert-feeds/{_feed(day)}/poll"),
         (Act.ALERT_FEED_POLLED,), "admin"),
        ("DELETE /api/alert-feeds/{feed_id}",
         lambda day: day.program("admin", "DELETE", f"/api/alert-feeds/{_feed(day)}"),
         (Act.ALERT_FEED_RETIRED,), "admin"),
        ("POST /api/alert-place-codes",
         lambda day: day.program("admin", "POST", "/api/alert-place-codes",
                                 json={"value": "10052", **CODE}),
         (Act.ALERT_CODE_ADDED,), "admin"),
        ("DELETE /api/alert-place-codes/{place_code_id}",
         lambda day: day.program("admin", "DELETE", f"/api/alert-place-codes/{_code(day)}"),
         (Act.ALERT_CODE_REMOVED,), "admin"),
        ("POST /api/alert-rules",
         lambda day: day.program("leader", "POST", "/api/alert-rules", json={"severity": "Minor"}),
         (Act.ALERT_RULE_DECIDED,), "leader"),
        ("DELETE /api/alert-rules/{rule_id}",
         lambda day: day.program("leader", "DELETE", f"/api/alert-rules/{_rule(day)}"),
         (Act.ALERT_RULE_REVOKED,), "leader"),
    ]  # fmt: skip


def _newest(day: Day) -> str:
    return day.one(select(ReceivedAlert.id))  # type: ignore[call-overload]


def _waiting(day: Day) -> str:
    return day.one(select(ReceivedAlert.id).where(ReceivedAlert.standing == "proposed"))  # type: ignore[arg-type, call-overload]


def _feed(day: Day) -> str:
    return day.one(select(AlertFeed.id).where(AlertFeed.retired_at.is_(None)))  # type: ignore[union-attr]


def _code(day: Day) -> str:
    return day.one(select(AlertPlaceCode.id))  # type: ignore[call-overload]


def _rule(day: Day) -> str:
    return day.one(select(AlertRule.id).where(AlertRule.revoked_at.is_(None)))  # type: ignore[union-attr]
