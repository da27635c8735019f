"""What belongs to a station beside its database: all of its folder but what is made again.

Left out are named, so that what is added to the folder one day is kept without anybody's thought.
"""

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from sqlalchemy.engine import make_url

from broadcaster.settings import Settings

UPGRADING = "upgrading"
"""Where `loa upgrade` has its copy of the database while it works."""

MADE_AGAIN = frozenset({"broker", "fleet", "ingest", "log", "sentences", UPGRADING})
"""Of the state folder: the broker's list of devices, simulated devices, logs, cached sentences."""

BESIDE_A_DATABASE = ("-journal", "-shm", "-turns", "-wal")
"""How the files end that SQLite, and who waits to write, leave beside a database."""


def kept_files(settings: Settings, *, in_bucket: Collection[str] = ()) -> Iterator[PurePosixPath]:
    """The files to keep, by their place in the state folder; links lead out of it and are not.

    Nor is sound that an S3 store keeps by these hashes.
    """
    state = settings.state_dir.resolve()
    database = make_url(settings.database).database or ""
    never = {Path(database + each).resolve() for each in ("", *BESIDE_A_DATABASE)}
    voices, audio = settings.voices_dir.resolve(), settings.audio_dir.resolve()
    for file in sorted(state.rglob("*")):
        place = file.relative_to(state)
        if place.parts[0] in MADE_AGAIN or file.is_symlink() or not file.is_file():
            continue
        if file.parent == audio and file.stem in in_bucket:
            continue
        if file not in never and not file.is_relative_to(voices):
            yield PurePosixPath(place)
