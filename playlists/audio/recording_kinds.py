"""Which kind of recording a file is, by its first bytes; its name says nothing that we believe.

Each kind is opened by one demuxer of ffmpeg's, chosen here and never by ffmpeg, so that no file
is taken for a playlist that names other files or addresses.
"""

from enum import StrEnum
from pathlib import Path

HEAD_BYTES = 64
_ID3_HEAD_BYTES = 10
_ID3_FOOTER = 0x10
_TAGS_AT_MOST = 4


class RecordingKind(StrEnum):
    """The value is the demuxer's name."""

    WAV = "wav"
    FLAC = "flac"
    OGG = "ogg"
    WEBM = "matroska"
    MP4 = "mov"
    AMR = "amr"
    AAC = "aac"
    MP3 = "mp3"


_BEGINNINGS = (
    (b"fLaC", RecordingKind.FLAC),
    (b"OggS", RecordingKind.OGG),
    (b"\x1a\x45\xdf\xa3", RecordingKind.WEBM),
    (b"#!AMR", RecordingKind.AMR),
)


def recording_kind(path: Path) -> RecordingKind | None:
    """The kind of a file, or None for one that is no recording. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        at = 0
        for _ in range(_TAGS_AT_MOST):
            if not head.startswith(b"ID3") or len(head) < _ID3_HEAD_BYTES:
                break
            at += _tag_bytes(head)
            file.seek(at)
            head = file.read(HEAD_BYTES)
    return _kind_of(head)


def _tag_bytes(head: bytes) -> int:
    """The size of an ID3v2 tag: four bytes of seven bits each."""
    size = sum(
        (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
    )
    footer = _ID3_HEAD_BYTES if head[5] & _ID3_FOOTER else 0
    return _ID3_HEAD_BYTES + size + footer


def _kind_of(head: bytes) -> RecordingKind | None:
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return RecordingKind.WAV
    if head[4:8] == b"ftyp":
        return RecordingKind.MP4
    return _by_frame(head)


def _by_frame(head: bytes) -> RecordingKind | None:
    """MP3 and bare AAC have no beginning but their first frame: eleven set bits and a layer."""
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return RecordingKind.AAC
    return RecordingKind.MP3 if head[1] & 0x06 else None
