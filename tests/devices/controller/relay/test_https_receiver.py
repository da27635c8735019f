"""Programmes over HTTPS: from allowed hosts only, whatever names and redirections lead to."""

import asyncio
import ssl
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import aclosing
from itertools import pairwise
from pathlib import Path

import pytest

from devices.controller.admission import may_reach, may_relay
from devices.controller.relay.https_receiver import HttpsReceiver
from devices.errors import RelayBroken, RelayUndecodable
from devices.protocol.messages import Config, Kind, Relay
from devices.reception.hls import PLAYLIST_LIMIT_BYTES
from devices.reception.hosts import AllowedHosts
from devices.reception.octets import REDIRECTIONS, Allows
from tests.devices.controller.pole import Pole, make_config, make_order, make_plan
from tests.devices.controller.recording import RecordingSink
from tests.devices.controller.relay.https_radio import (
    FFMPEG,
    HttpsRadio,
    endless,
    https_radio,
    made_by_ffmpeg,
    redirect,
)
from tests.devices.sounds import tone

RATE_HZ = 24_000
SOUND = tone(3_000)
TAG = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"\0" * 10


@pytest.fixture
def radio(tmp_path: Path) -> Iterator[HttpsRadio]:
    """A broadcaster on the loopback."""
    with https_radio(tmp_path) as radio:
        yield radio


def allowing(*hosts: str) -> Allows:
    """The rule of a configuration with these hosts."""
    config: Config = make_config(relay_hosts=hosts)

    def allows(url: str, peer: str | None) -> bool:
        if peer is None:
            return may_relay(url, config=config)
        return may_reach(url, peer, config=config)

    return allows


NAMED = allowing("127.0.0.1")


def received(
    radio: HttpsRadio,
    url: str,
    *,
    allows: Allows = NAMED,
    seconds: float = 99,
    ffmpeg: str | None = None,
    tls: ssl.SSLContext | None = None,
) -> "array[int]":
    """What came of a programme until its end, or of its first seconds."""

    async def receive() -> "array[int]":
        receiver = HttpsReceiver(tls=tls or radio.tls, ffmpeg=lambda: ffmpeg)
        samples = array("h")
        async with asyncio.timeout(60):
            async with aclosing(receiver.receive(url, rate_hz=RATE_HZ, allows=allows)) as programme:
                async for pcm in programme:
                    samples.frombytes(pcm)
                    if len(samples) >= seconds * RATE_HZ:
                        break
        return samples

    return asyncio.run(receive())


def crossings_hz(samples: "array[int]") -> float:
    """Of a tone, its frequency."""
    middle = samples[len(samples) // 4 : len(samples) * 3 // 4]
    rises = sum(1 for before, after in pairwise(middle) if before < 0 <= after)
    return rises * RATE_HZ / len(middle)


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("192.168.1.20", True),
        ("127.0.0.1", True),
        ("169.254.169.254", False),
        ("fe80::1", False),
        ("::ffff:169.254.169.254", False),
        ("239.1.1.1", False),
        ("::", False),
    ],
)
def test_a_receiver_in_the_house_is_reached_where_it_is_named(address: str, named: bool) -> None:
    """And where clouds keep their credentials never, though somebody named it."""
    url = "https://name.example/live"
    by_both = AllowedHosts(hosts=frozenset({"name.example", address}))
    by_name = AllowedHosts(hosts=frozenset({"name.example"}))

    assert by_both.may_reach(url, address) is named
    assert not by_name.may_reach(url, address)


def test_an_mp3_stream_is_heard_as_it_is(radio: HttpsRadio) -> None:
    """To its last sample."""
    radio.paths["/live"] = SOUND.mp3
    samples = received(radio, radio.url("/live"))

    assert len(samples) == pytest.approx(3 * RATE_HZ, abs=2_000)
    assert crossings_hz(samples) == pytest.approx(440, abs=3)


def test_it_may_begin_in_the_middle_of_a_frame(radio: HttpsRadio) -> None:
    """Whoever tunes in does so anywhere."""
    radio.paths["/live"] = SOUND.mp3[777:]

    assert crossings_hz(received(radio, radio.url("/live"))) == pytest.approx(440, abs=5)


def test_a_stream_of_another_rate_is_brought_to_ours(radio: HttpsRadio) -> None:
    """And its channels to one."""
    radio.paths["/live"] = tone(2_000, rate_hz=44_100).mp3

    assert crossings_hz(received(radio, radio.url("/live"))) == pytest.approx(440, abs=5)


@pytest.mark.parametrize(
    ("path", "error"),
    [("/none", RelayBroken), ("/page", RelayUndecodable), ("/empty", RelayBroken)],
)
def test_what_is_no_programme_is_told_apart(
    radio: HttpsRadio, path: str, error: type[Exception]
) -> None:
    """A page will never be sound; an error may pass."""
    radio.paths |= {"/page": b"<!doctype html>" * 2_000, "/empty": b""}

    with pytest.raises(error):
        received(radio, radio.url(path))


def test_what_becomes_rubbish_is_no_sound(radio: HttpsRadio) -> None:
    """It is passed over, and nothing hangs."""
    radio.paths["/live"] = SOUND.mp3 + b"\0" * 3_000_000
    samples = received(radio, radio.url("/live"))

    assert len(samples) == pytest.approx(3 * RATE_HZ, abs=4_000)


def test_a_server_that_nobody_vouches_for_is_not_heard(radio: HttpsRadio) -> None:
    """Its certificate is not ours to believe."""
    radio.paths["/live"] = SOUND.mp3

    with pytest.raises(RelayBroken, match="CERTIFICATE"):
        received(radio, radio.url("/live"), tls=ssl.create_default_context())
    assert radio.asked == []


def test_a_name_that_leads_into_our_own_network_is_not_followed(radio: HttpsRadio) -> None:
    """It is allowed, and its certificate is right; but it does not lead out."""
    radio.paths["/live"] = SOUND.mp3
    url = radio.url("/live", host="localhost")

    with pytest.raises(RelayBroken, match="not allowed"):
        received(radio, url, allows=allowing("localhost"))
    assert radio.asked == []
    assert received(radio, url, allows=allowing("localhost", "127.0.0.1"), seconds=0.5)


@pytest.mark.parametrize("by", ["list", "http"])
def test_a_redirection_off_the_list_is_not_followed(
    radio: HttpsRadio, tmp_path: Path, by: str
) -> None:
    """Nor one out of TLS."""
    with https_radio(tmp_path) as other:
        other.paths["/live"] = SOUND.mp3
        to = other.url("/live", host="localhost")
        if by == "http":
            to = other.url("/live").replace("https://", "http://")
        radio.paths["/moved"] = redirect(to)

        with pytest.raises(RelayBroken, match="not allowed"):
            received(radio, radio.url("/moved"))
        assert other.asked == []


def test_a_redirection_on_the_list_is_followed(radio: HttpsRadio) -> None:
    """Broadcasters move their streams about."""
    radio.paths |= {"/live": SOUND.mp3, "/moved": redirect("/live?x=1"), "/live?x=1": SOUND.mp3}

    assert received(radio, radio.url("/moved"), seconds=0.5)
    assert radio.asked == ["/moved", "/live?x=1"]


def test_redirections_without_end_are_given_up(radio: HttpsRadio) -> None:
    """After a few."""
    radio.paths["/round"] = redirect("/round")

    with pytest.raises(RelayBroken, match="redirections"):
        received(radio, radio.url("/round"))
    assert len(radio.asked) == REDIRECTIONS


def test_a_whole_playlist_is_heard_file_by_file(radio: HttpsRadio) -> None:
    """Tags in front of each file are no sound."""
    radio.paths |= {
        "/list.m3u8": b"#EXTM3U\n#EXTINF:3,\na.mp3\n#EXTINF:2,\nb.mp3\n#EXT-X-ENDLIST\n",
        "/a.mp3": TAG + SOUND.mp3,
        "/b.mp3": TAG + tone(2_000).mp3,
    }
    samples = received(radio, radio.url("/list.m3u8"))

    assert len(samples) == pytest.approx(5 * RATE_HZ, abs=4_000)
    assert crossings_hz(samples) == pytest.approx(440, abs=10)


def test_a_live_playlist_is_looked_at_again(radio: HttpsRadio) -> None:
    """Each of its files is fetched once, in its order."""

    def grow() -> Iterator[bytes]:
        for first in range(1, 99):
            names = "".join(f"#EXTINF:1,\n{number}.mp3\n" for number in range(first, first + 4))
            head = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{first}\n"
            yield (head + names).encode()

    playlists = grow()
    radio.paths |= {f"/{number}.mp3": tone(1_000).mp3 for number in range(99)}
    radio.paths["/list.m3u8"] = answer_each(radio, playlists)
    received(radio, radio.url("/list.m3u8"), seconds=5.5)
    files = [path for path in radio.asked if path.endswith(".mp3")]

    assert files[:5] == ["/2.mp3", "/3.mp3", "/4.mp3", "/5.mp3", "/6.mp3"]
    assert len(set(files)) == len(files)


def answer_each(radio: HttpsRadio, answers: Iterator[bytes]) -> Callable[..., None]:
    """Another answer each time."""

    def respond(handler: object) -> None:
        body = next(answers)
        handler.send_response(200)  # type: ignore[attr-defined]
        handler.send_header("Content-Length", str(len(body)))  # type: ignore[attr-defined]
        handler.end_headers()  # type: ignore[attr-defined]
        handler.wfile.write(body)  # type: ignore[attr-defined]
        radio.sent_bytes += len(body)

    return respond


def test_the_narrowest_variant_is_heard(radio: HttpsRadio) -> None:
    """By way of the list of variants."""
    variants = b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900\nw\n#EXT-X-STREAM-INF:BANDWIDTH=64\nn\n"
    radio.paths |= {
        "/all": variants,
        "/n": b"#EXTM3U\n#EXTINF:3,\na.mp3\n#EXT-X-ENDLIST\n",
        "/a.mp3": SOUND.mp3,
    }
    received(radio, radio.url("/all"))

    assert radio.asked == ["/all", "/n", "/a.mp3"]


def test_a_file_elsewhere_is_not_fetched(radio: HttpsRadio, tmp_path: Path) -> None:
    """A playlist is not the station's word."""
    with https_radio(tmp_path) as other:
        other.paths["/a.mp3"] = SOUND.mp3
        url = other.url("/a.mp3", host="localhost")
        radio.paths["/list"] = f"#EXTM3U\n#EXTINF:3,\n{url}\n#EXT-X-ENDLIST\n".encode()

        with pytest.raises(RelayBroken):
            received(radio, radio.url("/list"))
        assert other.asked == []


def test_a_playlist_without_end_is_given_up(radio: HttpsRadio) -> None:
    """Nobody fills a pole's memory with it."""
    radio.paths["/list"] = b"#EXTM3U\n" + b"#x\n" * PLAYLIST_LIMIT_BYTES

    with pytest.raises(RelayUndecodable, match="bytes"):
        received(radio, radio.url("/list"))


def test_an_encrypted_playlist_is_undecodable(radio: HttpsRadio) -> None:
    """It is said so."""
    radio.paths["/list"] = b'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="k"\na.ts\n'

    with pytest.raises(RelayUndecodable, match="encrypted"):
        received(radio, radio.url("/list"))


@pytest.mark.parametrize("form", ["adts", "mpegts"])
def test_other_forms_need_ffmpeg(radio: HttpsRadio, form: str) -> None:
    """A pole that has it decodes them; one that has not says so."""
    radio.paths["/live"] = made_by_ffmpeg(form, codec="aac")

    with pytest.raises(RelayUndecodable, match="without ffmpeg"):
        received(radio, radio.url("/live"))
    samples = received(radio, radio.url("/live"), ffmpeg=FFMPEG)
    assert crossings_hz(samples) == pytest.approx(440, abs=3)
    assert len(samples) >= 2.5 * RATE_HZ


def test_hls_with_aac_is_heard_through_ffmpeg(radio: HttpsRadio) -> None:
    """As most broadcasters send it."""
    radio.paths |= {
        "/list.m3u8": b"#EXTM3U\n#EXTINF:3,\na.ts\n#EXTINF:3,\nb.ts\n#EXT-X-ENDLIST\n",
        "/a.ts": made_by_ffmpeg("mpegts", codec="aac"),
        "/b.ts": made_by_ffmpeg("mpegts", codec="aac"),
    }
    samples = received(radio, radio.url("/list.m3u8"), ffmpeg=FFMPEG)

    assert crossings_hz(samples) == pytest.approx(440, abs=5)
    assert len(samples) >= 5 * RATE_HZ


def test_what_is_not_taken_is_not_sent(radio: HttpsRadio) -> None:
    """A listener who is slow holds the server up, and keeps nothing in memory."""
    radio.paths["/live"] = endless(radio, SOUND.mp3)

    async def listen_slowly() -> int:
        receiver = HttpsReceiver(tls=radio.tls, ffmpeg=lambda: None)
        url = radio.url("/live")
        async with aclosing(receiver.receive(url, rate_hz=RATE_HZ, allows=NAMED)) as programme:
            await anext(programme)
            await asyncio.sleep(1.5)
            sent = radio.sent_bytes
            await asyncio.sleep(0.5)
            return radio.sent_bytes - sent

    assert asyncio.run(listen_slowly()) == 0
    assert radio.sent_bytes < 20_000_000


def test_whoever_stops_listening_leaves_nothing_behind(radio: HttpsRadio) -> None:
    """Neither a thread nor a connection, also while nothing comes."""
    radio.paths["/live"] = endless(radio, SOUND.mp3, pause_s=0.01)
    for _ in range(3):
        received(radio, radio.url("/live"), seconds=0.5)
    waited_s = 0.0
    while _relay_threads() and waited_s < 30:
        time.sleep(0.1)
        waited_s += 0.1

    assert not _relay_threads()


def _relay_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("relay")]


@pytest.mark.parametrize("stopped", [False, True])
def test_a_pole_passes_it_on(radio: HttpsRadio, tmp_path: Path, stopped: bool) -> None:
    """In real time, through the whole controller, until its end or a stop."""
    radio.paths["/live"] = endless(radio, SOUND.mp3, pause_s=0.05)

    async def listen() -> None:
        config = make_config(relay_hosts=("127.0.0.1",))
        receiver = HttpsReceiver(tls=radio.tls, ffmpeg=lambda: None)
        pole = Pole(tmp_path, config=config, receiver=receiver)
        # The loop counts from the machine's start: without this the hour of the day would be the
        # time since then, and after ten hours the pole would keep its quiet hours.
        pole.clock.step(-pole.clock.monotonic_us() // 1_000)
        pole.sink = sink = RecordingSink(clock=pole.clock)
        async with pole:
            relay = Relay(url=radio.url("/live"), duration_ms=2_500)
            pole.hear(make_plan(make_order("vov", relay=relay, items=(), after_s=3)))
            await asyncio.sleep(4.5)
            if stopped:
                pole.controller._player.silence(lambda _: True)
            await asyncio.sleep(2)

            ended = pole.one("vov", Kind.STOPPED if stopped else Kind.FINISHED)
            (take,) = sink.takes
            assert ended.samples == len(take.samples)
            expected_s = 1.5 if stopped else 2.5
            assert len(take.samples) / take.rate_hz == pytest.approx(expected_s, abs=0.7)
            assert max(take.samples) > 1_000

    asyncio.run(listen())
