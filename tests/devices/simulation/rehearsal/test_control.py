"""The control port: one line in, one line out, and nothing done that was not understood."""

import asyncio
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.simulation.crowd.standing import SeatState
from devices.simulation.crowd.words import AddFaults, Begin, RemoveFaults, Seats, Switch
from devices.simulation.errors import RehearsalUnusable
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.rehearsal.control import ControlPort, listening
from devices.simulation.rehearsal.processes import Process
from devices.simulation.rehearsal.rehearsal import Rehearsal

Word = AddFaults | RemoveFaults | Switch


class Told(Rehearsal):
    """A rehearsal whose processes never run; it remembers what they were told."""

    def __init__(self, folder: Path) -> None:
        begin = Begin(
            homes=("/fleet/loa-1", "/fleet/loa-2"),
            neighbours=("loa-2", "loa-1"),
            scratch="",
            journals=None,
            seed="1",
            began_s=0,
            story=(),
        )
        super().__init__([begin], folder=folder)
        self.words: list[Word] = []
        self.processes = [Remembering(0, begin, self.heard, folder / "log", told=self.words)]


class Remembering(Process):
    """A process that is told and does nothing."""

    def __init__(
        self,
        number: int,
        begin: Begin,
        heard: Callable[[int, Seats], None],
        log: Path,
        *,
        told: list[Word],
    ) -> None:
        super().__init__(number, begin, heard=heard, ended=lambda _: None, log=log)
        self.told = told

    def tell(self, message: Word) -> None:
        """Remember it."""
        self.told.append(message)


@pytest.fixture
def rehearsal(tmp_path: Path) -> Told:
    """Two devices, of which one was told of."""
    rehearsal = Told(tmp_path)
    state = SeatState("loa-1", "cum-1", True, True, 7)
    rehearsal.heard(0, Seats(seats=(state,), resident_bytes=1_000, cpu_s=2.5))
    return rehearsal


def asked(rehearsal: Told, **command: object) -> dict[str, Any]:
    """What the port answers."""
    port = ControlPort(rehearsal, end=lambda: None)
    said: dict[str, Any] = json.loads(json.dumps(port.answer(json.dumps(command).encode())))
    return said


def test_the_status_tells_how_it_stands(rehearsal: Told) -> None:
    """In sum, and each device where it is asked for."""
    said = asked(rehearsal, do="status", id=3)

    assert (said["answer"], said["id"], said["devices"], said["running"]) == ("status", 3, 2, True)
    assert said["total"]["connected"] == 1
    assert (said["resident_bytes"], said["cpu_s"]) == (1_000, 2.5)
    assert "each" not in said
    (each,) = asked(rehearsal, do="status", devices=True)["each"]
    assert (each["device"], each["plan_version"], each["faults"]) == ("loa-1", 7, [])


def test_devices_are_switched_off_and_on(rehearsal: Told) -> None:
    """And the status says so."""
    assert asked(rehearsal, do="stop") == {"answer": "ok"}
    assert asked(rehearsal, do="status")["running"] is False
    asked(rehearsal, do="start")

    assert rehearsal.words == [Switch(on=False), Switch(on=True)]


def test_a_fault_is_added_as_a_profile_would_say_it(rehearsal: Told) -> None:
    """For devices by name or for a share; it begins now and lasts as long as it says."""
    said = asked(
        rehearsal,
        do="add_fault",
        kind="slow_link",
        devices=["loa-2"],
        lasts_s=30,
        delay_ms=500,
        begins_s=0,
    )

    assert said == {"answer": "ok", "devices": ["loa-2"]}
    (word,) = rehearsal.words
    assert isinstance(word, AddFaults)
    (episode,) = word.episodes
    assert (episode.kind, episode.ends_s - episode.begins_s) == (FaultKind.SLOW_LINK, 30)
    assert episode.settings["delay_ms"] == 500


def test_a_fault_is_removed_from_some_or_from_all(rehearsal: Told) -> None:
    """A name that nobody has is refused."""
    asked(rehearsal, do="remove_fault", kind="offline", devices=["loa-1"])
    asked(rehearsal, do="remove_fault", kind="offline")

    assert rehearsal.words == [
        RemoveFaults(kind=FaultKind.OFFLINE, devices=("loa-1",)),
        RemoveFaults(kind=FaultKind.OFFLINE),
    ]
    assert asked(rehearsal, do="remove_fault", kind="offline", devices=["x"])["answer"] == "refused"


def test_of_a_process_that_died_only_silence_is_known(rehearsal: Told) -> None:
    """Until it tells of its devices again."""
    rehearsal.ended(rehearsal.processes[0].begin)

    assert asked(rehearsal, do="status")["total"]["silent"] == 1


def test_the_rehearsal_is_ended(rehearsal: Told) -> None:
    """By whoever runs it."""
    ended: list[bool] = []
    ControlPort(rehearsal, end=lambda: ended.append(True)).answer(b'{"do": "end"}')

    assert ended == [True]


@pytest.mark.parametrize(
    ("command", "detail"),
    [
        ({"do": "dance"}, "do: 'dance' is unknown"),
        ({}, "do: None is unknown"),
        ({"do": "add_fault", "kind": "flood"}, "fault, kind: must be one of"),
        ({"do": "add_fault", "kind": "offline"}, "either a share or devices"),
        ({"do": "remove_fault", "kind": "flood"}, "kind: must be one of"),
        ({"do": "remove_fault", "kind": "crash", "devices": "loa-1"}, "must be a list of names"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(
    rehearsal: Told, command: dict[str, object], detail: str
) -> None:
    """In Vietnamese and English, and nobody is told anything."""
    said = asked(rehearsal, **command)

    assert (said["answer"], said["code"]) == ("refused", "command_refused")
    assert detail in said["detail"]
    assert said["message_vi"]
    assert said["message_en"]
    assert rehearsal.words == []


@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_line_is_answered(rehearsal: Told, line: bytes) -> None:
    """Noise is refused, and nothing is raised."""
    assert ControlPort(rehearsal, end=lambda: None).answer(line)["answer"] in {
        "ok",
        "status",
        "refused",
    }


def test_the_socket_answers_line_by_line_and_only_its_owner_may_open_it(
    rehearsal: Told, tmp_path: Path
) -> None:
    """Several commands over one connection; a line without end is not waited for."""
    path = tmp_path / "control.sock"

    async def story() -> None:
        async with listening(ControlPort(rehearsal, end=lambda: None), path):
            assert mode_of(path) == 0o600
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b'{"do": "stop", "id": 1}\nnoise\n')
            assert json.loads(await reader.readline()) == {"answer": "ok", "id": 1}
            assert json.loads(await reader.readline())["answer"] == "refused"
            writer.write(b"x" * 300_000)
            assert await reader.read() == b""
            writer.close()

    asyncio.run(story())

    assert not path.exists()


def mode_of(path: Path) -> int:
    """Who may open a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_path_too_long_for_a_socket_is_refused(rehearsal: Told, tmp_path: Path) -> None:
    """Before anything listens."""

    async def story() -> None:
        async with listening(ControlPort(rehearsal, end=lambda: None), tmp_path / ("x" * 120)):
            pass

    with pytest.raises(RehearsalUnusable, match="too long"):
        asyncio.run(story())
