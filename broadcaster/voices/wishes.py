"""What a station asks for: its row as a value, and the house's own taste where there is no row."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

import structlog
from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.voices.tables import StationVoice
from playlists.speech.engine import VoiceSettings

log = structlog.get_logger(__name__)

AUTOMATIC = ""
_HOUSE = VoiceSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceWish:
    """Who shall read and how; an empty `engine` is the best voice there is at each rendering."""

    engine: str = AUTOMATIC
    voice: str = ""
    accent: str = _HOUSE.accent.value
    rate: float = _HOUSE.rate
    pitch: int = _HOUSE.pitch
    gaps: str = "normal"
    loudspeaker: str = "horn"
    fallback: bool = True
    text_may_leave: bool = False
    ident_words: str = ""
    closing_words: str = ""


_NAMES = tuple(field.name for field in fields(VoiceWish))


def wish_of(session: Session, *, station_id: str) -> VoiceWish:
    """What this station asked for; the house's taste when it never did."""
    row = session.get(StationVoice, station_id)
    return VoiceWish(**{name: getattr(row, name) for name in _NAMES}) if row else VoiceWish()


def keep_wish(
    session: Session, wish: VoiceWish, *, station_id: str, by: str | None, now: datetime
) -> None:
    """Ask for this from now on; `by` is None for whoever runs a command at the machine.

    The wish must have been checked (`broadcaster.voices.checking`).
    """
    # Two people may save at once: the second waits, and the last one holds.
    session.get_one(Station, station_id, with_for_update=True)
    row = session.get(StationVoice, station_id)
    if row is None:
        row = StationVoice(station_id=station_id, changed_at=now)
    for name, value in asdict(wish).items():
        setattr(row, name, value)
    row.changed_by, row.changed_at = by, now
    session.add(row)
    session.flush()
    record(
        session,
        Act.VOICE_CHOSEN,
        by=by,
        about=station_id,
        at=now,
        details={
            name: value for name, value in asdict(wish).items() if not name.endswith("_words")
        },
        private={"ident_words": wish.ident_words, "closing_words": wish.closing_words},
    )
    log.info("station_voice_changed", station_id=station_id, by=by, engine=wish.engine or "auto")
