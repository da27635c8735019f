"""Roles at several stations: given and taken one by one, by page and by command, each alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from broadcaster.accounts.errors import LastAdmin, NoRole, NoSuchPerson, NoSuchStation
from broadcaster.accounts.people import account_named, add_role, person_line, take_role
from broadcaster.accounts.people_command import every_station, role_given
from broadcaster.accounts.roles import Right, Role
from broadcaster.accounts.stations import viewer_of_account
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Cluster, Station, Village
from tests.broadcaster.small_station import STATION_ID, SmallStation, browser, found_station
from tests.broadcaster.small_station import form_token as token_on
from tests.trail import connect

OTHER = "st-other"


@pytest.fixture
def station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """Our station, with another one beside it in the database."""
    database = connect(sqlite_url)
    small = found_station(database, state_dir=tmp_path)
    with database.writing() as session:
        session.add(
            Station(id=OTHER, name="Đài xã Hạ", commune="Hạ", province="Hà Nội", public_key="11")
        )
        session.flush()
        session.add(Cluster(id="cl-other", station_id=OTHER, name="Cụm Tây"))
        session.flush()
        session.add(Village(id="v-other", cluster_id="cl-other", name="Thôn Ba"))
    yield small
    database.dispose()


def grants_of(station: SmallStation, account_id: str) -> set[tuple[str, str]]:
    """Where a person is what."""
    with station.database.reading() as session:
        rows = session.exec(select(RoleGrant).where(RoleGrant.account_id == account_id))
        return {(each.station_id, each.role) for each in rows}


def seen_by(station: SmallStation, account_id: str, *, chosen: str | None = None) -> Viewer:
    """A person as they look at a station."""
    with station.database.reading() as session:
        account = session.get_one(Account, account_id)
        return viewer_of_account(session, account, chosen=chosen, own=STATION_ID)


def test_a_role_at_one_station_is_none_at_another(station: SmallStation) -> None:
    """An operator here who inspects there writes here and reads there, and nothing is mixed."""
    account = station.member("an", Role.OPERATOR)
    with station.database.writing() as session:
        add_role(session, account, Role.INSPECTOR, station_id=OTHER, by=None, now=station.clock())
        add_role(session, account, Role.ADMIN, station_id=OTHER, by=None, now=station.clock())
    here, there = seen_by(station, account), seen_by(station, account, chosen=OTHER)

    assert (here.station_id, here.roles) == (STATION_ID, {Role.OPERATOR})
    assert (there.station_id, there.roles) == (OTHER, {Role.INSPECTOR})
    assert here.villages_in_view() == {"v-1", "v-2"}
    assert there.villages_in_view() == {"v-other"}
    assert not there.may(Right.WRITE_BULLETINS)
    assert not there.may(Right.ADMINISTER)
    assert here.station_count == there.station_count == 2


def test_who_is_nothing_here_is_led_to_where_they_inspect(station: SmallStation) -> None:
    """An office without a role at the installation's own station begins at one of its own."""
    account = station.member("so")
    nobody = seen_by(station, account)
    with station.database.writing() as session:
        add_role(session, account, Role.INSPECTOR, station_id=OTHER, by=None, now=station.clock())
    office = seen_by(station, account, chosen=STATION_ID)

    assert (nobody.roles, nobody.station_count) == (frozenset(), 0)
    assert (office.station_id, office.roles) == (OTHER, {Role.INSPECTOR})


def test_roles_are_given_and_taken_by_command(station: SmallStation) -> None:
    """At named stations or at all; a station or a person that is not there changes nothing."""
    account = station.member("so")
    with station.database.reading() as session:
        assert account_named(session, "so") is not None
    told = role_given(
        station.database, "so", Role.INSPECTOR,
        station_ids=every_station(station.database), now=station.clock(),
    )  # fmt: skip
    again = role_given(
        station.database, "so", Role.INSPECTOR, station_ids=[OTHER], now=station.clock()
    )
    both = grants_of(station, account)
    role_given(
        station.database, "so", Role.INSPECTOR, station_ids=[OTHER], taken=True,
        now=station.clock(),
    )  # fmt: skip

    assert "Đài xã Hạ (st-other)" in told
    assert told.count("+ so: inspector") == 2
    assert "so: inspector" in again
    assert both == {(STATION_ID, "inspector"), (OTHER, "inspector")}
    assert grants_of(station, account) == {(STATION_ID, "inspector")}
    for username, stations, error in (
        ("khong-ai", [OTHER], NoSuchPerson),
        ("so", [OTHER, "st-none"], NoSuchStation),
    ):
        with pytest.raises(error):
            role_given(
                station.database, username, Role.LEADER, station_ids=stations,
                now=station.clock(),
            )  # fmt: skip
    assert grants_of(station, account) == {(STATION_ID, "inspector")}


def test_no_station_is_left_without_its_last_admin(station: SmallStation) -> None:
    """An admin of another station is none of ours; an only role is only taken by closing."""
    account = station.member("quan", Role.ADMIN)
    with station.database.writing() as session:
        other = Account(
            id="acc-xa", username="xa", display_name="Xa", password_hash="-",
            created_at=station.clock(),
        )  # fmt: skip
        session.add(other)
        session.flush()
        add_role(session, "acc-xa", Role.ADMIN, station_id=OTHER, by=None, now=station.clock())
    with pytest.raises(NoRole), station.database.writing() as session:
        take_role(session, account, Role.ADMIN, station_id=STATION_ID, by=None, now=station.clock())
    with station.database.writing() as session:
        add_role(session, account, Role.LEADER, station_id=OTHER, by=None, now=station.clock())
    with pytest.raises(LastAdmin), station.database.writing() as session:
        take_role(session, account, Role.ADMIN, station_id=STATION_ID, by=None, now=station.clock())

    with station.database.reading() as session:
        assert person_line(session, account, station_id=STATION_ID).roles == [Role.ADMIN]
        assert person_line(session, account, station_id=OTHER).elsewhere


def test_no_admin_takes_over_the_account_of_a_person_of_two_stations(
    station: SmallStation,
) -> None:
    """Neither a link to a password, nor closing, nor erasing: it would open the other station."""
    admin = browser(station.app(), token=station.session_of("quan", Role.ADMIN))
    account = station.member("so", Role.INSPECTOR)
    with station.database.writing() as session:
        add_role(session, account, Role.LEADER, station_id=OTHER, by=None, now=station.clock())
    page = admin.get(f"/people/{account}").text
    token = token_on(page)
    refused = {
        act: admin.post(
            f"/people/{account}/{act}", data={"csrf_token": token, "sure": "yes", "login": "x"}
        ).status_code
        for act in (
            "link", "closing", "opening", "erasure", "export", "second-factor/removal",
            "sessions/end",
        )
    }  # fmt: skip
    taken = admin.post(f"/people/{account}/roles", data={"csrf_token": token})

    assert set(refused.values()) == {403}
    assert f"/people/{account}/link" not in page
    assert taken.status_code == 303
    assert grants_of(station, account) == {(OTHER, "leader")}
    assert admin.get(f"/people/{account}").status_code == 404
