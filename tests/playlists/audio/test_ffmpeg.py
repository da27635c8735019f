"""ffmpeg is found, ends in time, and says what went wrong in words we name."""

import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest

from playlists.audio.audio_errors import AudioStoreFull, FfmpegFailed, FfmpegTimedOut
from playlists.audio.encoding import encode_mp3
from playlists.audio.ffmpeg import executable, feed, hear, run
from tests.playlists.sounds import tone


def test_ffmpeg_is_found_and_encodes_mp3() -> None:
    """The program that is named runs and has the encoder we need."""
    listed = subprocess.run([executable(), "-encoders"], capture_output=True, text=True, check=True)

    assert "libmp3lame" in listed.stdout


def test_bad_arguments_are_a_named_failure() -> None:
    """The end of ffmpeg's own words is kept for the log."""
    with pytest.raises(FfmpegFailed, match="nowhere"):
        run(["-i", "file:/nowhere.mp3", "-f", "null", "-"])


def test_a_run_that_never_ends_is_stopped() -> None:
    """An endless sound is cut at the time-out and named."""
    began = time.monotonic()
    with pytest.raises(FfmpegTimedOut):
        run(["-re", "-f", "lavfi", "-i", "anullsrc", "-f", "null", "-"], timeout_s=0.5)

    assert time.monotonic() - began < 10


def test_without_the_wheel_the_one_on_path_is_used(tmp_path: Path) -> None:
    """A platform that has no wheel runs the system's program; one with neither says so."""
    tmp_path.joinpath("imageio_ffmpeg.py").write_text("raise ImportError")
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    asks = (
        "from playlists.audio.ffmpeg import executable\n"
        "from playlists.audio.audio_errors import FfmpegMissing\n"
        "try: print(executable())\n"
        "except FfmpegMissing as error: print(error.code)\n"
    )

    def answer(path: Path) -> str:
        environment = {"PATH": str(path), "PYTHONPATH": f"{tmp_path}:{Path.cwd()}"}
        command = [sys.executable, "-c", asks]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    assert answer(program.parent) == str(program)
    assert answer(tmp_path / "empty") == "ffmpeg_missing"


def test_a_full_disk_is_told_apart_from_bad_sound(tmp_path: Path) -> None:
    """When ffmpeg cannot write, the operator hears of the disk, not of the sound."""
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from playlists.audio.audio_errors import AudioStoreFull\n"
        "from playlists.audio.encoding import encode_mp3\n"
        "from playlists.audio.pcm import Pcm\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        "try: encode_mp3(Pcm(bytes(22050 * 2 * 30), 22050), Path(sys.argv[1]))\n"
        "except AudioStoreFull as error: print(error.code)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "sound.mp3")]
    done = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True)

    assert done.stdout.strip() == "audio_store_full"


def test_a_device_without_space_is_a_full_disk() -> None:
    """Ffmpeg's own word for a full device is understood."""
    with pytest.raises(AudioStoreFull):
        encode_mp3(tone(duration_ms=10_000), Path("/dev/full"))


def test_what_is_fed_piece_by_piece_is_one_sound(tmp_path: Path) -> None:
    """Ffmpeg hears all pieces in order and its log comes back."""
    out = tmp_path / "sound.raw"
    raw = ["-f", "s16le", "-ar", "8000", "-ac", "1"]
    log = feed([*raw, "-i", "pipe:0", *raw, f"file:{out}"], [bytes([n, 0]) * 9_000 for n in (1, 2)])

    assert out.read_bytes() == bytes([1, 0]) * 9_000 + bytes([2, 0]) * 9_000
    assert b"Stream #0:0" in log


def test_what_ffmpeg_says_is_heard_piece_by_piece() -> None:
    """A long sound comes in pieces that together are all of it."""
    sizes: list[int] = []
    source = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "20"]
    hear([*source, "-f", "s16le", "pipe:1"], lambda piece: sizes.append(len(piece)))

    assert sum(sizes) == 2 * 48_000 * 20
    assert len(sizes) > 2


def test_a_refusal_while_being_fed_is_told_with_its_words(tmp_path: Path) -> None:
    """Ffmpeg may end before it has heard everything; its reason is kept, not the broken pipe."""
    nowhere = tmp_path / "absent" / "sound.raw"
    source = ["-f", "s16le", "-ar", "8000", "-ac", "1", "-i", "pipe:0"]
    with pytest.raises(FfmpegFailed, match="absent"):
        feed([*source, "-f", "s16le", f"file:{nowhere}"], (bytes(1 << 16) for _ in range(200)))


def test_one_that_never_ends_is_stopped_whoever_waits(tmp_path: Path) -> None:
    """Neither a sound without end nor a feeder without end outlives the time-out."""
    endless = ["-re", "-f", "lavfi", "-i", "anullsrc", "-f", "s16le", "pipe:1"]
    raw = ["-f", "s16le", "-ar", "8000", "-ac", "1"]
    slowly = ["-re", *raw, "-i", "pipe:0", *raw, f"file:{tmp_path / 'sound.raw'}"]
    began = time.monotonic()
    with pytest.raises(FfmpegTimedOut):
        hear(endless, lambda _piece: None, timeout_s=0.5)
    with pytest.raises(FfmpegTimedOut):
        feed(slowly, repeat(bytes(1 << 16)), timeout_s=0.5)

    assert time.monotonic() - began < 10


def test_what_fails_while_feeding_stops_ffmpeg(tmp_path: Path) -> None:
    """The feeder's own error comes through, and no process is left waiting for more."""

    def breaking() -> Iterator[bytes]:
        yield bytes(1 << 16)
        raise AudioStoreFull

    source = ["-f", "s16le", "-ar", "8000", "-ac", "1", "-i", "pipe:0"]
    began = time.monotonic()
    with pytest.raises(AudioStoreFull):
        feed([*source, "-f", "s16le", f"file:{tmp_path / 'sound.raw'}"], breaking())

    assert time.monotonic() - began < 10
