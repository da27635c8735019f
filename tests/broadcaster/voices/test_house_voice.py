"""Who reads for a station now: what it asked for, resolved with what is there."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.voices.house import best, house_voice, resolved
from broadcaster.voices.station_house import StationHouse, house_without_wishes
from broadcaster.voices.tables import StationVoice
from broadcaster.voices.wishes import VoiceWish, keep_wish, wish_of
from playlists.audio.mastering import Loudspeaker
from playlists.reading.sentences import Gaps
from playlists.speech.engine import Accent, VoiceSettings
from playlists.speech.engines import ALWAYS_THERE, EngineName, House, VoiceChoice, Voices
from playlists.speech.errors import TextMayNotLeave, VoiceSettingsInvalid
from playlists.speech.installed_voice import InstalledVoice, VoiceFiles
from tests.broadcaster.small_station import STATION_ID, SmallStation

NAME = "Đài truyền thanh xã Thượng"
VAIS = "vi_VN-vais1000-medium"
ONLINE = VoiceWish(engine="gtts")


def voice(name: str, *, language: str = "vi") -> InstalledVoice:
    """A voice that is installed somewhere."""
    files = VoiceFiles(model=Path("m"), config=Path("c"), model_sha256="", config_sha256="")
    return InstalledVoice(name=name, language=language, licence="", credit="", files=files)


def asked(wish: VoiceWish, *usable: InstalledVoice) -> VoiceChoice:
    """Who shall speak by this wish."""
    return resolved(wish, station_name=NAME, usable=usable).policy.preferred


def test_nobody_asked_for_anything_and_the_best_voice_reads() -> None:
    """A Vietnamese Piper voice if there is one, the catalogue's before others, else eSpeak NG."""
    english, other, liked = voice("en_US-a", language="en"), voice("vi_VN-a"), voice(VAIS)

    assert asked(VoiceWish()) == ALWAYS_THERE
    assert asked(VoiceWish(), english) == ALWAYS_THERE
    assert asked(VoiceWish(), english, other) == VoiceChoice(EngineName.PIPER, "vi_VN-a")
    assert asked(VoiceWish(), other, liked) == VoiceChoice(EngineName.PIPER, VAIS)


@given(st.lists(st.sampled_from([VAIS, "vi_VN-a", "vi_VN-b", "en_US-a"]), unique=True))
def test_the_best_voice_does_not_depend_on_order(names: list[str]) -> None:
    """However the folder is listed."""
    voices = [voice(name, language=name[:2]) for name in names]

    assert best(voices) == best(voices[::-1])


def test_what_was_asked_for_stays_asked_for_while_it_is_away() -> None:
    """The fallback says so; the station's wish is not forgotten."""
    wish = VoiceWish(engine="piper", voice="vi_VN-a")

    assert asked(wish, voice(VAIS)) == VoiceChoice(EngineName.PIPER, "vi_VN-a")
    assert asked(VoiceWish(engine="espeak-ng"), voice(VAIS)) == ALWAYS_THERE


def test_a_house_sounds_as_it_was_asked_to() -> None:
    """Accent, speed, pitch, pauses, loudspeaker and words."""
    wish = VoiceWish(
        accent="south",
        rate=0.9,
        pitch=40,
        gaps="wide",
        loudspeaker="column",
        fallback=False,
        ident_words="Đây là đài ta.",
    )
    house = resolved(wish, station_name=NAME, usable=())

    assert house.settings == VoiceSettings(accent=Accent.SOUTH, rate=0.9, pitch=40)
    assert (house.gaps, house.loudspeaker) == (Gaps.WIDE, Loudspeaker.COLUMN)
    assert house.policy.fallback is None
    assert house.ident_words == "Đây là đài ta."
    assert house.closing_words == f"Chương trình của {NAME} đến đây là hết. Kính chào bà con."


def test_without_a_row_the_house_has_its_way(station: SmallStation, tmp_path: Path) -> None:
    """And names the station by itself."""
    with station.database.reading() as session:
        house = house_voice(session, station_id=STATION_ID, voices_dir=tmp_path)

    assert house == resolved(VoiceWish(), station_name=NAME, usable=())
    assert house.ident_words == f"Đây là {NAME}."
    assert house.settings == VoiceSettings()
    assert replace(house, ident_words="", closing_words="") == replace(
        house_without_wishes(), ident_words="", closing_words=""
    )


def test_a_wish_holds_from_the_next_rendering_on(station: SmallStation, tmp_path: Path) -> None:
    """One row a station, with who asked and when; asked again at each call."""
    house = StationHouse(station.database, station_id=STATION_ID, voices_dir=tmp_path)
    an = station.member("an")
    wishes = [VoiceWish(engine="espeak-ng", rate=0.8), VoiceWish(accent="central", gaps="wide")]
    for wish in wishes:
        with station.database.writing() as session:
            keep_wish(session, wish, station_id=STATION_ID, by=an, now=station.clock())
        with station.database.reading() as session:
            assert wish_of(session, station_id=STATION_ID) == wish

    assert house().settings.accent is Accent.CENTRAL
    assert house().automatic
    with station.database.reading() as session:
        row = session.get_one(StationVoice, STATION_ID)
    assert (row.changed_by, row.changed_at) == (an, station.clock())


@pytest.mark.parametrize("engine", ["gtts", "espeak-ng"])
def test_words_stay_in_the_house_however_the_online_voice_was_stored(engine: str) -> None:
    """Nothing is sent, as preferred voice or as fallback; the reason has a name."""
    policy = resolved(VoiceWish(engine=engine), station_name=NAME, usable=()).policy
    closed = replace(policy, fallback=VoiceChoice(EngineName.GTTS))
    sent: list[str] = []

    class Line:
        def mp3s(self, text: str) -> tuple[bytes, ...]:
            sent.append(text)
            return ()

    with Voices(House(online=Line())) as voices:
        for choice in (VoiceChoice(EngineName.GTTS), closed.fallback):
            with pytest.raises(TextMayNotLeave):
                voices.engine(choice or ALWAYS_THERE, text_may_leave=policy.text_may_leave)

    assert sent == []


@pytest.mark.parametrize("field", ["engine", "accent", "gaps", "loudspeaker"])
def test_a_stored_word_that_nobody_knows_is_named(field: str) -> None:
    """As a newer version or a careless hand might leave it."""
    wish = VoiceWish(**{**asdict(VoiceWish()), field: "xyz"})

    with pytest.raises(VoiceSettingsInvalid, match="xyz"):
        resolved(wish, station_name=NAME, usable=())
