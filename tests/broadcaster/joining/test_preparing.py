"""What two stations have alike, decided on a page: side by side, one by one, nothing lost."""

from pathlib import Path

import pytest
from sqlmodel import Session, select

from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import Station, Village
from broadcaster.audit import Act
from broadcaster.database import Database
from broadcaster.fleet.tables import Device
from broadcaster.joining import pages
from broadcaster.joining.at_terminal import brought, prepared, tried
from broadcaster.joining.errors import DecisionsUnreadable, DecisionUnusable, UnknownJoining
from broadcaster.joining.meeting import Alike, decided, meet
from broadcaster.joining.preparing import PreparedShown, decide, drop, prepared_joinings
from broadcaster.joining.tables import JoiningDecision, PreparedJoining
from broadcaster.settings import Settings
from tests.broadcaster.joining.scene import (
    AS_OF,
    DECISIONS,
    NOW,
    OTHER,
    ROOT_KEY,
    Two,
    two_communes,
)
from tests.broadcaster.ledger.commune import STATION
from tests.broadcaster.small_station import STATION_ID, browser, form_token, found_station
from tests.trail import acts_of, connect

BY = "acc-hoa"


@pytest.fixture
def two(database: Database, sqlite_template: Path, tmp_path: Path) -> Two:
    """Both stations; ours is once on SQLite and once on PostgreSQL."""
    theirs = tmp_path / "theirs.sqlite3"
    theirs.write_bytes(sqlite_template.read_bytes())
    return two_communes(database, f"sqlite:///{theirs}", tmp_path)


def look(two: Two) -> str:
    """`loa join … --prepare`: what it says."""
    with two.other() as other:
        return prepared(two.ours.database, other, now=NOW)


def shown(two: Two) -> PreparedShown:
    """The one preparation as its page has it."""
    with two.ours.database.reading() as session:
        (found,) = prepared_joinings(session, station_id=STATION)
        session.expunge_all()
    return found


def say(two: Two, kind: Alike, code: str, said: str) -> None:
    """An admin answers one question."""
    with two.ours.database.writing() as session:
        (found,) = prepared_joinings(session, station_id=STATION)
        decide(
            session, found.row.id, kind=kind, code=code, said=said, station_id=STATION,
            by=BY, now=NOW,
        )  # fmt: skip


def left(session: Session) -> int:
    """How many rows are still about joinings that are prepared."""
    found = (session.exec(select(table)).all() for table in (PreparedJoining, JoiningDecision))
    return sum(len(each) for each in found)


def test_both_sides_of_each_question_stand_there_until_it_is_joined(two: Two) -> None:
    """Prepared, decided one by one, joined by the same command; then nothing of it is left."""
    told = look(two)
    before = {each.question.kind: each for each in shown(two).asked}
    for (kind, code), said in DECISIONS.items():
        say(two, kind, code, said)
    answered = shown(two)
    settings = Settings(state_dir=two.state)
    with two.other() as other:
        dry, is_decided = tried(two.ours.database, other, {}, write_to=None)
        done = brought(two.ours.database, other, settings, {}, now=NOW)
    with two.ours.database.reading() as session:
        village = session.get_one(Village, "thon-b1").name
        moved = session.get(Device, "loa-binh-hoa-1") is not None
        rest = left(session)

    assert "/joined/prj-" in told
    assert {each.question.kind for each in answered.asked} == set(Alike)
    device, place = before[Alike.DEVICE], before[Alike.VILLAGE]
    assert device.ours is not None
    assert (device.ours.code, device.theirs.code) == ("loa-1", "loa-1")
    assert device.theirs.villages == ["Thôn Một"]
    assert place.ours is not None
    assert (place.theirs.cluster, place.theirs.residents) == ("Cụm Đông", 600)
    assert before[Alike.PERSON].theirs.roles == [Role.OPERATOR, Role.VILLAGE_HEAD]
    assert (answered.is_decided, is_decided, "● Nhập được" in dry) == (True, True, True)
    assert "● Đã nhập Đài Bình Hòa" in done
    assert (village, moved, rest) == ("Thôn Một Bình Hòa", True, 0)
    assert len(acts_of(two.ours.database, Act.JOINING_DECIDED)) == len(DECISIONS)


REFUSED = (
    (Alike.DEVICE, "loa-1", "loa-8"),
    (Alike.DEVICE, "loa-1", "loa-2"),
    (Alike.DEVICE, "loa-1", "Loa 1"),
    (Alike.DEVICE, "loa-1", "="),
    (Alike.PERSON, "acc-b-hoa", "hoa"),
    (Alike.PERSON, "acc-b-hoa", "Hòa"),
    (Alike.VILLAGE, "thon-b1", "x" * 61),
)
"""Codes and names that either station has, or that are none."""


def test_what_a_csv_may_not_say_the_page_may_not_either(two: Two) -> None:
    """In the same words; what was kept before stays."""
    look(two)
    say(two, Alike.CLUSTER, "cum-b", "=")
    for kind, code, said in REFUSED:
        with pytest.raises(DecisionUnusable) as on_page:
            say(two, kind, code, said)
        with two.other() as other, two.ours.database.reading() as session:
            answers = {**DECISIONS, (kind, code): said}
            meeting = meet(
                session, other, station=session.get_one(Station, STATION), decisions=answers
            )
            with pytest.raises(DecisionUnusable) as in_csv:
                decided(session, other, meeting, answers, station_id=STATION)

        assert on_page.value.message_vi == in_csv.value.message_vi
    assert [each.said for each in shown(two).asked if each.said] == ["="]


def test_an_answer_may_be_changed_and_taken_back_and_must_answer_something(two: Two) -> None:
    """Saying the same again is no act."""
    look(two)
    for said in ("loa-x", "loa-x", "loa-y", ""):
        say(two, Alike.DEVICE, "loa-1", said)
    with pytest.raises(DecisionsUnreadable):
        say(two, Alike.DEVICE, "loa-8", "loa-x")

    assert shown(two).decided == 0
    assert len(acts_of(two.ours.database, Act.JOINING_DECIDED)) == 3


def test_a_newer_look_keeps_answers_and_a_file_goes_above_them(two: Two) -> None:
    """What is asked no more is forgotten."""
    look(two)
    say(two, Alike.VILLAGE, "thon-b1", "=")
    say(two, Alike.DEVICE, "loa-1", "loa-x")
    with two.ours.database.writing() as session:
        for village in session.exec(select(Village).where(Village.name == "Thôn Một")).all():
            village.name = "Thôn Một Cũ"
    told = look(two)
    with two.other() as other:
        dry, _ = tried(
            two.ours.database, other, {(Alike.DEVICE, "loa-1"): "loa-tep"}, write_to=None
        )

    assert {each.question.kind: each.said for each in shown(two).asked} == {
        Alike.DEVICE: "loa-x", Alike.PERSON: "", Alike.CLUSTER: "",
    }  # fmt: skip
    assert "→ loa-x" in told
    assert "→ loa-tep" in dry


def test_a_preparation_is_dropped_with_all_its_answers(two: Two) -> None:
    """It names people who are nobody here."""
    look(two)
    say(two, Alike.DEVICE, "loa-1", "loa-x")
    joining_id = shown(two).row.id
    with two.ours.database.writing() as session:
        drop(session, joining_id, station_id=STATION, by=BY, now=NOW)
        rest = left(session)
        with pytest.raises(UnknownJoining):
            drop(session, joining_id, station_id=STATION, by=BY, now=NOW)

    assert rest == 0


def prepared_row(*, station_id: str = STATION_ID, id_: str = "prj-one") -> PreparedJoining:
    """A person and a loudspeaker that both have."""
    return PreparedJoining(
        id=id_, station_id=station_id, other_id=OTHER, name="Đài Bình Hòa", commune="Bình Hòa",
        public_key=ROOT_KEY, as_of=AS_OF, prepared_at=NOW, counts={"device": 2},
        taken={"codes": ["loa-1"], "usernames": ["admin"]},
        questions=[
            {
                "kind": "person", "code": "acc-b-1", "there": "admin", "here": "acc-admin",
                "theirs": {"code": "admin", "name": "Trần Văn Bình", "roles": ["operator"]},
            },
            {
                "kind": "device", "code": "loa-1", "there": "Loa chợ", "here": "Loa đình",
                "theirs": {"code": "loa-1", "name": "Loa chợ", "villages": ["Thôn Một"]},
            },
        ],
    )  # fmt: skip


def test_the_page_keeps_each_answer_and_what_was_typed(sqlite_url: str, tmp_path: Path) -> None:
    """Only admins answer; inspectors see; a refused name stands there to be mended."""
    database = connect(sqlite_url)
    station = found_station(database, state_dir=tmp_path)
    site = station.app(pages.router)
    admin = browser(site, token=station.session_of("admin", Role.ADMIN))
    inspector = browser(site, token=station.session_of("inspector", Role.INSPECTOR))
    operator = browser(site, token=station.session_of("operator", Role.OPERATOR))
    with database.writing() as session:
        session.add(prepared_row())
    at = "/joined/prj-one"
    token = form_token(admin.get(at).text)

    def send(**form: str) -> tuple[int, str]:
        answer = admin.post(f"{at}/decisions", data={"csrf_token": token, **form})
        return answer.status_code, answer.text

    person = send(kind="person", code="acc-b-1", choice="=", said="")
    wrong = send(kind="device", code="loa-1", said="Loa <1>")
    page = admin.get(at).text
    device = send(kind="device", code="loa-1", said="loa-cho")
    full = admin.get(at).text
    seen = inspector.get(at).text
    refused = operator.post(f"{at}/decisions", data={"kind": "device", "code": "loa-1"})
    admin.post(f"{at}/dropping", data={"csrf_token": token})
    dropped = admin.get("/joined").text
    database.dispose()

    assert person[0] == 303
    assert "Trần Văn Bình" in page
    assert "1/2" in page
    assert (wrong[0], 'value="Loa &lt;1&gt;"' in wrong[1]) == (422, True)
    assert "Mã loa mới cần" in wrong[1]
    assert device[0] == 303
    assert "Đủ để nhập" in full
    assert ("loa-cho" in seen, "/decisions" in seen) == (True, False)
    assert refused.status_code == 403
    assert "prj-one" not in dropped


def test_another_stations_preparation_is_nobodys_here(database: Database, tmp_path: Path) -> None:
    """Neither seen nor answered, and it tells nothing of ours; on either database."""
    station = found_station(database, state_dir=tmp_path)
    site = station.app(pages.router)
    admin = browser(site, token=station.session_of("admin", Role.ADMIN))
    with database.writing() as session:
        ours = session.get_one(Station, STATION_ID)
        session.add(
            Station(
                id="st-khac", name="Đài khác", commune="Khác", province=ours.province,
                rehearsal=ours.rehearsal, public_key="00" * 32,
            )
        )  # fmt: skip
        session.flush()
        session.add(prepared_row(station_id="st-khac", id_="prj-other"))

    with database.reading() as session:
        (theirs,) = prepared_joinings(session, station_id="st-khac")

    assert [each.ours for each in theirs.asked] == [None, None]
    assert admin.get("/joined/prj-other").status_code == 404
    assert "prj-other" not in admin.get("/joined").text
