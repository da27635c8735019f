"""The API of broadcasts and schedules: the same facts, rights and refusals as the pages."""

import pytest
from sqlmodel import select

from broadcaster.bulletins.tables import Bulletin
from broadcaster.schedule.tables import Schedule
from tests.broadcaster.pages.commune import add_bulletin
from tests.broadcaster.pages.conftest import Call
from tests.broadcaster.small_station import SmallStation

WISH = {"bulletin_id": "storm", "cluster_ids": ["dong"], "starts_local": "2026-11-23T17:00"}


@pytest.mark.usefixtures("afternoon")
def test_today_s_broadcasts_cluster_by_cluster(call: Call) -> None:
    """Each broadcast stands once for each cluster, with state, devices and coverage."""
    client, header = call("operator")

    told = client.get("/api/broadcasts", headers=header).json()["broadcasts"]

    assert len(told) == 3 + 2 + 2 + 3
    noon = next(each for each in told if (each["id"], each["cluster_id"]) == ("bc-noon", "dong"))
    assert noon["state"] == "partial"
    assert noon["devices"] == {"confirmed": 1, "partial": 1, "failed": 1, "not_confirmed": 3}
    assert noon["coverage"]["asked"] == 3_600


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize(("query", "count"), [("day=2026-11-23", 3), ("days=2", 13)])
def test_other_days_can_be_asked_for(call: Call, query: str, count: int) -> None:
    """A day, or several from today on."""
    client, header = call("operator")

    told = client.get(f"/api/broadcasts?{query}", headers=header).json()["broadcasts"]

    assert len(told) == count


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize("query", ["day=9999-12-31", "day=monday", "days=0", "days=99"])
def test_days_out_of_bounds_are_refused(call: Call, query: str) -> None:
    """A date nobody plans for is a 422, never a 500."""
    client, header = call("operator")

    assert client.get(f"/api/broadcasts?{query}", headers=header).status_code == 422


@pytest.mark.usefixtures("afternoon")
def test_the_report_keeps_the_parts_apart(call: Call) -> None:
    """Coverage, devices, villages and the words of one broadcast."""
    client, header = call("operator")

    told = client.get("/api/broadcasts/bc-noon", headers=header).json()

    assert told["coverage"]["confirmed"] == 600
    assert told["coverage"]["not_confirmed"] == 5_400
    assert told["devices"]["finished"] == 1
    assert [len(each["villages"]) for each in told["clusters"]] == [3, 3]
    assert told["approval"]["approver"] == "Leader"
    assert told["spoken"].startswith("Kính thưa bà con.")


@pytest.mark.usefixtures("afternoon")
def test_devices_name_their_evidence(call: Call) -> None:
    """A device that spoke has the address of its statement; a silent one has none."""
    client, header = call("operator")

    told = client.get("/api/broadcasts/bc-noon/devices", headers=header).json()["devices"]

    evidence = {each["state"]: each["evidence"] for each in told}
    assert evidence["not_confirmed"] is None
    assert client.get(evidence["confirmed"], headers=header).status_code == 200


def test_a_wish_is_kept_and_submitted(afternoon: SmallStation, call: Call) -> None:
    """POST answers 201 with the schedule; it is listed until withdrawn, and then gone."""
    client, header = call("operator")

    answer = client.post("/api/schedules", json=WISH, headers=header)

    assert answer.status_code == 201
    made = answer.json()
    assert (made["clusters"], made["closed_because"]) == (["Cụm Đông"], "")
    listed = client.get("/api/schedules", headers=header).json()["schedules"]
    assert [each["id"] for each in listed] == [made["id"]]
    assert client.delete(f"/api/schedules/{made['id']}", headers=header).status_code == 204
    assert client.get("/api/schedules", headers=header).json()["schedules"] == []
    with afternoon.database.reading() as session:
        assert session.get_one(Schedule, made["id"]).cancelled_at is not None


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"cluster_ids": []}, 422, "bad_input"),
        ({"cluster_ids": ["nowhere"]}, 422, "unknown_cluster"),
        ({"starts_local": "2026-11-20T17:00"}, 422, "time_passed"),
        ({"starts_local": "2026-11-23T03:15"}, 422, "in_quiet_hours"),
        ({"starts_local": "soon"}, 422, "time_unreadable"),
        ({"starts_local": "0001-01-01T00:00"}, 422, "time_unreadable"),
        ({"recurrence": "FREQ=SOMETIMES"}, 422, "recurrence_unreadable"),
        ({"recurrence": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, 422, "recurrence_unreadable"),
        ({"starts_local": "2026-11-22T19:01"}, 409, "slot_taken"),
        ({"bulletin_id": "nothing"}, 404, "unknown_bulletin"),
        ({"surprise": 1}, 422, "bad_input"),
    ],
)
def test_a_wish_that_cannot_be_kept_is_told_why(
    afternoon: SmallStation, call: Call, change: dict[str, object], status: int, code: str
) -> None:
    """Each refusal has its status, its stable code and a Vietnamese sentence; nothing is kept."""
    client, header = call("operator")
    with afternoon.database.reading() as session:
        before = len(session.exec(select(Schedule)).all())

    answer = client.post("/api/schedules", json={**WISH, **change}, headers=header)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]
    with afternoon.database.reading() as session:
        assert len(session.exec(select(Schedule)).all()) == before


def test_a_bulletin_without_sound_is_a_conflict(
    commune: SmallStation, call: Call, people: dict[str, str]
) -> None:
    """Queueing what cannot be heard answers 409."""
    with commune.database.writing() as session:
        add_bulletin(session, "storm", title="Bão", author=people["operator"], now=commune.clock())
        session.flush()
        session.get_one(Bulletin, "storm").rendition_id = None
    client, header = call("operator")

    answer = client.post("/api/schedules", json=WISH, headers=header)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_rendered")


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize("person", ["village_head", "admin"])
def test_who_may_not_schedule_is_refused(call: Call, person: str) -> None:
    """The API asks for the same right as the form."""
    client, header = call(person)

    assert client.post("/api/schedules", json=WISH, headers=header).status_code == 403


@pytest.mark.usefixtures("commune")
def test_nobody_is_told_nothing(call: Call) -> None:
    """Without a token every route answers 401."""
    client, _ = call("operator")

    for path in ("areas", "devices", "broadcasts", "schedules", "broadcasts/x", "evidence/a/b/1"):
        assert client.get(f"/api/{path}").status_code == 401
