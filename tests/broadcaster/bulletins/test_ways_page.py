"""What makes way, where the leader decides: shown in the form, decided with it or not at all."""

import re

import pytest
from sqlmodel import select

from broadcaster.bulletins.studio import Studio
from broadcaster.schedule import api as schedule_api
from broadcaster.schedule import queue_pages
from broadcaster.schedule.tables import Schedule
from broadcaster.schedule.ways_pages import make_way_on_approval, ways_in_decision
from tests.broadcaster.bulletins.test_pages_of_bulletins import Newsroom
from tests.broadcaster.small_station import SmallStation

FIVE = "2026-11-24T17:00"
THERE = "Mời họp thôn"


@pytest.fixture
def desk(sqlite_station: SmallStation, studio: Studio) -> Newsroom:
    """A newsroom, wired to the schedule as the station is."""
    newsroom = Newsroom(sqlite_station, studio)
    newsroom.app.include_router(queue_pages.router)
    newsroom.app.include_router(schedule_api.api)
    newsroom.app.state.bulletin_panels = [queue_pages.queue_panel]
    newsroom.app.state.decision_parts = [ways_in_decision]
    newsroom.app.state.on_approval = make_way_on_approval
    return newsroom


def queue(desk: Newsroom, address: str, **fields: str) -> tuple[int, str]:
    """An queues a bulletin for five o'clock."""
    asked = {"clusters": "cl-1", "when": "at", "starts_local": FIVE, **fields}
    answer = desk.send(desk.an, f"{address}/queue", **asked)
    return answer.status, answer.text


def shown_version(page: str) -> str:
    """By what the form names what it shows."""
    return re.findall(r'name="makes_way" value="([^"]*)"', page)[0]


def standing(desk: Newsroom) -> list[str]:
    """The bulletins whose schedules nobody withdrew."""
    with desk.station.database.reading() as session:
        rows = session.exec(select(Schedule).where(Schedule.cancelled_at == None))  # noqa: E711
        return [row.bulletin_id for row in rows]


def test_the_leader_sees_what_makes_way_and_decides_on_it(desk: Newsroom) -> None:
    """A form that shows it otherwise decides nothing; the right one does both at once."""
    there = desk.write(title=THERE).location
    assert queue(desk, there)[0] == 303
    assert desk.decide(there, decision="approve").status == 303
    newcomer = desk.written("Chiều mai cúp điện từ một giờ đến năm giờ.")

    refused = queue(desk, newcomer)
    kept = queue(desk, newcomer, choice="overwrite")
    page = desk.binh.get(newcomer).text
    stale = desk.decide(newcomer, decision="approve")

    assert refused[0] == 409
    assert "chỉ nhường chỗ khi tin này cũng được duyệt" in refused[1]
    assert kept[0] == 303
    assert "Duyệt thì những lần phát này nhường chỗ:" in page
    assert f"<strong>{THERE}</strong>" in page
    assert "lần phát này bị bỏ" in page
    assert stale.status == 409
    assert "Những lần phát phải nhường chỗ đã thay đổi" in stale.text
    assert not desk.on_air(newcomer)
    assert len(standing(desk)) == 2

    decided = desk.decide(newcomer, decision="approve", makes_way=shown_version(page))

    assert decided.status == 303
    assert desk.on_air(newcomer)
    assert standing(desk) == [newcomer.rsplit("/", 1)[1]]
