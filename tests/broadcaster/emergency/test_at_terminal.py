"""Ordering from a terminal of the station's machine: who may, what confirms, what is written."""

import io

import pytest
from rich.console import Console
from sqlalchemy import select

from broadcaster.accounts.errors import SignInLocked, SignInRefused
from broadcaster.accounts.failures import FAILURES_ALLOWED
from broadcaster.accounts.passwords import hash_password
from broadcaster.accounts.sessions import sign_in
from broadcaster.accounts.tables import Account
from broadcaster.areas.tables import Station
from broadcaster.audit.acts import Act
from broadcaster.audit.tables import ENTRIES
from broadcaster.emergency.at_terminal import (
    Meant,
    end_at_terminal,
    meant_because,
    meant_by_word,
    order_at_terminal,
    proven,
    the_one,
    wish_of,
)
from broadcaster.emergency.errors import (
    NoPlaceChosen,
    NotAuthorised,
    NotConfirmed,
    ReasonMissing,
    UnknownEmergency,
    UnknownHazard,
    WhichEmergency,
)
from broadcaster.emergency.forms import EmergencyForm
from broadcaster.emergency.tables import Emergency
from broadcaster.emergency.terminal_board import Board, board_of, drawn, watch
from broadcaster.schedule.choices import cluster_choices
from tests.broadcaster.emergency.conftest import WatchRoom
from tests.broadcaster.small_station import STATION_ID

PASSWORD = "bo-ke-xa-lu"


def order(room: WatchRoom, meant: Meant, **more: str) -> Emergency:
    """Order as the giver, by the way that a terminal takes."""
    now = room.now()
    form = EmergencyForm(
        clusters=("everywhere",), hazard=more.get("hazard", "flood"), mode=more.get("mode", "real")
    )
    with room.database.writing() as session:
        station = session.get_one(Station, STATION_ID)
        choices = cluster_choices(session, station_id=STATION_ID, day=now.date())
        wish, _ = wish_of(form, choices=choices, commune=station.commune)
        return order_at_terminal(
            session, wish, meant=meant, station=station, by=room.giver, now=now
        )


def entries(room: WatchRoom) -> list[tuple[str, str]]:
    """What the trail has of emergencies: the act, and whose it was."""
    with room.database.reading() as session:
        rows = session.execute(
            select(ENTRIES.c.act, ENTRIES.c.person)
            .where(
                ENTRIES.c.act.in_(
                    [Act.EMERGENCY_ORDERED, Act.EMERGENCY_SILENCED, Act.EMERGENCY_FROM_TERMINAL]
                )
            )
            .order_by(ENTRIES.c.number)
        )
        return [(act, by) for act, by in rows]


@pytest.fixture
def authorised(room: WatchRoom) -> WatchRoom:
    """A leader has named the giver."""
    room.authorise()
    return room


@pytest.fixture
def with_password(room: WatchRoom) -> WatchRoom:
    """The giver has a password."""
    with room.database.writing() as session:
        session.get_one(Account, room.giver).password_hash = hash_password(PASSWORD)
    return room


def username(room: WatchRoom) -> str:
    """The giver's name to sign in with."""
    with room.database.reading() as session:
        return session.get_one(Account, room.giver).username


def test_a_password_proves_who_it_is(with_password: WatchRoom) -> None:
    """The right one; and five wrong ones lock the name, here by a count of its own."""
    room, name = with_password, username(with_password)
    viewer = proven(room.database, username=name, password=PASSWORD, now=room.now())
    assert viewer.account_id == room.giver
    for _ in range(5):
        with pytest.raises(SignInRefused):
            proven(room.database, username=name, password="sai", now=room.now())

    with pytest.raises(SignInLocked):
        proven(room.database, username=name, password=PASSWORD, now=room.now())


def test_who_locks_a_name_from_afar_does_not_lock_the_machine(with_password: WatchRoom) -> None:
    """Whoever knows a giver's name can keep it locked on the pages: the station's machine stays."""
    room, name = with_password, username(with_password)
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(SignInRefused):
            sign_in(room.database, username=name, password="sai", now=room.now())
    with pytest.raises(SignInLocked):
        sign_in(room.database, username=name, password=PASSWORD, now=room.now())

    viewer = proven(room.database, username=name, password=PASSWORD, now=room.now())

    assert viewer.account_id == room.giver
    with pytest.raises(SignInLocked):
        sign_in(room.database, username=name, password=PASSWORD, now=room.now())


def test_whom_nobody_named_orders_nothing(room: WatchRoom) -> None:
    """The machine is no authorisation: a leader must have named them."""
    with pytest.raises(NotAuthorised):
        order(room, Meant("typed"))


def test_an_order_says_in_the_trail_that_it_came_from_the_terminal(authorised: WatchRoom) -> None:
    """Beside the order itself, by the same person."""
    order(authorised, meant_because("Mạng của trụ sở hỏng"))

    assert entries(authorised) == [
        (Act.EMERGENCY_ORDERED, authorised.giver),
        (Act.EMERGENCY_FROM_TERMINAL, authorised.giver),
    ]


def test_a_word_or_a_reason_confirms() -> None:
    """With or without marks; the drill's word orders nothing real; `--yes` alone is not enough."""
    assert meant_by_word("khan cap", drill=False) == Meant("typed")
    with pytest.raises(NotConfirmed):
        meant_by_word("Diễn tập", drill=False)
    with pytest.raises(ReasonMissing):
        meant_because("  ")


def test_what_could_be_chosen_is_said() -> None:
    """Whoever stands at a terminal at night knows no ids by heart."""
    with pytest.raises(NoPlaceChosen):
        wish_of(EmergencyForm(hazard="flood", mode="real"), choices=(), commune="xã Thượng")
    with pytest.raises(UnknownHazard, match="dam_release"):
        wish_of(
            EmergencyForm(clusters=("dong",), hazard="lũ", mode="real", words="Chạy"),
            choices=(),
            commune="xã Thượng",
        )


def test_the_only_one_that_lasts_needs_no_name(authorised: WatchRoom) -> None:
    """None, one, several."""

    def found() -> str:
        with authorised.database.reading() as session:
            return the_one(session, "", station_id=STATION_ID).id

    with pytest.raises(UnknownEmergency):
        found()
    first = order(authorised, Meant("typed"))
    assert found() == first.id
    order(authorised, Meant("typed"), hazard="storm")
    with pytest.raises(WhichEmergency):
        found()


def test_it_is_silenced_from_the_terminal(with_password: WatchRoom, authorised: WatchRoom) -> None:
    """The end has its entry and the terminal's beside it."""
    room = authorised
    emergency = order(room, Meant("typed"))
    viewer = proven(room.database, username=username(room), password=PASSWORD, now=room.now())
    with room.database.writing() as session:
        end_at_terminal(
            session,
            emergency.id,
            ending="silence",
            words="",
            meant=Meant("typed"),
            station_id=STATION_ID,
            by=viewer,
            now=room.now(),
        )

    assert [act for act, _ in entries(room)][2:] == [
        Act.EMERGENCY_SILENCED,
        Act.EMERGENCY_FROM_TERMINAL,
    ]
    assert with_password is authorised


def test_the_board_says_each_device_and_stops_looking_in_time(authorised: WatchRoom) -> None:
    """Silent is said as silent; the looking ends although nobody answers."""
    emergency = order(authorised, Meant("typed"), mode="drill")
    times = iter(range(100))

    def look() -> Board:
        with authorised.database.reading() as session:
            return board_of(session, emergency.id, station_id=STATION_ID, now=authorised.now())

    told = Console(file=io.StringIO(), width=160, force_terminal=False)
    watch(look, console=told, for_s=3, now_s=lambda: float(next(times)), pause=lambda _: None)
    told.print(drawn(look()))
    said = told.file.getvalue()  # type: ignore[attr-defined]

    assert "DIỄN TẬP" in said
    assert f"chưa trả lời {look().standing.asked}" in said
    assert said.count("◍") == look().standing.asked > 0
