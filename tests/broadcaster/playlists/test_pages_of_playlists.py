"""The pages of programmes, as an operator and a leader use them, without JavaScript."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcaster.accounts.guard import declared_rights
from broadcaster.accounts.roles import Right, Role
from broadcaster.areas.tables import VillageLanguage
from broadcaster.bulletins import desk
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.texts import checked
from tests.broadcaster.playlists.programme_desk import (
    Fields,
    ProgrammeDesk,
    fields_of,
    rows_on,
    text_of,
)
from tests.broadcaster.small_station import browser, found_station
from tests.trail import connect


@pytest.fixture
def people(sqlite_url: str, tmp_path: Path, studio: Studio) -> Iterator[ProgrammeDesk]:
    """A station on SQLite whose voice is tones."""
    database = connect(sqlite_url)
    yield ProgrammeDesk(found_station(database, state_dir=tmp_path), studio)
    database.dispose()


def test_a_programme_is_heard_part_by_part(people: ProgrammeDesk) -> None:
    """Each part at its place in time, the whole with its length, before anybody approved it."""
    news = people.bulletin("Tin tiêm chủng")

    address = people.made("chime", "ident", news, "music 10", "closing")
    page = people.an.get(address).text

    starts = re.findall(r'data-cue="(\d+)">([\d:]+)<', page)
    assert starts[0][1] == "0:00"
    assert [int(ms) for ms, _ in starts] == sorted(int(ms) for ms, _ in starts)
    assert re.search(r'class="big-figure">\d+ giây<', page)
    assert 'id="programme"' in page
    assert f'<a href="/bulletins/{news}">Tin tiêm chủng</a>' in page
    assert "chưa gửi duyệt" in text_of(page)


def test_a_time_opens_the_sound_there_without_javascript(people: ProgrammeDesk) -> None:
    """The link names the sound and the second."""
    page = people.an.get(people.made("chime", "music 10")).text

    links = re.findall(r'href="(/audio/[0-9a-f]{64}\.mp3)#t=([\d.]+)" data-cue="(\d+)"', page)

    assert len(links) == 2
    assert all(float(second) * 1000 == int(ms) for _, second, ms in links)


def test_the_whole_way_to_approval(people: ProgrammeDesk) -> None:
    """Submitted with its own button, found among what waits, approved as every bulletin."""
    address = people.made("chime", people.bulletin("Tin một"), people.bulletin("Tin hai"))
    bulletin_address = f"/bulletins/{address.rsplit('/', 1)[1]}"
    assert f'action="{bulletin_address}/submission"' in people.an.get(address).text
    assert people.send(people.an, f"{bulletin_address}/submission").status_code == 303

    assert f'href="{bulletin_address}"' in people.binh.get("/approvals").text
    answer = people.decide(address, decision="approve")

    assert answer.headers["location"] == bulletin_address
    assert people.binh.get(bulletin_address).headers["location"] == address
    assert people.on_air(address)
    assert "Duyệt · Binh" in text_of(people.an.get(address).text)


def test_the_leader_sees_what_the_bulletins_of_a_programme_lack(people: ProgrammeDesk) -> None:
    """It was accepted with the bulletin, so it is told and not asked again."""
    address = people.made("chime", people.bulletin("Tin một"))
    people.send(people.an, f"/bulletins/{address.rsplit('/', 1)[1]}/submission")
    with people.station.database.writing() as session:
        session.add(VillageLanguage(village_id="v-1", language="Khmer"))

    lacking = "Thôn Một: tiếng Khmer"
    assert lacking in text_of(people.binh.get(address).text)
    assert lacking in text_of(people.binh.get("/approvals").text)
    assert "over_missing" not in people.binh.get(address).text
    assert people.decide(address, decision="approve").status_code == 303


def test_a_refused_decision_is_told_on_the_programmes_page(people: ProgrammeDesk) -> None:
    """A return without a reason keeps what was written and asks for it."""
    address = people.made("chime", people.bulletin("Tin một"))
    people.send(people.an, f"/bulletins/{address.rsplit('/', 1)[1]}/submission")

    answer = people.decide(address, decision="return", comment="  ")

    assert answer.status_code == 422
    assert 'id="comment-error"' in answer.text
    assert 'id="programme"' in answer.text


def test_bulletins_and_programmes_have_lists_of_their_own(people: ProgrammeDesk) -> None:
    """Each leads to the other's."""
    news = people.bulletin("Tin một")
    address = people.made("chime", news, title="Chương trình sáng")

    bulletins, programmes = people.an.get("/bulletins").text, people.an.get("/playlists").text

    assert "Chương trình sáng" not in bulletins
    assert 'href="/playlists"' in bulletins
    assert f'<a href="{address}">Chương trình sáng</a>' in programmes
    assert "Tin một" not in programmes


def test_a_programme_falls_with_a_bulletin_and_says_so(people: ProgrammeDesk) -> None:
    """The plain banner on its page and in the list, until it is made anew and approved anew."""
    news = people.bulletin("Tin mưa bão")
    address = people.made("chime", news)
    people.approve(address)
    assert "phải dựng lại" not in people.an.get("/playlists").text
    fields = {"title": "Tin mưa bão", "script": "Bão đã đổi hướng.", "priority": "3"}
    people.send(people.an, f"/bulletins/{news}", fields)

    assert not people.on_air(address)
    page = text_of(people.binh.get(address).text)
    assert "Phải dựng lại chương trình này" in page
    assert "Không còn được duyệt đúng như trong chương trình: Tin mưa bão." in page
    assert "phải dựng lại" in people.an.get("/playlists").text

    people.approve(f"/bulletins/{news}")
    assert "Phải dựng lại" in people.an.get(address).text
    assert people.send(people.an, f"{address}/rendition").status_code == 303
    assert "Phải dựng lại chương trình này" not in people.an.get(address).text
    people.approve(address)
    assert people.on_air(address)


def test_parts_are_kept_though_a_bulletin_is_not_approved(people: ProgrammeDesk) -> None:
    """The trouble is told beside the parts, and the page says so whenever it is opened."""
    waiting = people.bulletin("Tin chưa duyệt", approved=False)

    answer = people.make("chime", waiting, "closing")

    assert answer.status_code == 422
    assert "Danh sách phần đã lưu" in text_of(answer.text)
    address = re.search(r'action="(/playlists/bul-\w+)/rendition"', answer.text)
    assert address
    assert "Chưa được duyệt: Tin chưa duyệt." in text_of(people.an.get(address[1]).text)
    people.approve(f"/bulletins/{waiting}")
    assert people.send(people.an, f"{address[1]}/rendition").status_code == 303
    assert 'id="programme"' in people.an.get(address[1]).text


def test_a_new_programme_begins_and_ends_as_all_do(people: ProgrammeDesk) -> None:
    """Chime, ident and closing stand there; today's approved bulletins are offered to tick."""
    news, waiting = people.bulletin("Tin duyệt rồi"), people.bulletin("Tin chờ", approved=False)

    page = people.an.get("/playlists/new").text

    assert rows_on(page) == ["chime", "ident", "closing"]
    assert f'name="ticked" value="{news}"' in page
    assert waiting not in page


def test_what_is_ticked_comes_before_the_closing_words(people: ProgrammeDesk) -> None:
    """One save, and the ticked bulletins are in the sound."""
    first, second = people.bulletin("Tin một"), people.bulletin("Tin hai")
    ticked: Fields = {"title": "Chiều nay", "act": "save", "ticked": [first, second]}

    answer = people.send(people.an, "/playlists", {**ticked, **fields_of("chime", "closing")})

    editor = people.an.get(f"{answer.headers['location']}/edit").text
    assert rows_on(editor) == ["chime", first, second, "closing"]


@pytest.mark.parametrize(
    ("act", "order"),
    [
        ("up-2", [0, 2, 1, 3]),
        ("down-0", [1, 0, 2, 3]),
        ("drop-1", [0, 2, 3]),
        ("up-0", [0, 1, 2, 3]),
        ("down-3", [0, 1, 2, 3]),
        ("drop-9999", [0, 1, 2, 3]),
        ("up-²", [0, 1, 2, 3]),
        ("house", [2, 3, 1, 0]),
    ],
)
def test_a_button_moves_a_part_and_keeps_nothing(
    people: ProgrammeDesk, act: str, order: list[int]
) -> None:
    """The form comes back in another order with all that was typed; no programme is made."""
    parts = ["closing", "music abc", "chime", "ident"]

    answer = people.make(*parts, title="Chiều nay", act=act)

    assert answer.status_code == 200
    assert rows_on(answer.text) == [parts[place].split()[0] for place in order]
    assert 'value="Chiều nay"' in answer.text
    if 1 in order:
        assert 'name="seconds" value="abc"' in answer.text
    assert "Chưa có chương trình nào" in people.an.get("/playlists").text


def test_the_houses_order_puts_priority_first(people: ProgrammeDesk) -> None:
    """Chime, ident, priority bulletins, the others, closing."""
    normal, urgent = people.bulletin("Tin thường"), people.bulletin("Tin gấp", priority="2")

    answer = people.make("closing", normal, "ident", urgent, "chime", act="house")

    assert rows_on(answer.text) == ["chime", "ident", urgent, normal, "closing"]


def test_a_part_is_added_before_the_closing_words(people: ProgrammeDesk) -> None:
    """Music with its length; a relay is not on offer, and the page says where it is scheduled."""
    fields = {"added": "music", "added_minutes": "5", "act": "add"}

    answer = people.send(people.an, "/playlists", {**fields, **fields_of("chime", "closing")})

    assert rows_on(answer.text) == ["chime", "music", "closing"]
    assert 'name="minutes" value="5"' in answer.text
    assert '<option value="relay"' not in answer.text
    assert 'href="/relays"' in answer.text


@pytest.mark.parametrize("parts", [("chime", "music x"), ("chime", "music -5"), ("music 0",)])
def test_a_length_that_is_none_is_told_and_still_there(
    people: ProgrammeDesk, parts: tuple[str, ...]
) -> None:
    """The sentence counts the parts, and nothing typed is lost."""
    answer = people.make(*parts)

    assert answer.status_code == 422
    assert f"Phần thứ {len(parts)} chưa đủ" in answer.text
    assert f'name="seconds" value="{parts[-1].split()[1]}"' in answer.text


def test_an_empty_programme_is_refused_and_nothing_is_kept(people: ProgrammeDesk) -> None:
    """Neither without a part nor without a title."""
    assert "Chương trình chưa có gì để phát" in people.make().text
    assert people.make("chime", title=" ").status_code == 422
    assert "Chưa có chương trình nào" in people.an.get("/playlists").text


def test_a_change_ends_an_approval_and_says_so_before(people: ProgrammeDesk) -> None:
    """The editor warns; saved, the programme waits for a new decision."""
    news = people.bulletin("Tin một")
    address = people.made("chime", news)
    people.approve(address)
    assert "lần duyệt này hết hiệu lực" in people.an.get(f"{address}/edit").text

    fields = {"title": "Chương trình chiều", **fields_of("chime", news, "closing")}
    answer = people.send(people.an, address, fields)

    assert answer.headers["location"] == address
    assert not people.on_air(address)
    assert "Lần duyệt trước đã hết hiệu lực" in people.an.get(address).text


def test_saving_what_did_not_change_keeps_the_approval(people: ProgrammeDesk) -> None:
    """The same parts make the same sound."""
    address = people.made("chime", people.bulletin("Tin một"), "music 2.5")
    people.approve(address)
    page = people.an.get(f"{address}/edit").text
    rows: dict[str, str | list[str]] = {
        name: re.findall(rf'name="{name}" value="([^"]*)"', page)
        for name in ("kind", "bulletin_id", "minutes", "seconds", "source")
    }

    people.send(people.an, address, {"title": "Chương trình chiều", **rows})

    assert people.on_air(address)


def test_a_programme_is_copied_into_a_form(people: ProgrammeDesk) -> None:
    """The parts of an old one under a new title; nothing is kept until it is saved."""
    news = people.bulletin("Tin một")
    address = people.made("chime", news, "closing", title="Chiều thứ Hai")

    page = people.an.get(f"/playlists/new?from={address.rsplit('/', 1)[1]}").text

    assert rows_on(page) == ["chime", news, "closing"]
    assert 'value="Chiều thứ Hai (bản sao)"' in page
    assert people.an.get("/playlists").text.count("/playlists/bul-") == 1


def test_a_programme_is_queued_from_its_page(people: ProgrammeDesk) -> None:
    """The panel of where and when is the bulletins' own."""
    address = people.made("chime", people.bulletin("Tin một"))
    id_ = address.rsplit("/", 1)[1]

    assert f'action="/bulletins/{id_}/queue"' in people.an.get(address).text
    answer = people.send(
        people.an, f"/bulletins/{id_}/queue", {"clusters": "cl-1", "when": "approved"}
    )

    assert answer.headers["location"] == f"/bulletins/{id_}#queue"
    assert "đang chờ duyệt" in people.an.get(address).text


def test_a_bulletin_is_no_programme(people: ProgrammeDesk) -> None:
    """Nor is what does not exist, or names nothing."""
    for stranger in (people.bulletin("Tin một"), "bul-aaaaaaaaaaaaaaaa", "x' or 1"):
        for path in (f"/playlists/{stranger}", f"/playlists/{stranger}/edit"):
            assert people.an.get(path).status_code == 404
        assert people.an.get(f"/playlists/new?from={stranger}").status_code == 404


def test_titles_are_written_as_text(people: ProgrammeDesk) -> None:
    """A title that looks like a page stays a title, on every page of programmes."""
    bulletin_id = people.bulletin("<b>Tin</b>", script="Tin của xã.")
    address = people.made("chime", bulletin_id, title="<i>Chiều</i>")

    for path in ("/playlists", address, f"{address}/edit", "/playlists/new"):
        page = people.an.get(path).text
        assert "<b>Tin" not in page
        assert "<i>Chiều" not in page


def test_an_english_reader_finds_every_part_named(people: ProgrammeDesk) -> None:
    """The station's own pieces too; titles stay as they were written."""
    address = people.made("chime", "ident", "music 2", "closing")
    people.an.cookies.set("loa_language", "en")

    page = text_of(people.an.get(address).text)

    for words in ("Opening chime", "Station tune", "Station ident", "Music", "Closing words"):
        assert words in page


def test_rights_are_those_of_bulletins(people: ProgrammeDesk) -> None:
    """Writers place parts; whoever sees the station sees them; a village head sees none."""
    head = browser(people.app, token=people.station.session_of("head", Role.VILLAGE_HEAD))
    rights = declared_rights(people.app)

    assert rights["POST /playlists"] == rights["POST /bulletins"] == {Right.WRITE_BULLETINS}
    assert rights["GET /playlists/{playlist_id}"] == {Right.SEE_STATION}
    assert head.get("/playlists").status_code == 403


def test_the_list_tells_how_many_parts_and_how_long(people: ProgrammeDesk) -> None:
    """Without sound there is no length."""
    waiting = people.bulletin("Tin chờ", approved=False)
    people.made("chime", "music 10", "closing")
    people.make("chime", waiting)

    page = text_of(people.an.get("/playlists").text)

    assert re.search(r"chưa gửi duyệt 3 \d+ giây", page)
    assert re.search(r"chưa có âm thanh 2 –", page)


def test_a_bulletin_that_was_edited_meanwhile_is_marked_in_the_editor(
    people: ProgrammeDesk,
) -> None:
    """Before anything is saved."""
    news = people.bulletin("Tin một")
    address = people.made("chime", news)
    with people.station.database.writing() as session:
        edited = checked(title="Tin một", script="Lời khác.")
        desk.edit(session, news, written=edited, by="acc-an", now=people.station.clock())

    assert "Chưa được duyệt, nên chưa ghép vào được." in people.an.get(f"{address}/edit").text


def test_a_flood_of_parts_is_refused_in_a_sentence(people: ProgrammeDesk) -> None:
    """More rows than a programme may have are all still there, to be taken out."""
    many = [f"bul-{number:016}" for number in range(300)]
    fields: Fields = {"title": "Chiều nay", "ticked": many, "kind": ["chime"] * 300}

    answer = people.send(people.an, "/playlists", fields)

    assert answer.status_code == 422
    assert "tối đa 50 phần" in answer.text
    assert len(rows_on(answer.text)) == 600
