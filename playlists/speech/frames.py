"""The words that a voice's process and its client exchange: frames with their length in front.

A frame is four bytes of length, big-endian, then that many bytes. The process greets with its
version as JSON; each request (JSON) is answered by one reply, marked by its first byte.
"""

import struct
from typing import BinaryIO

import msgspec

from playlists.audio.pcm import Pcm
from playlists.speech.errors import VoiceCrashed, VoiceRefused

LENGTH = struct.Struct(">I")
RATE = struct.Struct(">I")
FRAME_LIMIT_BYTES = 256 * 1024 * 1024
SOUND, REFUSED = b"S", b"R"


class Greeting(msgspec.Struct, frozen=True):
    """What a voice's process says first; `refused` tells why it cannot speak at all."""

    version: str = ""
    refused: str = ""


class Request(msgspec.Struct, frozen=True):
    """One sentence for eSpeak NG to say, in its own terms."""

    text: str
    voice: str
    words_per_minute: int
    pitch: int
    pitch_range: int = 50
    word_gap_10ms: int = 0


class PiperRequest(msgspec.Struct, frozen=True):
    """One sentence for Piper to say, at `rate` times the voice's own speed."""

    text: str
    rate: float


def pack(payload: bytes) -> bytes:
    """A frame, ready to be written."""
    return LENGTH.pack(len(payload)) + payload


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame's payload from a blocking stream; None at its end."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size = LENGTH.unpack(head)[0]
    payload = stream.read(size)
    return payload if len(payload) == size else None


def pack_sound(pcm: Pcm) -> bytes:
    """The reply that carries a sentence's sound."""
    return pack(SOUND + RATE.pack(pcm.sample_rate_hz) + pcm.samples)


def pack_refusal(reason: str) -> bytes:
    """The reply that says why a sentence was not said."""
    return pack(REFUSED + reason.encode())


def read_greeting(payload: bytes) -> Greeting:
    """What the process said first. Raises VoiceCrashed when that is no greeting."""
    try:
        return msgspec.json.decode(payload, type=Greeting)
    except msgspec.MsgspecError as error:
        raise VoiceCrashed(f"the process greets with nonsense: {error}") from error


def read_reply(payload: bytes) -> Pcm:
    """The sound that a reply carries. Raises VoiceRefused, or VoiceCrashed for nonsense."""
    if payload[:1] == REFUSED:
        raise VoiceRefused(payload[1:].decode(errors="replace"))
    start = 1 + RATE.size
    try:
        rate = RATE.unpack(payload[1:start])[0]
        return Pcm(samples=payload[start:], sample_rate_hz=rate)
    except (struct.error, ValueError) as error:
        raise VoiceCrashed(f"the process answers nonsense: {error}") from error
