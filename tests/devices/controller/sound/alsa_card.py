"""A sound card of ALSA without hardware: its `file` plugin on a pipe that is emptied in real time.

ALSA's `null` plugin takes everything at once. Behind the `file` plugin a writer blocks as soon as
the pipe is full, and the pipe is emptied here at the rate of a card: so libasound and miniaudio
see a card that keeps time, and what it lets out is here, with the instant of every frame.
"""

import asyncio
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

    def _let_out(self, read: bytes) -> None:
        """Take note of what was read, and wait until it has left."""
        tape = self.tapes[-1] if self.tapes else None
        if tape is None or now_us() > tape.leaves_us(len(tape.pcm) // FRAME_BYTES) + _LATE_US:
            tape = Tape(begun_us=now_us())
            self.tapes.append(tape)
        tape.pcm += read
        left_us = tape.leaves_us(len(tape.pcm) // FRAME_BYTES) - now_us()
        time.sleep(max(0, left_us) / 1e6)


def alsa_config(pipe: Path, *, microphone: Path | None = None) -> str:
    """An asound.conf whose default device is this pipe, and its microphone that file."""
    capture = f'infile "{microphone}"' if microphone else ""
    return f"""
pcm.!default {{ type asym
  playback.pcm {{ type file slave.pcm {{ type null }} file "{pipe}" format raw }}
  capture.pcm {{ type file slave.pcm {{ type null }} file "/dev/null" {capture} format raw }}
}}
"""


@contextmanager
def alsa_card(folder: Path) -> Iterator[AlsaCard]:
    """The default device of ALSA in this process for a while."""
    pipe = folder / "card"
    config = folder / "asound.conf"
    config.write_text(alsa_config(pipe))
    before = os.environ.get(CONFIG)
    os.environ[CONFIG] = str(config)
    card = AlsaCard(pipe)
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
