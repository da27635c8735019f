"""Migrations lead to the schema that the code expects, and back."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel, select

from broadcaster.bulletins.tables import Bulletin, BulletinKind, Rendition
from broadcaster.database import Database
from broadcaster.database.migrate import migrate, undo_migrations
from broadcaster.ledger.period_queries import By, covered
from broadcaster.ledger.periods import one_year
from broadcaster.ledger.rollups import roll_up
from broadcaster.live.tables import LivePermit, LiveTalk
from broadcaster.schedule.tables import Broadcast


def test_migrated_is_what_the_code_expects(database: Database) -> None:
    """Nothing is left for Alembic to generate."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)

        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrations_can_be_undone_and_done_again(database: Database) -> None:
    """Back to nothing, and forward again."""
    undo_migrations(database)

    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}

    migrate(database)

    assert "confirmation" in inspect(database.engine).get_table_names()


def test_what_was_planned_before_playlists_keeps_its_sound_and_its_room(database: Database) -> None:
    """A broadcast of an older version is what it was: no recordings, as long as its sound."""
    undo_migrations(database, to="0002")
    insert(database, _OLD_ROWS)

    migrate(database)

    with database.reading() as session:
        broadcast, rendition = session.get_one(Broadcast, "bc"), session.get_one(Rendition, "ren")
        assert (broadcast.slot_ms, broadcast.recordings, broadcast.cues) == (6_000, [], [])
        assert (rendition.replay, rendition.recordings, rendition.parts) == (None, [], [])
        assert session.get_one(Bulletin, "bul").kind == BulletinKind.ITEM


def test_what_was_played_before_the_roll_ups_is_rolled_up(database: Database) -> None:
    """Older shares learn their topic, what had begun is marked, and the way back works."""
    undo_migrations(database, to="0007")
    insert(database, [*_OLD_ROWS[:1], *_PLAYED])
    migrate(database)
    with database.writing() as session:
        followed = roll_up(session).broadcasts
        (year,) = covered(session, one_year(2026), villages=None, by=By.TOPIC)
    undo_migrations(database, to="0007")

    assert followed == 1
    assert (year.key, year.coverage.asked, year.coverage.confirmed) == ("Y tế", 400, 300.0)
    assert "village_coverage" not in inspect(database.engine).get_table_names()


def test_a_permit_and_a_copied_name_learn_whose_they_are(database: Database) -> None:
    """The permit's station is its leader's, and who allowed a night is an id beside the name."""
    undo_migrations(database, to="0034")
    permit = {
        "account_id": "acc", "granted_by": "lan", "granted_at": 1, "valid_until": 9,
        "quiet_reason": "Bão",
    }  # fmt: skip
    leader = {**_OLD_ROWS[1][1], "id": "lan", "username": "lan", "display_name": "Lan"}
    talk = {
        "station_id": "st", "title": "Họp", "speaker_id": "acc", "permit_id": "per",
        "longest_ms": 1, "override_person": "Lan", "asked_at": 1, "said_ms": 0,
        "ended_because": "",
    }  # fmt: skip
    insert(
        database,
        [
            *_OLD_ROWS[:2],
            ("account", leader),
            ("role_grant", {"account_id": "lan", "station_id": "st", "role": "leader"}),
            ("live_permit", {"id": "per", **permit}),
            ("live_talk", {"id": "by-permit", "override_reason": "Bão", **talk}),
            ("live_talk", {"id": "by-speaker", "override_reason": "Lũ", **talk}),
        ],
    )

    migrate(database)

    with database.reading() as session:
        assert session.get_one(LivePermit, "per").station_id == "st"
        allowed = {each.id: each.override_by for each in session.exec(select(LiveTalk))}
        assert allowed == {"by-permit": "lan", "by-speaker": "acc"}


def insert(database: Database, rows: list[tuple[str, dict[str, object]]]) -> None:
    """Rows of an older schema, in their order."""
    with database.engine.begin() as connection:
        for table, row in rows:
            columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)  # noqa: S608


_SOUND = {"audio_sha256": "ab" * 32, "audio_size_bytes": 48_000, "duration_ms": 6_000}
_OLD_ROWS: list[tuple[str, dict[str, object]]] = [
    (
        "station",
        {
            "id": "st", "name": "Đài", "commune": "Thượng", "province": "Hà Nội", "zone": "UTC",
            "quiet_begins": "21:00", "quiet_ends": "05:30", "longest_session_ms": 60_000,
            "rehearsal": True, "public_key": "00",
        },
    ),
    (
        "account",
        {
            "id": "acc", "username": "hanh", "display_name": "Hạnh", "password_hash": "-",
            "active": True, "created_at": 1,
        },
    ),
    (
        "bulletin",
        {
            "id": "bul", "station_id": "st", "title": "Tin", "script": "Tin.", "topic": "",
            "priority": 3, "author_id": "acc", "created_at": 1, "edited_at": 1,
            "rendition_id": "ren",
        },
    ),
    (
        "rendition",
        {
            "id": "ren", "bulletin_id": "bul", "script_sha256": "00", "spoken": "Tin.",
            "reading": "[]", "warnings": "[]", "loudness_lufs": -16.0, "engine": "espeak-ng",
            "rendered_at": 1, **_SOUND,
        },
    ),
    (
        "schedule",
        {
            "id": "sch", "station_id": "st", "bulletin_id": "bul", "starts_local": "",
            "recurrence": "", "override_reason": "", "created_by": "acc", "created_at": 1,
            "closed_because": "",
        },
    ),
    (
        "broadcast",
        {
            "id": "bc", "schedule_id": "sch", "bulletin_id": "bul", "rendition_id": "ren",
            "title": "Tin", "topic": "", "priority": 3, "occurs_at": 1, "starts_at": 1,
            "not_after": 2, "planned_at": 1, "withdrawn_by_person": False, **_SOUND,
        },
    ),
]  # fmt: skip
_NOON_MS = 1_780_293_600_000
"""1 June 2026, 06:00 UTC."""

_SHARE: dict[str, object] = {
    "order_id": "ord", "village_id": "v", "broadcast_id": "bc", "cluster_id": "cl",
    "cluster_name": "Cụm", "village_name": "Thôn", "households": 100, "residents": 400,
    "starts_at": _NOON_MS, "frozen": True,
}  # fmt: skip
_PLAYED: list[tuple[str, dict[str, object]]] = [
    ("cluster", {"id": "cl", "station_id": "st", "name": "Cụm", "position": 0}),
    ("village", {"id": "v", "cluster_id": "cl", "name": "Thôn", "position": 0}),
    (
        "device",
        {
            "id": "loa", "station_id": "st", "cluster_id": "cl", "name": "Loa", "public_key": "00",
            "broker_salt": "", "broker_verifier": "", "simulated": True, "enrolled_at": 1,
        },
    ),
    (
        "play",
        {
            "order_id": "ord", "repeat": 0, "device_id": "loa", "broadcast_id": "bc",
            "cluster_id": "cl", "device_name": "Loa", "title": "Tin", "topic": "Y tế",
            "audio_sha256": "00", "asked_ms": 60_000, "starts_at": _NOON_MS,
            "start_due_at": _NOON_MS, "end_due_at": _NOON_MS, "frozen": True,
            "state": "confirmed", "reached": "finished", "played_ms": 60_000,
            "clock_doubtful": False, "simulated": True,
        },
    ),
    ("play_share", {**_SHARE, "device_id": "", "share": 0.25}),
    ("play_share", {**_SHARE, "device_id": "loa", "share": 0.75}),
]  # fmt: skip
