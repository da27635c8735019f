"""What a programme is is told by its bytes; what a playlist says is read, whoever wrote it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import RelayUndecodable
from devices.reception.forms import Form, form_of, without_tag
from devices.reception.hls import is_playlist, read_media, variant_url
from tests.devices.controller.relay.https_radio import made_by_ffmpeg
from tests.devices.sounds import tone

BASE = "https://vov.example/live/list.m3u8"
TAG = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"\0" * 10


@pytest.mark.parametrize(
    ("form", "codec", "expected"),
    [
        ("mp3", None, Form.MP3),
        ("adts", "aac", Form.ADTS),
        ("mpegts", "aac", Form.TS),
        ("mpegts", "libmp3lame", Form.TS),
    ],
)
def test_a_form_is_known_by_its_first_bytes(form: str, codec: str | None, expected: Form) -> None:
    """Also behind a tag."""
    made = made_by_ffmpeg(form, codec=codec)

    assert form_of(made[:8_192]) is expected
    if expected is not Form.TS:
        assert form_of(TAG + made[:8_192]) is expected


def test_it_is_known_from_the_middle_of_a_frame() -> None:
    """A server may begin anywhere; a lone header that is chance does not count."""
    mp3 = tone(3_000).mp3

    assert all(form_of(mp3[skip : skip + 8_192]) is Form.MP3 for skip in range(200, 500, 7))
    assert form_of(b"\xff\xfb\x90\x00" + b"\0" * 2_000) is None


@pytest.mark.parametrize(
    "head", [b"", b"<!doctype html><html>", b"#EXTM3U\n", b"OggS" + b"\0" * 500, b"\0" * 9_000]
)
def test_what_is_no_known_sound_is_none(head: bytes) -> None:
    """A page that says that one must pay, for example."""
    assert form_of(head) is None


@given(st.binary(max_size=600), st.binary(max_size=20))
def test_any_bytes_are_looked_at(head: bytes, more: bytes) -> None:
    """Nothing that a server sends breaks the look at it."""
    form_of(head)
    form_of(b"\xff" + head + b"\xff" + more)
    without_tag(b"ID3" + head)


MEDIA = """#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:107
#EXTINF:4.0,
a.mp3
#EXTINF:4.0,Thời sự
../b.mp3?x=1,2
#EXTINF:4.0,
https://cdn.example/c.mp3
#EXTINF:4.0,
/d.mp3
"""


def test_a_playlist_of_files_is_read() -> None:
    """Numbered, with their addresses made whole."""
    playlist = read_media(MEDIA, base_url=BASE)

    assert [(each.number, each.url) for each in playlist.segments] == [
        (107, "https://vov.example/live/a.mp3"),
        (108, "https://vov.example/b.mp3?x=1,2"),
        (109, "https://cdn.example/c.mp3"),
        (110, "https://vov.example/d.mp3"),
    ]
    assert (playlist.target_s, playlist.has_ended) == (4.0, False)


def test_a_live_playlist_is_begun_near_its_end() -> None:
    """And gone on with behind the last file; a whole one is heard from its beginning."""
    playlist = read_media(MEDIA, base_url=BASE)
    whole = read_media(MEDIA + "#EXT-X-ENDLIST\n", base_url=BASE)

    assert [each.number for each in playlist.after(None)] == [108, 109, 110]
    assert [each.number for each in playlist.after(109)] == [110]
    assert playlist.after(110) == ()
    assert len(whole.after(None)) == 4


def test_of_several_variants_the_narrowest_is_taken() -> None:
    """A pole has one horn and a slow line; commas in quotes divide nothing."""
    text = """#EXTM3U
#EXT-X-STREAM-INF:PROGRAM-ID=1,CODECS="mp4a.40.2,avc1.64001f",BANDWIDTH=800000
wide.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"
narrow.m3u8
"""

    assert variant_url(text, base_url=BASE) == "https://vov.example/live/narrow.m3u8"
    assert variant_url(MEDIA, base_url=BASE) is None


@pytest.mark.parametrize(
    "line",
    [
        '#EXT-X-KEY:METHOD=AES-128,URI="https://vov.example/key"',
        "#EXT-X-KEY:METHOD=SAMPLE-AES",
        "#EXT-X-BYTERANGE:75232@0",
        "#EXT-X-MEDIA-SEQUENCE:viele",
        "#EXT-X-TARGETDURATION:",
    ],
)
def test_what_is_not_understood_is_undecodable(line: str) -> None:
    """Encrypted, in parts, or nonsense."""
    with pytest.raises(RelayUndecodable):
        read_media(f"#EXTM3U\n{line}\na.mp3\n", base_url=BASE)


def test_a_key_that_is_none_encrypts_nothing() -> None:
    """As the standard has it."""
    playlist = read_media("#EXTM3U\n#EXT-X-KEY:METHOD=NONE\na.mp3\n", base_url=BASE)

    assert len(playlist.segments) == 1


def test_what_must_come_before_the_files_is_named() -> None:
    """The head of a fragmented MP4."""
    playlist = read_media('#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\na.m4s\n', base_url=BASE)

    assert playlist.segments[0].opening_url == "https://vov.example/live/init.mp4"


@given(
    st.lists(
        st.sampled_from(
            [
                "#EXTM3U",
                "#EXT-X-STREAM-INF:",
                "#EXT-X-MAP:",
                "#EXT-X-KEY:METHOD=",
                "a.mp3",
                "//[",
                "\0",
            ]
        )
        | st.text(max_size=30),
        max_size=20,
    )
)
def test_any_text_is_read_or_undecodable(lines: list[str]) -> None:
    """Nothing that a server sends breaks the reading of it."""
    text = "\n".join(lines)
    is_playlist(text.encode("utf-8", "replace"))
    with suppress(RelayUndecodable):
        variant_url(text, base_url=BASE)
    with suppress(RelayUndecodable):
        read_media(text, base_url=BASE)
