"""An installation's audio in an S3 store: set, looked over, moved there and back, backed up."""

import hashlib
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from broadcaster.backup.at_terminal import backed_up
from broadcaster.backup.restoring import restore
from broadcaster.bulletins import audio
from broadcaster.bulletins.studio import Studio
from broadcaster.checkup.finding import Level
from broadcaster.checkup.station import check_sounds
from broadcaster.commands import app as commands
from broadcaster.database import Database
from broadcaster.dispatch.chores import Chore, chores_of
from broadcaster.monitoring import routes as monitoring
from broadcaster.processes.manner import present_manner
from broadcaster.processes.speaking import said
from broadcaster.processes.station import environment
from broadcaster.settings import Settings, SettingsInvalid, load_settings
from broadcaster.sounds.errors import SecretMissing, SecretUnusable, SoundsAway
from broadcaster.sounds.moving import Where, move
from broadcaster.sounds.opening import bucket_store, keep_secret, open_sounds, sounds_in_bucket
from broadcaster.watching.around import Around
from playlists.audio.audio_errors import AudioStoreAway
from playlists.audio.audio_store import AudioStore
from playlists.audio.bucket_store import BucketStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.backup.scene import AFTER, SOUND, Lived, live, sha256_of
from tests.broadcaster.ledger.commune import STATION
from tests.broadcaster.small_station import found_station
from tests.clients import TestClient
from tests.s3_server import BUCKET, KEY_ID, REGION, SECRET, S3Server, Trouble
from tests.trail import connect

SOUNDS = [bytes([each]) * 5_000 for each in range(5)]
NAMES = sorted(hashlib.sha256(each).hexdigest() for each in SOUNDS)


def s3_settings(s3: S3Server) -> dict[str, str]:
    """What names that server, without the secret."""
    return {
        "s3_endpoint": s3.url, "s3_bucket": BUCKET, "s3_region": REGION, "s3_key_id": KEY_ID,
    }  # fmt: skip


@pytest.fixture
def settings(s3: S3Server, tmp_path: Path) -> Settings:
    """A machine that keeps its audio there."""
    keep_secret(SECRET, keys_dir=tmp_path / "state" / "keys")
    return Settings(state_dir=tmp_path / "state", **s3_settings(s3))  # type: ignore[arg-type]


@pytest.fixture
def store(settings: Settings) -> BucketStore:
    """Its store."""
    found = bucket_store(settings)
    assert found is not None
    return found


def test_without_an_endpoint_audio_lies_in_a_folder(tmp_path: Path) -> None:
    """Nothing else is needed, and there is nothing to look over or to list."""
    settings = Settings(state_dir=tmp_path)
    sounds = open_sounds(settings)

    assert isinstance(sounds, AudioStore)
    assert sounds.directory == settings.audio_dir
    assert list(check_sounds(settings)) == []
    assert sounds_in_bucket(settings) is None


def test_half_a_store_stops_the_program_with_what_is_missing(
    tmp_path: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library too; and neither a secret that is missing nor a way in the clear is let through."""
    with pytest.raises(SettingsInvalid, match="s3_bucket, s3_key_id"):
        load_settings(state_dir=tmp_path, s3_endpoint=s3.url)
    with pytest.raises(SettingsInvalid, match="s3_endpoint"):
        load_settings(state_dir=tmp_path, s3_endpoint="http://s3.tinh.example")
    settings = load_settings(state_dir=tmp_path, **s3_settings(s3))
    with pytest.raises(SecretMissing):
        open_sounds(settings)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(SoundsAway) as caught:
        open_sounds(settings)
    assert "pip install 'loa[s3]'" in caught.value.message_vi
    for unusable in ("", "  ", "two\nlines"):
        with pytest.raises(SecretUnusable):
            keep_secret(unusable, keys_dir=settings.keys_dir)


def test_all_processes_use_the_same_store_and_see_no_secret(
    settings: Settings, tmp_path: Path
) -> None:
    """It lies in a file of which they are told the place."""
    file = tmp_path / "mounted"
    file.write_text(f"{SECRET}\n")
    shared = environment(settings.model_copy(update={"s3_secret_file": file}))

    assert (shared["LOA_S3_ENDPOINT"], shared["LOA_S3_BUCKET"]) == (settings.s3_endpoint, BUCKET)
    assert (shared["LOA_S3_REGION"], shared["LOA_S3_KEY_ID"]) == (REGION, KEY_ID)
    assert shared["LOA_S3_SECRET_FILE"] == str(file)
    assert SECRET not in repr(shared) + repr(settings)
    assert (settings.keys_dir / "s3.secret").stat().st_mode & 0o777 == 0o600


def test_a_device_fetches_in_parts_what_another_site_made(
    store: BucketStore, settings: Settings, s3: S3Server, sqlite_url: str, tmp_path: Path
) -> None:
    """By the station's own address; what only an absent store has is 503, what is here is given."""
    other = BucketStore(here=AudioStore(tmp_path / "pod"), owed=store.owed, bucket=store.bucket)
    first, second = (f"/audio/{store.put(each)}.mp3" for each in SOUNDS[:2])
    with site(sqlite_url, settings, other) as client:
        part = client.get(first, headers={"Range": "bytes=1000-"})
        s3.trouble = Trouble.HANGS_UP
        again, away = client.get(first), client.get(second)
        missing = client.get("/audio/x.mp3")
        ready = client.get("/health/ready")

    assert (part.status_code, part.content) == (206, SOUNDS[0][1000:])
    assert again.content == SOUNDS[0]
    assert (away.status_code, away.json()["code"]) == (503, "audio_store_away")
    assert away.json()["message"] != away.json()["message_en"]
    assert missing.status_code == 404
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "audio": "away"})


def test_a_site_says_that_its_store_answers(
    store: BucketStore, settings: Settings, sqlite_url: str
) -> None:
    """To who asks whether it is ready."""
    with site(sqlite_url, settings, store) as client:
        assert client.get("/health/ready").json() == {"status": "ready", "audio": "ready"}


class site:  # noqa: N801 - reads as the place that it is
    """A site with that store, until the block ends."""

    def __init__(self, url: str, settings: Settings, store: BucketStore) -> None:
        self._database = connect(url)
        station = found_station(self._database, state_dir=settings.state_dir)
        app = station.app(audio.router, monitoring.router)
        app.state.studio = Studio(voices=OneVoice(ToneEngine()), store=store)
        self._client = TestClient(app)

    def __enter__(self) -> TestClient:
        return self._client

    def __exit__(self, *_: object) -> None:
        self._database.dispose()


def test_the_doctor_tries_the_store_and_counts_what_is_owed(
    settings: Settings, store: BucketStore, s3: S3Server
) -> None:
    """Well, soon, ill; the reason is told and the secret is not."""
    assert [each.level for each in check_sounds(settings)] == [Level.WELL]

    s3.trouble = Trouble.NO_BUCKET
    store.put(SOUNDS[0])
    (ill,) = check_sounds(settings)
    assert ill.level is Level.ILL
    assert "NoSuchBucket" in ill.en
    assert "1 sounds wait" in ill.en
    assert SECRET not in repr(ill)

    s3.trouble = Trouble.NONE
    assert [each.level for each in check_sounds(settings)] == [Level.SOON]


def chores_by_name(database: Database, settings: Settings) -> dict[str, Chore]:
    """What whoever leads the schedule does beside it."""
    chores = chores_of(
        database,
        settings,
        station_id=STATION,
        may=lambda: True,
        may_tell=lambda: True,
        around=Around(),
    )
    return {each.name: each for each in chores}


def test_who_leads_the_schedule_sends_what_is_owed(
    settings: Settings, store: BucketStore, s3: S3Server, sqlite_url: str
) -> None:
    """Only where there is an S3 store; for as long as it leads."""
    database = connect(sqlite_url)
    s3.trouble = Trouble.HANGS_UP
    name = store.put(SOUNDS[0])
    s3.trouble = Trouble.NONE
    chores_by_name(database, settings)["sounds"].round()
    without = Settings(state_dir=settings.state_dir)

    assert list(s3.kept) == [f"{name}.mp3"]
    assert "sounds" not in chores_by_name(database, without)
    database.dispose()


def test_a_sentence_that_is_only_tried_goes_into_no_store(
    settings: Settings, s3: S3Server, tmp_path: Path
) -> None:
    """Nothing of it stays with the station."""
    with present_manner(settings) as manner:
        said(settings, "Xin chào bà con.", out=tmp_path / "thu.mp3", manner=manner)

    assert s3.asked == []


def test_all_sound_is_moved_into_the_store_and_back(
    store: BucketStore, s3: S3Server, tmp_path: Path
) -> None:
    """Each is read again; what is there is left; nothing is taken away where it was."""
    for each in SOUNDS:
        store.here.put(each)
    there = move(store, to=Where.S3)
    again = move(store, to=Where.S3)
    other = BucketStore(here=AudioStore(tmp_path / "b"), owed=store.owed, bucket=store.bucket)
    back = move(other, to=Where.FOLDER)

    assert (there.came, there.were_there, there.octets) == (5, 0, 25_000)
    assert (again.came, again.were_there) == (0, 5)
    assert (back.came, back.were_there, back.spoilt) == (5, 0, [])
    assert store.here.names() == other.here.names() == NAMES
    assert sorted(s3.kept) == [f"{each}.mp3" for each in NAMES]


def test_a_move_that_broke_off_is_gone_on_with(store: BucketStore, s3: S3Server) -> None:
    """What came before is found; half a sound in the store is sent anew."""
    for each in SOUNDS:
        store.here.put(each)
    seen: list[int] = []

    def breaks(_: object) -> None:
        seen.append(len(seen))
        if len(seen) == 2:
            s3.trouble = Trouble.HANGS_UP

    with pytest.raises(AudioStoreAway):
        move(store, to=Where.S3, progress=breaks)
    s3.trouble = Trouble.NONE
    s3.kept[f"{NAMES[0]}.mp3"] = b"x" * 5_000
    went_on = move(store, to=Where.S3)

    assert (went_on.came, went_on.were_there) == (4, 1)
    assert {hashlib.sha256(each).hexdigest() for each in s3.kept.values()} == set(NAMES)


def test_what_is_spoilt_is_named_and_not_moved(store: BucketStore, s3: S3Server) -> None:
    """In the folder or in the store; a good copy takes the place of a bad one."""
    store.here.put(SOUNDS[0])
    rotten = store.here.path_of(NAMES[-1])
    rotten.write_bytes(b"rotten")
    assert move(store, to=Where.S3).spoilt == [NAMES[-1]]

    s3.kept = {f"{hashlib.sha256(each).hexdigest()}.mp3": each for each in SOUNDS}
    s3.kept[f"{NAMES[1]}.mp3"] = b"rotten too"
    store.here.path_of(NAMES[1]).unlink(missing_ok=True)
    back = move(store, to=Where.FOLDER)
    assert back.spoilt == [NAMES[1]]
    assert hashlib.sha256(rotten.read_bytes()).hexdigest() == NAMES[-1]


@pytest.fixture
def at_the_machine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> CliRunner:
    """A terminal where these are the settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_STATE_DIR", str(settings.state_dir))
    for name in ("s3_endpoint", "s3_bucket", "s3_region", "s3_key_id"):
        monkeypatch.setenv(f"LOA_{name.upper()}", getattr(settings, name))
    return CliRunner()


def test_the_commands_say_what_they_did(
    at_the_machine: CliRunner, store: BucketStore, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The secret is typed and never shown; 1 where a sound is spoilt; away in the store's words."""
    typed = at_the_machine.invoke(commands, ["audio", "secret"], input=f"{SECRET}\n")
    name = store.here.put(SOUNDS[0])
    moved = at_the_machine.invoke(commands, ["audio", "move", "--to", "s3"])
    store.here.path_of(name).write_bytes(b"rotten")
    spoilt = at_the_machine.invoke(commands, ["audio", "move", "--to", "s3"])
    s3.trouble = Trouble.HANGS_UP
    away = at_the_machine.invoke(commands, ["audio", "move", "--to", "folder"])
    monkeypatch.setenv("LOA_S3_ENDPOINT", "")
    off = at_the_machine.invoke(commands, ["audio", "move"])

    assert typed.exit_code == 0
    assert SECRET not in typed.output
    assert (moved.exit_code, len(s3.kept)) == (0, 1)
    assert "1 sounds (5,000 bytes) came into the S3 store" in moved.output
    assert spoilt.exit_code == 1
    assert name in spoilt.output
    assert isinstance(away.exception, SoundsAway)
    assert type(off.exception).__name__ == "NoBucketSet"


@pytest.mark.usefixtures("settings")  # the secret lies in the keys folder
def test_a_backup_leaves_in_the_store_what_is_there_and_says_so(
    s3: S3Server, sqlite_url: str, tmp_path: Path
) -> None:
    """What is owed goes along; of a store that does not answer nothing is believed."""
    lived = live(connect(sqlite_url), tmp_path)
    ours = lived.settings.model_copy(update=s3_settings(s3))
    store = bucket_store(ours)
    assert store is not None
    s3.trouble = Trouble.ERROR_500
    owed = store.put(SOUNDS[0])
    s3.trouble = Trouble.NONE
    store.bucket.send(sha256_of(SOUND), SOUND)

    told, files = _restored(lived, ours, tmp_path / "one")
    s3.trouble = Trouble.HANGS_UP
    told_away, files_away = _restored(lived, ours, tmp_path / "two")

    assert "1 sounds lie in the S3 store" in told
    assert f"audio/{sha256_of(SOUND)}.mp3" not in files
    assert {f"audio-owed/{owed}.mp3", "keys/s3.secret"} <= files
    assert "does not answer" in told_away
    assert f"audio/{sha256_of(SOUND)}.mp3" in files_away
    lived.database.dispose()


def _restored(lived: Lived, settings: Settings, folder: Path) -> tuple[str, set[str]]:
    """A backup in words, and the files of the station that is made of it."""
    told = backed_up(lived.database, settings, folder, station_id=STATION, keep=0, now=AFTER)
    (file,) = folder.glob("*.loabackup")
    again = Settings(state_dir=folder / "state")
    restore(file, again, key=lived.key, now=AFTER)
    files = (each for each in again.state_dir.rglob("*") if each.is_file())
    return told, {str(each.relative_to(again.state_dir)) for each in files}
