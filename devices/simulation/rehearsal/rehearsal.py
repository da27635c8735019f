"""A running rehearsal: its processes, how they stand, and what a person may do to it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from devices.simulation.crowd.words import AddFaults, Begin, RemoveFaults, Seats, Switch
from devices.simulation.errors import CommandRefused
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.profile import FaultReader, Profile
from devices.simulation.rehearsal.processes import Process
from devices.simulation.rehearsal.standing import Row, Standing
from devices.simulation.story import Episode, plan_story


class Report(Struct, frozen=True, kw_only=True):
    """How a rehearsal stands, in full: for a program, a page and the last line of a run."""

    devices: int
    running: bool
    elapsed_s: float
    total: Row
    clusters: tuple[Row, ...]
    processes: int
    restarts: int
    resident_bytes: int
    cpu_s: float


class Rehearsal:
    """What is steered from a terminal, a port or a page."""

    def __init__(self, begins: Sequence[Begin], *, folder: Path, log_level: str = "error") -> None:
        self.standing = Standing()
        self.told = asyncio.Event()
        """Set whenever a process told something."""
        self.processes = [
            Process(
                number,
                begin,
                heard=self.heard,
                ended=self.ended,
                log=folder / f"process-{number}.log",
                log_level=log_level,
            )
            for number, begin in enumerate(begins)
        ]
        self._devices = sorted(Path(home).name for begin in begins for home in begin.homes)
        self._on = all(begin.wanted for begin in begins)
        self._began_s = time.monotonic()
        self._faults_added = 0

    def heard(self, number: int, told: Seats) -> None:
        """Take what a process told."""
        self.standing.take(told.seats)
        self.standing.resident_bytes[number] = told.resident_bytes
        self.standing.cpu_s[number] = told.cpu_s
        self.told.set()

    def ended(self, begin: Begin) -> None:
        """A process died: nothing is known of its devices but that they are silent."""
        names = {Path(home).name for home in begin.homes}
        seats = [seat for name, seat in self.standing.seats.items() if name in names]
        self.standing.take(
            msgspec.structs.replace(seat, powered=False, connected=False, playing="")
            for seat in seats
        )

    def switch(self, *, on: bool) -> None:
        """Switch all devices on or off."""
        self._on = on
        self._tell(Switch(on=on))

    def add_fault(self, table: Mapping[str, object]) -> Sequence[Episode]:
        """Begin a fault now, written as in a profile; return what it became.

        Raises CommandRefused with all that is wrong in it.
        """
        reader = FaultReader(table, "fault")
        fault = reader.read()
        if fault is None:
            raise CommandRefused("; ".join(reader.wrong))
        self._faults_added += 1
        story = plan_story(Profile((fault,)), devices=self._devices, seed=self._faults_added)
        self._tell(AddFaults(episodes=story))
        return story

    def remove_fault(self, kind: str, devices: Sequence[str] = ()) -> None:
        """End a fault; without devices for all of them. Raises CommandRefused."""
        try:
            known = FaultKind(kind)
        except ValueError as error:
            raise CommandRefused(f"kind: must be one of {', '.join(FaultKind)}") from error
        if strangers := sorted(set(devices) - set(self._devices)):
            raise CommandRefused(f"devices: unknown: {', '.join(strangers[:5])}")
        self._tell(RemoveFaults(kind=known, devices=tuple(devices)))

    def report(self) -> Report:
        """How it stands now."""
        return Report(
            devices=len(self._devices),
            running=self._on,
            elapsed_s=round(time.monotonic() - self._began_s, 1),
            total=self.standing.total(),
            clusters=tuple(self.standing.rows()),
            processes=len(self.processes),
            restarts=sum(process.restarts for process in self.processes),
            resident_bytes=sum(self.standing.resident_bytes.values()),
            cpu_s=round(sum(self.standing.cpu_s.values()), 2),
        )

    def devices(self) -> Sequence[object]:
        """Each device as it stands, as plain data."""
        fields = next(iter(self.standing.seats.values()), None)
        names = fields.__struct_fields__ if fields is not None else ()
        return [
            dict(zip(names, msgspec.structs.astuple(seat), strict=True))
            for seat in self.standing.seats.values()
        ]

    def _tell(self, message: AddFaults | RemoveFaults | Switch) -> None:
        for process in self.processes:
            process.tell(message)
