"""From a trial to a line of the table: said by a real voice, sent through, written down."""

from datetime import date

from playlists.speech.engine import Engine
from tests.intelligibility.listening import Listener
from tests.intelligibility.measuring import Dictation, dictate, sentences
from tests.intelligibility.recordings import mastered, unmastered
from tests.intelligibility.settings import Trial
from tests.intelligibility.table import Line, Way
from tests.intelligibility.word_errors import spread, total


def line_of(
    trial: Trial, *, engine: Engine, called: str, listener: Listener, today: date
) -> tuple[Line, Dictation]:
    """Measures one trial; `called` names the engine and its voice in the table."""
    said, settings = sentences(), trial.settings
    if trial.mastered:
        sounds = mastered(said, engine=engine, settings=settings, band=trial.band)
    else:
        sounds = unmastered(said, engine=engine, settings=settings)
    heard = dictate(said, sounds, listener=listener, takes_later_ms=trial.takes_later_ms)
    line = Line(
        way=way_of(trial, called=called),
        word_errors=round(heard.word_error_percent, 1),
        spread=spread(heard.words),
        character_errors=heard.character_error_percent,
        surprise_bits=round(heard.mean_surprise_bits, 2),
        words=total(heard.words).said,
        version=engine.version,
        measured=today.isoformat(),
    )
    return line, heard


def way_of(trial: Trial, *, called: str) -> Way:
    """The trial as the table names it."""
    variant = f"+{trial.manner.variant}" if trial.manner and trial.manner.variant else ""
    return Way(
        engine=called + variant,
        accent=trial.settings.accent.value if trial.manner else "own",
        rate=trial.rate_name,
        pitch=trial.pitch_name,
        gaps=trial.gaps_name,
        band=trial.band_name,
    )
