"""A sign of life on the disk, so that a station that was away says so itself when it is back.

Nobody tells while nothing runs. Whoever led last left here when, and in which term: the next term
knows for how long nobody led. Where another machine led in between, the terms do not follow.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from broadcaster.database.columns import from_ms, to_ms

log = structlog.get_logger()

AWAY_AFTER = timedelta(minutes=10)
"""An upgrade and a restart of the machine take less."""

_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class Beating:
    """The file of one state folder, and when it was last written by this process."""

    state_dir: Path
    _beat_at: datetime | None = None

    @property
    def _file(self) -> Path:
        return self.state_dir / "watching" / "beat.json"

    def away_since(self, *, term: int, now: datetime) -> datetime | None:
        """Since when nobody led, where that was long; asked before the first beat of a term."""
        if self._beat_at is not None:
            return None
        try:
            said = json.loads(self._file.read_text("utf-8"))
            at, of_term = from_ms(said["at_ms"]), said["term"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return at if of_term == term - 1 and now - at >= AWAY_AFTER else None

    def beat(self, *, term: int, now: datetime) -> None:
        """Leave a sign of life, once a minute; a disk that takes none is told of by others."""
        if self._beat_at is not None and abs(now - self._beat_at) < _EVERY:
            return
        self._beat_at = now
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            draft = self._file.with_suffix(".draft")
            draft.write_text(json.dumps({"at_ms": to_ms(now), "term": term}), "utf-8")
            draft.replace(self._file)
        except OSError as error:
            log.warning("beat_not_written", error=str(error))
