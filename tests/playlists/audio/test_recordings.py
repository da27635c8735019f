"""A person's recording, whatever it was made with, is as loud and clean as every other bulletin."""

import hashlib
import math
import os
import random
import shutil
from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest

from playlists.audio.audio_errors import NothingToHear
from playlists.audio.audio_store import AudioStore
from playlists.audio.dead_air import STATION_ENDS
from playlists.audio.pcm import Pcm
from playlists.audio.recording_errors import (
    RecordingRefused,
    RecordingTooLarge,
    RecordingTooLong,
    RecordingTooShort,
    RecordingUneven,
    RecordingUnreadable,
    RecordingWithoutSound,
)
from playlists.audio.recordings import LARGEST_BYTES, LONGEST_MINUTES, Recording, master_recording
from playlists.render import render
from playlists.speech.engine import VoiceSettings
from playlists.speech.espeak import EspeakEngine
from tests.playlists.sounds import BULLETIN, RATE_HZ, Line, decoded, metered, silence, tone
from tests.playlists.takes import CODECS, film, take, wav

LINES = (
    *BULLETIN,
    Line("Bà con nhớ mang theo sổ tiêm chủng của cháu."),
    Line("Ai không đến được thì báo cho trưởng thôn trước ngày thứ sáu.", 0),
)
ROOM = "anoisesrc=r=22050:c=pink:seed=7"
# What people do to a recording before it reaches the station, as ffmpeg's filters on a clean one.
TAKES = {
    "quiet phone": (
        "m4a",
        f"volume=-28dB[a];{ROOM}:a=0.0005[n];[a][n]amix=duration=first:normalize=0",
    ),
    "clipped": ("wav", "volume=30dB,aformat=sample_fmts=s16"),
    "left dead": ("opus", "pan=stereo|c1=c0"),
    "right dead": ("mp3", "pan=stereo|c0=c0"),
    "turned over": ("flac", "pan=stereo|c0=c0|c1=-1*c0"),
    "telephone": ("amr", "aresample=8000"),
    "hum and offset": (
        "flac",
        "volume=-20dB[a];sine=f=50:r=22050,volume=-2dB[h];"
        "[a][h]amix=duration=first:normalize=0,dcshift=0.2",
    ),
    "a knock": (
        "wav",
        "volume=-26dB[a];sine=f=900:r=22050:d=0.03,volume=17dB,adelay=2500[k];"
        "[a][k]amix=duration=first:normalize=0",
    ),
    "96 kHz": ("flac", "aresample=96000,pan=5.1|FL=c0|FR=c0|FC=c0"),
}


@pytest.fixture(scope="session")
def voice(espeak: EspeakEngine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifteen seconds of speech as a clean WAV, no louder than a careful person makes it."""
    samples = b""
    for line in LINES:
        samples += espeak.synthesise(line.text, settings=VoiceSettings()).samples
        samples += bytes(2 * (RATE_HZ * line.pause_after_ms // 1000))
    return wav(Pcm(samples, RATE_HZ), tmp_path_factory.mktemp("voice") / "voice.wav")


@pytest.fixture(scope="session")
def clean(voice: Path, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """The clean take, mastered: what all others are held against."""
    return master_recording(voice, store=AudioStore(tmp_path_factory.mktemp("clean")))


def spoken_dbfs(path: Path) -> float:
    """The level of the words, by another way than the product's: the loudest half of blocks."""
    samples = decoded(path)
    size = RATE_HZ // 10
    blocks = [samples[at : at + size] for at in range(0, len(samples) - size, size)]
    powers = sorted(sum(s * s for s in block) / size for block in blocks)[len(blocks) // 2 :]
    return 10 * math.log10(sum(powers) / len(powers) / 32_768**2)


def onset_ms(samples: Sequence[int]) -> float:
    """When the first sample stands out."""
    return next(n for n, sample in enumerate(samples) if abs(sample) > 1_500) * 1000 / RATE_HZ


def test_what_a_recording_says_of_itself_is_what_is_stored(store: AudioStore, voice: Path) -> None:
    """Hash, size, length and loudness are those of the file in the store."""
    recording = master_recording(voice, store=store)
    content = recording.path.read_bytes()

    assert recording.path == store.require(recording.sha256)
    assert recording.sha256 == hashlib.sha256(content).hexdigest()
    assert recording.size_bytes == len(content)
    assert abs(recording.duration_ms - len(decoded(recording.path)) * 1000 / RATE_HZ) <= 3
    assert (recording.loudness_lufs, recording.true_peak_dbtp) == metered(recording.path)
    assert recording.sample_rate_hz == RATE_HZ


@pytest.mark.parametrize("name", TAKES)
def test_every_take_comes_out_as_loud_as_the_clean_one(
    store: AudioStore, voice: Path, clean: Recording, tmp_path: Path, name: str
) -> None:
    """-16 LUFS within 1, at most -1 dBTP, and the words themselves within 2 dB of the clean ones.

    Quiet, clipped, of one dead channel, of two that cancel, from a telephone, with hum or a knock.
    """
    kind, filters = TAKES[name]
    source = take(voice, tmp_path / f"take.{kind}", filters=filters)
    recording = master_recording(source, store=store)
    loudness_lufs, true_peak_dbtp = metered(recording.path)

    assert loudness_lufs == pytest.approx(-16.0, abs=1.0)
    assert true_peak_dbtp <= -1.0
    assert spoken_dbfs(recording.path) == pytest.approx(spoken_dbfs(clean.path), abs=2.0)
    assert recording.duration_ms == pytest.approx(clean.duration_ms, abs=120)


@pytest.mark.parametrize("kind", CODECS)
def test_every_kind_of_file_is_known_by_its_content(
    store: AudioStore, voice: Path, clean: Recording, tmp_path: Path, kind: str
) -> None:
    """The name is no help and no hindrance."""
    source = take(voice, tmp_path / "ghi-am.docx", kind=kind)
    recording = master_recording(source, store=store)

    assert metered(recording.path)[0] == pytest.approx(-16.0, abs=1.0)
    assert recording.duration_ms == pytest.approx(clean.duration_ms, abs=120)


def test_the_same_file_gives_the_same_sound(
    store: AudioStore, voice: Path, clean: Recording, tmp_path: Path
) -> None:
    """Another name, another store, another day: the same SHA-256."""
    copy = shutil.copy(voice, tmp_path / "bản sao -i [1].wav")

    assert master_recording(Path(copy), store=store).sha256 == clean.sha256


def test_a_person_and_the_voice_come_out_alike(
    store: AudioStore, espeak: EspeakEngine, clean: Recording
) -> None:
    """The same words recorded and rendered are equally loud, so nobody turns a knob between."""
    rendering = render(LINES, engine=espeak, store=store, settings=VoiceSettings(), chime=False)

    assert spoken_dbfs(rendering.path) == pytest.approx(spoken_dbfs(clean.path), abs=1.0)
    assert rendering.loudness_lufs == pytest.approx(clean.loudness_lufs, abs=0.7)
    assert rendering.duration_ms == pytest.approx(clean.duration_ms, abs=400)


def test_dead_air_is_taken_away(
    store: AudioStore, voice: Path, clean: Recording, tmp_path: Path
) -> None:
    """Seconds of a humming room before and after leave the house's lead and tail only."""
    filters = f"adelay=4000,apad=pad_dur=6[a];{ROOM}:a=0.002[n];[a][n]amix=duration=first"
    source = take(voice, tmp_path / "room.flac", filters=f"{filters}:normalize=0")
    recording = master_recording(source, store=store)

    assert recording.duration_ms == pytest.approx(clean.duration_ms, abs=200)
    assert onset_ms(decoded(recording.path)) == pytest.approx(STATION_ENDS.lead_ms, abs=60)


def test_a_recording_that_starts_at_once_gets_its_lead(store: AudioStore, tmp_path: Path) -> None:
    """Where nothing stands before the first word, silence is put there, and after the last."""
    tight = wav(tone(duration_ms=3_000), tmp_path / "tight.wav")
    samples = decoded(master_recording(tight, store=store).path)
    lead, tail = (RATE_HZ * ms // 1000 for ms in (STATION_ENDS.lead_ms, STATION_ENDS.tail_ms))

    assert len(samples) == pytest.approx(RATE_HZ * 3 + lead + tail, abs=RATE_HZ * 3 // 1000)
    assert max(map(abs, samples[: lead - 200])) < 300
    assert max(map(abs, samples[-tail + 400 :])) < 300


def test_pauses_inside_stay(store: AudioStore, tmp_path: Path) -> None:
    """Only the ends are cut; a speaker's long pause is the speaker's."""
    samples = tone().samples + silence(duration_ms=5_000).samples + tone().samples
    source = wav(Pcm(samples, RATE_HZ), tmp_path / "pause.wav")

    assert master_recording(source, store=store).duration_ms == pytest.approx(9_500, abs=30)


def test_a_film_gives_its_sound(store: AudioStore, voice: Path, tmp_path: Path) -> None:
    """The pictures are not even looked at; a film without sound is refused by name."""
    with_sound = film(tmp_path / "film.mp4", sound=voice)
    silent = film(tmp_path / "silent.mp4")

    assert master_recording(with_sound, store=store).loudness_lufs == pytest.approx(-16, abs=1)
    with pytest.raises(RecordingWithoutSound):
        master_recording(silent, store=store)


def test_nothing_to_hear_is_refused(store: AudioStore, tmp_path: Path) -> None:
    """Silence, and the noise of a microphone that was off, are not blown up to full loudness."""
    seeded = random.Random(3)
    noise = array("h", (seeded.randrange(-3, 4) for _ in range(RATE_HZ * 3)))
    for name, sound in (("silence", silence()), ("muted", Pcm(noise.tobytes(), RATE_HZ))):
        with pytest.raises(NothingToHear):
            master_recording(wav(sound, tmp_path / f"{name}.wav"), store=store)

    assert list(store.directory.iterdir()) == []


def test_a_rattle_of_which_no_loudness_can_be_set_asks_for_a_sentence(
    store: AudioStore, tmp_path: Path
) -> None:
    """Half a second of a loose contact: it is the recording that has to be made again."""
    rattle = array("h", [0] * (RATE_HZ // 2))
    for at in range(0, len(rattle), RATE_HZ // 40):
        rattle[at] = 20_000

    with pytest.raises(RecordingUneven):
        master_recording(wav(Pcm(rattle.tobytes(), RATE_HZ), tmp_path / "rattle.wav"), store=store)

    assert list(store.directory.iterdir()) == []


def test_too_short_too_long_and_too_large_are_told_apart(store: AudioStore, tmp_path: Path) -> None:
    """Each limit has its own sentence with its number in it."""
    blip = wav(tone(duration_ms=400), tmp_path / "blip.wav")
    source = wav(tone(duration_ms=1_000), tmp_path / "second.wav")
    endless = f"aloop=-1:{RATE_HZ},atrim=duration={LONGEST_MINUTES * 60 + 2}"
    long = take(source, tmp_path / "long.flac", filters=endless)
    large = tmp_path / "large.wav"
    shutil.copy(source, large)
    os.truncate(large, LARGEST_BYTES + 1)

    with pytest.raises(RecordingTooShort):
        master_recording(blip, store=store)
    with pytest.raises(RecordingTooLong) as too_long:
        master_recording(long, store=store)
    with pytest.raises(RecordingTooLarge) as too_large:
        master_recording(large, store=store)
    assert str(LONGEST_MINUTES) in too_long.value.message_vi
    assert "500 MB" in too_large.value.message_en
    assert list(store.directory.iterdir()) == []


def hostile(folder: Path, voice: Path) -> dict[str, Path]:
    """Files that are not what they seem."""
    seeded = random.Random(5)
    whole = take(voice, folder / "whole.m4a").read_bytes()
    head, secret = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n", f"file:{voice}\n".encode()
    contents = {
        "hls.mp3": head + secret + b"#EXT-X-ENDLIST\n",
        "remote.m3u8": head + b"http://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
        "concat.wav": b"ffconcat version 1.0\nfile '%s'\n" % str(voice).encode(),
        "session.amr": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
        "tagged.mp3": b"ID3\x04\x00\x00\x00\x00\x00\x00" + head + secret,
        "empty.mp3": b"",
        "page.mp3": b"<!doctype html><title>404</title>" * 50,
        "noise.mp3": b"\xff\xfb\x90\x44" + seeded.randbytes(60_000),
        "noise.wav": b"RIFF\x24\xf0\x00\x00WAVEfmt " + seeded.randbytes(60_000),
        "noise.flac": b"fLaC" + seeded.randbytes(60_000),
        "noise.webm": b"\x1a\x45\xdf\xa3" + seeded.randbytes(60_000),
        "half.m4a": whole[: len(whole) // 2],
    }
    for name, content in contents.items():
        folder.joinpath(name).write_bytes(content)
    return {name: folder / name for name in contents}


def test_files_that_are_not_what_they_seem_are_refused(
    store: AudioStore, voice: Path, tmp_path: Path
) -> None:
    """Playlists, scripts, pages, noise and halves: refused by name, and nothing they name is read.

    The playlists point to a real recording, which would be heard were they followed.
    """
    for path in hostile(tmp_path, voice).values():
        with pytest.raises((RecordingRefused, NothingToHear)):
            master_recording(path, store=store)

    assert list(store.directory.iterdir()) == []


def test_what_is_no_file_is_refused(store: AudioStore, tmp_path: Path) -> None:
    """A folder, a missing file and a pipe that would never end."""
    pipe = tmp_path / "pipe.mp3"
    os.mkfifo(pipe)
    for path in (tmp_path, tmp_path / "absent.mp3", pipe, Path("/dev/zero")):
        with pytest.raises(RecordingUnreadable):
            master_recording(path, store=store)


def test_every_refusal_speaks_both_languages() -> None:
    """What happened, what is safe, what to do now; the two differ, and codes are all different."""
    refusals = [
        RecordingUnreadable(),
        RecordingWithoutSound(),
        RecordingTooLarge(size_bytes=2, limit_bytes=1),
        RecordingTooLong(limit_minutes=45),
        RecordingTooShort(),
    ]

    assert len({refusal.code for refusal in refusals}) == len(refusals)
    for refusal in refusals:
        assert "Chưa có gì được lưu" in refusal.message_vi
        assert "Nothing was stored" in refusal.message_en
