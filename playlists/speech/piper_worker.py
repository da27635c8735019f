"""The process that speaks with Piper, for one installed voice.

`python -m playlists.speech.piper_worker MODEL CONFIG MODEL_SHA256 CONFIG_SHA256`
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from playlists.audio.pcm import Pcm
from playlists.speech.frames import PiperRequest
from playlists.speech.installed_voice import VoiceFiles
from playlists.speech.piper_model import Model, load, speak
from playlists.speech.worker import Speaker, serve

# The longest script as one sentence, on a small computer that speaks no faster than a person.
SENTENCE_LIMIT_S = 3_600


def main(arguments: Sequence[str]) -> int:
    """Speaks until stdin ends; exit codes are those of `serve`."""
    model, config, model_sha256, config_sha256 = arguments
    files = VoiceFiles(
        model=Path(model),
        config=Path(config),
        model_sha256=model_sha256,
        config_sha256=config_sha256,
    )
    return serve(lambda: _speaker(files))


def _speaker(files: VoiceFiles) -> Speaker:
    model = load(files)
    return Speaker(
        name="Piper",
        version=model.version,
        say=lambda payload: _say(model, payload),
        limit_s=SENTENCE_LIMIT_S,
    )


def _say(model: Model, payload: bytes) -> Pcm:
    return speak(model, msgspec.json.decode(payload, type=PiperRequest))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
