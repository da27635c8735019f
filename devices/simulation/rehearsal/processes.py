"""The processes of a rehearsal: started together, told the same, and started again if they die.

A process ends by itself when its input does, so that none outlives a rehearsal that was killed.
"""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import structlog

from devices.simulation.crowd.words import (
    AddFaults,
    Begin,
    Ready,
    RemoveFaults,
    Seats,
    Switch,
    Up,
    line_of,
    read_up,
)

log = structlog.get_logger()

RESTART_S = 2.0
FAREWELL_S = 6.0
LINE_LIMIT_BYTES = 64_000_000

Heard = Callable[[int, Seats], None]


@dataclass(slots=True)
class Process:
    """One process, whoever runs under its number now."""

    number: int
    begin: Begin
    heard: Heard
    ended: Callable[[Begin], None]
    log: Path
    log_level: str = "error"
    restarts: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Keep it running until cancelled; then let it say goodbye."""
        try:
            while True:
                await self._live()
                self.restarts += 1
                self.ended(self.begin)
                log.error("process_ended", number=self.number, restarts=self.restarts)
                await asyncio.sleep(RESTART_S)
        finally:
            await self._end()

    def tell(self, message: AddFaults | RemoveFaults | Switch) -> None:
        """Tell it something; one that is being started again is told in `begin`."""
        if isinstance(message, Switch):
            self.begin = msgspec.structs.replace(self.begin, wanted=message.on)
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(ConnectionError):
                self._process.stdin.write(line_of(message))

    async def _live(self) -> None:
        # Not onto the terminal, where a table stands.
        with self.log.open("ab") as log_file:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "devices.simulation.crowd", self.log_level),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log_file,
                limit=LINE_LIMIT_BYTES,
            )
        if self._process.stdin is None or self._process.stdout is None:
            return
        self._process.stdin.write(line_of(self.begin))
        async for line in self._process.stdout:
            self._take(read_up(line))
        await self._process.wait()

    def _take(self, message: Up) -> None:
        match message:
            case Ready():
                self.ready.set()
            case Seats():
                self.heard(self.number, message)

    async def _end(self) -> None:
        """Close its input; after a while do not ask."""
        if self._process is None or self._process.returncode is not None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self._drain(self._process)
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is not None:
            async for line in process.stdout:
                self._take(read_up(line))
        await process.wait()


@dataclass(frozen=True, slots=True)
class Share:
    """One process's devices, each with the name of the next one beside it."""

    homes: Sequence[Path]
    neighbours: Sequence[str]

    @property
    def devices(self) -> frozenset[str]:
        """Their names."""
        return frozenset(home.name for home in self.homes)


def shared_out(homes: Sequence[Path], *, among: int) -> list[Share]:
    """Devices dealt out to processes in turn."""
    names = [home.name for home in homes]
    neighbours = names[1:] + names[:1]
    return [
        Share(homes[number::among], neighbours[number::among])
        for number in range(min(among, len(homes)))
    ]
