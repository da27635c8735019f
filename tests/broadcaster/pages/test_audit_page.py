"""Nhật ký: who did what and when, for a leader and an admin; as a page and as JSON."""

from datetime import timedelta
from html import unescape

from broadcaster.audit import COMMAND, Act, record
from broadcaster.audit.entries import open_entry
from broadcaster.audit.erasing import erase_private
from broadcaster.inspection.pages import SHOWN
from broadcaster.inspection.trail_queries import address_of
from broadcaster.inspection.wording import WORDS, words_of_act
from tests.broadcaster.pages.conftest import Browse, Call
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.broadcaster.station_keys import trust_of
from tests.trail import keys_of


def do(
    station: SmallStation,
    act: Act,
    *,
    by: str | None,
    about: str = "",
    days_ago: int = 0,
    **private: str,
) -> None:
    """Somebody did something."""
    with station.database.writing() as session:
        at = station.clock() - timedelta(days=days_ago)
        record(session, act, by=by, about=about, at=at, private=private)


def test_every_act_has_its_words() -> None:
    """An act of a later version keeps its own name."""
    assert set(WORDS) == set(Act)
    assert words_of_act("signed_in") == "Đăng nhập"
    assert words_of_act("from_the_future") == "from_the_future"


def test_the_page_says_who_did_what(commune: SmallStation, browse: Browse) -> None:
    """By name; a command at the machine and an erased person in words."""
    leader = browse("leader")
    do(commune, Act.BROADCAST_STOPPED, by="acc-leader", about="bc-noon")
    do(commune, Act.KEY_ROTATED, by=None)
    do(commune, Act.BULLETIN_RETURNED, by="acc-gone", about="bul-1", comment="Sửa lại ngày.")

    page = unescape(leader.get("/audit").text)

    assert "Dừng buổi phát đang phát" in page
    assert '<a href="/broadcasts/bc-noon">' in page
    assert "tại máy chủ" in page
    assert "đã xóa thông tin" in page
    assert "“Sửa lại ngày.”" in page


def test_words_that_were_erased_are_not_shown(commune: SmallStation, browse: Browse) -> None:
    """The act stays, its words are gone."""
    leader = browse("leader")
    do(commune, Act.BULLETIN_RETURNED, by="acc-gone", about="bul-1", comment="Sửa lại ngày.")
    with commune.database.writing() as session:
        erase_private(session, "acc-gone", by="acc-leader", now=commune.clock())

    page = unescape(leader.get("/audit").text)

    assert "Trả lại" in page
    assert "Sửa lại ngày" not in page
    assert "Xóa thông tin cá nhân" in page


def test_it_is_filtered_by_person_act_and_day(commune: SmallStation, call: Call) -> None:
    """Each alone, and all together; whom an act is about counts as well."""
    client, bearer = call("leader")
    do(commune, Act.SIGNED_IN, by="acc-an")
    do(commune, Act.WORD_TAUGHT, by="acc-an", days_ago=2)
    do(commune, Act.SIGNED_IN, by="acc-binh", days_ago=2)
    do(commune, Act.PERSON_ADMITTED, by=None, about="acc-an", days_ago=2)
    day = (commune.clock() - timedelta(days=2)).date().isoformat()

    def acts(**wanted: str) -> list[str]:
        answer = client.get("/api/audit", params=wanted, headers=bearer)
        assert answer.status_code == 200
        return [each["act"] for each in answer.json()["entries"]]

    assert acts(person="acc-an") == ["person_admitted", "word_taught", "signed_in"]
    assert acts(act="signed_in", day=day) == ["signed_in"]
    assert acts(person="acc-an", act="word_taught", day=day) == ["word_taught"]
    assert acts(person=COMMAND) == ["person_admitted"]


def test_programs_get_each_entry_as_it_was_signed(commune: SmallStation, call: Call) -> None:
    """So that it can be verified without asking the station."""
    client, bearer = call("leader")
    do(commune, Act.SIGNED_IN, by="acc-an")

    entry = client.get("/api/audit", headers=bearer).json()["entries"][0]

    sealed = open_entry(entry["message"], trusted=trust_of(keys_of(STATION_ID)).keys)
    assert (sealed.entry.by, sealed.sha256) == ("acc-an", entry["entry_sha256"])


def test_long_trails_have_pages(commune: SmallStation, browse: Browse, call: Call) -> None:
    """Fifty on a page, and a link to those before; the filter goes along."""
    leader = browse("leader")
    with commune.database.writing() as session:
        for number in range(SHOWN + 10):
            record(session, Act.WORD_TAUGHT, by="acc-an", about=f"lex-{number}", at=commune.clock())

    first = unescape(leader.get("/audit?act=word_taught").text)
    earlier = first.split('href="/audit?person=&act=word_taught&day=&before=')[1].split('"')[0]
    second = unescape(leader.get(f"/audit?act=word_taught&before={earlier}").text)

    assert first.count('id="entry-') == SHOWN
    assert second.count('id="entry-') == 10
    client, bearer = call("leader")
    some = client.get("/api/audit?limit=3", headers=bearer).json()
    rest = client.get(f"/api/audit?limit=500&before={some['before']}", headers=bearer).json()
    assert len(some["entries"]) == 3
    assert rest["before"] is None


def test_a_day_that_is_none_shows_all_days_and_breaks_nothing(
    commune: SmallStation, browse: Browse
) -> None:
    """Whatever stands in the address."""
    leader = browse("leader")
    do(commune, Act.SIGNED_IN, by="acc-an")
    for odd in ("day=x", "day=2026-13-01", "act=x", "person=%00", "person='%20OR%201=1"):
        assert leader.get(f"/audit?{odd}").status_code == 200
    assert "Đăng nhập" in leader.get("/audit?day=x").text


def test_only_what_has_a_page_is_linked() -> None:
    """A bulletin, a broadcast, a device."""
    assert address_of("bul-1") == "/bulletins/bul-1"
    assert address_of("lex-1") == ""
