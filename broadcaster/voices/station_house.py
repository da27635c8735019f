"""A station's voice as a callable, asked at each rendering; the house's where none is founded."""

from pathlib import Path

from broadcaster.database import Database
from broadcaster.voices.house import HouseVoice, house_voice, resolved, usable_voices
from broadcaster.voices.wishes import VoiceWish

UNNAMED = "Đài truyền thanh xã"


class StationHouse:
    """What a station asked for, as it stands now."""

    def __init__(self, database: Database, *, station_id: str, voices_dir: Path) -> None:
        self._database = database
        self._station_id = station_id
        self._voices_dir = voices_dir

    def __call__(self) -> HouseVoice:
        """Raises VoiceSettingsInvalid."""
        with self._database.reading() as session:
            return house_voice(session, station_id=self._station_id, voices_dir=self._voices_dir)


def house_without_wishes(voices_dir: Path | None = None) -> HouseVoice:
    """The best voice of this machine as the house speaks, where nobody asked for another."""
    usable = usable_voices(voices_dir) if voices_dir else ()
    return resolved(VoiceWish(), station_name=UNNAMED, usable=usable)
