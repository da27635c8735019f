"""A source is tried as a pole would receive it, and what was found is said."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from broadcaster.sources.trial import Finding, as_kept, from_kept, try_source
from devices.reception.hosts import AllowedHosts
from playlists.audio import ffmpeg
from tests.devices.controller.relay.https_radio import (
    HttpsRadio,
    endless,
    https_radio,
    made_by_ffmpeg,
    redirect,
)

NAMED = AllowedHosts(hosts=frozenset({"127.0.0.1"}))


@pytest.fixture
def radio(tmp_path: Path) -> Iterator[HttpsRadio]:
    """A broadcaster on the loopback."""
    with https_radio(tmp_path) as radio:
        yield radio


def test_a_programme_that_sounds_plays(radio: HttpsRadio) -> None:
    """How long it was heard, how loud at its loudest, and how it is coded."""
    radio.paths["/vov1"] = made_by_ffmpeg("mp3")
    found = try_source(radio.url("/vov1"), allowed=NAMED, tls=radio.tls)

    assert (found.finding, found.codec, found.form) == (Finding.PLAYS, "mp3", "mp3")
    assert 2_800 <= found.heard_ms <= 3_300
    assert found.peak_dbfs is not None
    assert -25 < found.peak_dbfs < 0
    assert from_kept(as_kept(found)) == found


@pytest.mark.parametrize(
    ("form", "codec"), [("adts", "aac"), ("mpegts", "aac")], ids=["aac", "transport stream"]
)
def test_other_forms_that_poles_take_play_too(radio: HttpsRadio, form: str, codec: str) -> None:
    """What a pole with ffmpeg can pass on."""
    radio.paths["/vov1"] = made_by_ffmpeg(form, codec="aac")
    found = try_source(radio.url("/vov1"), allowed=NAMED, tls=radio.tls)

    assert (found.finding, found.codec) == (Finding.PLAYS, codec)


def test_hls_is_followed_to_its_files(radio: HttpsRadio) -> None:
    """The playlist is no sound; its files are."""
    radio.paths["/live.m3u8"] = (
        b"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n0.ts\n#EXT-X-ENDLIST\n"
    )
    radio.paths["/0.ts"] = made_by_ffmpeg("mpegts", codec="aac")
    found = try_source(radio.url("/live.m3u8"), allowed=NAMED, tls=radio.tls)

    assert found.finding is Finding.PLAYS


def test_a_live_programme_is_listened_to_for_some_seconds_only(radio: HttpsRadio) -> None:
    """It never ends by itself."""
    radio.paths["/live"] = endless(radio, made_by_ffmpeg("mp3"), pause_s=0.3)
    began_s = time.monotonic()
    found = try_source(radio.url("/live"), allowed=NAMED, tls=radio.tls)

    assert found.finding is Finding.PLAYS
    assert time.monotonic() - began_s < 12


def test_silence_is_told_from_sound(radio: HttpsRadio) -> None:
    """A transmitter that sends nothing but quiet."""
    nothing = ("-f", "lavfi", "-i", "anullsrc=r=32000:cl=mono", "-t", "3", "-f", "mp3", "-")
    radio.paths["/quiet"] = ffmpeg.run(nothing).stdout
    found = try_source(radio.url("/quiet"), allowed=NAMED, tls=radio.tls)

    assert (found.finding, found.peak_dbfs) == (Finding.SILENT, None)


def test_what_is_no_programme_is_called_that(radio: HttpsRadio) -> None:
    """A web page answers with 200 as well."""
    radio.paths["/page"] = b"<!doctype html><title>VOV</title>" * 400
    found = try_source(radio.url("/page"), allowed=NAMED, tls=radio.tls)

    assert found.finding is Finding.NO_PROGRAMME


def test_an_answer_without_anything_in_it(radio: HttpsRadio) -> None:
    """Nothing came, and so it is said."""
    radio.paths["/nothing"] = b""
    found = try_source(radio.url("/nothing"), allowed=NAMED, tls=radio.tls)

    assert found.finding is Finding.NOTHING_CAME


def test_a_refusal_names_the_answer(radio: HttpsRadio) -> None:
    """The address was a mistake."""
    found = try_source(radio.url("/gone"), allowed=NAMED, tls=radio.tls)

    assert (found.finding, found.detail) == (Finding.REFUSED, "HTTP 404")


def test_a_certificate_that_nobody_trusts_is_said_to_be_that(radio: HttpsRadio) -> None:
    """Poles would not connect either."""
    radio.paths["/vov1"] = made_by_ffmpeg("mp3")
    found = try_source(radio.url("/vov1"), allowed=NAMED)

    assert found.finding is Finding.CERTIFICATE
    assert radio.asked == []


def test_where_nobody_listens_is_not_reached(radio: HttpsRadio) -> None:
    """The name leads somewhere, and nobody is there."""
    found = try_source("https://127.0.0.1:9/vov1", allowed=NAMED, tls=radio.tls)

    assert found.finding is Finding.UNREACHABLE


def test_only_allowed_hosts_are_asked(radio: HttpsRadio) -> None:
    """Neither at first, nor after a redirection, nor where a name leads into the own network."""
    radio.paths["/away"] = redirect("https://elsewhere.example/vov1")
    nobody = AllowedHosts(hosts=frozenset())
    by_name = AllowedHosts(hosts=frozenset({"localhost"}))

    found = [
        try_source(radio.url("/away"), allowed=nobody, tls=radio.tls),
        try_source(radio.url("/away"), allowed=NAMED, tls=radio.tls),
        try_source(radio.url("/away", host="localhost"), allowed=by_name, tls=radio.tls),
        try_source("http://127.0.0.1/vov1", allowed=NAMED, tls=radio.tls),
    ]

    assert [each.finding for each in found] == [Finding.NOT_ALLOWED] * 4
    assert radio.asked == ["/away"]


def test_a_flood_is_taken_in_part_only(radio: HttpsRadio) -> None:
    """Two megabytes, whatever comes."""

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"\0" * 65_536)
            radio.sent_bytes += 65_536

    radio.paths["/flood"] = flood
    found = try_source(radio.url("/flood"), allowed=NAMED, tls=radio.tls)

    assert found.finding is Finding.NO_PROGRAMME
    assert radio.sent_bytes < 20_000_000
