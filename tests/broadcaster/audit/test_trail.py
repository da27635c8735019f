"""The trail: numbered without gaps, chained, signed in the transaction of the act, erasable."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from broadcaster.areas.tables import Station, Village
from broadcaster.audit import COMMAND, Act, begin_trail, keep_trail, record
from broadcaster.audit.entries import SealedEntry, genesis, open_entry, private_sha256, row_sha256
from broadcaster.audit.erasing import erase_private
from broadcaster.audit.errors import TrailUnsigned
from broadcaster.audit.facts import ADDED, HASHED, REGISTRY, hashed_fact, table_named
from broadcaster.audit.tables import ENTRIES, PRIVATE
from broadcaster.database import Database
from broadcaster.database.columns import to_ms
from broadcaster.inspection.sight import Sight
from broadcaster.inspection.verifying import Question, verify
from broadcaster.keys import KeyUnreadable
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.fold import Fold
from broadcaster.ledger.rollups import rebuild_rollups
from broadcaster.ledger.tables import PLAYS, SHARES
from devices.errors import BadSignature
from tests.broadcaster.ledger.commune import BEFORE, STATION, found, order, raise_pole
from tests.broadcaster.small_station import NOON
from tests.broadcaster.station_keys import made_keys, trust_of
from tests.trail import keys_of


def entries(database: Database) -> list[SealedEntry]:
    """The trail, each signature verified."""
    trusted = trust_of(keys_of(STATION)).keys
    with database.reading() as session:
        messages = session.execute(select(ENTRIES.c.message).order_by(ENTRIES.c.number)).scalars()
        return [open_entry(each, trusted=trusted) for each in messages]


@pytest.fixture
def station(database: Database) -> Database:
    """A database with a station in it; its trail has begun with what stood there."""
    with database.writing() as session:
        found(session)
        raise_pole(session, "loa-1", thon_1=0.5)
    return database


def act(database: Database, *, by: str = "acc-an", about: str = "bul-1") -> None:
    """Somebody submits a bulletin."""
    with database.writing() as session:
        record(session, Act.BULLETIN_SUBMITTED, by=by, about=about, at=NOON)


def test_each_act_is_numbered_chained_and_signed(station: Database) -> None:
    """The numbers have no gaps, and each entry names the bytes before it."""
    for _ in range(3):
        act(station)

    trail = entries(station)

    assert [each.entry.number for each in trail] == list(range(1, len(trail) + 1))
    named = [genesis(STATION), *(each.sha256 for each in trail)]
    assert [each.entry.prev for each in trail] == named[:-1]
    last = trail[-1].entry
    assert (last.by, last.about, last.act) == ("acc-an", "bul-1", "bulletin_submitted")
    assert last.at_ms == to_ms(NOON)


def test_what_was_not_committed_left_no_entry_and_no_gap(station: Database) -> None:
    """The entry is written in the transaction of its act: either both stand or neither."""
    before = len(entries(station))

    def fail() -> None:
        with station.writing() as session:
            record(session, Act.BULLETIN_SUBMITTED, by="acc-an", about="bul-1", at=NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    act(station)

    assert len(entries(station)) == before + 1


def test_two_at_once_get_numbers_that_follow_each_other(station: Database) -> None:
    """Nobody's number is taken twice, and nobody waits for ever."""
    before = len(entries(station))
    crowd = [threading.Thread(target=lambda: [act(station) for _ in range(10)]) for _ in range(4)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(timeout=60)

    numbers = [each.entry.number for each in entries(station)]

    assert numbers == list(range(1, before + 41))


def test_the_first_entry_holds_what_stood_before_there_was_a_trail(station: Database) -> None:
    """Every row of the registry, so that one without an entry is nobody's."""
    facts = {(fact.table, fact.key) for each in entries(station) for fact in each.entry.facts}

    with station.reading() as session:
        counted = {name: len(session.execute(select(table_named(name))).all()) for name in REGISTRY}
    assert {name: sum(table == name for table, _ in facts) for name in REGISTRY} == counted
    assert counted["device"] > 0
    assert counted["village_population"] > 0


def test_a_changed_and_a_removed_row_stand_in_the_entry_of_the_act(station: Database) -> None:
    """As it was after the act, under its key; a row that is gone has neither member."""
    with station.writing() as session:
        village = Village(id="v-new", cluster_id="cum-dong", name="Thôn Mới")
        session.add(village)
        session.flush()
        village.name = "Thôn Mới Hơn"
        record(session, Act.STATION_FOUNDED, by=None, about="v-new", at=NOON)
    with station.writing() as session:
        session.delete(session.get_one(Village, "v-new"))

    came, went = entries(station)[-2:]

    assert came.entry.by == COMMAND
    (fact,) = came.entry.facts
    assert (fact.table, fact.key) == ("village", "v-new")
    assert fact.row is not None
    assert fact.row["name"] == "Thôn Mới Hơn"
    (gone,) = went.entry.facts
    assert (gone.key, gone.digest, went.entry.act) == ("v-new", "", Act.FACTS_RECORDED)


def test_a_persons_words_stay_outside_and_can_be_erased(station: Database) -> None:
    """The entry holds their salted hash; when they are gone it holds, and says that they went."""
    with station.writing() as session:
        record(
            session,
            Act.BULLETIN_RETURNED,
            by="acc-an",
            about="bul-1",
            at=NOON,
            private={"comment": "Chị Hạnh sửa lại ngày họp"},
        )
    sealed = entries(station)[-1]
    with station.reading() as session:
        kept = session.execute(select(PRIVATE)).one()

    assert "Hạnh" not in sealed.message
    assert "Hạnh" in kept.said
    assert sealed.entry.private == private_sha256(kept.said, salt=kept.salt)

    with station.writing() as session:
        assert erase_private(session, "acc-an", by="acc-quan", now=NOON) == 1

    with station.reading() as session:
        assert session.execute(select(PRIVATE)).all() == []
    erased = entries(station)[-1].entry
    assert (erased.act, erased.by, erased.about) == ("person_erased", "acc-quan", "acc-an")


def test_without_a_key_nothing_is_done(station: Database) -> None:
    """An act that could not be signed is no act: the row that came with it is not there."""

    def no_key(_: str) -> object:
        raise KeyUnreadable("station.key")

    keep_trail(station, no_key)  # type: ignore[arg-type]

    def rename() -> None:
        with station.writing() as session:
            session.get_one(Station, STATION).name = "Đài khác"
            record(session, Act.DEVICE_CHANGED, by="acc-an", at=NOON)

    with pytest.raises(TrailUnsigned):
        rename()
    with station.reading() as session:
        assert session.get_one(Station, STATION).name != "Đài khác"


def test_a_database_that_keeps_no_trail_takes_no_act(station: Database) -> None:
    """A process that forgot to keep it fails at once, instead of leaving a hole."""
    with Database(station.engine).writing() as session, pytest.raises(TrailUnsigned):
        record(session, Act.DEVICE_CHANGED, by="acc-an", at=NOON)


def test_another_key_brings_its_keyring(station: Database) -> None:
    """So that every signature can be checked years later, from the root alone."""
    act(station)
    keep_trail(station, lambda station_id: made_keys(station_id, seed=b"n", serial=2))
    act(station)

    with station.reading() as session:
        messages = session.execute(select(ENTRIES.c.message).order_by(ENTRIES.c.number)).scalars()
        last = list(messages)[-1]
    new = trust_of(made_keys(STATION, seed=b"n", serial=2)).keys

    assert open_entry(last, trusted=new).entry.keyring != ""
    assert entries_with_keyring(station) == [1]


def entries_with_keyring(database: Database) -> list[int]:
    """The entries of the old key that carry a keyring."""
    found = []
    for number, message in _messages(database):
        try:
            sealed = open_entry(message, trusted=trust_of(keys_of(STATION)).keys)
        except Exception:  # noqa: BLE001, S112 - signed by the other key
            continue
        if sealed.entry.keyring:
            found.append(number)
    return found


def _messages(database: Database) -> list[tuple[int, str]]:
    with database.reading() as session:
        rows = session.execute(select(ENTRIES.c.number, ENTRIES.c.message))
        return [(row.number, row.message) for row in rows]


def test_who_owns_the_database_cannot_make_an_entry(station: Database) -> None:
    """The key is not in it: any other octets in an entry break its signature."""
    act(station)
    message = _messages(station)[-1][1]
    header, payload, signature = message.split(".")
    forged = f"{header}.{payload[:-4]}AAAA.{signature}"

    with pytest.raises(BadSignature):
        open_entry(forged, trusted=trust_of(keys_of(STATION)).keys)


def test_a_trail_begins_once(station: Database) -> None:
    """At every start of a station that was founded before there were trails."""
    before = len(entries(station))
    begin_trail(station, now=NOON + timedelta(days=1))

    assert len(entries(station)) == before


def test_a_trail_that_begins_late_holds_the_plays_that_had_begun(database: Database) -> None:
    """A station that was there before: what its figures rest on is recorded on the first day."""
    bare = Database(database.engine)
    with bare.writing() as session:
        found(session)
        raise_pole(session, "loa-1", thon_1=0.5)
        expect(session, order(), now=BEFORE)
        session.execute(PLAYS.update().values(frozen=True))
        session.execute(SHARES.update().values(frozen=True))
        rebuild_rollups(session)

    begin_trail(database, now=NOON)

    tables = {fact.table for each in entries(database) for fact in each.entry.facts}
    assert {"device", "village_population", "play", "play_share"} <= tables
    question = Question(root_key=keys_of(STATION).root_public_key, now=BEFORE)
    with database.reading() as session:
        assert verify(Sight(session.connection()), question).holds


def test_what_is_recorded_of_a_play_is_all_that_is_not_folded() -> None:
    """A column of either kind that comes later must be thought of."""
    folded = set(Fold.__dataclass_fields__) - {"simulated"} | {"folded_at"}

    assert set(PLAYS.c.keys()) - folded == {*HASHED["play"], *ADDED["play"]}
    assert set(SHARES.c.keys()) == {*HASHED["play_share"], *ADDED["play_share"]}


def test_a_column_that_came_later_changes_no_hash_of_before() -> None:
    """A row that has what every row had then is hashed as it was then; any other value counts."""
    row = dict.fromkeys(HASHED["play"], "x")

    before = row_sha256(row)

    assert hashed_fact("play", row | ADDED["play"]).sha256 == before
    assert hashed_fact("play", row | {"relay": True}).sha256 != before
