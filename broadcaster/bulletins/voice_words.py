"""Who read a bulletin, in words and with thanks, from the engine text that its sound keeps."""

from dataclasses import dataclass

from broadcaster.voices.credits import credit_of
from broadcaster.voices.offers import ESPEAK_TITLES, ONLINE_TITLES
from playlists.speech.catalogue import shipped_catalogue
from playlists.speech.engines import EngineName

_APART = " · "
_OF_ENGINES = {EngineName.ESPEAK: ESPEAK_TITLES, EngineName.GTTS: ONLINE_TITLES}


@dataclass(frozen=True, slots=True)
class VoiceWords:
    """What a voice is called, and whom to thank; `exactly` is what the sound keeps of it."""

    title_vi: str
    title_en: str
    credit: str
    exactly: str


def voices_in(engine_text: str) -> tuple[VoiceWords, ...]:
    """The voices that speak in a sound; a playlist may have several."""
    return tuple(voice_in(each) for each in engine_text.split(_APART) if each)


def voice_in(engine_text: str) -> VoiceWords:
    """One voice, by what a sound (`piper 1.3 vi_VN-…`) or a choice (`piper:vi_VN-…`) calls it."""
    words = engine_text.replace(":", " ").split()
    engine = next((titles for name, titles in _OF_ENGINES.items() if name in words[:1]), None)
    titles = engine or _of_a_model(words) or (engine_text, engine_text)
    return VoiceWords(*titles, credit=credit_of(" ".join(words)), exactly=engine_text)


def _of_a_model(words: list[str]) -> tuple[str, str] | None:
    for voice in shipped_catalogue().voice:
        if {voice.name, voice.model.name.removesuffix(".onnx")} & set(words):
            return voice.title_vi, voice.title_en
    return None
