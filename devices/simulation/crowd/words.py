"""What a rehearsal and its processes say to each other: JSON, one message a line.

Down by a process's standard input, up by its standard output.
"""

import msgspec
from msgspec import Struct

from devices.simulation.crowd.standing import SeatState
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.story import Episode


class Begin(Struct, frozen=True, kw_only=True, tag_field="do", tag="begin"):
    """Take these seats; the story counts from the Unix instant `began_s`.

    `neighbours` are the names that thieves may also speak in. `journals` is a folder that need
    not outlive the rehearsal, null for each device's own.
    """

    homes: tuple[str, ...]
    neighbours: tuple[str, ...]
    scratch: str
    journals: str | None
    seed: str
    began_s: float
    story: tuple[Episode, ...]
    wanted: bool = True


class AddFaults(Struct, frozen=True, kw_only=True, tag_field="do", tag="add_faults"):
    """Begin these episodes now, each until its end or until it is removed."""

    episodes: tuple[Episode, ...]


class RemoveFaults(Struct, frozen=True, kw_only=True, tag_field="do", tag="remove_faults"):
    """End faults of a kind; without devices for all of them."""

    kind: FaultKind
    devices: tuple[str, ...] = ()


class Switch(Struct, frozen=True, kw_only=True, tag_field="do", tag="switch"):
    """Switch all devices on or off, as a person would: they say goodbye."""

    on: bool


class Ready(Struct, frozen=True, kw_only=True, tag_field="event", tag="ready"):
    """All seats are taken; devices connect from now on."""

    devices: int


class Seats(Struct, frozen=True, kw_only=True, tag_field="event", tag="seats"):
    """The devices that changed since the last one, and what the process takes."""

    seats: tuple[SeatState, ...]
    resident_bytes: int
    cpu_s: float


Down = Begin | AddFaults | RemoveFaults | Switch
Up = Ready | Seats

_DOWN: msgspec.json.Decoder[Down] = msgspec.json.Decoder(Down)
_UP: msgspec.json.Decoder[Up] = msgspec.json.Decoder(Up)


def line_of(message: Struct) -> bytes:
    """A message as a line."""
    return msgspec.json.encode(message) + b"\n"


def read_down(line: bytes) -> Down:
    """Read what the rehearsal says; raise msgspec.DecodeError."""
    return _DOWN.decode(line)


def read_up(line: bytes) -> Up:
    """Read what a process says; raise msgspec.DecodeError."""
    return _UP.decode(line)
