"""A station that had a day, with sound, keys, a cache and a log beside its database."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from nacl.public import PrivateKey

from broadcaster.backup.backup_key import make_backup_key
from broadcaster.backup.writing import write_backup
from broadcaster.database import Database
from broadcaster.settings import Settings
from tests.broadcaster.inspection.scene import NEXT_MORNING, play_a_day
from tests.broadcaster.ledger.commune import STATION
from tests.trail import keep_keys

AFTER = NEXT_MORNING + timedelta(hours=1)
SOUND = b"an MP3, as far as anybody here knows"


@dataclass(frozen=True)
class Lived:
    """A station that had a day, its settings, and its backup key."""

    database: Database
    settings: Settings
    key: PrivateKey
    folder: Path

    def back_up(self) -> Path:
        """One backup."""
        return write_backup(
            self.database, self.settings, self.folder, station_id=STATION, now=AFTER
        ).file


def live(database: Database, tmp_path: Path) -> Lived:
    """A day, with sound, keys, a cache and a log beside it."""
    play_a_day(database)
    state = tmp_path / "state"
    settings = Settings(state_dir=state, database_url=database.engine.url.render_as_string(False))
    keep_keys(settings.keys_dir, STATION)
    for name, octets in (
        (f"audio/{sha256_of(SOUND)}.mp3", SOUND),
        ("alert-certificates/trust.pem", b"PEM"),
        ("log/web.log", b"not of interest"),
        ("sentences/one.wav", b"made again"),
    ):
        (state / name).parent.mkdir(parents=True, exist_ok=True)
        (state / name).write_bytes(octets)
    return Lived(database, settings, make_backup_key(settings.keys_dir), tmp_path / "backups")


def sha256_of(octets: bytes) -> str:
    """As audio is named."""
    return sha256(octets).hexdigest()
