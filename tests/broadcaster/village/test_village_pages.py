"""A village's pages: its own week and no other, what was said, and the sheet; on both databases."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from fastapi import FastAPI
from PIL import Image
from sqlmodel import select

import broadcaster.coverage.device_pages
import broadcaster.live.pages
import broadcaster.village.feedback_pages
import broadcaster.village.pages
import broadcaster.village.saying_pages
import broadcaster.village.sheet_pages
from broadcaster.accounts.guard import SESSION_COOKIE
from broadcaster.accounts.tables import Account, SignInSession
from broadcaster.ledger.tables import Play, PlayShare
from broadcaster.live.tables import LivePermit, LiveTalk
from broadcaster.village.days import row_of, rows_of, week_of
from tests.broadcaster.pages.conftest import CSRF
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.clients import TestClient

OWN = "dong-2"
HOSTILE = '"><script>alert(1)</script>{{7*7}}'


@pytest.fixture
def app(afternoon: SmallStation) -> FastAPI:
    """The village's pages in their frame."""
    return afternoon.app(
        broadcaster.village.pages.router,
        broadcaster.village.saying_pages.router,
        broadcaster.village.feedback_pages.router,
        broadcaster.village.sheet_pages.router,
        broadcaster.coverage.device_pages.router,
        broadcaster.live.pages.router,
    )


@pytest.fixture
def head(app: FastAPI) -> TestClient:
    """The village head's browser."""
    return browser_of(app, "village_head")


def browser_of(app: FastAPI, name: str) -> TestClient:
    """The browser of somebody who is signed in."""
    html = {"Accept": "text/html", "X-CSRF-Token": CSRF}
    client = TestClient(app, follow_redirects=False, headers=html)
    client.cookies.set(SESSION_COOKIE, name)
    return client


def picture() -> bytes:
    """A small photo."""
    made = BytesIO()
    Image.new("RGB", (60, 40), "red").save(made, "JPEG")
    return made.getvalue()


def test_a_week_is_what_was_for_the_village(afternoon: SmallStation) -> None:
    """Each broadcast with its own poles' marks; what comes is there, other villages are not."""
    week, zone, now = week_of(date(2026, 11, 22)), afternoon.context.zone, afternoon.clock()
    with afternoon.database.reading() as session:
        days = rows_of(session, OWN, week, zone=zone, now=now)
        noon = row_of(session, OWN, "bc-noon", now=now)
        elsewhere = rows_of(session, "tay-1", week, zone=zone, now=now)
    (rows,) = days.values()

    assert [row.broadcast_id for row in rows] == ["bc-morning", "bc-noon", "bc-now", "bc-evening"]
    assert [row.mark for row in rows] == ["confirmed", "not_confirmed", "playing", "planned"]
    assert [(pole.short_name, pole.mark) for pole in noon.poles] == [
        ("Cột 1", "failed"),
        ("Cột 2", "not_confirmed"),
    ]
    assert [row.has_unverifiable for row in rows] == [True, False, False, False]
    assert "bc-noon" not in {row.broadcast_id for found in elsewhere.values() for row in found}


def test_what_has_begun_is_not_said_to_be_planned(
    afternoon: SmallStation, head: TestClient
) -> None:
    """A pole that has not answered is silent, as on an emergency's board; so is the broadcast."""
    with afternoon.database.reading() as session:
        before = row_of(session, OWN, "bc-evening", now=afternoon.clock())
    afternoon.clock.move(timedelta(hours=2))
    with afternoon.database.writing() as session:
        for signed_in in session.exec(select(SignInSession)):
            signed_in.expires_at += timedelta(hours=2)
            session.add(signed_in)
    with afternoon.database.reading() as session:
        begun = row_of(session, OWN, "bc-evening", now=afternoon.clock())
    pages = [head.get(f"/thon/{OWN}{rest}").text for rest in ("", "/phat/bc-evening")]

    assert "đã lên lịch" in {before.says, *(pole.says for pole in before.poles)}
    assert (begun.mark, begun.says) == ("not_confirmed", "chưa trả lời")
    assert "đã lên lịch" not in {pole.says for pole in begun.poles}
    assert all("chưa trả lời" in page for page in pages)


def test_the_week_begins_on_monday() -> None:
    """As people count it; Sunday belongs to the week that ends."""
    assert week_of(date(2026, 11, 22)) == week_of(date(2026, 11, 16))
    assert week_of(date(2026, 11, 23)).first == date(2026, 11, 23)


def test_another_village_is_not_there(head: TestClient) -> None:
    """Not its week, its broadcasts, what its people say, its sheet; nor one that does not exist."""
    for page in ("", "/phat/bc-noon", "/y-kien", "/thang"):
        assert head.get(f"/thon/{OWN}{page}").status_code == 200
        for village in ("dong-1", "trung-1", "nowhere"):
            assert head.get(f"/thon/{village}{page}").status_code == 404


def test_the_only_village_is_where_one_is_led(app: FastAPI, head: TestClient) -> None:
    """The staff has the choice of all."""
    assert head.get("/thon").headers["location"] == f"/thon/{OWN}"
    assert browser_of(app, "operator").get("/thon").text.count('href="/thon/') == 9


def say(client: TestClient, *, village: str = OWN, files: object = None, **form: str) -> int:
    """Send the form of a broadcast."""
    answer = client.post(f"/thon/{village}/phat/bc-noon/nghe", data=form, files=files)  # type: ignore[arg-type]
    return answer.status_code


def test_a_word_with_note_and_photo_is_kept_and_shown(app: FastAPI, head: TestClient) -> None:
    """Letters stay letters; the photo is ours, whatever its name and kind were."""
    photo = {"photo": ("../x.html", picture(), "text/html")}
    assert say(head, heard="not", note=HOSTILE, files=photo) == 303
    page = head.get(f"/thon/{OWN}/phat/bc-noon?said=1").text
    address = page.split('<a href="/hearing/')[1].split('"')[0]
    seen = head.get(f"/hearing/{address}")

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "{{7*7}}" in page
    assert "x.html" not in page
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Cache-Control"] == "private, no-store"
    assert seen.content != picture()
    assert browser_of(app, "operator").get(f"/hearing/{address}").status_code == 200
    assert "không nghe" in head.get(f"/thon/{OWN}").text


def test_whoever_speaks_again_finds_what_they_said_and_can_erase_it(
    app: FastAPI, head: TestClient, afternoon: SmallStation
) -> None:
    """The form begins with the last word; a note and a photo that a new word left behind stay."""
    address = f"/thon/{OWN}/phat/bc-noon"
    say(head, heard="not", note="Cột 2 rè", files={"photo": ("a.jpg", picture(), "image/jpeg")})
    again = head.get(address).text
    assert "\nCột 2 rè</textarea>" in again
    assert 'value="not" checked' in again

    afternoon.clock.move(timedelta(minutes=1))
    say(head, heard="clear", note="")
    page = head.get(address).text
    assert "\n</textarea>" in page
    assert 'value="clear" checked' in page
    assert page.count("<p>Cột 2 rè</p>") == 1
    erasure = page.split('action="/hearing/')[1].split('"')[0]
    assert f"/hearing/{erasure.removesuffix('/erasure')}/photo.jpg" in page
    assert "Cột 2 rè" in browser_of(app, "admin").get(address).text
    assert "Cột 2 rè" not in browser_of(app, "operator").get(address).text

    assert head.post(f"/hearing/{erasure}", data={"next": address}).status_code == 303
    erased = head.get(address).text
    assert "Cột 2 rè" not in erased
    assert "/hearing/" not in erased


def test_what_cannot_be_kept_is_told_and_what_was_typed_stays(head: TestClient) -> None:
    """Nothing is half kept: the word stands with all that belongs to it, or none of it does."""
    cases: list[tuple[dict[str, str], object]] = [
        ({}, None),
        ({"heard": "perhaps"}, None),
        ({"heard": "clear", "note": "x" * 501}, None),
        ({"heard": "clear"}, {"photo": ("a.jpg", b"<html>", "image/jpeg")}),
    ]
    for form, files in cases:
        sent = {"note": "im lặng"} | form
        answer = head.post(f"/thon/{OWN}/phat/bc-noon/nghe", data=sent, files=files)  # type: ignore[arg-type]
        assert answer.status_code == 422
        assert sent["note"] in answer.text
        chosen = f'value="{sent.get("heard", "")}" checked'
        assert (chosen in answer.text) is (sent.get("heard") == "clear")
        assert "Chưa ai ở thôn nói gì" in head.get(f"/thon/{OWN}/phat/bc-noon").text
    none = {"photo": ("", b"", "application/octet-stream")}
    assert say(head, heard="clear", files=none) == 303


def test_only_a_head_speaks_and_only_of_their_village(app: FastAPI, head: TestClient) -> None:
    """An operator may look on; a head of another village finds nothing."""
    assert say(browser_of(app, "operator"), heard="clear") == 403
    assert say(head, village="dong-1", heard="clear") == 404
    assert head.post("/thon/dong-1/y-kien", data={"words": "a"}).status_code == 404


def test_a_head_writes_down_what_a_resident_said(head: TestClient) -> None:
    """And reads what became of it."""
    assert head.post(f"/thon/{OWN}/y-kien", data={"words": HOSTILE}).status_code == 303
    page = head.get(f"/thon/{OWN}/y-kien").text

    assert "&lt;script&gt;alert" in page
    assert "Chờ trả lời" in page
    assert head.post(f"/thon/{OWN}/y-kien", data={"words": " "}).status_code == 422


def test_the_sheet_counts_each_broadcast_once_by_its_part(
    afternoon: SmallStation,
    head: TestClient,
) -> None:
    """What is over and what plays; what is still to come is not on it; another month is empty."""
    afternoon.clock.move(timedelta(minutes=30))
    say(head, heard="not", note="Cột 2 mất điện")
    sheet = head.get(f"/thon/{OWN}/thang").text

    assert "3 lần phát" in sheet
    assert sheet.count('<tr role="row">') == 4
    assert "Cột 2 mất điện" in sheet
    assert "19:01" not in sheet
    assert "chưa có lần phát" in head.get(f"/thon/{OWN}/thang?period=2026-01").text
    assert head.get(f"/thon/{OWN}/thang?period=never").status_code == 422


def spoken_live(station: SmallStation) -> None:
    """The noon was somebody at the microphone for four minutes, of whom one pole let out three."""
    with station.database.writing() as session:
        person = session.exec(select(Account.id)).first() or ""
        now = station.clock()
        session.add(
            LivePermit(
                id="permit-1", station_id=STATION_ID, account_id=person, granted_by=person,
                granted_at=now, valid_until=now,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            LiveTalk(
                id="talk-1", station_id=STATION_ID, title="Bão vào", speaker_id=person,
                permit_id="permit-1", longest_ms=300_000, said_ms=240_000, asked_at=now,
                starts_at=now, ended_at=now,
            )
        )  # fmt: skip
        for share in session.exec(select(PlayShare).where(PlayShare.broadcast_id == "bc-noon")):
            share.broadcast_id = "talk-1"
        for play in session.exec(select(Play).where(Play.broadcast_id == "bc-noon")):
            play.broadcast_id, play.asked_ms = "talk-1", 240_000
            if play.device_id.endswith("1"):
                play.state, play.code, play.reached = "partial", "live", "finished"
                play.started_at = play.starts_at + timedelta(seconds=30)
                play.ended_at = play.starts_at + timedelta(seconds=220)
                play.played_ms = 180_000


def test_a_talk_heard_in_part_is_told_as_one(afternoon: SmallStation, head: TestClient) -> None:
    """Which part, from when to when: nobody reads of a recording that was none."""
    spoken_live(afternoon)
    with afternoon.database.reading() as session:
        row = row_of(session, OWN, "talk-1", now=afternoon.clock())
    begins = f"{row.starts_at.astimezone(afternoon.context.zone):%H:%M}"
    page = head.get(f"/thon/{OWN}/phat/talk-1").text
    timeline = head.get("/broadcasts/talk-1/timeline").text

    assert row.live
    assert next(pole.says for pole in row.poles) == "chỉ phát một phần buổi nói"
    assert f"có tiếng từ {begins}:30 đến" in page
    assert "3 phút 00 giây trong 4 phút 00 giây đã nói" in page
    assert "Nói trực tiếp: không có lời viết trước." in page
    assert "tiếng nói trực tiếp)" not in page
    assert "Phát được 3 phút 00 giây trong 4 phút 00 giây đã nói." in timeline
    assert "chỉ phát một phần buổi nói" in timeline


def test_the_talks_own_page_says_how_many_heard_a_part_of_it(
    app: FastAPI, afternoon: SmallStation
) -> None:
    """Beside the figure that leaves them out, in words, in residents."""
    spoken_live(afternoon)
    page = browser_of(app, "operator").get("/live/talk-1").text

    assert "người dân ở nơi loa chỉ phát một phần buổi nói." in page
    assert "Con số trên không tính những người này" in page
