"""The online voice: only with the station's leave, within its time, and never a wrong sound."""

import threading

import pytest

from playlists.audio.encoding import encode_mp3
from playlists.speech.engine import VoiceSettings
from playlists.speech.errors import TextMayNotLeave, VoiceOffline
from playlists.speech.google_speech import GoogleSpeech, request_body
from playlists.speech.gtts import GttsEngine
from tests.playlists.sounds import GREETING, tone
from tests.playlists.speech.online import Service, online, reply_with

PLAIN = VoiceSettings()


@pytest.fixture(scope="module")
def mp3(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of sound, as the service sends it."""
    path = tmp_path_factory.mktemp("online") / "tone.mp3"
    encode_mp3(tone(duration_ms=1_000), path)
    return path.read_bytes()


def engine_of(service: Service, *, timeout_s: float = 20.0) -> GttsEngine:
    """The online voice with the loopback service behind it."""
    return GttsEngine(
        text_may_leave=True, service=GoogleSpeech(base_url=service.url, timeout_s=timeout_s)
    )


def test_a_sentence_becomes_the_sound_that_the_service_sends(mp3: bytes) -> None:
    """A second of MP3 is a second of samples, and the words went out once."""
    with online(Service(answers=[(200, reply_with(mp3))])) as service:
        pcm = engine_of(service).synthesise(GREETING.text, settings=PLAIN)

    assert pcm.duration_ms == pytest.approx(1_000, abs=60)
    assert pcm.sample_rate_hz == 24_000
    assert any(pcm.samples)
    assert service.heard == [GREETING.text]


def test_without_leave_no_word_leaves_the_house() -> None:
    """The voice cannot even be made; the caller is told why."""
    with pytest.raises(TextMayNotLeave):
        GttsEngine(text_may_leave=False)


def test_a_long_sentence_goes_out_in_pieces(mp3: bytes) -> None:
    """The service takes 100 characters at a time; the pieces follow each other in order."""
    sentence = " ".join(f"bà con thôn {number}" for number in ["một", "hai", "ba", "bốn"] * 5)
    with online(Service(answers=[(200, reply_with(mp3))])) as service:
        pcm = engine_of(service).synthesise(sentence, settings=PLAIN)

    assert " ".join(service.heard) == sentence
    assert all(len(piece) <= 100 for piece in service.heard)
    assert pcm.duration_ms == pytest.approx(1_000 * len(service.heard), rel=0.06)


def test_a_sentence_without_letters_asks_nobody(mp3: bytes) -> None:
    """Nothing to say is no sound and no request."""
    with online(Service(answers=[(200, reply_with(mp3))])) as service:
        pcm = engine_of(service).synthesise(" \n", settings=PLAIN)

    assert (pcm.samples, service.heard) == (b"", [])


@pytest.mark.parametrize("rate", [0.6, 1.6])
def test_rate_is_made_here(mp3: bytes, rate: float) -> None:
    """The service knows one speed; the sound is stretched to the one that was asked."""
    with online(Service(answers=[(200, reply_with(mp3))])) as service:
        pcm = engine_of(service).synthesise(GREETING.text, settings=VoiceSettings(rate=rate))

    assert pcm.duration_ms == pytest.approx(1_000 / rate, rel=0.1)


@pytest.mark.parametrize(
    "answer",
    [
        (429, b"too many"),
        (500, b""),
        (302, b""),
        (200, b""),
        (200, b"<html>Sign in to this network</html>"),
        (200, b'[["wrb.fr","jQ1olc","[\\"AAA\\"]",null]]'),
        (200, b'[["wrb.fr","jQ1olc",null,null]]'),
        (200, reply_with(b"this is no MP3 at all")),
        (200, b"x" * (5 * 1024 * 1024)),
    ],
    ids=["busy", "fault", "moved", "empty", "portal", "cut", "none", "no-mp3", "endless"],
)
def test_an_answer_that_is_no_sound_is_named(answer: tuple[int, bytes]) -> None:
    """Whatever comes instead of speech never goes on air: the caller can take another voice."""
    with online(Service(answers=[answer])) as service, pytest.raises(VoiceOffline):
        engine_of(service).synthesise(GREETING.text, settings=PLAIN)


def test_a_fault_of_the_moment_is_tried_again(mp3: bytes) -> None:
    """One bad answer does not cost the bulletin its voice."""
    answers = [(503, b""), (200, reply_with(mp3))]
    with online(Service(answers=answers)) as service:
        pcm = engine_of(service).synthesise(GREETING.text, settings=PLAIN)

    assert pcm.samples
    assert service.heard == [GREETING.text] * 2


def test_a_service_that_never_answers_is_left(mp3: bytes) -> None:
    """The time-out ends the wait, twice, and is named."""
    done = threading.Event()

    def wait() -> None:
        done.wait(timeout=20)

    with online(Service(answers=[(200, reply_with(mp3))], before_answer=wait)) as service:
        impatient = engine_of(service, timeout_s=0.3)
        with pytest.raises(VoiceOffline):
            impatient.synthesise(GREETING.text, settings=PLAIN)
        done.set()

    assert len(service.heard) == 2


def test_a_service_that_drips_is_cut_off(mp3: bytes) -> None:
    """Each piece in time is not enough: the whole answer has a deadline."""
    clock = iter(range(0, 1_000, 30))
    with online(Service(answers=[(200, reply_with(mp3))])) as service:
        slow = GoogleSpeech(base_url=service.url, monotonic=lambda: float(next(clock)))
        with pytest.raises(VoiceOffline, match="slowly"):
            slow.mp3s(GREETING.text)


def test_a_station_without_a_network_is_told() -> None:
    """Nobody listening is the same named error."""
    nobody = GoogleSpeech(base_url="http://127.0.0.1:9", timeout_s=2)
    with pytest.raises(VoiceOffline):
        nobody.mp3s(GREETING.text)


def test_a_certificate_that_proves_nothing_is_not_trusted(mp3: bytes) -> None:
    """Plain HTTP behind an https address, as a meddler offers it, gets no words at all."""
    with online(Service(answers=[(200, reply_with(mp3))])) as service:
        meddled = GoogleSpeech(base_url=service.url.replace("http:", "https:"), timeout_s=5)
        with pytest.raises(VoiceOffline):
            meddled.mp3s(GREETING.text)

    assert service.heard == []


def test_the_request_is_the_one_that_gtts_sends() -> None:
    """Byte for byte as its 2.5.4 makes it, quotes and Vietnamese letters included."""
    assert request_body('Đường "5" & /') == (
        "f.req=%5B%5B%5B%22jQ1olc%22%2C%22%5B%5C%22%5C%5Cu0110%5C%5Cu01b0%5C%5Cu1eddng%20"
        "%5C%5C%5C%225%5C%5C%5C%22%20%26%20/%5C%22%2C%5C%22vi%5C%22%2Cnull%2C%5C%22null"
        "%5C%22%5D%22%2Cnull%2C%22generic%22%5D%5D%5D&"
    )
