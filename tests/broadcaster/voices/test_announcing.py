"""What the console says of voices when a station starts."""

import threading
from pathlib import Path

import pytest

from broadcaster.settings import Settings
from broadcaster.voices.announcing import not_fetched, voice_announced
from broadcaster.voices.errors import CatalogueUnreadable
from broadcaster.voices.wishes import VoiceWish, keep_wish
from playlists.speech.store_errors import VoiceSourceBroken, VoiceStoreFull
from playlists.speech.voice_store import install, installed
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.broadcaster.voices.joe import NAME, Joe, joe_in

NOWHERE = "http://127.0.0.1:9/voices"


@pytest.fixture
def joe(tmp_path: Path) -> Joe:
    """A real voice on a memory stick."""
    return joe_in(tmp_path)


def settings_of(station: SmallStation, joe: Joe, *, source: str, default: str = NAME) -> Settings:
    """The station's settings, with a default voice that comes from there."""
    return Settings(
        state_dir=station.settings.state_dir,
        database_url=station.database.engine.url.render_as_string(hide_password=False),
        voice_source=source,
        voice_default=default,
        voice_catalogue=joe.catalogue_file,
    )


def said(settings: Settings, *, until: int = 1) -> list[str]:
    """What is said in Vietnamese, waiting for so many sentences."""
    heard: list[str] = []
    enough = threading.Event()

    def say(vietnamese: str, english: str) -> None:
        assert english
        heard.append(vietnamese)
        if len(heard) >= until:
            enough.set()

    with voice_announced(settings, say=say):
        assert enough.wait(timeout=30), heard
    return heard


def test_a_better_voice_comes_and_says_whom_to_thank(
    sqlite_station: SmallStation, joe: Joe
) -> None:
    """First who speaks now, then who speaks from the next bulletin on."""
    settings = settings_of(sqlite_station, joe, source=str(joe.source))

    assert said(settings, until=2) == [
        "Giọng đọc: eSpeak NG (máy). Giọng hay hơn đang tải về…",
        "Giọng đọc: Giọng thử Joe, CC0 1.0 – Joe",
    ]
    assert [voice.name for voice in installed(settings.voices_dir)] == [NAME]
    assert said(settings) == ["Giọng đọc: Giọng thử Joe, CC0 1.0 – Joe."]


def test_a_voice_that_came_and_does_not_speak_is_not_announced(
    sqlite_station: SmallStation, joe: Joe
) -> None:
    """The station reads Vietnamese: a voice of another language is here and stays silent."""
    foreign = joe.catalogue_file.read_text("utf-8").replace('language = "vi"', 'language = "en"')
    joe.catalogue_file.write_text(foreign, "utf-8")
    settings = settings_of(sqlite_station, joe, source=str(joe.source))

    assert said(settings, until=2)[1] == "Giọng đọc: eSpeak NG (máy)"


def test_without_a_network_one_line_says_how_to_bring_it(
    sqlite_station: SmallStation, joe: Joe
) -> None:
    """By the command, from a folder."""
    settings = settings_of(sqlite_station, joe, source=NOWHERE)

    assert said(settings, until=2)[1] == (
        f"Giọng hay hơn không tải được (không có mạng): loa voice install {NAME} --from THƯ_MỤC"
    )


def test_without_a_source_nothing_is_fetched(sqlite_station: SmallStation, joe: Joe) -> None:
    """The line names the command all the same."""
    settings = settings_of(sqlite_station, joe, source="")

    assert said(settings) == [
        f"Giọng đọc: eSpeak NG (máy). Giọng hay hơn: loa voice install {NAME} --from THƯ_MỤC"
    ]


@pytest.mark.parametrize("default", [NAME, ""])
def test_a_station_that_chose_is_left_alone(
    sqlite_station: SmallStation, joe: Joe, default: str
) -> None:
    """Nothing better is offered to whoever wants this one, and no 63 MB are fetched for nobody."""
    with sqlite_station.database.writing() as session:
        wish = VoiceWish(engine="espeak-ng")
        keep_wish(session, wish, station_id=STATION_ID, by=None, now=sqlite_station.clock())
    settings = settings_of(sqlite_station, joe, source=str(joe.source), default=default)

    assert said(settings) == ["Giọng đọc: eSpeak NG (máy)."]
    assert installed(settings.voices_dir) == ()


def test_a_voice_that_is_here_is_not_fetched(sqlite_station: SmallStation, joe: Joe) -> None:
    """Nobody is asked."""
    settings = settings_of(sqlite_station, joe, source=NOWHERE)
    install(NAME, source=joe.source, into=settings.voices_dir, catalogue=joe.catalogue)

    assert said(settings) == ["Giọng đọc: Giọng thử Joe, CC0 1.0 – Joe."]


def test_a_catalogue_that_is_none_is_told_before_anything_begins(
    sqlite_station: SmallStation, joe: Joe
) -> None:
    """As a sentence of the settings."""
    joe.catalogue_file.write_text("voice = 1", "utf-8")

    with pytest.raises(CatalogueUnreadable):
        said(settings_of(sqlite_station, joe, source=NOWHERE))


def test_each_reason_is_named() -> None:
    """No network is not a full disk."""
    offline, full = (not_fetched("x", error) for error in (VoiceSourceBroken(), VoiceStoreFull()))

    assert "(không có mạng)" in offline[0]
    assert "(no network)" in offline[1]
    assert "(đĩa hết chỗ)" in full[0]
