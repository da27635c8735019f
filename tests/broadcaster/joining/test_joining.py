"""Two stations become one: codes and history stay, everything still verifies; on both databases."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session, SQLModel

import broadcaster.schema  # noqa: F401 - all tables
from broadcaster.accounts.people import NO_PASSWORD
from broadcaster.accounts.tables import Account, HeadPhone, RoleGrant
from broadcaster.areas.queries import villages_of
from broadcaster.areas.tables import Cluster, JoinedStation, Station, Village
from broadcaster.audit import Act
from broadcaster.audit.facts import table_named
from broadcaster.audit.roots import make_due_roots
from broadcaster.bulletins.standing import approved_rendition
from broadcaster.bulletins.tables import Bulletin
from broadcaster.database import Database
from broadcaster.fleet.tables import Device, JoinedDevice
from broadcaster.inspection.exporting import import_ledger
from broadcaster.inspection.findings import Flaw
from broadcaster.inspection.sight import seen_at_one_instant
from broadcaster.inspection.verifying import Question, verify
from broadcaster.joining import bringing
from broadcaster.joining.bringing import digest_of, evidence_folder
from broadcaster.joining.carried import CARRIED, LEFT
from broadcaster.joining.errors import (
    DecisionsUnreadable,
    IdsTaken,
    NotAtRest,
    OtherLedgerBroken,
    Undecided,
)
from broadcaster.joining.meeting import Alike, meet
from broadcaster.ledger.evidence import device_evidence
from broadcaster.ledger.plays import rebuild_plays
from broadcaster.ledger.tables import CONFIRMATIONS, PLAYS, VILLAGE_COVERAGE
from broadcaster.schedule.tables import Schedule
from tests.broadcaster.inspection.scene import ZONE
from tests.broadcaster.joining.scene import (
    AS_OF,
    DECISIONS,
    NOW,
    OTHER,
    ROOT_KEY,
    SOUND,
    SOUND_SHA256,
    Two,
    two_communes,
)
from tests.broadcaster.ledger.commune import STARTS, STATION
from tests.trail import acts_of, keys_of


@pytest.fixture
def two(database: Database, sqlite_template: Path, tmp_path: Path) -> Two:
    """Both stations; ours is once on SQLite and once on PostgreSQL."""
    theirs = tmp_path / "theirs.sqlite3"
    theirs.write_bytes(sqlite_template.read_bytes())
    return two_communes(database, f"sqlite:///{theirs}", tmp_path)


def all_rows(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.reading() as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        }


def coverage_of(session: Session, station_id: str) -> tuple[int, float]:
    """Asked and confirmed of all villages of a station, as its pages sum them."""
    villages = [each.id for each in villages_of(session, station_id)]
    table = VILLAGE_COVERAGE.c
    asked, confirmed = session.execute(
        select(func.sum(table.asked), func.sum(table.confirmed)).where(
            table.village_id.in_(villages)
        )
    ).one()
    return int(asked), float(confirmed)


def test_every_table_comes_along_or_stays_behind_for_a_reason() -> None:
    """A table that is added later has to be thought about."""
    assert set(CARRIED) & set(LEFT) == set()
    assert set(CARRIED) | set(LEFT) == {each.name for each in SQLModel.metadata.sorted_tables}
    assert all(LEFT.values())


def test_a_dry_run_names_what_both_have_and_changes_nothing(two: Two) -> None:
    """Code, user name, and names of places; with roles that do not come along."""
    before = all_rows(two.ours.database)
    meeting = two.met(decisions={})

    assert [(each.kind, each.code) for each in meeting.undecided] == list(DECISIONS)
    assert meeting.roles == [("Nguyễn Thị Hòa", "operator")]
    assert meeting.counts["village"] == 2
    assert all_rows(two.ours.database) == before
    assert not two.state.exists()


def test_nothing_is_joined_before_somebody_decided(two: Two) -> None:
    """No name is changed by itself, and no place is named twice by chance."""
    before = all_rows(two.ours.database)
    for left_out in DECISIONS:
        with pytest.raises(Undecided):
            two.join({key: said for key, said in DECISIONS.items() if key != left_out})

    assert all_rows(two.ours.database) == before
    assert not [each for each in two.state.rglob("*") if each.is_file()]


UNUSABLE = [
    ((Alike.DEVICE, "loa-1"), "loa-2"),  # ours
    ((Alike.DEVICE, "loa-1"), "loa-8"),  # theirs
    ((Alike.DEVICE, "loa-1"), "Loa 1"),
    ((Alike.PERSON, "acc-b-hoa"), "hoa"),
    ((Alike.VILLAGE, "thon-b1"), "x" * 61),
    ((Alike.VILLAGE, "thon-none"), "="),
]


def test_a_decision_that_cannot_be_done_is_refused(two: Two) -> None:
    """Before anything is: a code that is taken or unusable, a name, an answer to no question."""
    before = all_rows(two.ours.database)
    for key, said in UNUSABLE:
        with pytest.raises(DecisionsUnreadable):
            two.join({**DECISIONS, key: said})

    assert all_rows(two.ours.database) == before


def test_the_merged_commune_has_both(two: Two) -> None:
    """Places with their codes and people, persons without passwords, sound, and no plan to play."""
    brought = two.join()

    with two.ours.database.reading() as session:
        station = session.get_one(JoinedStation, OTHER)
        names = {each.id: each.name for each in villages_of(session, STATION)}
        person = session.get_one(Account, "acc-b-hoa")
        roles = session.execute(
            select(RoleGrant.role, RoleGrant.village_id).where(RoleGrant.account_id == person.id)
        ).all()
        assert (station.commune, station.public_key, station.as_of) == ("Bình Hòa", ROOT_KEY, AS_OF)
        assert {"thon-1", "thon-b1", "thon-b2"} <= set(names)
        assert names["thon-b1"] == "Thôn Một Bình Hòa"
        assert session.get_one(Village, "thon-b2").cluster_id == "cum-b"
        assert session.get_one(Cluster, "cum-b").position == 4
        assert (person.username, person.password_hash) == ("hoa-binh-hoa", NO_PASSWORD)
        assert roles == [("village_head", "thon-b1")]
        assert session.get_one(HeadPhone, person.id).phone
        assert session.get_one(Bulletin, "bul-b").station_id == STATION
        assert approved_rendition(session, "bul-b") is None
        assert session.get_one(Schedule, "sch-b").cancelled_at == NOW
        joined = session.get_one(JoinedDevice, "loa-binh-hoa-1")
        assert (joined.joined_station_id, joined.signed_as) == (OTHER, "loa-1")
        assert session.get_one(Device, "loa-1").cluster_id == "cum-dong"
        assert session.get_one(Device, "loa-binh-hoa-1").cluster_id == "cum-b"
    assert (two.state / "audio" / f"{SOUND_SHA256}.mp3").read_bytes() == SOUND
    assert brought.rows["play"] == 2


def test_two_names_may_be_one_person(two: Two) -> None:
    """Who wrote there is then whoever writes here; roles here stay as they are."""
    two.join({**DECISIONS, (Alike.PERSON, "acc-b-hoa"): "="})

    with two.ours.database.reading() as session:
        assert session.get(Account, "acc-b-hoa") is None
        assert session.get_one(Bulletin, "bul-b").author_id == "acc-hoa"
        assert session.get_one(Account, "acc-hoa").password_hash != NO_PASSWORD


def test_coverage_counts_both_and_nobody_twice(two: Two) -> None:
    """600 of 1,000 were reached there; what was reached here is what it was."""
    with two.ours.database.reading() as session:
        asked, confirmed = coverage_of(session, STATION)
    two.join()

    with two.ours.database.reading() as session:
        assert coverage_of(session, STATION) == (asked + 1_000, confirmed + 600.0)
    with two.ours.database.writing() as session:
        assert rebuild_plays(session, now=NOW) == 0


def test_the_ledger_holds_by_our_root_and_theirs_by_their_own(two: Two) -> None:
    """Chains and signatures of there, in our ledger and in the evidence that lies beside it."""
    assert two.ours.verdict(now=NOW).findings == []
    two.join()
    verdict = two.ours.verdict(now=NOW)
    folder = evidence_folder(two.state, OTHER)
    engine = import_ledger(folder, two.folder / "evidence.sqlite3")
    with seen_at_one_instant(engine) as sight:
        theirs = verify(sight, Question(root_key=ROOT_KEY, now=NOW, private=False))
    engine.dispose()

    assert verdict.findings == []
    assert (verdict.devices, verdict.plays) == (5, 5)
    assert (theirs.findings, theirs.roots, theirs.devices) == ([], 1, 2)
    with two.ours.database.reading() as session:
        assert session.get_one(JoinedStation, OTHER).evidence_sha256 == digest_of(folder)
        epoch = (
            session.execute(
                select(CONFIRMATIONS.c.epoch).where(CONFIRMATIONS.c.device_id == "loa-binh-hoa-1")
            )
            .scalars()
            .first()
        )
        for seq in (1, 3):
            evidence = device_evidence(session, "loa-binh-hoa-1", str(epoch), seq, villages=None)
            assert evidence is not None
            assert (evidence.signature_holds, evidence.chain_holds) == (True, True)


def test_the_next_days_root_holds_as_well(two: Two) -> None:
    """Rows from before lie under the other station's roots, and under no day of ours."""
    two.join()
    later = NOW.replace(day=NOW.day + 1)
    with two.ours.database.writing() as session:
        made = make_due_roots(
            session, station_id=STATION, zone=ZONE, keys=keys_of(STATION), now=later
        )
    verdict = two.ours.verdict(now=later)

    assert (made, verdict.findings, verdict.roots) == (1, [], 2)


def test_what_came_along_cannot_be_changed_unseen(two: Two) -> None:
    """A play of there made better, a word cut away, or a pole said to be another's."""
    two.join()

    def spoil(session: Session) -> None:
        silent = PLAYS.c.device_id == "loa-8"
        session.execute(update(PLAYS).where(silent).values(state="confirmed", played_ms=60_000))
        session.execute(
            CONFIRMATIONS.delete().where(
                CONFIRMATIONS.c.device_id == "loa-binh-hoa-1", CONFIRMATIONS.c.seq == 5
            )
        )
        table = table_named("joined_device")
        session.execute(update(table).where(table.c.device_id == "loa-8").values(signed_as="loa-9"))

    two.ours.without_keeping(spoil)
    found = {(each.table, each.flaw) for each in two.ours.verdict(now=NOW).findings}

    assert {
        ("play", Flaw.FOLD_DIFFERS),
        ("confirmation", Flaw.ROW_MISSING),
        ("joined_device", Flaw.FACT_DIFFERS),
    } <= found


def test_it_stands_in_the_trail(two: Two) -> None:
    """Whose root, and the hash of its evidence; by whoever ran the command."""
    two.join()
    (entry,) = acts_joined(two)

    assert (entry["root"], entry["evidence"]) == (
        ROOT_KEY, digest_of(evidence_folder(two.state, OTHER)),
    )  # fmt: skip


def test_a_second_time_does_nothing(two: Two) -> None:
    """The same backup, or a later one."""
    two.join()
    before = all_rows(two.ours.database)
    again = two.join({})

    assert (again.rows, again.station.id) == ({}, OTHER)
    assert all_rows(two.ours.database) == before


def test_interrupted_half_way_nothing_has_changed(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever table it had come to; and then it goes through."""
    before = all_rows(two.ours.database)
    whole = bringing._bring_table
    for last in ("device", "campaign_goal"):

        def interrupted(session: Session, other: object, name: str, way: object) -> int:
            if name == last:  # noqa: B023 - called before the next one
                raise KeyboardInterrupt
            return whole(session, other, name, way)  # type: ignore[arg-type]

        monkeypatch.setattr(bringing, "_bring_table", interrupted)
        with pytest.raises(KeyboardInterrupt):
            two.join()
        assert all_rows(two.ours.database) == before
    monkeypatch.setattr(bringing, "_bring_table", whole)

    assert two.join().rows["village"] == 2


def test_a_ledger_that_does_not_hold_is_not_joined(two: Two) -> None:
    """Under another root key, or with a row that was changed; the message names it."""
    with pytest.raises(OtherLedgerBroken), two.other(root_key="ab" * 32):
        pass
    file = two.folder / "other.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("UPDATE village_population SET residents = 9000 WHERE village_id = 'thon-b1'")

    with pytest.raises(OtherLedgerBroken, match="village_population thon-b1"), two.other():
        pass


def test_ids_that_nobody_typed_are_never_renamed(two: Two) -> None:
    """One station was made of the other: that is no merger."""
    with two.ours.database.writing() as session:
        session.add(Cluster(id="cum-b", station_id=STATION, name="Cụm Bắc"))

    with pytest.raises(IdsTaken, match="cum-b"):
        two.join()


def test_what_is_on_air_there_has_to_end_first(two: Two) -> None:
    """Its poles may still say what they played, to nobody but that station."""
    with two.other() as other, two.ours.database.reading() as session:
        early = replace(other, as_of=STARTS + timedelta(minutes=1))
        ours = session.get_one(Station, STATION)
        with pytest.raises(NotAtRest):
            meet(session, early, station=ours, decisions=DECISIONS)


def acts_joined(two: Two) -> list[dict[str, object]]:
    """What the trail says of joining."""
    return [dict(each.details) for each in acts_of(two.ours.database, Act.STATION_JOINED)]
