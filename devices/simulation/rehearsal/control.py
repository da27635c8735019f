"""The control port of a rehearsal: a Unix socket that takes and gives a line of JSON at a time.

Whoever may open the socket's folder may steer: it lies beside the rehearsal's keys. Each line is
one command, `{"do": "status"}` for one; each is answered by one line, which repeats its `id`:

- `status` (with `"devices": true` each device too), `start`, `stop`, `end`
- `add_fault`, the rest as a table of a profile: `kind`, `share` or `devices`, `lasts_s`, settings
- `remove_fault` with `kind`, and `devices` or none for all
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec

from devices.simulation.errors import CommandRefused, RehearsalUnusable
from devices.simulation.rehearsal.rehearsal import Rehearsal

SOCKET_FILE = "control.sock"
LINE_LIMIT_BYTES = 262_144
# <sys/un.h>: with its terminating zero.
_PATH_LIMIT_BYTES = 107

Answer = dict[str, object]


class ControlPort:
    """Answers commands; `end` is what ends the rehearsal."""

    def __init__(self, rehearsal: Rehearsal, *, end: Callable[[], None]) -> None:
        self._rehearsal = rehearsal
        self._end = end

    def answer(self, line: bytes) -> Answer:
        """Do what a line asks for, and say so; what cannot be done is said as `refused`."""
        try:
            asked = msgspec.json.decode(line, type=dict[str, object])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return _refused(CommandRefused(f"not a JSON object: {error}"))
        echo: Answer = {"id": asked["id"]} if "id" in asked else {}
        try:
            return echo | self._do(asked)
        except CommandRefused as error:
            return echo | _refused(error)

    def _do(self, asked: Mapping[str, object]) -> Answer:
        match asked.get("do"):
            case "status":
                return self._status(with_devices=asked.get("devices") is True)
            case "start" | "stop" as switch:
                self._rehearsal.switch(on=switch == "start")
            case "add_fault":
                table = {name: said for name, said in asked.items() if name not in {"do", "id"}}
                story = self._rehearsal.add_fault(table)
                return {"answer": "ok", "devices": [each.device for each in story]}
            case "remove_fault":
                self._rehearsal.remove_fault(str(asked.get("kind")), _names(asked.get("devices")))
            case "end":
                self._end()
            case other:
                raise CommandRefused(f"do: {other!r} is unknown")
        return {"answer": "ok"}

    def _status(self, *, with_devices: bool) -> Answer:
        answer: Answer = {"answer": "status", **msgspec.to_builtins(self._rehearsal.report())}
        if with_devices:
            answer["each"] = msgspec.to_builtins(self._rehearsal.devices())
        return answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one caller, line by line, until he goes; a line too long ends it."""
        with contextlib.suppress(ValueError, ConnectionError):
            while line := await reader.readline():
                writer.write(msgspec.json.encode(self.answer(line)) + b"\n")
                await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(port: ControlPort, path: Path) -> AsyncIterator[None]:
    """Listen at a socket for as long as the block runs; raise RehearsalUnusable."""
    if len(bytes(path)) > _PATH_LIMIT_BYTES:
        raise RehearsalUnusable(f"{path}: too long for a socket")
    with _bound(path) as listener:
        server = await asyncio.start_unix_server(port.serve, sock=listener, limit=LINE_LIMIT_BYTES)
        try:
            yield
        finally:
            server.close()


@contextmanager
def _bound(path: Path) -> Iterator[socket.socket]:
    """A socket that only its owner may open, from its first moment on."""
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        os.fchmod(listener.fileno(), 0o600)
        listener.bind(str(path))
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


def _names(said: object) -> list[str]:
    if said is None:
        return []
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        raise CommandRefused("devices: must be a list of names")
    return said


def _refused(error: CommandRefused) -> Answer:
    return {
        "answer": "refused",
        "code": error.code,
        "message_vi": error.message_vi,
        "message_en": error.message_en,
        "detail": error.detail,
    }
