"""A village head sees their village's clusters, devices and residents, and nothing of others."""

import pytest
from fastapi import FastAPI

from broadcaster.accounts.guard import declared_rights
from tests.broadcaster.pages.commune import add_broadcast
from tests.broadcaster.pages.conftest import Browse, Call
from tests.broadcaster.small_station import SmallStation


@pytest.mark.usefixtures("afternoon")
def test_the_board_holds_only_their_cluster(browse: Browse) -> None:
    """Other clusters, other villages' names and the approvals that wait are not on the page."""
    page = browse("village_head").get("/").text

    assert "Cụm Đông" in page
    for hidden in ("Cụm Trung Tâm", "Cụm Tây Sơn", "Thôn Chợ", "Phòng chống bão số 14"):
        assert hidden not in page


@pytest.mark.usefixtures("afternoon")
def test_counts_are_of_their_devices(browse: Browse) -> None:
    """Of the six devices of the cluster two reach their village."""
    assert "2/2 loa đang phát" in browse("village_head").get("/").text


@pytest.mark.usefixtures("afternoon")
def test_a_broadcast_shows_only_their_devices(call: Call) -> None:
    """The report and its devices are restricted to those that reach their village."""
    client, header = call("village_head")

    report = client.get("/api/broadcasts/bc-morning", headers=header).json()
    devices = client.get("/api/broadcasts/bc-morning/devices", headers=header).json()["devices"]

    assert report["coverage"]["asked"] == 1_200
    assert [each["id"] for each in report["clusters"]] == ["dong"]
    assert {each["device_id"] for each in devices} == {"loa-dong-2-1", "loa-dong-2-2"}


def test_a_broadcast_elsewhere_is_not_found(
    afternoon: SmallStation, browse: Browse, people: dict[str, str]
) -> None:
    """A broadcast that went to other clusters only is as if it did not exist."""
    with afternoon.database.writing() as session:
        add_broadcast(
            session,
            "bc-elsewhere",
            bulletin_id="vaccine",
            by=people["operator"],
            starts_at=afternoon.clock(),
            clusters=("tay",),
            planned_at=afternoon.clock(),
        )
    client = browse("village_head")

    assert client.get("/broadcasts/bc-elsewhere").status_code == 404
    assert client.get("/broadcasts/bc-elsewhere/live").status_code == 404


@pytest.mark.usefixtures("commune")
def test_the_area_is_theirs(call: Call) -> None:
    """The API names one cluster with one village and its residents."""
    client, header = call("village_head")

    told = client.get("/api/areas", headers=header).json()

    assert [each["id"] for each in told["clusters"]] == ["dong"]
    assert [each["id"] for each in told["clusters"][0]["villages"]] == ["dong-2"]
    assert told["clusters"][0]["residents"] == 1_200


@pytest.mark.usefixtures("commune")
@pytest.mark.parametrize("path", ["/api/schedules", "/api/devices"])
def test_what_is_not_theirs_is_refused(call: Call, path: str) -> None:
    """Routes of the whole station answer 403."""
    client, header = call("village_head")

    assert client.get(path, headers=header).status_code == 403


def test_every_route_declares_its_right(app: FastAPI) -> None:
    """No page or route of this part is open by oversight."""
    undeclared = [
        route
        for route, rights in declared_rights(app).items()
        if not rights and not route.split()[-1].startswith("/language/")
    ]

    assert undeclared == []


@pytest.mark.usefixtures("commune")
@pytest.mark.parametrize(
    "path",
    [
        "/broadcasts/%00",
        "/broadcasts/a%00b/live",
        "/broadcasts/..%2f..%2fetc",
        "/evidence/%00/%00/1",
        "/api/broadcasts/%00",
        "/api/evidence/x/%00/1",
        f"/api/broadcasts/{'x' * 5000}",
    ],
)
def test_an_address_that_cannot_be_is_refused(browse: Browse, call: Call, path: str) -> None:
    """Whatever stands in an address, the answer is a refusal and never a fault."""
    if path.startswith("/api"):
        client, header = call("operator")
        status = client.get(path, headers=header).status_code
    else:
        status = browse("operator").get(path).status_code

    assert status in (404, 422)
