"""Devices come in from a list: those in service are placed and shared, the others are expected."""

from datetime import date

import pytest
from nacl.signing import SigningKey
from sqlmodel import select

from broadcaster.areas.tables import Cluster, Station
from broadcaster.audit.acts import Act
from broadcaster.enrolment.desk import confirm, make_code
from broadcaster.enrolment.errors import NotExpected
from broadcaster.enrolment.expected import expect_no_more, expected_devices
from broadcaster.enrolment.tables import EnrolmentCode
from broadcaster.fleet.registry import enrol
from broadcaster.fleet.shares import shares_on
from broadcaster.fleet.tables import Device
from devices.protocol.enrolment import Wish
from devices.protocol.messages import encode
from tests.broadcaster.intake.conftest import checked, csv_bytes, kept, problems, verdicts
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.trail import acts_of

TODAY = date(2026, 11, 23)
WISH = Wish(
    device_key=bytes(SigningKey(b"1" * 32).verify_key).hex(),
    nonce="ab" * 16,
    broker_salt="cd" * 12,
    broker_verifier="ef" * 64,
    software="test",
)
HEAD = "Số sê ri;Tên loa;Cụm;Thôn và phần dân;Vị trí;Ghi chú"


@pytest.fixture
def poles(station: SmallStation) -> SmallStation:
    """Two devices in service, in Cụm Đông, that reach nobody yet."""
    with station.database.writing() as session:
        for number in (1, 2):
            enrol(
                session,
                device_id=f"loa-{number}",
                cluster=session.get_one(Cluster, "cl-1"),
                name=f"Loa {number}",
                public_key_hex=f"{number:02}" * 32,
                broker_salt="s",
                broker_verifier="v",
                now=station.clock(),
                simulated=True,
            )
    return station


def shares(station: SmallStation, village_id: str) -> dict[str, float]:
    """Who reaches a village today."""
    with station.database.reading() as session:
        return shares_on(session, village_id, TODAY)


def test_devices_in_service_get_their_place_and_their_shares(poles: SmallStation) -> None:
    """By the acts of their own pages; the same file again changes nothing."""
    data = csv_bytes(
        HEAD,
        'loa-1;Loa 1;Cụm Đông;"Thôn Một: 60; Thôn Hai: 33,33";10.5, 105.5;',
        "LOA-2;;;Thôn Một: 40%;;",
    )
    kept(poles, "devices", data)
    again = checked(poles, "devices", data)
    with poles.database.reading() as session:
        device = session.get_one(Device, "loa-1")

    assert shares(poles, "v-1") == {"loa-1": 0.6, "loa-2": 0.4}
    assert shares(poles, "v-2") == pytest.approx({"loa-1": 0.3333})
    assert (device.latitude, device.longitude) == (10.5, 105.5)
    assert verdicts(again) == ["same", "same"]
    assert len(acts_of(poles.database, Act.SHARES_CHANGED)) == 2
    assert len(acts_of(poles.database, Act.DEVICE_PLACED)) == 1


def test_shares_that_change_places_hold_together(poles: SmallStation) -> None:
    """One gives what the other takes: no row alone exceeds the village."""
    kept(poles, "devices", csv_bytes(HEAD, "loa-1;;;Thôn Một: 90;;", "loa-2;;;Thôn Một: 10;;"))
    kept(poles, "devices", csv_bytes(HEAD, "loa-2;;;Thôn Một: 90;;", "loa-1;;;Thôn Hai: 5;;"))

    assert shares(poles, "v-1") == {"loa-2": 0.9}
    assert shares(poles, "v-2") == {"loa-1": 0.05}


def test_more_than_a_village_is_a_problem_of_each_row_that_does_it(poles: SmallStation) -> None:
    """Both rows are named; one of them alone would be good."""
    rows = ["loa-1;;;Thôn Một: 60;;", "loa-2;;;Thôn Một: 41;;"]
    both = problems(checked(poles, "devices", csv_bytes(HEAD, *rows)))
    alone = verdicts(checked(poles, "devices", csv_bytes(HEAD, rows[0])))

    assert both == [("D2", "cell_shares_over_whole"), ("D3", "cell_shares_over_whole")]
    assert alone == ["changed"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("loa 3;Loa;Cụm Đông;;;", [("A2", "cell_device_id_unusable")]),
        (";Loa;Cụm Đông;;;", [("A2", "cell_missing")]),
        ("loa-1;Loa khác;;;;", [("B2", "cell_device_name_fixed")]),
        ("loa-1;;Cụm Tây;;;", [("C2", "cell_cluster_unknown")]),
        ("loa-1;;;;;cột số 3", [("F2", "cell_device_note_not_kept")]),
        ("loa-3;Loa 3;;;;", [("C2", "cell_missing")]),
        ("loa-3;;Cụm Đông;;;", [("B2", "cell_missing")]),
        ("loa-3;Loa 3;Cụm Đông;Thôn Chín: 5;;", [("D2", "cell_village_unknown")]),
        ("loa-3;Loa 3;Cụm Đông;Thôn Một;;", [("D2", "cell_shares_unusable")]),
        ("loa-3;Loa 3;Cụm Đông;;10;", [("E2", "cell_place_unusable")]),
    ],
)
def test_a_row_that_is_no_device_is_a_problem(
    poles: SmallStation, row: str, expected: list[tuple[str, str]]
) -> None:
    """Each by its cell."""
    assert problems(checked(poles, "devices", csv_bytes(HEAD, row))) == expected


def test_a_device_of_the_past_is_none_to_come(poles: SmallStation) -> None:
    """The history under its id is its own."""
    with poles.database.writing() as session:
        session.get_one(Device, "loa-2").retired_at = poles.clock()

    found = checked(poles, "devices", csv_bytes(HEAD, "loa-2;Loa;Cụm Đông;;;"))
    assert problems(found) == [("A2", "cell_device_of_another")]


EXPECTED = csv_bytes(HEAD, 'loa-moi;Loa mới;;"Thôn Một: 70; v-2: 20";10.1, 105.1;Cột số 3')


def test_a_device_to_come_is_expected_without_any_credential(station: SmallStation) -> None:
    """No code is made and no key is known; what is known can change, and be taken back."""
    kept(station, "devices", EXPECTED)
    again = checked(station, "devices", EXPECTED)
    changed = kept(station, "devices", csv_bytes(HEAD, "loa-moi;;;;;Cột số 4"))
    with station.database.reading() as session:
        (row,) = expected_devices(session, station_id=STATION_ID)
        codes = session.exec(select(EnrolmentCode)).all()
        devices = session.exec(select(Device)).all()

    assert verdicts(again) == ["same"]
    assert verdicts(changed) == ["changed"]
    assert (row.name, row.cluster_id, row.note) == ("Loa mới", "cl-1", "Cột số 4")
    assert row.shares == {"v-1": 0.7, "v-2": 0.2}
    assert (codes, devices) == ([], [])
    assert len(acts_of(station.database, Act.DEVICE_EXPECTED)) == 2
    with station.database.writing() as session:
        expect_no_more(session, "loa-moi", station_id=STATION_ID, by="acc-admin",
                       now=station.clock())  # fmt: skip
    with station.database.writing() as session, pytest.raises(NotExpected):
        expect_no_more(session, "loa-moi", station_id=STATION_ID, by="acc-admin",
                       now=station.clock())  # fmt: skip


def test_an_expected_device_gets_what_was_expected_when_it_is_let_in(
    station: SmallStation,
) -> None:
    """By its code and the fingerprint that a person compared: it gets all of it then."""
    kept(station, "devices", EXPECTED)
    with station.database.writing() as session:
        code, _ = make_code(
            session,
            station=session.get_one(Station, STATION_ID),
            cluster=session.get_one(Cluster, "cl-1"),
            name="Loa mới",
            device_id="loa-moi",
            village_id="v-1",
            share=0.5,
            by="acc-admin",
            now=station.clock(),
        )
        code.request, code.fingerprint = encode(WISH).decode(), "12" * 16
    with station.database.writing() as session:
        confirm(session, code.code_id, station_id=STATION_ID, fingerprint="12" * 16,
                by="acc-admin", now=station.clock())  # fmt: skip
    with station.database.reading() as session:
        device = session.get_one(Device, "loa-moi")
        left = expected_devices(session, station_id=STATION_ID)

    assert shares(station, "v-1") == {"loa-moi": 0.7}
    assert shares(station, "v-2") == {"loa-moi": 0.2}
    assert (device.latitude, device.longitude) == (10.1, 105.1)
    assert list(left) == []
