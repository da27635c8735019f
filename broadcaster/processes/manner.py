"""How this machine speaks now, for a command that runs beside the station or before it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from broadcaster.lexicon.entries import StationLexicon
from broadcaster.processes.errors import NotFounded
from broadcaster.processes.opening import founded_station
from broadcaster.settings import Settings
from broadcaster.voices.house import HouseVoice
from broadcaster.voices.station_house import StationHouse, house_without_wishes
from playlists.reading import Lexicon, national_lexicon


@dataclass(frozen=True, slots=True)
class Manner:
    """How the machine speaks now: with which words, and in whose voice."""

    lexicon: Callable[[], Lexicon]
    house: Callable[[], HouseVoice]


@contextmanager
def present_manner(settings: Settings) -> Iterator[Manner]:
    """How the founded station speaks; where none is founded, how the house does."""
    with ExitStack() as stack:
        try:
            database, station_id = stack.enter_context(founded_station(settings))
        except NotFounded:
            own = Manner(
                lexicon=national_lexicon, house=lambda: house_without_wishes(settings.voices_dir)
            )
        else:
            house = StationHouse(database, station_id=station_id, voices_dir=settings.voices_dir)
            own = Manner(lexicon=StationLexicon(database), house=house)
        yield own
