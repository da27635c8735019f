"""The pages of a station with hundreds of devices: parts, totals, filters, one JSON for the map."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from broadcaster.accounts.guard import SESSION_COOKIE
from broadcaster.areas.tables import Station
from broadcaster.emergency.tables import EmergencyOrder, EmergencyPart
from broadcaster.ledger.device_trends import device_trends, placed_devices, worrying_devices
from broadcaster.ledger.device_verdicts import Verdict
from broadcaster.ledger.tables import ConfirmationBatch, ConfirmationRow
from broadcaster.schedule.taken import open_schedules, standing_schedules
from devices.protocol.messages import Confirmation, Kind, encode
from tests.benchmarks.large_desk import order_everywhere, send
from tests.benchmarks.large_station import NOW, STATION, LargeStation, large_station
from tests.clients import TestClient
from tests.security.day_in_alerts import as_file

DEVICES, VILLAGES = 440, 110


@pytest.fixture(scope="module")
def province() -> Iterator[LargeStation]:
    """Eleven communes of forty devices and ten villages each."""
    with large_station(DEVICES) as station:
        yield station


@pytest.fixture
def browser(province: LargeStation) -> Iterator[TestClient]:
    """An operator's."""
    with TestClient(
        province.app, headers={"Accept": "text/html"}, cookies={SESSION_COOKIE: "operator"}
    ) as client:
        yield client


def rows_of(page: str, pattern: str) -> list[str]:
    """What stands in a page, each once, in its order."""
    return list(dict.fromkeys(re.findall(pattern, page)))


def test_every_device_stands_in_exactly_one_part(browser: TestClient) -> None:
    """A hundred to a part; the sums above speak of all."""
    pages = [browser.get("/devices", params={"page": page}).text for page in range(1, 6)]
    shown = [rows_of(page, r'href="/devices/(d-[0-9-]+)"') for page in pages]

    assert [len(each) for each in shown] == [100, 100, 100, 100, 40]
    assert len({device for each in shown for device in each}) == DEVICES
    assert "101 đến 200 trong 440" in pages[1]
    assert 'rel="prev" href="/devices"' in pages[1]
    assert 'rel="next" href="/devices?page=3"' in pages[1]


def test_a_filter_stays_in_the_address_of_every_part(browser: TestClient) -> None:
    """The silent ones of all clusters, and all of one cluster."""
    silent = browser.get("/devices", params={"contact": "offline"}).text
    of_one = browser.get("/devices", params={"cluster": "c-3"}).text
    online = browser.get("/devices", params={"contact": "online", "page": "2"}).text

    assert len(rows_of(silent, r'href="/devices/(d-[0-9-]+)"')) == 25
    assert rows_of(of_one, r'href="/devices/d-([0-9]+)-') == ["3"]
    assert 'href="/devices?contact=online&amp;page=3"' in online


def test_the_worst_stand_first_and_are_counted_whole(
    province: LargeStation, browser: TestClient
) -> None:
    """A part of the worrying devices says how many there are; each is judged as by itself."""
    with province.database.reading() as session:
        every = device_trends(session, station_id=STATION, villages=None, now=NOW)
        found = worrying_devices(
            session, station_id=STATION, villages=None, now=NOW, part=slice(10, 20)
        )
        alone = [
            device_trends(session, station_id=STATION, villages=None, now=NOW, only=each.device_id)[
                0
            ]
            for each in found.devices
        ]
    worrying = [each for each in every if each.verdict is not Verdict.GOOD]

    assert found.devices == worrying[10:20] == alone
    assert (found.total, found.good) == (len(worrying), DEVICES - len(worrying))
    assert f"{found.total}</strong> loa đáng lo" in browser.get("/devices/trends").text


def test_the_database_judges_devices_as_their_own_page_does(province: LargeStation) -> None:
    """The map's verdicts, made in one statement, are those of each device's figures."""
    with province.database.reading() as session:
        every = device_trends(session, station_id=STATION, villages=None, now=NOW)
        placed = placed_devices(session, station_id=STATION, villages=None, now=NOW)

    assert {each.device_id: each.verdict for each in placed} == {
        each.device_id: each.verdict for each in every
    }
    assert len({each.verdict for each in every}) >= 3


def test_the_map_of_a_large_fleet_is_one_json_kept_by_its_tag(browser: TestClient) -> None:
    """Every device once, with its word and its mark; unchanged, it is not sent again."""
    page = browser.get("/devices/map").text
    first = browser.get("/devices/map/places")
    again = browser.get("/devices/map/places", headers={"If-None-Match": first.headers["ETag"]})
    told = first.json()

    assert 'data-places="/devices/map/places"' in page
    assert len({row[5] for row in told["devices"]}) == DEVICES
    assert {told["words"][row[3]] for row in told["devices"]} <= set(told["words"])
    assert {told["marks"][row[2]]["state"] for row in told["devices"]} >= {"not_confirmed"}
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Vary"] == "Cookie"


@pytest.mark.parametrize(
    ("address", "pattern", "in_a_part"),
    [
        ("/villages", r'id="village-(v-[0-9-]+)"', 100),
        ("/feedback/posters", r'id="posters-(v-[0-9-]+)"', 50),
        ("/ledger/coverage?period=2026", r'href="/ledger/villages/(v-[0-9-]+)/shares', 100),
        ("/thon", r'href="/thon/(v-[0-9-]+)"', 100),
    ],
)
def test_every_village_stands_in_exactly_one_part(
    browser: TestClient, address: str, pattern: str, in_a_part: int
) -> None:
    """However many parts it takes, and nothing is shown twice."""
    shown: list[str] = []
    while address:
        page = browser.get(address).text
        there = rows_of(page, pattern)
        assert 0 < len(there) <= in_a_part
        shown += there
        ahead = re.search(r'rel="next" href="([^"]+)"', page)
        address = ahead[1].replace("&amp;", "&") if ahead else ""

    assert len(shown) == len(set(shown)) == VILLAGES


def test_those_whom_nobody_has_warned_stand_first_in_an_emergency(
    province: LargeStation, browser: TestClient
) -> None:
    """An emergency for a whole province is told in parts of a hundred; its sums speak of all."""
    emergency = order_everywhere(province)
    _said_in_full(province, commune=0)
    parts = [
        browser.get(f"/emergency/{emergency}", params={"page": page}).text for page in range(1, 6)
    ]

    assert [part.count('class="row-title"') for part in parts] == [100, 100, 100, 100, 40]
    assert [rows_of(part, r'id="cluster-(c-[0-9]+)"') for part in parts[3:]] == [
        ["c-7", "c-8", "c-9"],
        ["c-0"],
    ]
    assert all("400</strong></li>" in part and "40</strong></li>" in part for part in parts)
    assert f"/emergency/{emergency}/live?page=2" in parts[1]


def _said_in_full(province: LargeStation, *, commune: int) -> None:
    """Every device of a commune has said the message to its end."""
    at = province.app.state.context.now()
    with province.app.state.context.database.writing() as session:
        order = session.exec(
            select(EmergencyOrder.id)
            .join(EmergencyPart, col(EmergencyPart.id) == col(EmergencyOrder.part_id))
            .where(EmergencyOrder.cluster_id == f"c-{commune}", EmergencyPart.kind == "message")
        ).one()
        batches = session.exec(select(ConfirmationBatch.device_id, ConfirmationBatch.sha256))
        for device, batch in batches:
            if device.startswith(f"d-{commune}-"):
                said = Confirmation(seq=1, prev="0" * 64, kind=Kind.FINISHED, at_ms=1, order=order)
                session.add(
                    ConfirmationRow(
                        device_id=device, epoch="ab" * 16, seq=1, prev_sha256="0" * 64,
                        entry_sha256="0" * 64, entry=encode(said).decode(), kind=Kind.FINISHED,
                        order_id=order, batch_sha256=batch, received_at=at,
                    )
                )  # fmt: skip


def test_what_is_closed_is_not_read_to_find_what_waits_for_a_place(province: LargeStation) -> None:
    """The board looks for wishes without a place each time that it is looked at."""
    with province.database.reading() as session:
        station = session.get_one(Station, STATION)
        standing = standing_schedules(session, station=station, after=NOW)

        assert len(standing) > 400
        assert open_schedules(session, station=station) == [
            each for each in standing if each.schedule.closed_at is None
        ]


def test_the_villages_are_read_once_for_all_alerts_that_wait(
    province: LargeStation, browser: TestClient
) -> None:
    """With three alerts the board asks for villages as often as with one."""

    def asked() -> int:
        with statements_of(province) as told:
            assert browser.get("/today/board").status_code == 200
        return sum("FROM village " in each for each in told)

    send(province.app, "operator", "/alerts/import", {"files": as_file("KTTV-1")})
    with_one = asked()
    for number in (2, 3):
        send(province.app, "operator", "/alerts/import", {"files": as_file(f"KTTV-{number}")})

    assert asked() == with_one > 0


@contextmanager
def statements_of(province: LargeStation) -> Iterator[list[str]]:
    """What the application asks its database meanwhile."""
    engine = province.app.state.context.database.engine
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", note)
