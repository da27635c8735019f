"""An export is the ledger as it is, without secrets: it comes back and verifies alike."""

import json
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from pyarrow.parquet import read_table as read_parquet_table
from rich.console import Console
from sqlalchemy import select, text, update

from broadcaster.audit.facts import table_named, told
from broadcaster.audit.tables import ENTRIES
from broadcaster.database import Database
from broadcaster.inspection.errors import (
    ExportPresent,
    ExportUnreadable,
    ParquetNotInstalled,
    RootKeyMissing,
    RootKeyUnreadable,
    UnfitForParquet,
)
from broadcaster.inspection.exporting import MANIFEST, export_ledger, import_ledger
from broadcaster.inspection.findings import Flaw
from broadcaster.inspection.ledger_command import (
    Wish,
    brought_in,
    exported,
    rebuilt,
    verified_export,
    verified_station,
)
from broadcaster.inspection.ledger_command import (
    told as said,
)
from broadcaster.inspection.table_files import FileFormat
from broadcaster.ledger.tables import BATCHES, CONFIRMATIONS, PLAYS
from broadcaster.settings import Settings
from tests.broadcaster.inspection.scene import NEXT_MORNING, ROOT_KEY, Scene, play_a_day
from tests.broadcaster.ledger.commune import STARTS, STATION
from tests.trail import connect, keep_keys

NOWHERE = Console(quiet=True)


@pytest.fixture
def scene(database: Database) -> Scene:
    """A day with its root."""
    return play_a_day(database)


def export(scene: Scene, folder: Path, kind: FileFormat = FileFormat.JSONL, **more: bool) -> Path:
    """Write it."""
    with scene.database.reading() as session:
        export_ledger(session.connection(), folder, kind=kind, now=NEXT_MORNING, **more)
    return folder


@pytest.mark.parametrize("kind", FileFormat)
def test_what_was_written_comes_back_as_it_was(
    scene: Scene, tmp_path: Path, kind: FileFormat
) -> None:
    """Every value of every row, empty texts and absent values apart."""
    folder = export(scene, tmp_path / "out", kind, private=True)
    engine = import_ledger(folder, tmp_path / "in.sqlite3")

    with scene.database.reading() as session, engine.connect() as brought:
        for name in json.loads((folder / MANIFEST).read_text())["tables"]:
            table = table_named(name)
            secret = {"broker_salt", "broker_verifier", "password_hash", "username", "display_name"}
            both = [
                sorted(
                    repr(told(dict(row._mapping), without=secret))
                    for row in connection.execute(select(table))
                )
                for connection in (session.connection(), brought)
            ]
            assert both[0] == both[1], name
    engine.dispose()


@pytest.mark.parametrize("kind", FileFormat)
def test_an_export_verifies_as_the_ledger_does(
    scene: Scene, tmp_path: Path, kind: FileFormat
) -> None:
    """Far from the station, with nothing but the folder and the public root key."""
    folder = export(scene, tmp_path / "out", kind)
    here = scene.verdict()

    there = verified_export(folder, Wish(root_key=ROOT_KEY), progress=NOWHERE)

    assert there == here
    assert there.holds


def test_parquet_has_each_column_with_its_own_type(scene: Scene, tmp_path: Path) -> None:
    """Instants are instants and octets are octets for whoever reads it without us."""
    folder = export(scene, tmp_path / "out", FileFormat.PARQUET)
    plays = read_parquet_table(folder / "play.parquet")
    batches = read_parquet_table(folder / "confirmation_batch.parquet")
    with scene.database.reading() as session:
        kept = session.execute(select(BATCHES.c.message).order_by(BATCHES.c.sha256)).scalars()

        assert [bytes(each) for each in kept] == batches.column("message").to_pylist()

    assert str(plays.schema.field("starts_at").type) == "timestamp[ms, tz=UTC]"
    assert str(plays.schema.field("played_ms").type) == "int64"
    assert plays.column("starts_at").to_pylist() == [STARTS] * plays.num_rows


def test_a_parquet_file_that_is_none_is_named(scene: Scene, tmp_path: Path) -> None:
    """Whoever changed it and the manifest too still brings nothing in."""
    folder = export(scene, tmp_path / "out", FileFormat.PARQUET)
    (folder / "play.parquet").write_bytes(b"PAR1 no more")
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["tables"]["play"]["sha256"] = sha256(b"PAR1 no more").hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest))

    with pytest.raises(ExportUnreadable, match=r"play\.parquet"):
        import_ledger(folder, tmp_path / "in.sqlite3")


def test_without_the_extra_parquet_is_refused_by_name(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is written; the other formats do not need it."""
    monkeypatch.delitem(sys.modules, "broadcaster.inspection.parquet_files", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ParquetNotInstalled) as refused:
        export(scene, tmp_path / "out", FileFormat.PARQUET)

    assert "loa[parquet]" in refused.value.message_vi
    assert not (tmp_path / "out").exists()
    assert export(scene, tmp_path / "out", FileFormat.JSONL).is_dir()


def test_a_value_that_no_column_holds_is_named(sqlite_url: str, tmp_path: Path) -> None:
    """SQLite holds a word where a number belongs: Parquet does not, JSON Lines do."""
    database = connect(sqlite_url)
    scene = play_a_day(database)
    scene.without_keeping(
        lambda session: session.execute(text("UPDATE play SET played_ms = 'sáu mươi'"))
    )
    with pytest.raises(UnfitForParquet, match="play"):
        export(scene, tmp_path / "parquet", FileFormat.PARQUET)
    folder = export(scene, tmp_path / "lines")
    verdict = verified_export(folder, Wish(root_key=ROOT_KEY), progress=NOWHERE)
    database.dispose()

    assert not verdict.holds


def test_what_was_spoilt_before_is_found_in_the_export(scene: Scene, tmp_path: Path) -> None:
    """By the same name."""
    scene.without_keeping(
        lambda session: session.execute(
            update(CONFIRMATIONS).where(CONFIRMATIONS.c.seq == 3).values(kind="finished")
        )
    )
    folder = export(scene, tmp_path / "out")

    verdict = verified_export(folder, Wish(root_key=ROOT_KEY), progress=NOWHERE)

    assert verdict.findings == scene.found()
    assert Flaw.ROW_ALTERED in {each.flaw for each in verdict.findings}


def test_secrets_and_names_are_not_in_it(scene: Scene, tmp_path: Path) -> None:
    """No password's hash, no broker's verifier; people's words only where they were asked for."""
    without = "".join(path.read_text() for path in export(scene, tmp_path / "a").iterdir())
    with_names = export(scene, tmp_path / "b", private=True)

    assert "broker_verifier" not in without
    assert "password_hash" not in without
    assert "Lịch tiêm chủng" not in (tmp_path / "a" / "audit_entry.jsonl").read_text()
    assert not (tmp_path / "a" / "audit_private.jsonl").exists()
    assert "Lịch tiêm chủng" in (with_names / "audit_private.jsonl").read_text()


def test_a_file_that_was_changed_is_no_export_any_more(scene: Scene, tmp_path: Path) -> None:
    """It is said at once; nothing half brought in stays behind."""
    folder = export(scene, tmp_path / "out")
    with (folder / "play.jsonl").open("a") as file:
        file.write("{}\n")

    with pytest.raises(ExportUnreadable):
        import_ledger(folder, tmp_path / "in.sqlite3")
    assert not (tmp_path / "in.sqlite3").exists()


def test_nothing_is_overwritten(scene: Scene, tmp_path: Path) -> None:
    """Neither a folder by an export nor a file by an import."""
    folder = export(scene, tmp_path / "out")
    with pytest.raises(ExportPresent):
        export(scene, folder)
    (tmp_path / "in.sqlite3").touch()
    with pytest.raises(ExportPresent):
        brought_in(folder, tmp_path / "in.sqlite3")


def test_an_export_says_nothing_of_whom_to_believe(scene: Scene, tmp_path: Path) -> None:
    """Its maker could have put any root key into it."""
    folder = export(scene, tmp_path / "out")

    with pytest.raises(RootKeyMissing):
        verified_export(folder, Wish(), progress=NOWHERE)


@pytest.mark.parametrize("typed", [ROOT_KEY[:-1], ROOT_KEY.encode().hex(), "không phải khóa"])
def test_a_root_key_that_is_none_is_said_at_once(scene: Scene, tmp_path: Path, typed: str) -> None:
    """Nobody is told of a thousand rows that do not hold because a digit was left out."""
    folder = export(scene, tmp_path / "out")

    with pytest.raises(RootKeyUnreadable):
        verified_export(folder, Wish(root_key=typed), progress=NOWHERE)
    assert verified_export(folder, Wish(root_key=f" {ROOT_KEY.upper()}"), progress=NOWHERE).holds


def test_that_it_was_exported_stands_in_the_trail(scene: Scene, tmp_path: Path) -> None:
    """By whom, and whether people's names went along."""
    out = exported(
        scene.database, tmp_path / "out", kind=FileFormat.CSV, private=True, now=NEXT_MORNING
    )

    assert "confirmation" in out
    with scene.database.reading() as session:
        last = session.execute(select(ENTRIES).order_by(ENTRIES.c.number.desc()).limit(1)).one()
    assert (last.act, last.person) == ("ledger_exported", "command")


def test_the_stations_own_ledger_is_verified_by_the_root_beside_its_keys(
    scene: Scene, tmp_path: Path
) -> None:
    """And told in Vietnamese and English, or as JSON."""
    settings = Settings(state_dir=tmp_path)
    with pytest.raises(RootKeyMissing):
        verified_station(scene.database, settings, Wish(), now=NEXT_MORNING, progress=NOWHERE)
    keep_keys(settings.keys_dir, STATION)

    verdict = verified_station(scene.database, settings, Wish(), now=NEXT_MORNING, progress=NOWHERE)

    assert said(verdict, as_json=False).startswith("● Sổ nguyên vẹn. / The ledger holds.\n")
    as_program = json.loads(said(verdict, as_json=True))
    assert as_program["holds"] is True
    assert as_program["confirmations"] == 8


def test_a_finding_names_its_row_for_people_and_programs(scene: Scene) -> None:
    """Table, key, why, and what stood against what."""
    scene.without_keeping(
        lambda session: session.execute(
            update(PLAYS).where(PLAYS.c.device_id == "loa-2").values(played_ms=60_000)
        )
    )
    verdict = scene.verdict()

    assert "✕ play ord-1|0|loa-2: lượt phát khác" in said(verdict, as_json=False)
    (finding,) = json.loads(said(verdict, as_json=True))["findings"]
    assert finding["code"] == "fold_differs"
    assert finding["detail"] == "played_ms"


def test_rebuilding_brings_projections_back_to_what_confirmations_say(scene: Scene) -> None:
    """Exactly those that stood wrong; then it holds."""
    scene.without_keeping(
        lambda session: session.execute(update(PLAYS).values(state="failed", played_ms=1))
    )

    assert "; 3 lượt khác trước" in rebuilt(scene.database, now=NEXT_MORNING)
    assert scene.verdict().holds
    assert "; 0 lượt khác trước" in rebuilt(scene.database, now=NEXT_MORNING)
