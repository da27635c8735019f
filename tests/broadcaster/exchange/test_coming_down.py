"""What a province sends: kept once, proposed to people, never on air by itself."""

import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from broadcaster.accounts.roles import Role
from broadcaster.bulletins import desk as bulletins
from broadcaster.bulletins.errors import RecordingNotUsed
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Bulletin
from broadcaster.emergency.authorising import authorise
from broadcaster.emergency.tables import Emergency
from broadcaster.exchange.codes import Refusal
from broadcaster.exchange.errors import (
    ForeignSoundUnusable,
    OfficeUnreachable,
    ReceivedNotWaiting,
    TakenAsEmergency,
)
from broadcaster.exchange.intake import key_of
from broadcaster.exchange.standing import Standing
from broadcaster.exchange.taking import check_still_waits, dismiss
from broadcaster.schedule.tables import Broadcast
from tests.broadcaster.exchange.conftest import WORDS, Desk, on_both, signed_in
from tests.broadcaster.small_station import STATION_ID, form_token
from tests.security.sounds import spoken

MP3 = "audio/wav"


def voice() -> bytes:
    """Two seconds of something that could be a voice."""
    return spoken()["recording"][1]


def bulletin(desk: Desk, bulletin_id: str) -> tuple[Bulletin, BulletinState]:
    """A bulletin of the station, and its state."""
    with desk.database.reading() as session:
        row = bulletins.find_bulletin(session, bulletin_id, station_id=STATION_ID)
        return row, bulletins.state_of(session, row)


def with_sound(desk: Desk, content: bytes, kind: str = MP3, **fields: Any) -> None:  # noqa: ANN401
    """The province publishes a bulletin with a sound, and it comes."""
    desk.province.sounds["/tep/a"] = (content, kind)
    url = fields.pop("content_url", f"{desk.province.at}/tep/a")
    desk.sends(kind=3, content_url=url, **fields)
    desk.round()


@on_both
def test_what_came_waits_once_however_often_it_is_sent(on: Desk) -> None:
    """The province is told once that it came."""
    document = on.sends(priority=2)
    on.province.documents += [document, document]
    on.round()
    on.round()

    assert on.standings() == [Standing.WAITING]
    assert on.receipts() == [("da_nhan", "")]
    with on.database.reading() as session:
        assert session.exec(select(Bulletin)).all() == []
        assert session.exec(select(Broadcast)).all() == []


def test_an_authors_name_is_kept_and_their_address_is_not(on: Desk) -> None:
    """The name says whose words they are; nobody here writes to them."""
    on.sends(author_name="Nguyễn Văn An", author_email="an@tinh.example", source_name="")
    on.province.documents += on.province.documents
    on.round()

    assert "an@tinh.example" not in on.newest().content
    assert on.receipts() == [("da_nhan", "")]
    row, _ = bulletin(on, on.take())
    assert row.contributor == "Nguyễn Văn An"


@pytest.mark.parametrize("priority", [2, 3])
def test_taken_it_is_a_bulletin_that_somebody_else_must_approve(on: Desk, priority: int) -> None:
    """With its words, its priority and where it comes from."""
    on.sends(priority=priority)
    on.round()
    row, state = bulletin(on, on.take())

    assert (row.title, row.script, row.priority) == ("Tin BT-1", WORDS, priority)
    assert (row.contributor, row.source) == ("Trung tâm tỉnh", "Trung tâm tỉnh · BT-1, bản 1")
    assert row.topic == "Phổ biến kiến thức"
    assert (row.author_id, state) == (on.room.giver, BulletinState.RENDERED)
    assert on.standings() == [Standing.TAKEN]
    with pytest.raises(ReceivedNotWaiting):
        on.take()


def test_its_sound_is_fetched_checked_and_made_as_loud_as_speech(on: Desk) -> None:
    """And stands as a person's voice, with the words that it is said to say."""
    content = voice()
    with_sound(on, content, content_sha256=hashlib.sha256(content).hexdigest().upper())
    row, state = bulletin(on, on.take())
    with on.database.reading() as session:
        rendition = bulletins.current_rendition(session, row)

    assert rendition is not None
    assert (rendition.engine, rendition.spoken, state) == (
        "recorded", WORDS, BulletinState.RENDERED,
    )  # fmt: skip
    assert rendition.duration_ms >= 1_500
    assert on.room.studio.store.exists(rendition.audio_sha256)


@pytest.mark.parametrize(
    ("content", "kind", "fields", "refused"),
    [
        (b"RIFF", MP3, {"content_sha256": "0" * 64}, ForeignSoundUnusable),
        (b"<html>", "text/html", {}, ForeignSoundUnusable),
        (b"no sound at all", MP3, {}, RecordingNotUsed),
        (b"", MP3, {"content_url": "http://127.0.0.1:9/a"}, ForeignSoundUnusable),
        (b"", MP3, {"content_url": "file:///etc/passwd"}, ForeignSoundUnusable),
        (b"", MP3, {"content_url": "http://[::1"}, ForeignSoundUnusable),
    ],
)
def test_a_sound_that_is_not_right_is_refused_and_it_goes_on_waiting(
    on: Desk, content: bytes, kind: str, fields: dict[str, Any], refused: type[Exception]
) -> None:
    """Another host is never asked, whatever the province says."""
    with_sound(on, content, kind, **fields)
    with pytest.raises(refused):
        on.take()

    assert on.standings() == [Standing.WAITING]
    with on.database.reading() as session:
        assert session.exec(select(Bulletin)).all() == []


def test_a_sound_that_is_not_there_may_be_taken_later(on: Desk) -> None:
    """The province is away for a moment: nothing is decided by that."""
    with_sound(on, voice())
    on.province.status = 503
    with pytest.raises(OfficeUnreachable):
        on.take()
    on.province.status = 0

    assert on.take()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": 4}, Refusal.VIDEO),
        ({"relay": True, "relay_source": "VOV1"}, Refusal.NO_LENGTH),
        ({"words": ""}, Refusal.NO_WORDS),
    ],
)
def test_what_cannot_be_played_is_said_to_the_province(
    on: Desk, fields: dict[str, Any], reason: Refusal
) -> None:
    """It is kept to be seen, and hinders nothing that comes after it."""
    on.sends("BT-1", **fields)
    on.sends("BT-2")
    on.round()

    assert on.standings() == [Standing.REFUSED, Standing.WAITING]
    assert on.receipts() == [("tu_choi", reason), ("da_nhan", "")]
    assert on.received()[0].reason == reason


def test_a_document_that_nobody_can_read_stops_nothing(on: Desk) -> None:
    """Named by its id where it has one; the next are taken in."""
    on.province.documents += [
        "not even an object", {"TieuDe": "không mã"}, {"BanTinID": "X", "ThoiLuong": 5},
    ]  # fmt: skip
    on.sends("BT-2")
    done = on.round()

    assert (done.unreadable, done.trouble) == (2, "")
    assert {(each.remote_id, each.standing) for each in on.received()} == {
        ("X", Standing.REFUSED), ("BT-2", Standing.WAITING),
    }  # fmt: skip
    assert ("tu_choi", Refusal.FIELD) in on.receipts()


def test_the_same_number_with_other_words_changes_nothing(on: Desk) -> None:
    """What people saw is what they take; the province is told."""
    on.sends(words="Lời thứ nhất của tỉnh.")
    on.sends(words="Lời thứ hai của tỉnh.")
    on.round()
    row, _ = bulletin(on, on.take())

    assert row.script == "Lời thứ nhất của tỉnh."
    assert on.receipts() == [("da_nhan", ""), ("tu_choi", Refusal.CHANGED)]


def test_a_newer_version_takes_the_place_of_one_that_waits(on: Desk) -> None:
    """In whatever order they come."""
    on.sends("BT-1", version=1)
    on.sends("BT-1", version=2)
    on.sends("BT-2", version=2)
    on.sends("BT-2", version=1)
    on.round()
    standings = {(row.remote_id, row.version): row.standing for row in on.received()}

    assert standings == {
        ("BT-1", 1): Standing.REPLACED, ("BT-1", 2): Standing.WAITING,
        ("BT-2", 1): Standing.REPLACED, ("BT-2", 2): Standing.WAITING,
    }  # fmt: skip


@on_both
def test_an_update_of_what_was_taken_changes_that_bulletin(on: Desk) -> None:
    """Which must be approved anew: nobody approved these words."""
    on.sends(version=1)
    on.round()
    taken = on.take()
    with on.database.writing() as session:
        bulletins.submit(session, taken, by=on.room.giver, now=on.room.now())
    on.room.newsroom.approve(taken)
    assert bulletin(on, taken)[1] == BulletinState.APPROVED
    on.sends(version=2, words="Họp lùi sang tám giờ tối.")
    on.round()
    assert bulletin(on, taken)[1] == BulletinState.APPROVED

    assert on.take() == taken
    row, state = bulletin(on, taken)
    assert (row.script, state) == ("Họp lùi sang tám giờ tối.", BulletinState.RENDERED)
    assert on.standings() == [Standing.REPLACED, Standing.TAKEN]


@pytest.mark.parametrize("number", [1, 2])
def test_a_withdrawal_ends_what_waits(on: Desk, number: int) -> None:
    """With the number of what it takes back, or a later one; before it or after it."""
    on.sends("BT-1", version=1)
    on.sends("BT-1", version=number, withdrawn=True, words="", title="")
    on.sends("BT-2", version=number, withdrawn=True, words="", title="")
    on.sends("BT-2", version=1)
    on.round()

    assert set(on.standings()) == {Standing.WITHDRAWN}


def test_a_withdrawal_of_what_was_taken_is_told_to_a_person(on: Desk, app: FastAPI) -> None:
    """On the board and on its page, until somebody says that it is done."""
    on.sends(version=1)
    on.round()
    taken = on.take()
    on.sends(version=1, withdrawn=True, words="")
    on.round()
    withdrawal = next(each for each in on.received() if each.withdraws)
    operator = signed_in(on, app, "mai", Role.OPERATOR)

    assert withdrawal.standing == Standing.WAITING
    assert "Tỉnh thu hồi bản tin mà đài đã dùng" in operator.get("/").text
    page = operator.get(f"/exchange/received/{withdrawal.id}").text
    assert f'href="/bulletins/{taken}"' in page
    assert "/taking" not in page
    with on.database.writing() as session:
        dismiss(
            session, withdrawal.id, reason="Đã bỏ lịch.", station_id=STATION_ID, by=on.room.giver,
            now=on.room.now(),
        )  # fmt: skip
    assert "Tỉnh thu hồi" not in operator.get("/").text


@on_both
def test_an_emergency_is_proposed_to_whoever_may_order_it(on: Desk, app: FastAPI) -> None:
    """It leads into the emergency's own pages, and orders one, however often it is confirmed."""
    on.sends(priority=1, words="Hồ Suối Đá xả lũ lúc 15 giờ.")
    on.round()
    row = on.newest()
    operator = signed_in(on, app, "mai", Role.OPERATOR)
    page = operator.get(f"/exchange/received/{row.id}").text
    assert "Soạn lệnh" not in page
    with on.database.writing() as session:
        authorise(session, "acc-mai", station_id=STATION_ID, by=on.room.leader, now=on.room.now())
    page = operator.get(f"/exchange/received/{row.id}").text
    key = f"exchange-{row.id}"
    assert f'name="origin" value="{key}"' in page
    assert "Bản tin khẩn cấp của tỉnh chờ quyết định" in operator.get("/").text
    with pytest.raises(TakenAsEmergency):
        on.take()

    token = form_token(operator.get("/account").text)
    order = {
        "csrf_token": token, "origin": key, "request_key": key, "clusters": "cl-1",
        "hazard": "flood", "mode": "real", "words": "Hồ xả lũ.", "typed": "khẩn cấp",
    }  # fmt: skip
    form = operator.post("/emergency/form", data=order)
    assert f'value="{key}"' in form.text
    for _ in range(2):
        assert operator.post("/emergency", data=order).status_code == 303
    with on.database.reading() as session:
        assert len(session.exec(select(Emergency)).all()) == 1
    assert on.standings() == [Standing.ORDERED]
    assert "/emergency/" in operator.get(f"/exchange/received/{row.id}").text


def test_an_emergency_that_was_taken_back_is_not_ordered(on: Desk) -> None:
    """Though somebody was typing: nothing goes out on a word that stands no more."""
    on.sends(priority=1)
    on.round()
    row = on.newest()
    on.sends(priority=1, withdrawn=True)
    on.round()
    with on.database.reading() as session, pytest.raises(ReceivedNotWaiting):
        check_still_waits(
            session, key_of(row), station_id=STATION_ID, fresh=False, now=on.room.now()
        )


def test_the_withdrawal_of_an_emergency_that_sounds_is_told(on: Desk) -> None:
    """What runs is not touched: a person ends it."""
    on.sends(priority=1)
    on.round()
    on.room.authorise()
    emergency = on.room.raise_(key=key_of(on.newest()))
    on.sends(priority=1, withdrawn=True, version=2)
    on.round()

    assert on.standings() == [Standing.ORDERED, Standing.WAITING]
    assert on.room.emergency(emergency).ended_at is None


def test_ordinary_news_orders_no_emergency(on: Desk) -> None:
    """A key that somebody made up from a bulletin's id leads nowhere."""
    on.sends(priority=3)
    on.round()
    with on.database.reading() as session, pytest.raises(ReceivedNotWaiting):
        check_still_waits(
            session, key_of(on.newest()), station_id=STATION_ID, fresh=True, now=on.room.now()
        )


@on_both
def test_a_long_list_comes_in_parts_and_whole(on: Desk) -> None:
    """Part by part with its cursor: none is skipped, none asked for twice."""
    for number in range(35):
        on.sends(f"BT-{number:02}")
    done = on.round()

    assert len(done.received) == 35
    assert on.round(later=timedelta(minutes=1)).received == []
    assert len(on.receipts()) == 35


@on_both
def test_its_plays_go_up_under_the_provinces_own_id(on: Desk) -> None:
    """The province asked for it, and reads what became of it."""
    on.sends("BT-77")
    on.round()
    taken = on.take()
    newsroom = on.room.newsroom
    with on.database.writing() as session:
        bulletins.submit(session, taken, by=on.room.giver, now=on.room.now())
    newsroom.approve(taken)
    newsroom.queue(taken, at="2026-11-23T17:00")
    planned = newsroom.plan()[0]
    on.play("tinh", broadcast_id=planned.id)
    on.round()

    assert on.logs()[0]["BanTinID"] == "BT-77"
    assert on.province.of("schedule")[-1]["LichPhat"][0]["BanTinID"] == "BT-77"


def test_a_sound_larger_than_a_recording_may_be_is_not_read_on(
    on: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is dropped where the limit is reached, and nothing of it is kept."""
    monkeypatch.setattr("broadcaster.exchange.carrying.LARGEST_RECORDING_BYTES", 1_000)
    with_sound(on, io.BytesIO(voice()).getvalue())
    with pytest.raises(ForeignSoundUnusable, match="too large"):
        on.take()
