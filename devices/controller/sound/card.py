"""The sound card: the port, and the one that miniaudio opens through ALSA."""

import asyncio
import atexit
from collections.abc import Callable, Generator
from typing import Protocol

from devices.controller.clock import Clock
from devices.controller.sound.miniaudio_library import miniaudio
from devices.controller.sound.mixer import CHANNELS
from devices.errors import AudioDeviceUnusable

RATE_HZ = 48_000
"""What nearly all cards run at by themselves; sound of other rates is brought to it as decoded."""

PERIOD_MS = 20
PERIODS = 8
"""How often a card asks, and how much it holds: 160 ms, which is how long a stop takes to be heard
and how long this process may be held up before there is a hole."""

Take = Callable[[int], bytearray]
"""Gives so many frames of 16 bits, left and right; called in the card's own thread."""


class Card(Protocol):
    """Asks for frames at its own pace while it runs."""

    rate_hz: int
    is_real: bool

    async def start(self, take: Take) -> int:
        """Begin to ask; return the monotonic instant (µs) just before it began.

        Raises AudioDeviceUnusable.
        """
        ...

    async def stop(self) -> None:
        """Ask no more; what it holds is dropped."""
        ...

    async def close(self) -> None:
        """Let go of it, whatever became of it; it can be started again."""
        ...


class _Device(Protocol):
    """What of miniaudio's device is used here."""

    def start(self, answers: Generator[bytes | bytearray, int, None]) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...


class MiniaudioCard:
    """A playback device of ALSA: opened at the first start, and kept for this process.

    `device` is ALSA's name of it (`hw:0,0`, or one from asound.conf), None the default.
    """

    def __init__(self, *, clock: Clock, device: str | None = None, backend: str = "ALSA") -> None:
        self.rate_hz = RATE_HZ
        self.is_real = backend != "NULL"
        self._clock = clock
        self._name = device
        self._backend = miniaudio.Backend[backend]
        self._device: _Device | None = None

    async def start(self, take: Take) -> int:
        """Open the device if it is not, and start it: in a thread, for a card may take a second."""
        return await asyncio.to_thread(self._start, take)

    async def stop(self) -> None:
        """Stop it, and keep it open."""
        if self._device is not None:
            await asyncio.to_thread(self._stop, self._device)

    async def close(self) -> None:
        """Close it."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        atexit.unregister(self._close)
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _start(self, take: Take) -> int:
        """Start it; one that was kept open may have been pulled out and put in again since."""
        was_kept = self._device is not None
        try:
            return self._start_once(take)
        except miniaudio.MiniaudioError as error:
            self._close()
            if was_kept:
                return self._start(take)
            raise AudioDeviceUnusable(_what(error)) from error

    def _start_once(self, take: Take) -> int:
        if self._device is None:
            self._device = self._open()
            # An interpreter that ends lets no other thread in, and the device's own would be
            # waited for in vain.
            atexit.register(self._close)
        begins_us = self._clock.monotonic_us()
        self._device.start(_feed(take))
        return begins_us

    def _stop(self, device: "_Device") -> None:
        try:
            device.stop()
        except miniaudio.MiniaudioError as error:
            raise AudioDeviceUnusable(_what(error)) from error

    def _open(self) -> "_Device":
        device: _Device = miniaudio.PlaybackDevice(
            output_format=miniaudio.SampleFormat.SIGNED16,
            nchannels=CHANNELS,
            sample_rate=self.rate_hz,
            buffersize_msec=PERIOD_MS,
            callback_periods=PERIODS,
            device_id=device_id(self._name),
            backends=[self._backend],
            app_name="loa-controller",
        )
        return device


def device_id(name: str | None) -> object:
    """The library's form of ALSA's name of a device: its letters and a zero."""
    if name is None:
        return None
    made: object = miniaudio.ffi.new("ma_device_id *")
    letters = name.encode()[: miniaudio.ffi.sizeof("ma_device_id") - 1]
    miniaudio.ffi.memmove(made, letters, len(letters))
    return made


def _feed(take: Take) -> Generator[bytes | bytearray, int, None]:
    """What miniaudio asks by sending a number of frames, ready to be asked."""

    def answers() -> Generator[bytes | bytearray, int, None]:
        frames = yield b""
        while True:
            frames = yield take(frames)

    asked = answers()
    next(asked)
    return asked


def _what(error: Exception) -> str:
    """What miniaudio says: a sentence, and where ALSA told why, its number."""
    return ": ".join(str(part) for part in error.args)
