"""Who may queue may not stop the station by what they queue, nor wake a village."""

import re
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcaster.schedule.errors import RecurrenceUnreadable, TimeUnreadable
from broadcaster.schedule.occurrences import is_over, occurrences
from tests.security.conftest import CSRF, Site

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ENDLESS = [
    "FREQ=SECONDLY",
    "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
    "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31",
    "FREQ=DAILY;BYEASTER=0",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=YEARLY;BYDAY=+60MO",
    "FREQ=DAILY;FREQ=SECONDLY",
    "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9",
    "FREQ=DAILY;BYSECOND=0,1,2,3,4,5,6,7,8,9",
    "FREQ=DAILY\nRRULE:FREQ=SECONDLY",
    "DTSTART:00010101T000000\nRRULE:FREQ=SECONDLY",
    "RDATE:20261124T030000",
]
GOOD = [
    ("FREQ=DAILY", 8),
    ("FREQ=DAILY;BYHOUR=6,17;BYMINUTE=30", 15),
    ("FREQ=DAILY;BYDAY=MO", 2),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", 2),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", 1),
    ("FREQ=MONTHLY;BYDAY=1MO", 0),
    ("FREQ=DAILY;UNTIL=20261125T235900", 3),
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("rule", ENDLESS)
def test_a_rule_that_never_ends_is_refused_at_once(site: Site, rule: str) -> None:
    """The one write lock of the station is not held while somebody's 30th of February is sought."""
    wish = {
        "bulletin_id": "storm",
        "cluster_ids": ["dong"],
        "starts_local": "2026-11-23T17:00",
        "recurrence": rule,
    }

    answer = site.program("operator").post("/api/schedules", json=wish)

    assert (answer.status_code, answer.json()["code"]) == (422, RecurrenceUnreadable.code)


@pytest.mark.parametrize(("rule", "times"), GOOD)
def test_a_rule_by_days_is_read(rule: str, times: int) -> None:
    """What a commune says every day, some days of the week or of the month stays possible."""
    found = occurrences(
        starts_local="2026-11-23T17:00",
        recurrence=rule,
        zone=HANOI,
        after=NOW,
        until=NOW + timedelta(days=8, hours=2),
    )

    assert len(found) == times


@pytest.mark.parametrize("rule", [rule for rule, _ in GOOD] + ["FREQ=MONTHLY;INTERVAL=12"])
def test_the_slowest_rule_is_found_over_soon(rule: str) -> None:
    """However old a schedule is, asking whether it goes on costs no second."""
    began = time.perf_counter()
    is_over(starts_local="2020-02-29T17:00", recurrence=rule, zone=HANOI, now=NOW)

    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize(
    "starts_local", ["0001-01-01T00:00", "9999-12-31T23:59", "2019-12-31T23:59"]
)
@pytest.mark.parametrize("recurrence", ["", "FREQ=DAILY"])
def test_a_time_of_another_age_is_refused(site: Site, starts_local: str, recurrence: str) -> None:
    """The first and the last year of the calendar are no instants in every zone."""
    wish = {
        "bulletin_id": "storm",
        "cluster_ids": ["dong"],
        "starts_local": starts_local,
        "recurrence": recurrence,
    }

    answer = site.program("operator").post("/api/schedules", json=wish)

    assert (answer.status_code, answer.json()["code"]) == (422, TimeUnreadable.code)


def test_no_leader_allows_quiet_hours_unread(site: Site) -> None:
    """A wish for the night that comes while the leader reads makes the leader read again."""
    leader = site.browser("leader")
    page = leader.get("/bulletins/storm").text
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert {"csrf_token", "rendition_id", "submitted_at_ms"} <= form.keys()
    queued = site.browser("operator").post(
        "/bulletins/storm/queue",
        data={
            "csrf_token": CSRF,
            "clusters": "dong",
            "when": "at",
            "starts_local": "2026-11-23T03:00",
            "override_reason": "Lũ lên nhanh",
        },
    )
    assert queued.status_code == 303

    unread = leader.post("/bulletins/storm/decision", data=form | {"decision": "approve"})
    page = leader.get("/bulletins/storm").text
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    read = leader.post("/bulletins/storm/decision", data=form | {"decision": "approve"})

    assert unread.status_code == 409
    assert "Lũ lên nhanh" in page
    assert read.status_code == 303
