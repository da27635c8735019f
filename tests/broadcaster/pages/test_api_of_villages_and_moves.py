"""Hearing, feedback, moves and connections for programs: each as its page shows it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from broadcaster.feedback.giving import give
from broadcaster.hearing.saying import say
from broadcaster.hearing.tables import Hearing
from tests.security.conftest import OWN_VILLAGE, Site, fill, open_site
from tests.trail import connect


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    """The commune, with a word on hearing and two of residents, of two villages."""
    database = connect(sqlite_url)
    fill(database, folder=tmp_path)
    site = open_site(database, folder=tmp_path)
    now = site.station.clock()
    with database.writing() as session:
        say(
            session, broadcast_id="bc-noon", village_id=OWN_VILLAGE, clear=False, note="im lặng",
            photo=None, by="acc-village_head", own_villages=frozenset({OWN_VILLAGE}), now=now,
        )  # fmt: skip
        give(session, village_id=OWN_VILLAGE, words="Loa rè.", by="acc-village_head", now=now)
        give(session, village_id="tay-1", words="Loa im.", now=now)
    yield site
    database.dispose()


def test_what_was_heard_is_listed_by_village_broadcast_and_answer(site: Site) -> None:
    """With filters that leave it out and in, and one by one; a head sees their own village's."""
    program = site.program("leader")
    (word,) = program.get("/api/hearings").json()["hearings"]
    counted = {
        query: len(program.get(f"/api/hearings?{query}").json()["hearings"])
        for query in (
            "clear=false", "clear=true", f"village_id={OWN_VILLAGE}", "village_id=tay-1",
            "broadcast_id=bc-noon", "broadcast_id=bc-now", "since=2026-01-01", "since=2030-01-01",
        )
    }  # fmt: skip

    assert (word["village_id"], word["clear"], word["note"]) == (OWN_VILLAGE, False, "im lặng")
    assert word["title"]
    assert list(counted.values()) == [1, 0, 1, 0, 1, 0, 1, 0]
    assert program.get(f"/api/hearings/{word['id']}").json() == word
    assert len(site.program("village_head").get("/api/hearings").json()["hearings"]) == 1
    with site.station.database.writing() as session:
        session.exec(select(Hearing)).one().village_id = "tay-1"
    assert site.program("village_head").get("/api/hearings").json()["hearings"] == []
    assert site.program("village_head").get(f"/api/hearings/{word['id']}").status_code == 404


def test_feedback_is_answered_once_more_drafted_and_erased(site: Site) -> None:
    """The newest answer counts; what is answered waits no more; erased words are gone."""
    leader, head = site.program("leader"), site.program("village_head")
    listed = leader.get("/api/feedback?waiting=true").json()["feedback"]
    one = next(each for each in listed if each["village_id"] == OWN_VILLAGE)
    path = f"/api/feedback/{one['id']}"
    first = leader.post(f"{path}/answers", json={"words": "Đài sẽ xem."})
    again = leader.post(f"{path}/answers", json={"words": "Thứ Năm đài sửa."})
    draft = site.program("operator").post(f"{path}/bulletin")
    other = next(each for each in listed if each["village_id"] == "tay-1")
    erased = leader.delete(f"/api/feedback/{other['id']}")

    assert len(listed) == 2
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json()["answer"], again.json()["waiting"]) == ("Thứ Năm đài sửa.", False)
    assert draft.json()["bulletin_id"] == leader.get(path).json()["bulletin_id"]
    assert erased.status_code == 204
    assert leader.get(f"/api/feedback/{other['id']}").json()["words"] == ""
    assert leader.get("/api/feedback?waiting=true").json()["feedback"] == []
    assert [each["id"] for each in head.get("/api/feedback").json()["feedback"]] == [one["id"]]
    assert head.get(f"/api/feedback/{other['id']}").status_code == 404
    assert leader.post(f"{path}/answers", json={"words": " "}).status_code == 422
    assert site.program("inspector").post(f"{path}/answers", json={"words": "x"}).status_code == 403


def test_the_list_goes_on_where_it_ended(site: Site) -> None:
    """`before_ms` gives those that follow, and is null at the end."""
    program = site.program("leader")
    with site.station.database.writing() as session:
        give(
            session, village_id="tay-2", words="Cảm ơn đài.",
            now=site.station.clock() + timedelta(minutes=1),
        )  # fmt: skip
    first = program.get("/api/feedback?limit=1").json()
    all_of_them = program.get("/api/feedback").json()

    rest = program.get(f"/api/feedback?before_ms={first['before_ms']}").json()["feedback"]

    assert [each["words"] for each in first["feedback"]] == ["Cảm ơn đài."]
    assert len(rest) == 2
    assert all_of_them["before_ms"] is None


def test_a_device_is_moved_exchanged_and_tested(site: Site) -> None:
    """As its page does it; wrong places are named, and what was asked is answered."""
    admin = site.program("admin")
    moved = admin.post(
        "/api/devices/loa-tay-1-1/move",
        json={"name": "Loa suối", "cluster_id": "dong", "shares": {}},
    )
    elsewhere = admin.post(
        "/api/devices/loa-tay-1-1/move",
        json={"name": "Loa suối", "cluster_id": "dong", "shares": {"tay-1": 0.1}},
    )
    too_much = admin.post(
        "/api/devices/loa-tay-1-1/move",
        json={"name": "Loa suối", "cluster_id": "dong", "shares": {OWN_VILLAGE: 1.5}},
    )
    asked = admin.post("/api/devices/loa-tay-1-1/self-test")
    told = site.program("inspector").get("/api/devices/loa-tay-1-1/self-test")
    taken = admin.post("/api/devices/loa-tay-2-1/succession", json={"into": "loa-tay-1-1"})
    itself = admin.post("/api/devices/loa-tay-1-1/succession", json={"into": "loa-tay-1-1"})

    assert (moved.status_code, moved.json()["name"]) == (200, "Loa suối")
    assert moved.json()["cluster_id"] == "dong"
    assert (elsewhere.status_code, elsewhere.json()["field"]) == (422, "shares")
    assert (too_much.status_code, too_much.json()["code"]) == (422, "share_unusable")
    assert (asked.status_code, asked.json()["waits"]) == (202, True)
    assert told.json() == asked.json()
    assert (taken.status_code, taken.json()["id"]) == (200, "loa-tay-1-1")
    assert admin.get("/api/devices/loa-tay-2-1").status_code == 404
    assert itself.status_code == 422


def test_connections_say_what_they_found(site: Site) -> None:
    """A broker that is not there is no broker that answers; keys tell no secret half."""
    told = site.program("admin").get("/api/connections")

    assert told.status_code == 200
    assert (told.json()["broker"]["embedded"], told.json()["broker"]["answers"]) == (True, False)
    assert told.json()["broker"]["fault"]
    assert told.json()["devices"] > told.json()["online_devices"] > 0
    # This station keeps its keys in memory: none can be read from its disk.
    assert told.json()["keys"] == []
    assert site.program("leader").get("/api/connections").status_code == 403
