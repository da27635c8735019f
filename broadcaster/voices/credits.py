"""Who is thanked for a voice that was heard, found by the engine text that is kept with the audio.

A rendition keeps the text for good, so a voice that was removed since is still thanked.
"""

from collections.abc import Iterable

from playlists.speech.catalogue import shipped_catalogue
from playlists.speech.installed_voice import InstalledVoice


def credit_of(engine_text: str, *, voices: Iterable[InstalledVoice] = ()) -> str:
    """The credit and licence that airing this voice asks for; empty where none is asked.

    `voices` are those beside the shipped catalogue's that may have spoken.
    """
    words = set(engine_text.split())
    shipped = shipped_catalogue().voice
    owed = [
        *((_stem(each.model.name), each.credit, each.licence) for each in shipped),
        *((_stem(each.files.model.name), each.credit, each.licence) for each in voices),
    ]
    found = next((each for each in owed if each[0] in words), None)
    return f"{found[1]} ({found[2]})" if found else ""


def _stem(file_name: str) -> str:
    return file_name.removesuffix(".onnx")
