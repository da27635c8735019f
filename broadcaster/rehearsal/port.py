"""The control port of a running rehearsal: a line of JSON each way over a socket in the folder.

The contract stands in `devices/simulation/README.md`; the station knows of it nothing but this.
"""

import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broadcaster.rehearsal.errors import CommandRefused, NoRehearsal, RehearsalSilent

SOCKET_FILE = "rehearsal.sock"
ANSWERS_WITHIN_S = 3.0
LARGEST_ANSWER_BYTES = 4_000_000
_BLOCK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class ControlPort:
    """Asks one thing at a time, each over a connection of its own."""

    path: Path
    within_s: float = ANSWERS_WITHIN_S

    def ask(self, do: str, **more: object) -> Mapping[str, Any]:
        """Have something done, or told; return the answer.

        Raises NoRehearsal where nobody listens, be there no socket or one that was left behind;
        RehearsalSilent where no whole answer comes in time; CommandRefused.
        """
        line = json.dumps({"do": do, **more}).encode() + b"\n"
        answer = _read(self._exchange(line))
        if answer.get("answer") == "refused":
            raise CommandRefused(
                str(answer.get("detail", "")),
                message_vi=str(answer.get("message_vi", "")),
                message_en=str(answer.get("message_en", "")),
            )
        return answer

    def _exchange(self, line: bytes) -> bytes:
        ends_s = time.monotonic() + self.within_s
        with socket.socket(socket.AF_UNIX) as line_to:
            line_to.settimeout(self.within_s)
            try:
                line_to.connect(str(self.path))
            except TimeoutError as error:
                raise RehearsalSilent("no connection in time") from error
            except OSError as error:
                # None there, one that nobody listens at any more, or a path too long for any.
                raise NoRehearsal(str(error)) from error
            try:
                line_to.sendall(line)
                return _until_line_ends(line_to, ends_s=ends_s)
            except OSError as error:
                raise RehearsalSilent(str(error)) from error


def _until_line_ends(line_to: socket.socket, *, ends_s: float) -> bytes:
    """Read a line; raise RehearsalSilent when it does not end in time, in length, or at all."""
    came = bytearray()
    while not came.endswith(b"\n"):
        left_s = ends_s - time.monotonic()
        if left_s <= 0:
            raise RehearsalSilent("no whole answer in time")
        line_to.settimeout(left_s)
        block = line_to.recv(_BLOCK_BYTES)
        if not block:
            raise RehearsalSilent("it hung up")
        came += block
        if len(came) > LARGEST_ANSWER_BYTES:
            raise RehearsalSilent("an answer without end")
    return bytes(came)


def _read(line: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(line)
    except ValueError as error:
        raise RehearsalSilent("what it answers is no JSON") from error
    if not isinstance(answer, dict):
        raise RehearsalSilent("what it answers is no object")
    return answer
