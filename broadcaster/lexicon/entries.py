"""The commune's own lexicon in the database: put in, taken out, and made of it for the studio.

Invariant: a written form is in use once at most. Nothing is ever changed in place: renditions that
were made and approved keep their words and their sound, whatever becomes of the lexicon.
"""

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.database import Database, new_id
from broadcaster.lexicon.errors import UnknownEntry
from broadcaster.lexicon.tables import LexiconEntry
from broadcaster.lexicon.words import Word, tried
from playlists.reading import Lexicon, national_lexicon
from playlists.reading.lexicon import with_own_words

log = structlog.get_logger(__name__)


def in_use(session: Session, *, station_id: str) -> Sequence[LexiconEntry]:
    """The words in use, by written form."""
    rows = session.exec(
        select(LexiconEntry).where(
            LexiconEntry.station_id == station_id, col(LexiconEntry.retired_at).is_(None)
        )
    )
    return sorted(rows, key=lambda row: (row.written.lower(), row.written))


def put_in(
    session: Session, word: Word, *, station_id: str, by: str | None, now: datetime
) -> LexiconEntry:
    """Use this reading from now on; another one of the same written form is retired for it.

    `by` is None for whoever runs the command at the station's machine. Raises SpokenUnusable or
    WordNotHeard for a word without effect.
    """
    # Two people may enter the same word at once: the second waits, and then replaces or repeats.
    session.get_one(Station, station_id, with_for_update=True)
    present = _of(session, word.written, station_id=station_id)
    if present is not None and (present.spoken, present.note) == (word.spoken, word.note):
        return present
    tried(word, lexicon=lexicon_of(in_use(session, station_id=station_id)))
    if present is not None:
        _retire(session, present, by=by, now=now)
    entry = LexiconEntry(
        id=new_id("lex"),
        station_id=station_id,
        written=word.written,
        spoken=word.spoken,
        note=word.note,
        created_by=by,
        created_at=now,
    )
    session.add(entry)
    session.flush()
    record(
        session,
        Act.WORD_TAUGHT,
        by=by,
        about=entry.id,
        at=now,
        private={"written": word.written, "spoken": word.spoken, "note": word.note},
    )
    log.info("lexicon_entry_added", entry_id=entry.id, by=by)
    return entry


def take_out(
    session: Session, entry_id: str, *, station_id: str, by: str | None, now: datetime
) -> LexiconEntry:
    """Use this reading no longer; raise UnknownEntry for one that is not in use."""
    entry = session.get(LexiconEntry, entry_id) if "\0" not in entry_id else None
    if entry is None or entry.station_id != station_id or entry.retired_at is not None:
        raise UnknownEntry
    return _retire(session, entry, by=by, now=now)


def take_out_word(
    session: Session, written: str, *, station_id: str, by: str | None, now: datetime
) -> LexiconEntry:
    """Use no reading of one's own for this written form; raise UnknownEntry if there is none."""
    entry = _of(session, written, station_id=station_id)
    if entry is None:
        raise UnknownEntry
    return _retire(session, entry, by=by, now=now)


def lexicon_of(entries: Iterable[LexiconEntry]) -> Lexicon:
    """The nation's lexicon with these words over it."""
    return with_own_words(national_lexicon(), ((row.written, row.spoken) for row in entries))


class StationLexicon:
    """The lexicon as it is in the database at each call; built anew only when words changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: tuple[tuple[tuple[str, str], ...], Lexicon] = ((), national_lexicon())
        self._lock = threading.Lock()

    def __call__(self) -> Lexicon:
        """The present lexicon; the nation's where no station is founded yet."""
        with self._database.reading() as session:
            station_id = session.exec(select(Station.id)).first()
            rows = in_use(session, station_id=station_id) if station_id else ()
            words = tuple((row.written, row.spoken) for row in rows)
        with self._lock:
            if self._held[0] != words:
                self._held = (words, with_own_words(national_lexicon(), words))
            return self._held[1]


def _of(session: Session, written: str, *, station_id: str) -> LexiconEntry | None:
    return session.exec(
        select(LexiconEntry).where(
            LexiconEntry.station_id == station_id,
            LexiconEntry.written == written,
            col(LexiconEntry.retired_at).is_(None),
        )
    ).first()


def _retire(
    session: Session, entry: LexiconEntry, *, by: str | None, now: datetime
) -> LexiconEntry:
    entry.retired_at, entry.retired_by = now, by
    session.add(entry)
    session.flush()
    record(session, Act.WORD_RETIRED, by=by, about=entry.id, at=now)
    log.info("lexicon_entry_retired", entry_id=entry.id, by=by)
    return entry
