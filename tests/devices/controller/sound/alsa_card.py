"""A sound card of ALSA without hardware: its `file` plugin on a pipe that is emptied in real time.

ALSA's `null` plugin takes everything at once. Behind the `file` plugin a writer blocks as soon as
the pipe is full, and the pipe is emptied here at the rate of a card: so libasound and miniaudio
see a card that keeps time, and what it lets out is here, with the instant of every frame.
"""

import asyncio
import contextlib
import ctypes.util
import fcntl
import os
import select
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from devices.controller.sound.card import RATE_HZ
from devices.controller.sound.mixer import CHANNELS, FRAME_BYTES

CONFIG = "ALSA_CONFIG_PATH"
PERIOD = 480
MICROPHONE_DIVISOR = 3
_PIPE_BYTES = 4_096
_LATE_US = 1_000_000


def alsa_is_installed() -> bool:
    """Whether libasound is there to be opened."""
    return ctypes.util.find_library("asound") is not None


def now_us() -> int:
    """Unix time."""
    return time.time_ns() // 1_000


@dataclass
class Tape:
    """What the card let out since it began; it begins anew when nothing came for a while."""

    begun_us: int = 0
    pcm: bytearray = field(default_factory=bytearray)

    def leaves_us(self, frame: int) -> int:
        """When a frame left."""
        return self.begun_us + frame * 1_000_000 // RATE_HZ


@dataclass
class AlsaCard:
    """The reader of the pipe: lets a frame out each 48,000th of a second while it is given any."""

    pipe: Path
    tapes: list[Tape] = field(default_factory=list)
    is_pulled_out: bool = False
    _microphone: int | None = None
    _gain: float = 0.0

    def __post_init__(self) -> None:
        """Hold both ends, so that it is there before and after whoever writes."""
        os.mkfifo(self.pipe)
        self._descriptor = os.open(self.pipe, os.O_RDWR)
        fcntl.fcntl(self._descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def run(self) -> None:
        """Read until it is pulled out."""
        while not self.is_pulled_out:
            if select.select([self._descriptor], [], [], 0.1)[0]:
                self._let_out(os.read(self._descriptor, PERIOD * FRAME_BYTES))
        os.close(self._descriptor)
        if self._microphone is not None:
            os.close(self._microphone)

    def heard(self, channel: int = 0) -> list[tuple[int, int]]:
        """What was no silence: Unix instants (µs) and samples."""
        return [
            (tape.leaves_us(at), sample)
            for tape in self.tapes
            for at, sample in enumerate(array("h", bytes(tape.pcm))[channel::CHANNELS])
            if sample
        ]

    async def has_let_out(self, count: int, *, channel: int = 0) -> list[tuple[int, int]]:
        """Wait until so much was heard, and a little for what should not be."""
        for _ in range(50):
            if len(self.heard(channel)) >= count:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.2)
        return self.heard(channel)

    def pull_out(self) -> None:
        """Take nothing more, for ever: who writes is told that the pipe is broken."""
        self.is_pulled_out = True

    def put_microphone(self, pipe: Path, *, gain: float) -> None:
        """Let a pipe have what the card lets out, this loud and at 16 kHz."""
        os.mkfifo(pipe)
        self._microphone = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        self._gain = gain

    def _echo(self, read: bytes) -> None:
        """What nobody records is forgotten."""
        left = array("h", read)[0 :: CHANNELS * MICROPHONE_DIVISOR]
        heard = array("h", [round(self._gain * sample) for sample in left])
        with contextlib.suppress(BlockingIOError):
            os.write(self._microphone, heard.tobytes())

    def _let_out(self, read: bytes) -> None:
        """Take note of what was read, and wait until it has left."""
        if self._microphone is not None:
            self._echo(read)
        tape = self.tapes[-1] if self.tapes else None
        if tape is None or now_us() > tape.leaves_us(len(tape.pcm) // FRAME_BYTES) + _LATE_US:
            tape = Tape(begun_us=now_us())
            self.tapes.append(tape)
        tape.pcm += read
        left_us = tape.leaves_us(len(tape.pcm) // FRAME_BYTES) - now_us()
        time.sleep(max(0, left_us) / 1e6)


def alsa_config(pipe: Path, *, microphone: Path | None = None) -> str:
    """An asound.conf whose default device is this pipe, and its microphone that one."""
    capture = f"""capture.pcm {{ type plug slave.pcm {{
    type file file "/dev/null" infile "{microphone}" format raw
    slave {{ pcm {{ type null }} }} }} }}"""
    return f"""
pcm.!default {{ type asym
  playback.pcm {{ type file slave.pcm {{ type null }} file "{pipe}" format raw }}
  {capture if microphone else ""}
}}
"""


@contextmanager
def alsa_card(folder: Path, *, microphone_gain: float | None = None) -> Iterator[AlsaCard]:
    """The default device of ALSA in this process for a while.

    With a gain there is a microphone too, which hears the left side of the card that loud.
    """
    pipe, microphone = folder / "card", folder / "microphone"
    card = AlsaCard(pipe)
    if microphone_gain is not None:
        card.put_microphone(microphone, gain=microphone_gain)
    config = folder / "asound.conf"
    config.write_text(alsa_config(pipe, microphone=None if microphone_gain is None else microphone))
    before = os.environ.get(CONFIG)
    os.environ[CONFIG] = str(config)
    thread = threading.Thread(target=card.run)
    thread.start()
    try:
        yield card
    finally:
        del os.environ[CONFIG]
        if before is not None:
            os.environ[CONFIG] = before
        card.pull_out()
        thread.join()
