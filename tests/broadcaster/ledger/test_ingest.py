"""Ingest: whatever comes, in whatever order and however often, is stored once or kept apart."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, func, select

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.database.columns import to_ms
from broadcaster.fleet.registry import retire, verify_keys
from broadcaster.fleet.tables import DeviceHealth, DeviceStatus
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.ingest import open_deliveries, store
from broadcaster.ledger.journals import advance, load_journals
from broadcaster.ledger.opening import OpenedBatch
from broadcaster.ledger.tables import (
    ConfirmationBatch,
    ConfirmationRow,
    Incident,
    JournalHead,
    Play,
)
from broadcaster.wire import Delivery
from devices.protocol import topics
from devices.protocol.chain import entry_hash
from devices.protocol.messages import ClockStatement, Kind, Receipt
from tests.broadcaster.ledger.commune import (
    BEFORE,
    STARTS,
    STATION,
    Pole,
    found,
    ingest,
    order,
    raise_pole,
)


@pytest.fixture
def pole(database: Database) -> Pole:
    """One enrolled pole with an order before it."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        expect(session, order(), now=BEFORE)
    return pole


def count(session: Session, table: type) -> int:
    """How many rows a table holds."""
    return session.exec(select(func.count()).select_from(table)).one()


def codes(session: Session) -> list[str]:
    """The codes of all incidents."""
    return sorted(session.exec(select(Incident.code)).all())


def test_stores_a_batch_and_says_how_far(database: Database, pole: Pole) -> None:
    """A good batch is stored with its evidence, and the receipt names its last entry's hash."""
    pole.play()
    delivery = pole.batch()
    with database.writing() as session:
        stored = ingest(session, [delivery])
    with database.reading() as session:
        rows = session.exec(select(ConfirmationRow).order_by(col(ConfirmationRow.seq))).all()
        evidence = session.exec(select(ConfirmationBatch)).one()

    assert [row.entry for row in rows] == pole.entries
    assert evidence.message == delivery.payload
    assert stored.receipts == (
        Receipt(
            station=STATION,
            device="loa-1",
            epoch=pole.epoch,
            seq=5,
            chain=entry_hash(pole.entries[-1]),
            issued_at_ms=1_795_428_000_000,
        ),
    )


def test_repeats_a_lost_receipt(database: Database, pole: Pole) -> None:
    """What is already held brings no row and no evidence, but the same receipt again."""
    pole.play()
    with database.writing() as session:
        first = ingest(session, [pole.batch()])
    with database.writing() as session:
        again = ingest(session, [pole.batch(2, 4)])
    with database.reading() as session:
        assert count(session, ConfirmationRow) == 5
        assert count(session, ConfirmationBatch) == 1

    assert (again.new, again.duplicates) == (0, 3)
    assert again.receipts == first.receipts


def test_receipts_only_what_is_contiguous(database: Database, pole: Pole) -> None:
    """A gap stops the receipt before it; what comes after is held, and counts once it is closed."""
    pole.play()
    with database.writing() as session:
        behind = ingest(session, [pole.batch(4, 5)])
        begun = ingest(session, [pole.batch(1, 2)])
    with database.writing() as session:
        closed = ingest(session, [pole.batch(3, 3)])

    assert behind.receipts == ()
    assert [receipt.seq for receipt in begun.receipts] == [2]
    assert [receipt.seq for receipt in closed.receipts] == [5]


def test_closes_a_gap_before_more_than_one_page(database: Database, pole: Pole) -> None:
    """A journal that waits behind one missing entry is receipted whole when it comes."""
    for _ in range(1_203):
        pole.say(Kind.RECEIVED, order=None)
    batches = pole.batches(size=50)
    with database.writing() as session:
        ingest(session, batches[1:])
    with database.writing() as session:
        stored = ingest(session, batches[:1])

    assert [receipt.seq for receipt in stored.receipts] == [1_203]


def test_reads_no_further_than_about_the_next_gap(database: Database, pole: Pole) -> None:
    """Where processes share a storm, each closes small gaps before a long tail of others' words."""
    for _ in range(400):
        pole.say(Kind.RECEIVED, order=None)
    singly = pole.batches()
    with database.writing() as session:
        ingest(session, [*singly[1:4], *singly[5:]])
    with database.reading() as session:
        station = session.get_one(Station, STATION)
        keys = verify_keys(session, STATION)
        (opened,) = open_deliveries(singly[:1], keys=keys, station=station)
        assert isinstance(opened, OpenedBatch)
        connection = connection_of(session)
        journals = load_journals(connection, [opened], station_id=STATION)
        (journal,) = journals.values()
        journal.accept(opened)
        advance(connection, journals)

    assert journal.seq == 4
    assert len(journal.known) < 20


def test_keeps_both_sides_of_an_equivocation(database: Database, pole: Pole) -> None:
    """Other bytes under a held number are evidence of an incident, and are never counted."""
    twin = Pole("loa-1", key=pole.key, epoch=pole.epoch)
    pole.say(Kind.RECEIVED)
    twin.say(Kind.RECEIVED)
    pole.say(Kind.CACHED)
    twin.say(Kind.FAILED, code="audio_missing")
    twin.say(Kind.FINISHED, samples=1, sample_rate_hz=1)
    with database.writing() as session:
        ingest(session, [pole.batch()])
        stored = ingest(session, [twin.batch()])
    with database.reading() as session:
        incident = session.exec(select(Incident)).one()
        kinds = session.exec(select(ConfirmationRow.kind)).all()

    assert (incident.code, incident.device_id) == ("equivocation", "loa-1")
    assert incident.evidence == twin.batch().payload
    assert sorted(kinds) == ["cached", "received"]
    assert [receipt.seq for receipt in stored.receipts] == [2]


def test_refuses_what_does_not_follow(database: Database, pole: Pole) -> None:
    """An entry that names another predecessor than the one held is a broken chain."""
    twin = Pole("loa-1", key=pole.key, epoch=pole.epoch)
    pole.say(Kind.RECEIVED)
    twin.say(Kind.CACHED)
    twin.say(Kind.STARTED)
    with database.writing() as session:
        ingest(session, [pole.batch(), twin.batch(2, 2)])
    with database.reading() as session:
        assert codes(session) == ["broken_chain"]
        assert count(session, ConfirmationRow) == 1


def test_refuses_what_a_held_successor_contradicts(database: Database, pole: Pole) -> None:
    """An entry whose successor is held and names other bytes is a broken chain too."""
    twin = Pole("loa-1", key=pole.key, epoch=pole.epoch)
    pole.say(Kind.RECEIVED)
    pole.say(Kind.CACHED)
    twin.say(Kind.CACHED)
    with database.writing() as session:
        ingest(session, [pole.batch(2, 2), twin.batch(1, 1)])
    with database.reading() as session:
        assert codes(session) == ["broken_chain"]
        assert count(session, JournalHead) == 0


def test_keeps_forgeries_apart(database: Database, pole: Pole) -> None:
    """A foreign key, another's topic, a changed byte, junk: incidents, and nothing is counted."""
    pole.say(Kind.RECEIVED)
    stranger = Pole("loa-1")
    stranger.say(Kind.RECEIVED)
    good = pole.batch().payload
    with database.writing() as session:
        raise_pole(session, "loa-2")
        stored = ingest(
            session,
            [
                stranger.batch(),
                pole.deliver(good, as_device="loa-2"),
                pole.deliver(good, as_device="loa-9"),
                pole.deliver(good, as_station="xa-khac"),
                pole.deliver(good[:-10] + b"AAAAAAAAAA"),
                pole.deliver(b"\xff\x00" * 10),
                pole.deliver(good, what=topics.Upward.STATUS),
            ],
        )
    with database.reading() as session:
        assert codes(session) == [
            "bad_signature",
            "malformed",
            "unknown_device",
            "wrong_address",
            "wrong_key",
            "wrong_key",
            "wrong_kind",
        ]
        assert count(session, ConfirmationRow) == 0

    assert (stored.new, stored.receipts) == (0, ())


def test_leaves_alone_what_is_not_the_ledgers(database: Database, pole: Pole) -> None:
    """Health and questions are no confirmations and no incidents; a topic of no device is one."""
    nowhere = Delivery("loa/1/xa-an-phu/plan/cum-dong", b"x", ack=lambda: None)
    with database.writing() as session:
        stored = ingest(session, [pole.health(cpu_share=0.25), pole.ask()])
        ingest(session, [nowhere])
    with database.reading() as session:
        incident = session.exec(select(Incident)).one()
        plays = session.exec(select(Play.state)).all()

    assert (stored.new, stored.refused, stored.receipts, stored.health) == (0, 0, (), 1)
    assert (incident.code, incident.device_id) == ("wrong_address", None)
    assert plays == ["planned"]


def test_keeps_the_last_word_on_health(database: Database, pole: Pole) -> None:
    """What came last, whatever a clock that jumps says; only what was measured, and bounded."""
    first = pole.health(at_ms=9_000, cpu_temperature_c=41.5, refused={"bad_signature": 3})
    last = pole.health(at_ms=5, uptime_s=2**70, link="wi\0fi")
    with database.writing() as session:
        ingest(session, [first])
    with database.reading() as session:
        before = session.get_one(DeviceHealth, "loa-1")
    with database.writing() as session:
        ingest(session, [last, pole.deliver(b"{}", what=topics.Upward.HEALTH)])
    with database.reading() as session:
        after = session.get_one(DeviceHealth, "loa-1")
        assert codes(session) == ["malformed"]

    assert before.said["cpu_temperature_c"] == 41.5
    assert before.said["refused"] == {"bad_signature": 3}
    assert (after.said["uptime_s"], after.said["link"]) == (None, "wi�fi")
    assert "cpu_temperature_c" not in after.said
    assert "station" not in after.said
    assert (to_ms(after.said_at), after.received_at) == (5, STARTS)


def test_keeps_one_incident_of_repeated_bytes(database: Database, pole: Pole) -> None:
    """The same forged bytes are one incident however often they come, with bounded evidence."""
    junk = pole.deliver(b"x" * 100_000)
    with database.writing() as session:
        ingest(session, [junk, junk])
        ingest(session, [junk])
    with database.reading() as session:
        incident = session.exec(select(Incident)).one()

    assert len(incident.evidence) == 4_096


def test_bounds_a_flood_of_incidents(database: Database, pole: Pole) -> None:
    """A device that sends ever new junk fills the log, not the database."""
    with database.writing() as session:
        ingest(session, [pole.deliver(f"junk {n}") for n in range(250)])
        ingest(session, [pole.deliver(f"more {n}") for n in range(50)])
    with database.reading() as session:
        assert count(session, Incident) == 200


def test_hears_nothing_from_a_retired_device(database: Database, pole: Pole) -> None:
    """A device retired after the keys were read is refused all the same."""
    pole.say(Kind.RECEIVED)
    with database.writing() as session:
        keys = verify_keys(session, STATION)
        retire(session, "loa-1", now=STARTS)
        station = session.get_one(Station, STATION)
        stored = store(session, [pole.batch()], now=STARTS, keys=keys, station=station)
    with database.reading() as session:
        assert codes(session) == ["unknown_device"]

    assert (stored.new, stored.receipts) == (0, ())


def test_counts_no_simulation_in_a_station_in_service(database: Database) -> None:
    """Simulated words of an enrolled device are refused where nothing is rehearsed."""
    with database.writing() as session:
        found(session, rehearsal=False)
        pole = raise_pole(session, "loa-1", simulated=False, thon_1=1.0)
        pole.simulated = True
        pole.play()
        status = pole.status(online=True, at_ms=1)
        stored = ingest(session, [pole.batch(), status])
    with database.reading() as session:
        assert codes(session) == ["simulated_in_service", "simulated_in_service"]
        assert count(session, DeviceStatus) == 0

    assert stored.new == 0


def test_a_second_journal_is_an_incident_and_counts(database: Database, pole: Pole) -> None:
    """A device that lost its journal begins another: its words count, and someone must look."""
    pole.say(Kind.RECEIVED)
    second = Pole("loa-1", key=pole.key)
    second.play()
    with database.writing() as session:
        ingest(session, [pole.batch()])
    with database.writing() as session:
        stored = ingest(session, [second.batch()])
        ingest(session, [second.batch(1, 1)])
    with database.reading() as session:
        assert codes(session) == ["new_epoch"]
        assert session.exec(select(Play.state)).one() == "confirmed"

    assert [receipt.seq for receipt in stored.receipts] == [5]


def test_text_that_a_database_cannot_hold_stops_nothing(database: Database, pole: Pole) -> None:
    """A NUL in a code, an offset beyond 64 bits: signed, odd, and stored as not known."""
    pole.say(Kind.FAILED, code="a\0b", plan_version=2**53 - 1)
    clock = ClockStatement(offset_ms=-(2**70), uncertainty_ms=2**70, source="rtc")
    status = pole.status(online=True, at_ms=5, version=2**53 - 1, clock=clock)
    with database.writing() as session:
        stored = ingest(session, [pole.batch(), status])
    with database.reading() as session:
        play = session.exec(select(Play)).one()
        held = session.get_one(DeviceStatus, "loa-1")

    assert (held.clock_offset_ms, held.clock_uncertainty_ms, held.clock_source) == (
        None,
        None,
        "rtc",
    )

    assert (stored.new, stored.statuses) == (1, 1)
    assert (play.state, play.code) == ("failed", "a�b")


@pytest.mark.parametrize(
    ("said", "online"),
    [
        ([(True, 10, "b")], True),
        ([(False, 9, "b"), (True, 10, "b")], True),
        ([(True, 10, "b"), (False, 9, "b")], False),
        ([(True, 10, "b"), (False, 9, "b"), (True, 10, "b")], True),
        ([(True, 10, "b"), (False, 9, "a")], True),
        ([(True, 10, "b"), (False, 11, "a")], False),
        ([(True, 10, "b"), (False, 9, "b"), (True, 9, "b")], False),
    ],
)
def test_believes_the_newest_status(
    database: Database, pole: Pole, said: list[tuple[bool, int, str]], online: bool
) -> None:
    """The newest signed status holds; a last will, signed before, counts within its own boot."""
    for is_online, at_ms, boot in said:
        with database.writing() as session:
            delivery = pole.status(online=is_online, at_ms=at_ms, boot=boot * 32)
            ingest(session, [delivery], now=STARTS + timedelta(milliseconds=at_ms))
    with database.reading() as session:
        assert session.get_one(DeviceStatus, "loa-1").online is online


@pytest.mark.parametrize(
    ("said", "version"),
    [
        pytest.param([(True, 7, 6, 100), (True, 8, 6, 90)], 2, id="its clock was set back"),
        pytest.param([(True, 8, 6, 90), (True, 7, 6, 100)], 1, id="an older one comes late"),
        pytest.param([(True, 7, 6, 100), (True, 7, 6, 100)], 1, id="the same comes again"),
        pytest.param([(True, 7, 6, 100), (False, 6, 6, 90)], 2, id="the will of this connection"),
        pytest.param([(True, 9, 8, 100), (False, 6, 6, 90)], 1, id="the will of an earlier one"),
        pytest.param([(False, 6, 6, 90), (True, 7, 6, 80)], 2, id="back after a will"),
        pytest.param([(True, 7, 6, 100), (True, 0, 0, 90)], 1, id="one without a number, earlier"),
        pytest.param([(True, 7, 6, 100), (True, 0, 0, 110)], 2, id="one without a number, later"),
    ],
)
def test_believes_numbers_before_clocks(
    database: Database, pole: Pole, said: list[tuple[bool, int, int, int]], version: int
) -> None:
    """Of one journal's statuses the higher number is the newer; a will ends its own connection."""
    for count, (is_online, number, will, at_ms) in enumerate(said, start=1):
        status = pole.status(
            online=is_online,
            at_ms=at_ms,
            version=count,
            number=number,
            will=will,
            epoch=pole.epoch,
        )
        with database.writing() as session:
            ingest(session, [status], now=STARTS)
    with database.reading() as session:
        assert session.get_one(DeviceStatus, "loa-1").plan_version == version


def test_a_new_journal_numbers_anew(database: Database, pole: Pole) -> None:
    """A device whose memory card was replaced is not silent until it has caught up."""
    for epoch, number, at_ms in ((pole.epoch, 900, 100), ("e" * 32, 1, 200)):
        with database.writing() as session:
            status = pole.status(
                online=True, at_ms=at_ms, version=number, number=number, will=number, epoch=epoch
            )
            ingest(session, [status], now=STARTS)
    with database.reading() as session:
        assert session.get_one(DeviceStatus, "loa-1").plan_version == 1


def test_keeps_what_a_status_says_the_device_holds(database: Database, pole: Pole) -> None:
    """Versions, sequence, journal and clock: what a restored station asks and people look at."""
    status = pole.status(
        online=True,
        at_ms=5,
        version=7,
        config_version=8,
        keyring_serial=9,
        now_sequence=10,
        epoch=pole.epoch,
        seq=11,
        key_id="ab" * 16,
        clock=ClockStatement(offset_ms=-12, uncertainty_ms=13, source="ntp"),
    )
    with database.writing() as session:
        ingest(session, [status])
    with database.reading() as session:
        held = session.get_one(DeviceStatus, "loa-1")

    assert (held.plan_version, held.config_version, held.keyring_serial) == (7, 8, 9)
    assert (held.now_sequence, held.epoch, held.seq) == (10, pole.epoch, 11)
    assert (held.clock_offset_ms, held.clock_uncertainty_ms) == (-12, 13)
    assert (held.clock_source, held.key_id) == ("ntp", "ab" * 16)
