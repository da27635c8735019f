"""Who read a bulletin, in words and with thanks, from the engine text that its sound keeps."""

from collections.abc import Sequence
from dataclasses import dataclass

from broadcaster.bulletins.own_voice import RECORDED
from broadcaster.settings import Settings
from broadcaster.voices.catalogues import catalogue_of
from broadcaster.voices.credits import credit_of
from broadcaster.voices.offers import ESPEAK_TITLES, ONLINE_TITLES
from playlists.speech.catalogue import Catalogue, shipped_catalogue
from playlists.speech.engines import EngineName
from playlists.speech.installed_voice import InstalledVoice
from playlists.speech.voice_store import installed

_APART = " · "
_OF_ENGINES = {EngineName.ESPEAK: ESPEAK_TITLES, EngineName.GTTS: ONLINE_TITLES}
_OF_PEOPLE = {
    RECORDED: ("Giọng người thu", "A person's recording"),
    "live": ("Ghi âm buổi nói trực tiếp", "Recorded from a live talk"),
}


@dataclass(frozen=True, slots=True)
class VoiceWords:
    """What a voice is called, and whom to thank; `exactly` is what the sound keeps of it."""

    title_vi: str
    title_en: str
    credit: str
    exactly: str


@dataclass(frozen=True, slots=True)
class KnownVoices:
    """The voices that have a name here: the installation's catalogue, and what is installed."""

    catalogue: Catalogue
    installed: Sequence[InstalledVoice] = ()


def known_voices(settings: Settings) -> KnownVoices:
    """The voices of this machine. Raises CatalogueUnreadable."""
    return KnownVoices(catalogue_of(settings), installed(settings.voices_dir))


def voices_in(engine_text: str, *, known: KnownVoices) -> tuple[VoiceWords, ...]:
    """The voices that speak in a sound; a playlist may have several."""
    return tuple(voice_in(each, known=known) for each in engine_text.split(_APART) if each)


def voice_in(engine_text: str, *, known: KnownVoices) -> VoiceWords:
    """One voice, by what a sound (`piper 1.3 vi_VN-…`) or a choice (`piper:vi_VN-…`) calls it."""
    if engine_text in _OF_PEOPLE:
        return VoiceWords(*_OF_PEOPLE[engine_text], credit="", exactly="")
    words = engine_text.replace(":", " ").split()
    engine = next((titles for name, titles in _OF_ENGINES.items() if name in words[:1]), None)
    titles = engine or _of_a_model(words, known=known)
    credit = credit_of(" ".join(words), voices=known.installed)
    return VoiceWords(*titles, credit=credit, exactly=engine_text)


def _of_a_model(words: Sequence[str], *, known: KnownVoices) -> tuple[str, str]:
    """A voice's titles; one that nobody knows any more is called by its bare name."""
    for voice in (*known.catalogue.voice, *shipped_catalogue().voice):
        if {voice.name, voice.model.name.removesuffix(".onnx")} & set(words):
            return voice.title_vi, voice.title_en
    for there in known.installed:
        if {there.name, there.files.model.stem} & set(words):
            return there.name, there.name
    name = words[2] if len(words) > 2 else words[-1]
    return name, name
