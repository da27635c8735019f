"""A recording's kind is told by its first bytes, whatever they are and whatever stands before."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from playlists.audio.recording_kinds import RecordingKind, recording_kind

BEGINNINGS = {
    RecordingKind.WAV: b"RIFF\x24\x00\x00\x00WAVEfmt ",
    RecordingKind.FLAC: b"fLaC\x00\x00\x00\x22",
    RecordingKind.OGG: b"OggS\x00\x02",
    RecordingKind.WEBM: b"\x1a\x45\xdf\xa3\x9f",
    RecordingKind.MP4: b"\x00\x00\x00\x1cftypM4A ",
    RecordingKind.AMR: b"#!AMR-WB\n",
    RecordingKind.AAC: b"\xff\xf1\x50\x40",
    RecordingKind.MP3: b"\xff\xfb\x90\x44",
}


def kind_of(content: bytes) -> RecordingKind | None:
    """The kind of a file with this content."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "content"
        path.write_bytes(content)
        return recording_kind(path)


def tag(size: int, *, footer: bool = False) -> bytes:
    """An ID3v2 tag as music players write it in front, with so many bytes inside."""
    sizes = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    flags = 0x10 if footer else 0
    return b"ID3\x04\x00" + bytes([flags]) + sizes + bytes(size) + (b"3DI" + bytes(7)) * footer


@pytest.mark.parametrize("kind", RecordingKind)
@pytest.mark.parametrize("before", [b"", tag(0), tag(300), tag(20_000), tag(9, footer=True)])
def test_each_kind_is_known_also_behind_a_tag(kind: RecordingKind, before: bytes) -> None:
    """Title and cover picture come first in many files."""
    assert kind_of(before + BEGINNINGS[kind]) == kind


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
@example(b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f")
@example(tag(0) * 5 + b"fLaC")
def test_any_bytes_have_a_kind_or_none(content: bytes) -> None:
    """Nothing crashes it, and what it names begins as that kind begins."""
    kind = kind_of(content)

    assert kind is None or content[0] in {begin[0] for begin in BEGINNINGS.values()} | {ord("I")}


NO_RECORDINGS = (
    *(b"", b"\xff", b"\xff\xe0\x00\x00", b"ID3", b"#EXTM3U\n", b"ffconcat version 1.0"),
    *(b"<html>", b"%PDF-1.7", b"PK\x03\x04", b"\x00\x00\x01\xba", b"RIFF\x00\x00\x00\x00AVI "),
)


@pytest.mark.parametrize("content", NO_RECORDINGS)
def test_what_is_no_recording_has_none(content: bytes) -> None:
    """Playlists, pages, documents, films of other kinds, a sync without a layer."""
    assert kind_of(content) is None
