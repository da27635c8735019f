"""What a Piper voice's configuration must say, looked at before the voice is ever loaded."""

import msgspec

from playlists.speech.catalogue import CatalogueVoice
from playlists.speech.store_errors import VoiceFileWrong

# Piper frames every sentence with these: padding, beginning and end.
_FRAMING = ("_", "^", "$")


class _Audio(msgspec.Struct):
    sample_rate: int


class _Espeak(msgspec.Struct):
    voice: str


class _Config(msgspec.Struct):
    audio: _Audio
    espeak: _Espeak
    phoneme_id_map: dict[str, list[int]]
    num_symbols: int
    num_speakers: int = 1
    phoneme_type: str = "espeak"


def check_config(content: bytes, *, voice: CatalogueVoice) -> None:
    """Raises VoiceFileWrong unless this configures the voice as the catalogue describes it."""
    try:
        config = msgspec.json.decode(content, type=_Config)
    except msgspec.MsgspecError as error:
        raise VoiceFileWrong(f"{voice.config.name}: {error}") from error
    faults = _faults(config, voice)
    if faults:
        raise VoiceFileWrong(f"{voice.config.name}: {'; '.join(faults)}")


def _faults(config: _Config, voice: CatalogueVoice) -> list[str]:
    ids = [number for numbers in config.phoneme_id_map.values() for number in numbers]
    expected = {
        f"sample rate {config.audio.sample_rate}": config.audio.sample_rate == voice.sample_rate_hz,
        f"language {config.espeak.voice!r}": config.espeak.voice == voice.espeak_voice,
        f"phonemes by {config.phoneme_type!r}": config.phoneme_type == "espeak",
        f"{config.num_speakers} speakers": config.num_speakers == 1,
        "no framing phonemes": all(config.phoneme_id_map.get(sign) for sign in _FRAMING),
        "phonemes out of range": all(0 <= number < config.num_symbols for number in ids),
    }
    return [fault for fault, holds in expected.items() if not holds]
