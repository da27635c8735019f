"""The form that queues a bulletin: a wish is kept and submitted, or comes back with its faults."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import Request
from sqlmodel import select

from broadcaster.accounts.sessions import session_of
from broadcaster.accounts.tables import SignInSession
from broadcaster.bulletins.tables import Approval, Bulletin
from broadcaster.database import Database
from broadcaster.schedule.queue_pages import queue_panel
from broadcaster.schedule.tables import Broadcast, Schedule, ScheduleCluster
from tests.broadcaster.pages.commune import add_bulletin
from tests.broadcaster.pages.conftest import CSRF, Browse
from tests.broadcaster.small_station import SmallStation
from tests.clients import TestClient

Queue = Callable[..., Any]


@pytest.fixture
def database(on_sqlite: Database) -> Database:
    """These tests are about forms."""
    return on_sqlite


@pytest.fixture
def draft(commune: SmallStation, people: dict[str, str]) -> SmallStation:
    """A commune with one rendered bulletin that nobody has submitted, and one approved."""
    with commune.database.writing() as session:
        for bulletin, submitted, approver in (
            ("fresh", False, None),
            ("sound", True, people["leader"]),
        ):
            add_bulletin(
                session,
                bulletin,
                title="Lịch tiêm vắc xin",
                author=people["operator"],
                now=commune.clock(),
                submitted=submitted,
                approver=approver,
            )
    return commune


@pytest.fixture
def queue(draft: SmallStation, browse: Browse) -> Queue:
    """Send the form as an operator fills it in."""
    assert draft

    def send(bulletin: str = "fresh", *, by: str = "operator", **fields: object) -> Any:  # noqa: ANN401
        filled = {"clusters": ["dong", "tay"], "when": "approved", **fields}
        return browse(by).post(f"/bulletins/{bulletin}/queue", data={"csrf_token": CSRF, **filled})

    return send


def kept(station: SmallStation) -> list[Schedule]:
    """Every schedule that was kept."""
    with station.database.reading() as session:
        return list(session.exec(select(Schedule)))


def test_as_soon_as_approved_is_kept_and_submitted(draft: SmallStation, queue: Queue) -> None:
    """Queueing keeps the wish for both clusters and asks for approval in the same act."""
    answer = queue()

    assert (answer.status_code, answer.headers["location"]) == (303, "/bulletins/fresh#queue")
    (schedule,) = kept(draft)
    assert (schedule.starts_local, schedule.recurrence) == ("", "")
    with draft.database.reading() as session:
        assert session.get_one(Bulletin, "fresh").submitted_at == draft.clock()
        assert set(session.exec(select(ScheduleCluster.cluster_id))) == {"dong", "tay"}


@pytest.mark.parametrize(
    ("repeat", "rule"),
    [("", ""), ("daily", "FREQ=DAILY"), ("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA")],
)
def test_a_time_and_its_repetition_are_kept(
    draft: SmallStation, queue: Queue, repeat: str, rule: str
) -> None:
    """Wall time stays wall time, and each choice becomes its rule."""
    assert queue(when="at", starts_local="2026-11-23T17:00", repeat=repeat).status_code == 303

    (schedule,) = kept(draft)
    assert (schedule.starts_local, schedule.recurrence) == ("2026-11-23T17:00", rule)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"clusters": []}, "clusters", "Chưa chọn cụm loa."),
        ({"clusters": ["nowhere"]}, "clusters", "không thuộc đài này"),
        ({"when": "at", "starts_local": ""}, "starts_local", "Chưa nhập giờ phát."),
        ({"when": "at", "starts_local": "chiều mai"}, "starts_local", "Giờ phát chưa đúng."),
        ({"when": "at", "starts_local": "2026-11-20T17:00"}, "starts_local", "Giờ phát đã qua."),
        ({"when": "at", "starts_local": "2026-11-23T03:15"}, "starts_local", "giờ yên lặng"),
        ({"repeat": "daily"}, "starts_local", "Muốn lặp lại thì cần giờ phát."),
        ({"when": "never"}, "when", "Lựa chọn này không có."),
        (
            {"when": "at", "starts_local": "2026-11-23T17:00", "repeat": "hourly"},
            "repeat",
            "Lựa chọn này không có.",
        ),
        ({"override_reason": "gió\0lớn"}, "override_reason", "Có ký tự hỏng"),
        ({"override_reason": "x" * 301}, "override_reason", "Lý do dài quá 300 ký tự."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    draft: SmallStation, queue: Queue, fields: dict[str, object], field: str, sentence: str
) -> None:
    """A refused form is a 422 with the sentence at the field, and keeps nothing."""
    answer = queue(**fields)

    assert answer.status_code == 422
    assert sentence in re.split(f'id="{field}-error"', answer.text)[1][:400]
    assert kept(draft) == []
    with draft.database.reading() as session:
        assert session.get_one(Bulletin, "fresh").submitted_at is None


def test_a_refused_form_comes_back_complete(queue: Queue) -> None:
    """Clusters, time, repetition and reason are as they were left."""
    page = queue(
        clusters=["tay", "nowhere"],
        when="at",
        starts_local="2026-11-23T17:00",
        repeat="weekdays",
        override_reason='Bão "số 14" <gần bờ>',
    ).text

    assert re.search(r'value="tay"[^>]* checked', page)
    assert not re.search(r'value="dong"[^>]* checked', page)
    assert re.search(r'value="at"[^>]* checked', page)
    assert 'value="2026-11-23T17:00"' in page
    assert re.search(r'value="weekdays"[^>]* checked', page)
    assert "Bão &#34;số 14&#34; &lt;gần bờ&gt;" in page


def test_inside_quiet_hours_a_reason_is_kept_for_the_leader(
    draft: SmallStation, queue: Queue
) -> None:
    """With a reason the wish is kept, and allowed by nobody yet."""
    reason = "Xả lũ lúc 4 giờ sáng"

    answer = queue(when="at", starts_local="2026-11-23T03:15", override_reason=reason)

    assert answer.status_code == 303
    (schedule,) = kept(draft)
    assert (schedule.override_reason, schedule.override_by) == (reason, None)


def test_at_night_the_end_of_quiet_hours_is_one_press_away(
    draft: SmallStation, queue: Queue
) -> None:
    """Nobody chose an hour, so none is found fault with; a leader may be asked instead."""
    draft.clock.now = datetime(2026, 11, 22, 15, 5, tzinfo=UTC)
    with draft.database.writing() as session:
        for each in session.exec(select(SignInSession)):
            each.expires_at = draft.clock() + timedelta(hours=1)

    page = queue("sound").text

    assert "Bây giờ là giờ yên lặng" in page
    assert "Hãy chọn giờ khác" not in page
    button = re.search(r'name="(after_quiet)" value="([^"]+)"', page)
    assert button
    assert "Phát lúc 05:30" in page
    assert re.search(r'href="#override_reason">.*Xin lãnh đạo cho phép phát ngay', page)
    assert '<details class="more" open>' in page
    assert kept(draft) == []
    assert queue("sound", **{button[1]: button[2]}).status_code == 303
    (schedule,) = kept(draft)
    assert (schedule.starts_local[:16], schedule.override_reason) == ("2026-11-23T05:30", "")


def test_a_conflict_is_told_once_and_offers_a_whole_minute(
    draft: SmallStation, queue: Queue
) -> None:
    """The box says all: no other sentence, and no time that the form could not take."""
    assert queue("sound", when="at", starts_local="2026-11-24T17:00").status_code == 303

    page = queue("fresh", when="at", starts_local="2026-11-24T17:00").text

    assert page.count("Trùng giờ phát") == 1
    assert "Giờ này đã có" not in page
    assert 'id="starts_local-error"' not in page
    offered = re.search(r"Giờ trống gần nhất: (\d\d:\d\d)(:\d\d)?", page)
    assert offered
    assert offered[2] is None
    again = queue("fresh", when="at", starts_local=f"2026-11-24T{offered[1]}")
    assert again.status_code == 303
    assert len(kept(draft)) == 2


def test_an_approved_bulletin_stays_approved(draft: SmallStation, queue: Queue) -> None:
    """Queueing once more does not ask for a second approval."""
    assert queue("sound", when="at", starts_local="2026-11-23T17:00").status_code == 303

    with draft.database.reading() as session:
        assert len(session.exec(select(Approval)).all()) == 1


def test_a_bulletin_without_sound_says_what_to_do(draft: SmallStation, queue: Queue) -> None:
    """Nothing to hear yet is a 409 with a sentence, and the form is still there."""
    with draft.database.writing() as session:
        session.get_one(Bulletin, "fresh").rendition_id = None

    answer = queue()

    assert answer.status_code == 409
    assert "Bản tin chưa có bản thu giọng đọc." in answer.text


def test_an_unknown_bulletin_is_not_found(queue: Queue) -> None:
    """A made-up id answers 404."""
    assert queue("nothing").status_code == 404


@pytest.mark.parametrize("person", ["village_head", "admin"])
def test_only_who_may_schedule_can_queue(draft: SmallStation, queue: Queue, person: str) -> None:
    """Others are refused, and nothing is kept."""
    assert queue(by=person).status_code == 403
    assert kept(draft) == []


def test_a_forged_form_is_refused(draft: SmallStation, browse: Browse) -> None:
    """Without the page's own token nothing is queued."""
    answer = browse("operator").post("/bulletins/fresh/queue", data={"clusters": ["dong"]})

    assert answer.status_code == 403
    assert kept(draft) == []


def panel_for(station: SmallStation, client: TestClient, *, name: str, bulletin: str) -> str:
    """The panel as the bulletin's page asks for it."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/bulletins/{bulletin}",
        "query_string": b"",
        "headers": [],
        "app": client.app,
    }
    with station.database.reading() as session:
        found = session_of(session, name, now=station.clock())
        assert found is not None
        return queue_panel(
            Request(scope), session, session.get_one(Bulletin, bulletin), found.viewer
        )


def test_the_panel_names_clusters_by_villages_and_residents(
    draft: SmallStation, browse: Browse
) -> None:
    """Whoever chooses sees who lives there, and which hours are quiet."""
    panel = panel_for(draft, browse("operator"), name="operator", bulletin="fresh")

    assert "Thôn Đông Hạ, Thôn Đông Thượng, Thôn Cầu Mới · 3.600 người dân" in panel
    assert "từ 21:00 đến 05:30" in panel


def test_the_panel_tells_the_leader_where_when_and_the_exception(
    draft: SmallStation, browse: Browse, queue: Queue
) -> None:
    """What was queued stands in words above everything else, the exception marked."""
    queue(when="at", starts_local="2026-11-23T03:15", override_reason="Xả lũ lúc 4 giờ sáng")

    panel = panel_for(draft, browse("leader"), name="leader", bulletin="fresh")

    assert "03:15 ngày mai" in panel
    assert "Cụm Đông, Cụm Tây Sơn" in panel
    assert "Xin phát ngoài quy định: giờ yên lặng." in panel
    assert "Xả lũ lúc 4 giờ sáng" in panel


def add_broadcasts(station: SmallStation, count: int) -> None:
    """Broadcasts of the only schedule as a planner leaves them, one a minute from now on."""
    (schedule,) = kept(station)
    with station.database.writing() as session:
        rendition_id = session.get_one(Bulletin, schedule.bulletin_id).rendition_id
        for number in range(count):
            starts_at = station.clock() + timedelta(minutes=1 + number)
            session.add(
                Broadcast(
                    id=f"bc-{number}",
                    schedule_id=schedule.id,
                    bulletin_id=schedule.bulletin_id,
                    rendition_id=rendition_id or "",
                    title="Lịch tiêm vắc xin",
                    priority=3,
                    audio_sha256="0" * 64,
                    audio_size_bytes=1,
                    duration_ms=1_000,
                    slot_ms=1_000,
                    occurs_at=starts_at,
                    starts_at=starts_at,
                    not_after=starts_at + timedelta(minutes=1),
                    planned_at=station.clock(),
                )
            )


def test_the_panel_names_the_next_broadcasts_of_a_schedule(
    draft: SmallStation, browse: Browse, queue: Queue
) -> None:
    """Neither what is past nor the end of what is planned, but what comes now."""
    queue(bulletin="sound", when="at", starts_local="2026-11-23T17:00", repeat="daily")
    add_broadcasts(draft, 7)
    leader = browse("leader")

    def shown() -> list[str]:
        panel = panel_for(draft, leader, name="leader", bulletin="sound")
        return re.findall(r"/broadcasts/(bc-\d)", panel)

    assert shown() == ["bc-0", "bc-1", "bc-2"]
    draft.clock.move(timedelta(seconds=90))
    assert shown() == ["bc-1", "bc-2", "bc-3"]


def test_before_there_is_sound_the_panel_offers_no_form(
    draft: SmallStation, browse: Browse
) -> None:
    """A draft is rendered first."""
    with draft.database.writing() as session:
        session.get_one(Bulletin, "fresh").rendition_id = None

    panel = panel_for(draft, browse("operator"), name="operator", bulletin="fresh")

    assert "<form" not in panel
    assert "Lưu nội dung để tạo giọng đọc trước" in panel
