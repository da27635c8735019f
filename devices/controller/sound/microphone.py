"""A microphone at the pole, for a self-test and nothing else: it records only while asked to.

What it records is measured and forgotten; no sound of a village leaves the box.
"""

import asyncio
import atexit
from collections.abc import Generator
from typing import Protocol

import structlog

from devices.controller.sound.card import device_id
from devices.controller.sound.miniaudio_library import miniaudio

log = structlog.get_logger()

RATE_HZ = 16_000
PERIOD_MS = 10


class Microphone(Protocol):
    """Mono samples of 16 bits, recorded between a start and a stop."""

    rate_hz: int

    async def start(self) -> bool:
        """Begin to record; return False where there is no microphone."""
        ...

    async def stop(self) -> bytes:
        """Record no more; return what was recorded since the start."""
        ...


class NoMicrophone:
    """A box without one."""

    rate_hz = RATE_HZ

    async def start(self) -> bool:
        """There is none."""
        return False

    async def stop(self) -> bytes:
        """Nothing."""
        return b""


class _Device(Protocol):
    """What of miniaudio's device is used here."""

    def start(self, asked: Generator[None, bytes, None]) -> None: ...

    def close(self) -> None: ...


class MiniaudioMicrophone:
    """A capture device of ALSA, by its name there or the default; open only while it records."""

    rate_hz = RATE_HZ

    def __init__(self, *, device: str | None = None, backend: str = "ALSA") -> None:
        self._name = device
        self._backend = miniaudio.Backend[backend]
        self._device: _Device | None = None
        self._recorded = bytearray()
        # As with a card: an interpreter that ends would wait for the device's thread in vain.
        atexit.register(self._close)

    async def start(self) -> bool:
        """Open the device and record."""
        self._recorded.clear()
        try:
            self._device = await asyncio.to_thread(self._open)
        except miniaudio.MiniaudioError as error:
            log.info("microphone_absent", why=str(error))
            return False
        return True

    async def stop(self) -> bytes:
        """Close the device."""
        await asyncio.to_thread(self._close)
        return bytes(self._recorded)

    def _close(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _open(self) -> _Device:
        device: _Device = miniaudio.CaptureDevice(
            input_format=miniaudio.SampleFormat.SIGNED16,
            nchannels=1,
            sample_rate=self.rate_hz,
            buffersize_msec=PERIOD_MS,
            device_id=device_id(self._name),
            backends=[self._backend],
            app_name="loa-controller",
        )
        device.start(self._record())
        return device

    def _record(self) -> Generator[None, bytes, None]:
        """Takes what miniaudio sends, ready to be sent to."""

        def takes() -> Generator[None, bytes, None]:
            while True:
                self._recorded += yield

        ready = takes()
        next(ready)
        return ready
