"""The process that speaks with eSpeak NG: `python -m playlists.speech.espeak_worker`."""

import sys

import msgspec

from playlists.audio.pcm import Pcm
from playlists.speech.espeak_library import Library, load, speak
from playlists.speech.frames import Request
from playlists.speech.worker import Speaker, serve

SENTENCE_LIMIT_S = 120


def main() -> int:
    """Speaks until stdin ends; exit codes are those of `serve`."""
    return serve(_speaker)


def _speaker() -> Speaker:
    library = load()
    return Speaker(
        name="eSpeak NG",
        version=library.version,
        say=lambda payload: _say(library, payload),
        limit_s=SENTENCE_LIMIT_S,
    )


def _say(library: Library, payload: bytes) -> Pcm:
    return speak(library, msgspec.json.decode(payload, type=Request))


if __name__ == "__main__":
    sys.exit(main())
