"""Which events come of what happens, each once, whatever is missed or looked at twice."""

from datetime import timedelta

from sqlmodel import col, select, update

from broadcaster.emergency.tables import Emergency, EmergencyAuthorisation
from broadcaster.fleet.tables import DeviceStatus
from broadcaster.ledger.tables import PLAYS
from broadcaster.schedule.tables import Broadcast
from broadcaster.watching.kinds import OF_THE_MACHINE
from broadcaster.watching.tables import WatchedTrouble
from broadcaster.webhooks.kinds import Kind
from broadcaster.webhooks.tables import WebhookEvent
from tests.broadcaster.pages.commune import AFTERNOON
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.webhooks.conftest import Told

DAY = timedelta(days=1)


def about(told: Told, kind: Kind) -> dict[str, dict[str, object]]:
    """What came of one kind, by the broadcast that it is about."""
    return {
        each.told["data"]["broadcast_id"]: each.told["data"]
        for each in told.receiver.got
        if each.told["type"] == kind
    }


def test_an_afternoon_is_told_as_the_ledger_knows_it(told: Told) -> None:
    """Planned, begun, confirmed by all, or owed by some: with how many plays stand how."""
    told.hook(
        Kind.BROADCAST_PLANNED, Kind.BROADCAST_STARTED, Kind.BROADCAST_CONFIRMED,
        Kind.BROADCAST_NOT_CONFIRMED,
    )  # fmt: skip
    told.round(DAY)

    every = {"bc-morning", "bc-noon", "bc-now", "bc-evening", "bc-tomorrow"}
    assert about(told, Kind.BROADCAST_PLANNED).keys() == every
    assert about(told, Kind.BROADCAST_STARTED).keys() == {"bc-morning", "bc-noon", "bc-now"}
    assert about(told, Kind.BROADCAST_CONFIRMED).keys() == {"bc-morning"}
    short = about(told, Kind.BROADCAST_NOT_CONFIRMED)
    assert short.keys() == {"bc-noon"}
    counts = short["bc-noon"]["plays"]
    assert isinstance(counts, dict)
    assert counts.keys() == {"confirmed", "partial", "failed", "not_confirmed"}
    assert about(told, Kind.BROADCAST_CONFIRMED)["bc-morning"]["plays"] == {"confirmed": 18}


def test_an_event_says_what_when_and_of_which_station(told: Told) -> None:
    """And that the station only rehearses, where it does; no name of anybody."""
    told.hook(Kind.BULLETIN_APPROVED)
    told.round(DAY)
    event = told.receiver.got[0].told

    assert event.keys() == {"id", "type", "at_ms", "station", "data"}
    assert event["type"] == "bulletin.approved"
    assert event["station"] == {
        "id": STATION_ID, "name": "Đài truyền thanh xã Thượng", "rehearsal": True
    }  # fmt: skip
    assert event["data"].keys() == {"bulletin_id", "title"}
    assert not any("Lanh-Dao" in each.body.decode() for each in told.receiver.got)
    assert {each.told["data"]["bulletin_id"] for each in told.receiver.got} == {
        "vaccine", "power", "cccd"
    }  # fmt: skip


def test_a_second_look_tells_nothing_anew_and_a_missed_one_loses_nothing(told: Told) -> None:
    """What became true between two rounds is told at the next, however long that took."""
    told.hook(Kind.BROADCAST_NOT_CONFIRMED)
    told.round(DAY)
    told.round(timedelta(seconds=5))
    first = told.receiver.types()
    with told.database.writing() as session:
        session.execute(
            update(PLAYS).where(PLAYS.c.broadcast_id == "bc-now").values(state="not_confirmed")
        )
    told.round(timedelta(hours=20))

    assert first == [Kind.BROADCAST_NOT_CONFIRMED]
    assert about(told, Kind.BROADCAST_NOT_CONFIRMED).keys() == {"bc-noon", "bc-now"}
    assert len(told.receiver.got) == 2


def test_late_word_is_told_as_a_confirmation(told: Told) -> None:
    """A broadcast that was not confirmed in time may be confirmed by all of its poles later."""
    told.hook(Kind.BROADCAST_CONFIRMED, Kind.BROADCAST_NOT_CONFIRMED)
    told.round(DAY)
    with told.database.writing() as session:
        session.execute(
            update(PLAYS).where(PLAYS.c.broadcast_id == "bc-noon").values(state="confirmed")
        )
    told.round(timedelta(minutes=5))

    assert about(told, Kind.BROADCAST_CONFIRMED).keys() == {"bc-morning", "bc-noon"}


def test_a_stop_by_order_is_no_fault_and_a_withdrawal_is_told(told: Told) -> None:
    """Poles that fell silent because the station said so owe nothing."""
    told.hook(Kind.BROADCAST_NOT_CONFIRMED, Kind.BROADCAST_CANCELLED)
    with told.database.writing() as session:
        session.execute(
            update(PLAYS)
            .where(PLAYS.c.broadcast_id == "bc-noon")
            .values(state="cut", code="stopped")
        )
        session.get_one(Broadcast, "bc-evening").cancelled_at = AFTERNOON
    told.round(DAY)

    assert about(told, Kind.BROADCAST_NOT_CONFIRMED) == {}
    assert about(told, Kind.BROADCAST_CANCELLED).keys() == {"bc-evening"}


def test_what_was_before_the_address_was_added_is_told_to_nobody(told: Told) -> None:
    """Nobody gets a station's history at once."""
    told.station.clock.move(DAY + timedelta(seconds=1))
    told.hook()
    told.round()

    assert told.receiver.got == []


def test_each_address_is_told_what_it_asked_for(told: Told) -> None:
    """One event, as many deliveries as addresses that asked for its kind, all under its one id."""
    told.hook(Kind.BULLETIN_APPROVED, path="/a")
    told.hook(Kind.BULLETIN_APPROVED, Kind.BROADCAST_CONFIRMED, path="/b")
    told.round(DAY)
    ids = {
        path: {each.told["id"] for each in told.receiver.got if each.path == path}
        for path in ("/a", "/b")
    }

    assert (len(ids["/a"]), len(ids["/b"])) == (3, 4)
    assert ids["/a"] < ids["/b"]


def test_an_emergency_is_told_with_its_words_and_its_end(told: Told) -> None:
    """A drill says that it is one; who ordered it is not told."""
    told.hook(Kind.EMERGENCY_GIVEN, Kind.EMERGENCY_ENDED)
    now = told.station.clock()
    with told.database.writing() as session:
        session.add(
            EmergencyAuthorisation(
                id="emu-1", station_id=STATION_ID, account_id="acc-bien-tap",
                granted_by="acc-lanh-dao", granted_at=now,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Emergency(
                id="em-1", station_id=STATION_ID, request_key="k", hazard="flood", drill=True,
                words="Nước lên.", cadence="once", given_by="acc-bien-tap", giver_name="Hạnh",
                authorisation_id="emu-1", raised_at=now, repeats_until=now + DAY,
            )
        )  # fmt: skip
    told.round()
    with told.database.writing() as session:
        row = session.get_one(Emergency, "em-1")
        row.ended_at, row.ending, row.final_words = now + DAY / 2, "all_clear", "Hết lũ."
    told.round(DAY / 2)
    given, ended = (each.told for each in told.receiver.got)

    assert (given["type"], ended["type"]) == ("emergency.given", "emergency.ended")
    assert given["data"]["drill"] is True
    assert given["data"]["words"] == "Nước lên."
    assert ended["data"]["final_words"] == "Hết lũ."
    assert not any("Hạnh" in each.body.decode() for each in told.receiver.got)


def test_a_device_that_falls_silent_and_comes_back_is_told_at_each_change(told: Told) -> None:
    """How it stood when the address was added is remembered and told to nobody."""
    told.hook(Kind.DEVICE_SILENT, Kind.DEVICE_BACK)
    told.round()
    before = told.receiver.types()
    for online in (False, True):
        with told.database.writing() as session:
            session.get_one(DeviceStatus, "loa-dong-1-1").online = online
        told.round(timedelta(minutes=1))
        told.round(timedelta(seconds=5))

    assert before == []
    assert told.receiver.types() == [Kind.DEVICE_SILENT, Kind.DEVICE_BACK]
    assert {each.told["data"]["device_id"] for each in told.receiver.got} == {"loa-dong-1-1"}


def test_only_one_of_two_kinds_of_device_events_may_be_asked_for(told: Told) -> None:
    """Whoever asks for silence alone is told of silence alone, each time."""
    told.hook(Kind.DEVICE_SILENT)
    told.round()
    for online in (False, True, False):
        with told.database.writing() as session:
            session.get_one(DeviceStatus, "loa-dong-1-1").online = online
        told.round(timedelta(minutes=1))

    assert told.receiver.types() == [Kind.DEVICE_SILENT, Kind.DEVICE_SILENT]


def test_a_station_that_tells_nobody_writes_nothing(told: Told) -> None:
    """No event is kept for an address that there is not."""
    told.round(DAY)
    with told.database.reading() as session:
        assert session.exec(select(WebhookEvent)).all() == []


def test_events_are_forgotten_after_thirty_days(told: Told) -> None:
    """With their deliveries."""
    hook = told.hook(Kind.BROADCAST_CONFIRMED)
    told.round(DAY)
    told.round(timedelta(days=31))

    assert len(told.receiver.got) == 1
    assert told.deliveries(hook) == []
    with told.database.reading() as session:
        assert session.exec(select(col(WebhookEvent.id))).all() == []


def test_what_ails_the_machine_is_told_and_when_it_is_over(told: Told) -> None:
    """All of it, as it was noticed; begin and end say which one trouble it was."""
    told.hook(*Kind)
    now = told.station.clock()
    with told.database.writing() as session:
        session.add_all(
            WatchedTrouble(
                id=f"trb-{kind}", station_id=STATION_ID, kind=kind, key="", name="x",
                began_at=now, ended_at=now + timedelta(hours=1),
            )
            for kind in OF_THE_MACHINE
        )  # fmt: skip
    told.round(timedelta(hours=2))
    told.round(timedelta(hours=2))
    came = [each.told for each in told.receiver.got if "trouble_id" in each.told["data"]]

    assert [each["type"] for each in came] == [
        "backup.late", "broker.away", "certificate.ended", "certificate.ending", "clock.jumped",
        "clock.wrong", "disk.low", "station.away", "storage.away",
        "backup.made", "broker.back", "certificate.holds", "certificate.renewed",
        "clock.returned", "clock.right", "disk.enough", "station.back", "storage.back",
    ]  # fmt: skip
    assert [each["data"] for each in came[:9]] == [each["data"] for each in came[9:]]
