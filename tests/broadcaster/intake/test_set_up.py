"""What a new station still needs is computed from its data, and said on Today to admins."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import RoleGrant
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Cluster
from broadcaster.audit import record
from broadcaster.audit.acts import Act
from broadcaster.emergency.tables import Emergency, EmergencyAuthorisation
from broadcaster.fleet.registry import enrol, retire
from broadcaster.intake import set_up_pages
from broadcaster.intake.set_up import COPY_HOLDS_FOR, set_up_notices, set_up_of
from broadcaster.schedule import pages as schedule_pages
from broadcaster.schedule.tables import StationRules
from broadcaster.voices.tables import StationVoice
from tests.broadcaster.intake.conftest import csv_bytes, kept
from tests.broadcaster.small_station import STATION_ID, SmallStation, browser, form_token
from tests.clients import TestClient
from tests.trail import acts_of

Does = Callable[[SmallStation, Session], None]


def left(station: SmallStation) -> set[str]:
    """What is still to be done."""
    with station.database.reading() as session:
        return {each.key for each in set_up_of(session, STATION_ID, now=station.clock()).left}


def people_counted(station: SmallStation, _session: Session | None = None) -> None:
    """Bring in who lives where, and where that is."""
    kept(station, "villages", csv_bytes(
        "Thôn;Số hộ;Số dân;Vị trí", "Thôn Một;10;40;10.1, 105.1", "Thôn Hai;10;40;10.2, 105.2"
    ))  # fmt: skip


def a_leader(station: SmallStation, _session: Session | None = None) -> None:
    """Let there be a leader beside the operator."""
    station.member("leader", Role.LEADER)


def a_device(station: SmallStation, session: Session) -> None:
    """Enrol a device."""
    enrol(
        session,
        device_id="loa-1",
        cluster=session.get_one(Cluster, "cl-1"),
        name="Loa 1",
        public_key_hex="01" * 32,
        broker_salt="s",
        broker_verifier="v",
        now=station.clock(),
        simulated=True,
    )


def a_voice(station: SmallStation, session: Session) -> None:
    """Choose the voice."""
    session.add(StationVoice(station_id=STATION_ID, changed_at=station.clock()))


def the_rules(station: SmallStation, session: Session) -> None:
    """Decide the rules of air time."""
    session.add(
        StationRules(station_id=STATION_ID, decided_by="acc-admin", decided_at=station.clock())
    )


def a_drill(station: SmallStation, session: Session, *, drill: bool = True) -> None:
    """Hold a drill."""
    now = station.clock()
    session.add(
        EmergencyAuthorisation(id="emu-1", station_id=STATION_ID, account_id="acc-operator",
                               granted_by="acc-admin", granted_at=now)
    )  # fmt: skip
    session.flush()
    session.add(
        Emergency(id="em-1", station_id=STATION_ID, request_key="k", hazard="flood", drill=drill,
                  words="Diễn tập.", cadence="once", given_by="acc-operator", giver_name="O",
                  authorisation_id="emu-1", raised_at=now, repeats_until=now)
    )  # fmt: skip


def a_copy(station: SmallStation, session: Session) -> None:
    """Take all data out."""
    record(session, Act.STATION_EXPORTED, by="acc-admin", at=station.clock())


def heads(_station: SmallStation, session: Session) -> None:
    """Let one person be the head of both villages."""
    session.add_all(
        RoleGrant(account_id="acc-operator", station_id=STATION_ID, role=Role.VILLAGE_HEAD,
                  village_id=village)
        for village in ("v-1", "v-2")
    )  # fmt: skip


IN_ROWS: list[tuple[Does, set[str]]] = [
    (heads, {"heads"}),
    (a_device, {"device"}),
    (a_voice, {"voice"}),
    (the_rules, {"quiet_hours"}),
    (a_drill, {"drill"}),
    (a_copy, {"copy"}),
]


@pytest.mark.parametrize(("does", "done"), IN_ROWS)
def test_each_point_is_done_by_its_own_rows(
    station: SmallStation, does: Does, done: set[str]
) -> None:
    """And by nothing else."""
    before = left(station)
    with station.database.writing() as session:
        does(station, session)

    assert before - left(station) == done


def test_villages_and_people_are_counted(station: SmallStation) -> None:
    """Figures of all villages, places of all; a leader beside the operator."""
    before = left(station)
    people_counted(station)
    counted = left(station)
    a_leader(station)

    assert before - counted == {"residents", "places"}
    assert counted - left(station) == {"people", "second_person"}


def test_a_point_comes_back_when_it_no_longer_holds(station: SmallStation) -> None:
    """The only device is retired; a copy grows old; a real emergency is no drill."""
    with station.database.writing() as session:
        a_device(station, session)
        a_copy(station, session)
        a_drill(station, session, drill=False)
    done = left(station)
    with station.database.writing() as session:
        retire(session, "loa-1", now=station.clock())
    station.clock.move(COPY_HOLDS_FOR + timedelta(seconds=1))

    assert left(station) - done == {"device", "copy"}
    assert "drill" in done


@pytest.fixture
def admin(station: SmallStation) -> TestClient:
    """An admin's browser, on Today and on the list."""
    app = station.app(set_up_pages.router, schedule_pages.router)
    app.state.board_notices = [set_up_notices]
    return browser(app, token=station.session_of("reader", Role.ADMIN))


def test_today_tells_the_next_point_until_it_is_put_away(
    station: SmallStation, admin: TestClient
) -> None:
    """To admins; on its page the list stays, and can be brought back."""
    today = admin.get("/").text
    page = admin.get("/setup").text
    token = form_token(page)
    admin.post("/setup/put-away", data={"csrf_token": token})
    admin.post("/setup/put-away", data={"csrf_token": token})
    away, page_away = admin.get("/").text, admin.get("/setup").text
    admin.post("/setup/bring-back", data={"csrf_token": token})
    back = admin.get("/").text

    assert "Việc lập đài còn lại" in today
    assert "Thôn nào cũng có số dân" in today
    assert 'href="/import/villages"' in page
    assert "Việc lập đài còn lại" not in away
    assert "Nhắc lại ở trang Hôm nay" in page_away
    assert "Việc lập đài còn lại" in back
    assert len(acts_of(station.database, Act.SET_UP_PUT_AWAY)) == 1
    assert len(acts_of(station.database, Act.SET_UP_BROUGHT_BACK)) == 1


def test_today_looks_no_further_than_the_first_point_that_is_left(station: SmallStation) -> None:
    """The board of every admin asks again and again; the page alone counts all of them."""
    asked: list[str] = []

    def note(*given: Any) -> None:  # noqa: ANN401
        asked.append(given[2])

    event.listen(station.database.engine, "before_cursor_execute", note)
    viewer = Viewer("acc-admin", "admin", "Admin", frozenset({Role.ADMIN}), station_id=STATION_ID)
    with station.database.reading() as session:
        (notice,) = set_up_notices(session, STATION_ID, viewer, station.clock())
        for_today = len(asked)
        set_up_of(session, STATION_ID, now=station.clock())
        for_page = len(asked) - for_today
    event.remove(station.database.engine, "before_cursor_execute", note)

    assert notice.text == "Thôn nào cũng có số dân"
    assert for_today < for_page
    assert not any("audit_entry" in each for each in asked[:for_today])


def test_nobody_else_is_told(station: SmallStation) -> None:
    """An operator's day is full enough."""
    app = station.app(set_up_pages.router, schedule_pages.router)
    app.state.board_notices = [set_up_notices]
    operator = browser(app, token=station.session_of("writer", Role.OPERATOR))

    assert "Việc lập đài" not in operator.get("/").text
    assert operator.get("/setup").status_code == 403


def test_a_station_that_has_all_is_told_nothing(station: SmallStation, admin: TestClient) -> None:
    """Every point is done: the page says so, and Today is silent."""
    people_counted(station)
    a_leader(station)
    with station.database.writing() as session:
        for does, _ in IN_ROWS:
            does(station, session)

    assert left(station) == set()
    assert "Việc lập đài còn lại" not in admin.get("/").text
    assert "Đài đã sẵn sàng" in admin.get("/setup").text
