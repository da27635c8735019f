"""What somebody does who owns the database, and knows how the ledger is made; on both databases."""

from datetime import date, timedelta

import pytest
from nacl.encoding import HexEncoder
from sqlalchemy import delete, insert, select, text, update
from sqlmodel import Session

from broadcaster.areas.tables import VillagePopulation
from broadcaster.audit import Act, keep_trail, record
from broadcaster.audit.erasing import erase_private
from broadcaster.audit.roots import make_due_roots
from broadcaster.audit.tables import ENTRIES, LEAVES, PRIVATE, ROOTS
from broadcaster.database import Database
from broadcaster.fleet.tables import Device
from broadcaster.inspection.findings import Flaw
from broadcaster.inspection.sight import Sight, seen_at_one_instant
from broadcaster.inspection.verifying import Question, verify
from broadcaster.keys import StationKeys
from broadcaster.ledger.expectations import expect, freeze
from broadcaster.ledger.tables import ALERTS, BATCHES, CONFIRMATIONS, HEADS, PLAYS, SHARES
from broadcaster.ledger.watch import close_overdue
from tests.broadcaster.inspection.scene import NEXT_MORNING, ROOT_KEY, ZONE, Scene, play_a_day
from tests.broadcaster.ledger.commune import BEFORE, STARTS, STATION, Pole, ingest, order
from tests.broadcaster.station_keys import made_keys
from tests.trail import connect, keys_of

TODAY = NEXT_MORNING + timedelta(hours=1)


@pytest.fixture
def scene(database: Database) -> Scene:
    """A day with its root."""
    return play_a_day(database)


def flaws(scene: Scene, *anchors: str) -> set[tuple[str, str, Flaw]]:
    """What does not hold: tables, keys and why."""
    return {(each.table, each.key, each.flaw) for each in scene.verdict(*anchors).findings}


def test_the_day_holds_on_both_databases(scene: Scene) -> None:
    """With the root that devices have as its anchor."""
    verdict = scene.verdict()

    assert verdict.holds
    assert scene.verdict(verdict.newest_root).holds


def test_a_device_and_residents_that_were_invented_are_named(scene: Scene) -> None:
    """Its words are well signed, by its own key, and its village has grown: no act says so."""
    invented = Pole("loa-ma")
    invented.play()

    def invent(session: Session) -> None:
        session.add(
            Device(
                id="loa-ma",
                station_id=STATION,
                cluster_id="cum-dong",
                name="Loa ma",
                public_key=invented.key.verify_key.encode(HexEncoder).decode(),
                broker_salt="00",
                broker_verifier="00",
                simulated=True,
                enrolled_at=BEFORE,
            )
        )
        session.add(
            VillagePopulation(
                village_id="thon-1", valid_from=date(2026, 5, 1), households=900, residents=9_000
            )
        )
        session.flush()
        played = session.execute(select(PLAYS).where(PLAYS.c.device_id == "loa-1")).one()
        session.execute(PLAYS.insert().values({**played._mapping, "device_id": "loa-ma"}))
        ingest(session, invented.batches(size=5), now=NEXT_MORNING)

    scene.without_keeping(invent)
    found = flaws(scene)

    assert ("device", "loa-ma", Flaw.FACT_UNRECORDED) in found
    assert ("village_population", "thon-1|2026-05-01", Flaw.FACT_UNRECORDED) in found
    assert ("play", "ord-1|0|loa-ma", Flaw.FACT_UNRECORDED) in found
    assert ("confirmation", f"loa-ma|{invented.epoch}|5", Flaw.BATCH_UNSIGNED) in found


def test_a_share_that_is_raised_is_named_by_its_play(scene: Scene) -> None:
    """The record of the day says whom a play reached; the registry of today is another matter."""
    scene.without_keeping(
        lambda session: session.execute(
            update(SHARES).where(SHARES.c.device_id == "loa-1").values(residents=99_999)
        )
    )

    assert flaws(scene) == {("play_share", "ord-1|loa-1|thon-1", Flaw.FACT_DIFFERS)}


def test_a_play_that_is_made_confirmed_is_named_with_its_columns(scene: Scene) -> None:
    """The silent pole's: its deadline passed, and nothing came."""
    scene.without_keeping(
        lambda session: session.execute(
            update(PLAYS).where(PLAYS.c.device_id == "loa-2").values(state="confirmed")
        )
    )
    (fold,) = [each for each in scene.found() if each.flaw is Flaw.FOLD_DIFFERS]

    assert (fold.key, fold.detail) == ("ord-1|0|loa-2", "state")


@pytest.mark.parametrize("seq", [2, 5], ids=["from the middle", "from the end"])
def test_a_row_that_is_removed_with_all_that_speaks_of_it_is_named(scene: Scene, seq: int) -> None:
    """Row, evidence and head: the day's root was signed when it was there."""
    pole = scene.good

    def remove(session: Session) -> None:
        of_it = CONFIRMATIONS.c.device_id == "loa-1"
        batch = session.execute(
            select(CONFIRMATIONS.c.batch_sha256).where(of_it, CONFIRMATIONS.c.seq == seq)
        ).scalar_one()
        gone = select(CONFIRMATIONS.c.seq).where(of_it, CONFIRMATIONS.c.batch_sha256 == batch)
        first = min(session.execute(gone).scalars())
        session.execute(delete(CONFIRMATIONS).where(of_it, CONFIRMATIONS.c.batch_sha256 == batch))
        session.execute(delete(BATCHES).where(BATCHES.c.sha256 == batch))
        before = session.execute(
            select(CONFIRMATIONS.c.entry_sha256).where(of_it, CONFIRMATIONS.c.seq == first - 1)
        ).scalar()
        if before:
            session.execute(
                update(HEADS)
                .where(HEADS.c.device_id == "loa-1")
                .values(seq=first - 1, chain_sha256=before)
            )

    scene.without_keeping(remove)
    found = flaws(scene)

    group = f"2026-11-23|loa-1|{pole.epoch}"
    assert ("confirmation", group, Flaw.DAY_REWRITTEN) in found
    assert ("confirmation_batch", "2026-11-23|loa-1", Flaw.DAY_REWRITTEN) in found
    if seq == 5:
        missing = ("confirmation", f"loa-1|{pole.epoch}|5", Flaw.TAIL_MISSING)
        assert missing in found


def rewrite(session: Session, *, with_key: bool) -> None:
    """Make the silent pole's residents fewer, and a root that fits; with the station's key too."""
    session.execute(delete(LEAVES))
    session.execute(delete(ROOTS))
    session.execute(
        update(CONFIRMATIONS)
        .where(CONFIRMATIONS.c.device_id == "loa-1")
        .values(received_at=STARTS + timedelta(minutes=1))
    )
    session.execute(update(BATCHES).values(received_at=STARTS + timedelta(minutes=1)))
    session.execute(update(HEADS).values(moved_at=STARTS + timedelta(minutes=1)))
    keys = keys_of(STATION) if with_key else made_keys(STATION, seed=b"z")
    make_due_roots(session, station_id=STATION, zone=ZONE, keys=keys, now=NEXT_MORNING)


def test_without_the_key_no_root_can_be_made(scene: Scene) -> None:
    """A root that fits the rewritten day is signed by nobody of the station."""
    scene.without_keeping(lambda session: rewrite(session, with_key=False))

    assert ("daily_root", "2026-11-23", Flaw.ROOT_UNSIGNED) in flaws(scene)


def test_with_the_key_it_is_what_devices_and_reports_say(scene: Scene) -> None:
    """Whoever has database and key rewrites all; the root that a report printed is not there."""
    printed = scene.verdict().newest_root
    scene.without_keeping(lambda session: rewrite(session, with_key=True))
    day, root = printed.split(":")

    for anchor in (printed, root):
        assert any(flaw is Flaw.ANCHOR_MISSED for _, _, flaw in flaws(scene, anchor))
    assert ("daily_root", day, Flaw.ANCHOR_MISSED) in flaws(scene, printed)


def test_a_day_that_was_cut_off_misses_the_anchor(scene: Scene) -> None:
    """Its root and its leaves are gone together: only who holds it can tell."""
    printed = scene.verdict().newest_root

    def cut_off(session: Session) -> None:
        session.execute(delete(LEAVES))
        session.execute(delete(ROOTS))

    scene.without_keeping(cut_off)

    assert scene.verdict().holds
    assert {flaw for _, _, flaw in flaws(scene, printed)} == {Flaw.ANCHOR_MISSED}


def test_the_trails_end_cannot_be_cut_off_unseen(scene: Scene) -> None:
    """The root names the number and the hash of the last entry of its day."""

    def cut_off(session: Session) -> None:
        last = session.execute(
            select(ENTRIES.c.number).order_by(ENTRIES.c.number.desc()).limit(1)
        ).scalar_one()
        session.execute(delete(PRIVATE).where(PRIVATE.c.number == last))
        session.execute(delete(ENTRIES).where(ENTRIES.c.number == last))

    scene.without_keeping(cut_off)

    assert any(
        table == "audit_entry" and flaw is Flaw.DAY_REWRITTEN for table, _, flaw in flaws(scene)
    )


def test_a_resolved_alert_that_was_removed_is_named(scene: Scene) -> None:
    """Today's, under no root yet: late word came, and nobody is to know that it was late."""
    raised = scene.good
    with scene.database.writing() as session:
        expect(session, order("ord-3", broadcast="bc-3", starts_at=TODAY), now=NEXT_MORNING)
    with scene.database.writing() as session:
        freeze(session, now=TODAY)
    with scene.database.writing() as session:
        close_overdue(session, now=TODAY + timedelta(minutes=10))
    first = len(raised.entries) + 1
    raised.play(order="ord-3")
    with scene.database.writing() as session:
        ingest(session, [raised.batch(first)], now=TODAY + timedelta(minutes=20))
    later = TODAY + timedelta(hours=1)
    assert scene.verdict(now=later).findings == []

    resolved = "FROM alert WHERE resolved_at IS NOT NULL"
    with scene.database.reading() as session:
        (number,) = session.execute(text(f"SELECT id {resolved}")).scalars()
    scene.without_keeping(lambda session: session.execute(text(f"DELETE {resolved}")))

    (found,) = scene.verdict(now=later).findings
    assert (found.table, found.key, found.flaw) == ("alert", str(number), Flaw.FACT_MISSING)


def test_an_alert_waits_for_the_next_look_to_be_in_the_trail(scene: Scene) -> None:
    """One that the ingest raised, or an older version: no flaw meanwhile."""
    scene.without_keeping(
        lambda session: session.execute(
            insert(ALERTS).values(
                code="not_confirmed",
                broadcast_id="bc-0",
                device_id="loa-1",
                raised_at=NEXT_MORNING,
                resolved_at=NEXT_MORNING,
            )
        )
    )
    before = scene.verdict()
    with scene.database.writing() as session:
        close_overdue(session, now=NEXT_MORNING)

    assert (before.findings, scene.found()) == ([], [])
    assert scene.verdict().entries == before.entries + 1
    # As after an older version's schema, which does not know that they were written.
    scene.without_keeping(lambda session: session.execute(update(ALERTS).values(frozen=False)))
    assert scene.found() == []
    with scene.database.writing() as session:
        close_overdue(session, now=NEXT_MORNING)
    assert scene.found() == []
    scene.without_keeping(
        lambda session: session.execute(delete(ALERTS).where(ALERTS.c.broadcast_id == "bc-0"))
    )
    assert {flaw for _, _, flaw in flaws(scene)} == {Flaw.FACT_MISSING}


def test_what_was_erased_by_law_is_no_flaw_and_what_was_only_deleted_is(scene: Scene) -> None:
    """The trail says who erased whose data."""
    scene.without_keeping(lambda session: session.execute(delete(PRIVATE)))
    assert {flaw for _, _, flaw in flaws(scene)} == {Flaw.PRIVATE_MISSING}

    with scene.database.writing() as session:
        erase_private(session, "acc-an", by="acc-quan", now=NEXT_MORNING)

    assert scene.verdict().holds


def test_it_holds_over_a_change_of_keys(scene: Scene) -> None:
    """The keyring of each time stands in the trail; the root key vouches for all of them."""
    keep_trail(scene.database, lambda station: made_keys(station, seed=b"n", serial=2))
    with scene.database.writing() as session:
        record(session, Act.KEY_ROTATED, by=None, about="n", at=NEXT_MORNING)
    assert scene.verdict().holds

    other_root = Question(root_key="a" * 64, now=NEXT_MORNING)
    with scene.database.reading() as session:
        found = verify(Sight(session.connection()), other_root).findings
    assert Flaw.KEYRING_UNFOUNDED in {each.flaw for each in found}
    assert Flaw.ENTRY_UNSIGNED in {each.flaw for each in found}


def test_a_key_that_was_replaced_signs_nothing_more(scene: Scene) -> None:
    """Who stole the old key and the database adds no act."""
    keep_trail(scene.database, lambda station: made_keys(station, seed=b"n", serial=2))
    with scene.database.writing() as session:
        record(session, Act.KEY_ROTATED, by=None, about="n", at=NEXT_MORNING)
    keep_trail(scene.database, lambda station: _without_its_keyring(made_keys(station, seed=b"n")))
    with scene.database.writing() as session:
        record(session, Act.BROADCAST_STOPPED, by="acc-an", about="bc-1", at=NEXT_MORNING)

    assert any(flaw is Flaw.ENTRY_UNSIGNED for _, _, flaw in flaws(scene))


def _without_its_keyring(keys: StationKeys) -> StationKeys:
    """The old key, signing beside the new keyring."""
    return StationKeys(keys_of(STATION).signing_key, keys.keyring, keys.root_public_key)


def test_from_a_day_on_only_what_came_since_is_looked_at(scene: Scene) -> None:
    """What was spoilt before that day is not its business; what came since is."""
    scene.without_keeping(
        lambda session: session.execute(update(BATCHES).values(message=b"spoilt"))
    )

    def since(day: date) -> bool:
        question = Question(root_key=ROOT_KEY, now=NEXT_MORNING, since=day)
        with scene.database.reading() as session:
            return verify(Sight(session.connection()), question).holds

    assert not since(date(2026, 11, 23))
    assert since(date(2026, 11, 24))


@pytest.mark.processes
def test_several_cores_find_what_one_finds(scene: Scene) -> None:
    """Other processes read them at the same instant, and progress is told for each of them."""
    scene.without_keeping(
        lambda session: session.execute(update(BATCHES).values(message=b"spoilt"))
    )
    told: list[tuple[int, int]] = []
    question = Question(root_key=ROOT_KEY, now=NEXT_MORNING)
    with seen_at_one_instant(scene.database.engine, processes=2) as sight:
        verdict = verify(sight, question, progress=lambda done, of: told.append((done, of)))

    assert verdict == scene.verdict()
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE confirmation SET entry = CAST(x'ff41' AS TEXT) WHERE seq = 2", "confirmation"),
        ("UPDATE play SET title = CAST(x'ff41' AS TEXT)", "play"),
        ("UPDATE audit_entry SET act = CAST(x'ff41' AS TEXT) WHERE number = 2", "audit_entry"),
    ],
)
def test_what_is_no_text_any_more_is_named_and_hides_nothing_else(
    sqlite_url: str, statement: str, table: str
) -> None:
    """SQLite keeps any octets as text; whoever writes some does not end the inspection by it."""
    database = connect(sqlite_url)
    scene = play_a_day(database)
    scene.without_keeping(lambda session: session.execute(text(statement)))
    scene.without_keeping(
        lambda session: session.execute(
            update(SHARES).where(SHARES.c.device_id == "loa-1").values(residents=99_999)
        )
    )
    question = Question(root_key=ROOT_KEY, now=NEXT_MORNING)
    with seen_at_one_instant(database.engine) as sight:
        named = {each.table for each in verify(sight, question).findings}
    database.dispose()

    assert {table, "play_share"} <= named
