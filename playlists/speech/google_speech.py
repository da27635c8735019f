"""The online service behind gTTS, spoken to directly: text out over HTTPS, MP3 back.

The request is the one that gTTS sends (its 2.5.4, byte for byte). The library itself is not used:
it sends with certificates unchecked, so that anybody on the way could read a bulletin or answer
with a sound of their own, and it holds click below 8.2, which the station's own commands outgrew.
"""

import base64
import binascii
import json
import re
import time
from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote

import httpx

from playlists.speech.errors import VoiceOffline
from playlists.speech.piper_text import breaths

SERVICE = "https://translate.google.com"
PATH = "/_/TranslateWebserverUi/data/batchexecute"
CALL = "jQ1olc"
LANGUAGE = "vi"
# What the service takes at a time.
PIECE_CHARACTERS = 100
CONNECT_TIMEOUT_S = 5.0
TIMEOUT_S = 15.0
ATTEMPTS = 2
REPLY_LIMIT_BYTES = 4 * 1024 * 1024
_SOUND = re.compile(rf'"{CALL}","\[\\"([A-Za-z0-9+/=]+)\\"'.encode())
_HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded;charset=utf-8",
    "Referer": "http://translate.google.com/",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)",
}


class OnlineSpeech(Protocol):
    """A service that turns text into MP3s; whatever it is sent leaves the house."""

    def mp3s(self, text: str) -> tuple[bytes, ...]:
        """One or more MP3s that follow each other. Raises VoiceOffline."""
        ...


class GoogleSpeech:
    """Google Translate's voice. Each request ends within `timeout_s`, and is tried twice."""

    def __init__(
        self,
        *,
        base_url: str = SERVICE,
        timeout_s: float = TIMEOUT_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = base_url.rstrip("/") + PATH
        self._timeout_s = timeout_s
        self._monotonic = monotonic

    def mp3s(self, text: str) -> tuple[bytes, ...]:
        """An MP3 for each piece of the text. Raises VoiceOffline."""
        timeout = httpx.Timeout(self._timeout_s, connect=CONNECT_TIMEOUT_S)
        pieces = breaths(text, limit=PIECE_CHARACTERS)
        with httpx.Client(timeout=timeout, headers=_HEADERS) as client:
            return tuple(self._piece(client, piece) for piece in pieces)

    def _piece(self, client: httpx.Client, piece: str) -> bytes:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _sound(self._reply(client, request_body(piece)))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if attempt == ATTEMPTS:
                    raise VoiceOffline(f"{type(error).__name__}: {error}") from error
        raise VoiceOffline("no attempt was made")

    def _reply(self, client: httpx.Client, body: str) -> bytes:
        """The whole reply; a server that drips or never stops is cut off."""
        deadline = self._monotonic() + self._timeout_s
        content = bytearray()
        with client.stream("POST", self._url, content=body) as reply:
            reply.raise_for_status()
            for chunk in reply.iter_bytes():
                content += chunk
                if len(content) > REPLY_LIMIT_BYTES:
                    raise VoiceOffline("the service answers without end")
                if self._monotonic() > deadline:
                    raise VoiceOffline("the service answers too slowly")
        return bytes(content)


def request_body(piece: str) -> str:
    """The form that asks for the sound of one piece of text."""
    asked = json.dumps([piece, LANGUAGE, None, "null"], separators=(",", ":"))
    call = json.dumps([[[CALL, asked, None, "generic"]]], separators=(",", ":"))
    return f"f.req={quote(call)}&"


def _sound(reply: bytes) -> bytes:
    found = _SOUND.search(reply)
    if found is None:
        raise VoiceOffline("the service's answer holds no sound")
    try:
        return base64.b64decode(found[1], validate=True)
    except binascii.Error as error:
        raise VoiceOffline(f"the service's answer is damaged: {error}") from error
