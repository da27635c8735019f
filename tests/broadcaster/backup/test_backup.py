"""A backup: all of the station in one sealed file, whole or refused, back into either database."""

import json
import tarfile
import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from nacl.public import PrivateKey
from nacl.signing import SigningKey
from sqlalchemy import inspect, select, text
from sqlmodel import SQLModel

from broadcaster.audit import Act, keep_trail, record
from broadcaster.audit.ends import read_ends
from broadcaster.backup.backup_key import (
    backup_key_told,
    make_backup_key,
    name_of,
    read_backup_key,
)
from broadcaster.backup.errors import (
    BackupBroken,
    BackupKeyMissing,
    BackupKeyMistyped,
    BackupKeyPresent,
    BackupNotWritten,
    BackupOfNewerVersion,
    NoBackup,
    StationPresent,
    WrongBackupKey,
)
from broadcaster.backup.restoring import restore
from broadcaster.backup.sealed_stream import SealedWriter
from broadcaster.backup.writing import ENDING, forget_older, write_backup
from broadcaster.database import Database
from broadcaster.inspection.sight import Sight
from broadcaster.inspection.verifying import Question, verify
from broadcaster.keys import load_keys, root_key_told
from broadcaster.settings import Settings
from tests.broadcaster.backup.scene import AFTER, SOUND, Lived, live, sha256_of
from tests.broadcaster.inspection.scene import ROOT_KEY
from tests.broadcaster.ledger.commune import STATION
from tests.postgres import RunningPostgres
from tests.trail import acts_of, connect, keys_of


@pytest.fixture
def lived(database: Database, tmp_path: Path) -> Lived:
    """On SQLite and on PostgreSQL."""
    return live(database, tmp_path)


@pytest.fixture
def lived_on_sqlite(sqlite_url: str, tmp_path: Path) -> Lived:
    """Where the database is not what matters."""
    return live(connect(sqlite_url), tmp_path)


@pytest.fixture(params=["sqlite", "postgres"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> "Callable[[], Settings]":
    """The settings of a machine on which there is nothing yet, with either database."""
    state = tmp_path / "another machine"
    if request.param == "sqlite":
        return lambda: Settings(state_dir=state)
    server: RunningPostgres = request.getfixturevalue("postgres_server")
    return lambda: Settings(state_dir=state, database_url=server.url(server.create_database()))


def test_all_of_the_station_lives_again_elsewhere_in_either_database(
    lived: Lived, elsewhere: Callable[[], Settings]
) -> None:
    """Every row of every table; its ledger holds, its keys and sound are there, a cache is not."""
    settings = elsewhere()

    done = restore(lived.back_up(), settings, key=lived.key, now=AFTER)

    again = connect(settings.database)
    restored_at = acts_of(again, Act.STATION_RESTORED)
    before, after = rows_of(lived.database), rows_of(again)
    trail = after.pop("audit_entry")
    assert set(before.pop("audit_entry")) < set(trail)
    assert after == before
    assert len(restored_at) == 1
    assert load_keys(settings.keys_dir).root_public_key == ROOT_KEY
    assert (settings.audio_dir / f"{sha256_of(SOUND)}.mp3").read_bytes() == SOUND
    assert (settings.state_dir / "alert-certificates" / "trust.pem").exists()
    assert not (settings.state_dir / "log").exists()
    assert not (settings.state_dir / "sentences").exists()
    with again.reading() as session:
        question = Question(root_key=ROOT_KEY, now=AFTER)
        assert verify(Sight(session.connection()), question).findings == []
    assert (done.header.station, done.files) == (STATION, 6)
    with again.writing() as session:
        # Numbers that the database gives go on where they were.
        session.execute(text("INSERT INTO coverage_mark (broadcast_id) VALUES ('bc-new')"))
    again.dispose()


def rows_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All that a database holds."""
    with database.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in SQLModel.metadata.sorted_tables
            if inspect(connection).has_table(table.name)
        }


def test_it_is_made_while_people_and_poles_go_on_writing(lived: Lived, tmp_path: Path) -> None:
    """What it holds is one instant, whoever writes before and after each of its steps."""
    over = threading.Event()

    def go_on() -> None:
        number = 0
        while not over.is_set():
            number += 1
            with lived.database.writing() as session:
                for table in ("coverage_mark", "coverage_mark"):
                    session.execute(
                        text(f"INSERT INTO {table} (broadcast_id) VALUES ('{number}')")  # noqa: S608
                    )

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        file = lived.back_up()
    finally:
        over.set()
        writer.join()
    again = Settings(state_dir=tmp_path / "again")
    restore(file, again, key=lived.key, now=AFTER)

    database = connect(again.database)
    marks = [row[1] for row in rows_of(database)["coverage_mark"]]
    database.dispose()
    assert all(marks.count(each) % 2 == 0 for each in marks)


def test_the_trails_end_in_it_is_no_later_than_its_database(
    lived_on_sqlite: Lived, tmp_path: Path
) -> None:
    """Made while people act, so that what was signed meanwhile is no cut once it is restored."""
    lived, over = lived_on_sqlite, threading.Event()
    keep_trail(lived.database, keys_of, ends_in=lived.settings.keys_dir)

    def go_on() -> None:
        while not over.is_set():
            with lived.database.writing() as session:
                record(session, Act.BULLETIN_SUBMITTED, by="acc-an", about="bul-1", at=AFTER)

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        file = lived.back_up()
    finally:
        over.set()
        writer.join()
    again = Settings(state_dir=tmp_path / "again")
    restore(file, again, key=lived.key, now=AFTER)

    database = connect(again.database)
    ends = read_ends(again.keys_dir, station=STATION)
    with database.reading() as session:
        verdict = verify(
            Sight(session.connection()), Question(root_key=ROOT_KEY, now=AFTER, ends=ends)
        )
    database.dispose()
    assert verdict.findings == []
    assert [each.number for each in ends] == [verdict.entries]


def test_who_has_the_file_alone_reads_nothing_of_it(lived_on_sqlite: Lived) -> None:
    """Whose it is, when it was made and which paper opens it stand in the open."""
    octets = lived_on_sqlite.back_up().read_bytes()
    header = json.loads(octets.split(b"\n")[1])

    for secret in (
        SOUND,
        b"SQLite format 3",
        b"tiem chung",
        b"keyring",
        bytes(lived_on_sqlite.key),
    ):
        assert secret not in octets
    assert (header["station"], header["key_name"]) == (
        STATION,
        name_of(lived_on_sqlite.key.public_key),
    )


def test_nothing_of_a_spoilt_file_is_used(lived_on_sqlite: Lived, tmp_path: Path) -> None:
    """Cut anywhere, changed anywhere, longer than it was: refused, and the machine as it was."""
    whole = lived_on_sqlite.back_up().read_bytes()
    begins = whole.index(b"\n", whole.index(b"\n") + 1)
    rng = Random(2026)
    places = [*range(begins), *(rng.randrange(begins, len(whole)) for _ in range(30))]
    spoilt = [
        *(whole[: rng.randrange(len(whole))] for _ in range(10)),
        *(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in places),
    ]
    file = tmp_path / "spoilt"
    settings = Settings(state_dir=tmp_path / "again")

    for octets in [*spoilt, whole + b"\0", b"", SOUND]:
        file.write_bytes(octets)
        with pytest.raises((BackupBroken, NoBackup, WrongBackupKey)):
            restore(file, settings, key=lived_on_sqlite.key, now=AFTER)
        assert list(settings.state_dir.iterdir()) == []


def test_another_key_opens_nothing(lived_on_sqlite: Lived, tmp_path: Path) -> None:
    """It is said which paper to look for; a slip of the pen and a root key are told apart."""
    file = lived_on_sqlite.back_up()
    told = backup_key_told(lived_on_sqlite.key)

    with pytest.raises(WrongBackupKey) as refused:
        restore(file, Settings(state_dir=tmp_path / "b"), key=PrivateKey.generate(), now=AFTER)
    assert refused.value.detail == name_of(lived_on_sqlite.key.public_key)
    assert bytes(read_backup_key(told.lower().replace("-", " "))) == bytes(lived_on_sqlite.key)
    for typed in (told[:-1], told.replace(told[5], "Z" if told[5] != "Z" else "Y", 1), "",
                  root_key_told(SigningKey.generate())):  # fmt: skip
        with pytest.raises(BackupKeyMistyped):
            read_backup_key(typed)


def test_a_key_is_replaced_only_when_that_is_meant(lived_on_sqlite: Lived, tmp_path: Path) -> None:
    """Its public half alone stays; older backups open with the older paper."""
    keys = lived_on_sqlite.settings.keys_dir
    older = lived_on_sqlite.back_up()
    with pytest.raises(BackupKeyPresent):
        make_backup_key(keys)
    newer = make_backup_key(keys, replace=True)

    assert not [f for f in keys.iterdir() if f.is_file() and bytes(newer) in f.read_bytes()]
    with pytest.raises(WrongBackupKey):
        restore(older, Settings(state_dir=tmp_path / "again"), key=newer, now=AFTER)
    (keys / "backup.pub").unlink()
    with pytest.raises(BackupKeyMissing):
        lived_on_sqlite.back_up()


def test_a_station_that_lives_is_never_restored_over(
    lived: Lived, elsewhere: Callable[[], Settings]
) -> None:
    """Neither its folder nor its database, wherever that is."""
    file, settings = lived.back_up(), elsewhere()
    restore(file, settings, key=lived.key, now=AFTER)
    only_database = settings.model_copy(update={"state_dir": settings.state_dir / "empty"})

    for place in (lived.settings, settings, only_database):
        if place is only_database and not settings.database_url:
            continue
        with pytest.raises(StationPresent):
            restore(file, place, key=lived.key, now=AFTER)


def test_the_newest_are_kept_and_those_of_others_are_left_alone(lived_on_sqlite: Lived) -> None:
    """Another station's files, a folder's other files, and what was begun a day ago."""
    lived = lived_on_sqlite
    files = []
    for day in range(4):
        now = AFTER + timedelta(days=day)
        files.append(
            write_backup(
                lived.database, lived.settings, lived.folder, station_id=STATION, now=now
            ).file
        )
    other = lived.folder / f"a{ENDING}"
    other.write_bytes(files[0].read_bytes().replace(STATION.encode(), b"another", 1))
    (lived.folder / "photo.jpg").write_bytes(b"")

    gone = forget_older(lived.folder, station_id=STATION, keep=2)

    assert gone == files[:2]
    left = sorted(each.name for each in lived.folder.iterdir())
    assert left == sorted([*(each.name for each in files[2:]), other.name, "photo.jpg"])


def test_a_disk_that_takes_no_more_leaves_older_ones_alone(
    lived_on_sqlite: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun is gone, and it is said."""
    older = lived_on_sqlite.back_up()

    def full(_writer: SealedWriter) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SealedWriter, "close", full)
    with pytest.raises(BackupNotWritten):
        write_backup(
            lived_on_sqlite.database, lived_on_sqlite.settings, lived_on_sqlite.folder,
            station_id=STATION, now=AFTER + timedelta(days=1),
        )  # fmt: skip
    assert list(lived_on_sqlite.folder.iterdir()) == [older]


@pytest.mark.parametrize(
    "name", ["state/../../outside", "/etc/outside", "outside", "state/keys/../../../outside"]
)
def test_a_file_goes_nowhere_but_into_the_station(
    name: str, lived_on_sqlite: Lived, tmp_path: Path
) -> None:
    """Not even from a file that was sealed for the right key: its public half is no secret."""
    file = tmp_path / "made"
    forge(file, lived_on_sqlite.key, {name: b"x"})

    refused_whole(file, lived_on_sqlite.key, tmp_path)
    assert not (tmp_path / "outside").exists()


def test_links_devices_and_sound_of_another_name_are_refused(
    lived_on_sqlite: Lived, tmp_path: Path
) -> None:
    """A member that is no file, and audio that is not what its name says."""
    link = tarfile.TarInfo("state/keys/station.key")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    file = tmp_path / "made"
    forge(file, lived_on_sqlite.key, {f"state/audio/{'0' * 64}.mp3": SOUND})
    refused_whole(file, lived_on_sqlite.key, tmp_path)
    forge(file, lived_on_sqlite.key, {}, link)
    refused_whole(file, lived_on_sqlite.key, tmp_path)


def forge(file: Path, key: PrivateKey, members: dict[str, bytes], *more: tarfile.TarInfo) -> None:
    """Seal such a backup for a key."""
    with file.open("wb") as target:
        writer = SealedWriter(target, to=key.public_key, station=STATION, made_at_ms=0, version="0")
        with tarfile.open(mode="w|", fileobj=writer) as tar:  # type: ignore[call-overload]
            for name, octets in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(octets)
                tar.addfile(member, BytesIO(octets))
            for each in more:
                tar.addfile(each)
        writer.close()


def refused_whole(file: Path, key: PrivateKey, tmp_path: Path) -> None:
    """It is refused, and nothing stays."""
    settings = Settings(state_dir=tmp_path / "again")
    with pytest.raises(BackupBroken):
        restore(file, settings, key=key, now=AFTER)
    assert list(settings.state_dir.iterdir()) == []


def test_a_newer_version_is_named_instead_of_misread(
    lived_on_sqlite: Lived, tmp_path: Path
) -> None:
    """Its tables may mean something else."""
    with Database(lived_on_sqlite.database.engine).writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    file = lived_on_sqlite.back_up()

    with pytest.raises(BackupOfNewerVersion):
        restore(file, Settings(state_dir=tmp_path / "again"), key=lived_on_sqlite.key, now=AFTER)
