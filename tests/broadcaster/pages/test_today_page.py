"""Hôm nay: the board, what waits, what needs a look; live without JavaScript's help or with it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from fastapi import FastAPI
from sqlmodel import select

from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.bulletins.texts import sha256_of
from broadcaster.database.columns import to_ms
from broadcaster.ledger.storage import Reason, StorageAway, StorageFile, storage_file
from broadcaster.ledger.tables import Play
from broadcaster.ledger.wording import words_of_storage
from broadcaster.schedule import pages
from broadcaster.schedule.tables import Broadcast, Schedule, ScheduleCluster
from tests.broadcaster.pages.conftest import Browse, Call
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.clients import TestClient


def version_of(page: str) -> str:
    """The version that a live part says it shows."""
    found = re.search(r"have=([0-9a-f]+)", page)
    assert found is not None
    return found.group(1)


def test_the_first_page_needs_somebody_signed_in(app: FastAPI) -> None:
    """A stranger is led to the sign-in page."""
    answer = TestClient(app, follow_redirects=False).get("/", headers={"Accept": "text/html"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.usefixtures("afternoon")
def test_the_board_shows_each_cluster_with_its_day(browse: Browse) -> None:
    """Clusters, what devices said of each broadcast, and coverage stand on the page."""
    page = browse("operator").get("/").text

    for words in (
        "Cụm Đông",
        "Cụm Trung Tâm",
        "Cụm Tây Sơn",
        "6/6 loa đang phát",
        "đến giờ, chưa loa nào báo về",
        "6/6 loa có xác nhận",
        "độ phủ 90%",
        "trong giờ yên lặng, có phép",
    ):
        assert words in page


def lane_now(page: str, cluster_id: str) -> str:
    """What a lane says of this moment."""
    lane = page[page.index(f'id="lane-{cluster_id}"') :]
    found = re.search(r'<div class="lane-now">(.*?)</div>', lane, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r'<p class="lane-next">.*?</p>', "", found.group(1)).split())


@pytest.mark.parametrize("clock_ahead", [False, True])
def test_of_many_clusters_each_lane_says_what_sounds_and_what_is_next(
    afternoon: SmallStation,
    browse: Browse,
    monkeypatch: pytest.MonkeyPatch,
    clock_ahead: bool,
) -> None:
    """A province's board leaves out the day and the villages; of this moment it says the same."""
    if clock_ahead:
        # A device whose clock is ahead says that it plays what is due this evening.
        with afternoon.database.writing() as session:
            play = session.exec(select(Play).where(Play.broadcast_id == "bc-evening")).first()
            assert play is not None
            play.state = "started"
    reader = browse("operator")
    whole = reader.get("/").text
    monkeypatch.setattr(pages, "MANY_LANES", 2)

    short = reader.get("/").text

    for cluster in ("dong", "trung", "tay"):
        assert lane_now(short, cluster) == lane_now(whole, cluster)
        assert f'id="next-{cluster}-bc-' in short
    assert "6/6 loa đang phát" in short
    assert "Đài có 3 cụm loa" in short
    assert 'href="/schedule"' in short
    assert 'class="lane-day"' in whole
    assert "Thôn Suối Đá" in whole
    assert 'class="lane-day' not in short
    assert "Thôn Suối Đá" not in short


@pytest.mark.usefixtures("afternoon")
def test_a_head_of_villages_reads_the_whole_day_however_many_clusters_there_are(
    browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in view counts, not what the station has."""
    head = browse("village_head")
    whole = head.get("/").text
    monkeypatch.setattr(pages, "MANY_LANES", 2)

    assert head.get("/").text == whole


@pytest.mark.usefixtures("afternoon")
def test_what_waits_and_what_needs_a_look_is_named(browse: Browse) -> None:
    """A submitted bulletin, an unconfirmed broadcast and a silent device are listed."""
    page = browse("leader").get("/").text

    assert 'href="/bulletins/storm"' in page
    assert 'id="look-bc-noon"' in page
    assert "Thôn Chợ, cột 1" in page


def test_what_found_no_place_and_what_was_missed_is_named_with_its_cause(
    afternoon: SmallStation, browse: Browse, people: dict[str, str]
) -> None:
    """Approved for an hour that is quiet now, and a time that went by: each leads on."""
    now = afternoon.clock()
    with afternoon.database.writing() as session:
        script = session.get_one(Bulletin, "cccd").script
        session.get_one(Rendition, "r-cccd").script_sha256 = sha256_of(script)
        for id_, bulletin, at in (
            ("sch-held", "cccd", "2026-11-24T22:00"),
            ("sch-missed", "storm", "2026-11-22T08:00"),
        ):
            session.add(
                Schedule(id=id_, station_id=STATION_ID, bulletin_id=bulletin, starts_local=at,
                         created_by=people["operator"], created_at=now - timedelta(days=1))
            )  # fmt: skip
            session.flush()
            session.add(ScheduleCluster(schedule_id=id_, cluster_id="tay"))
        missed = session.get_one(Schedule, "sch-missed")
        missed.closed_at, missed.closed_because = now, "missed"

    page = unescape(browse("operator").get("/").text)

    assert "đã duyệt nhưng không xếp được: rơi vào giờ yên lặng" in page
    assert 'id="held-sch-held" href="/schedules/sch-held?at=2026-11-24T22%3A00"' in page
    assert "lỡ giờ hôm nay, hãy xếp lại" in page
    assert 'id="missed-sch-missed" href="/bulletins/storm#queue"' in page
    assert "đã duyệt nhưng không xếp được" not in browse("village_head").get("/").text


@pytest.mark.usefixtures("commune")
def test_an_empty_station_says_so(browse: Browse) -> None:
    """Without broadcasts each list says that there is nothing."""
    page = browse("operator").get("/").text

    assert page.count("Hôm nay chưa có lần phát nào.") == 3
    assert "Không có bản tin nào chờ duyệt." in page
    assert "Không có gì bất thường." in page


@pytest.mark.usefixtures("afternoon")
def test_the_board_answers_nothing_while_nothing_changed(browse: Browse) -> None:
    """A poll that names the shown version gets 204; another version gets the board."""
    client = browse("operator")
    version = version_of(client.get("/").text)

    assert client.get(f"/today/board?have={version}").status_code == 204
    assert client.get("/today/board?have=0").status_code == 200


def test_the_board_changes_with_a_device_s_word(afternoon: SmallStation, browse: Browse) -> None:
    """When a play ends, the next poll brings another version of the board alone."""
    client = browse("operator")
    version = version_of(client.get("/").text)
    with afternoon.database.writing() as session:
        playing = session.exec(select(Play).where(Play.broadcast_id == "bc-now")).all()
        playing[0].state = "confirmed"

    answer = client.get(f"/today/board?have={version}")

    assert answer.status_code == 200
    assert version_of(answer.text) != version
    assert "<html" not in answer.text


@pytest.mark.usefixtures("afternoon")
def test_without_javascript_the_page_reloads_itself(browse: Browse) -> None:
    """A refresh stands in a noscript element."""
    page = browse("operator").get("/").text

    assert '<noscript><meta http-equiv="refresh"' in page


def test_a_withdrawn_broadcast_is_not_of_the_day(afternoon: SmallStation, browse: Browse) -> None:
    """What was cancelled before it began is gone from the board."""
    with afternoon.database.writing() as session:
        evening = session.get_one(Broadcast, "bc-evening")
        evening.cancelled_at = afternoon.clock() - timedelta(minutes=1)

    assert 'href="/broadcasts/bc-evening"' not in browse("operator").get("/").text


@pytest.mark.usefixtures("afternoon")
def test_the_page_speaks_english_to_whoever_chose_it(browse: Browse) -> None:
    """Words of the board are translated; names of places are not."""
    client = browse("operator")
    client.cookies.set("loa_language", "en")

    page = client.get("/").text

    assert "6/6 loudspeakers playing" in page
    assert "Cụm Đông" in page


def test_orders_that_wait_for_the_broker_are_named(
    app: FastAPI, browse: Browse, commune: SmallStation
) -> None:
    """After a few seconds of waiting the board says so, and that nothing is lost."""
    waited = {"since": commune.clock() - timedelta(seconds=5)}
    app.state.unpublished_since = lambda _session: waited["since"]

    assert "chưa gửi được tới loa" not in browse("operator").get("/").text

    waited["since"] -= timedelta(minutes=1)

    assert "chưa gửi được tới loa" in browse("operator").get("/").text


def test_a_full_disk_stands_on_the_board(commune: SmallStation, browse: Browse, call: Call) -> None:
    """In words that say what to do, and for programs; it goes when there is room again."""
    file = StorageFile(storage_file(commune.settings.state_dir, number=1))
    away = StorageAway(
        since=commune.clock() - timedelta(minutes=2),
        tried_at=commune.clock(),
        reason=Reason.DISK_FULL,
    )
    client, header = call("village_head")
    pages, told = [], []
    for said in (None, away, None):
        file.tell(said)
        pages.append("Đĩa của đài đã đầy" in browse("operator").get("/").text)
        told.append(client.get("/api/ledger/storage", headers=header).json())
    file.close()

    assert pages == [False, True, False]
    assert [each["reason"] for each in told] == [None, "disk_full", None]
    assert told[1]["away_since_ms"] == to_ms(away.since)
    assert told[1]["message"] == words_of_storage("disk_full")
