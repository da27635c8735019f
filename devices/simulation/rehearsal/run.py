"""Runs one rehearsal from its founding to its last goodbye."""

import asyncio
import contextlib
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path

from rich.console import Console

from devices.simulation.crowd.words import Begin
from devices.simulation.errors import RehearsalUnusable
from devices.simulation.rehearsal.control import SOCKET_FILE, ControlPort, listening
from devices.simulation.rehearsal.display import Display, display_for
from devices.simulation.rehearsal.options import Options
from devices.simulation.rehearsal.processes import shared_out
from devices.simulation.rehearsal.rehearsal import Rehearsal
from devices.simulation.rehearsal.stage import Stage, beside, stage_for
from devices.simulation.roster import read_roster
from devices.simulation.station.founding import names_of
from devices.simulation.story import plan_story, told

SHOWN_EVERY_S = 0.5
QUICK_DISK = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


def tell_story(options: Options) -> None:
    """Print the story that these options give, and run nothing. Raises FleetRefused."""
    if options.fleet is not None:
        roles = read_roster(options.fleet)[: options.first]
        devices: Sequence[str] = [role.device for role in roles]
    else:
        devices = names_of(options.devices)
    sys.stdout.write(told(plan_story(options.profile, devices=devices, seed=options.seed)))


def run_rehearsal(options: Options) -> None:
    """Run until Ctrl-C, SIGTERM, the port's `end` or the end of its time.

    Raises a DevicesError when it cannot start as asked.
    """
    with _folder(options.folder) as folder, _journals(options) as journals:
        display = display_for(Console(), as_json=options.as_json)
        asyncio.run(_run(options, folder=folder, journals=journals, display=display))


@contextmanager
def _folder(asked: Path | None) -> Iterator[Path]:
    """The rehearsal's folder: one that stays, or one that is thrown away."""
    kept = nullcontext(asked) if asked else tempfile.TemporaryDirectory(prefix="loa-dien-tap-")
    with kept as folder:
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield path


@contextmanager
def _journals(options: Options) -> Iterator[Path | None]:
    """Where journals lie, if not in each device's folder: in memory, and gone afterwards."""
    if not options.journals_in_memory:
        yield None
        return
    if not QUICK_DISK.is_dir():
        raise RehearsalUnusable(f"{QUICK_DISK} is not there")
    with tempfile.TemporaryDirectory(prefix="loa-dien-tap-", dir=QUICK_DISK) as folder:
        yield Path(folder)


async def _run(options: Options, *, folder: Path, journals: Path | None, display: Display) -> None:
    leaving = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, leaving.set)
    if options.ends_with_input:
        await _when_input_ends(leaving.set)
    with display:
        async with stage_for(options, folder=folder) as stage:
            rehearsal = Rehearsal(
                _begins(options, stage, folder=folder, journals=journals),
                folder=folder,
                log_level=options.log_level,
            )
            async with _performing(rehearsal):
                path = options.control or folder / SOCKET_FILE
                async with listening(ControlPort(rehearsal, end=leaving.set), path):
                    display.tell(
                        "rehearsal_ready",
                        devices=len(stage.homes),
                        seed=options.seed,
                        control=str(path),
                    )
                    async with beside(*_directing(options, stage, display)):
                        await _show(rehearsal, display, until=leaving, lasts_s=options.lasts_s)
                    display.tell("rehearsal_ended", **_ended(rehearsal, stage))


async def _when_input_ends(leave: Callable[[], None]) -> None:
    """Leave when whoever started us closes our standard input, or was killed."""

    class Leash(asyncio.Protocol):
        def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
            leave()

    await asyncio.get_running_loop().connect_read_pipe(Leash, sys.stdin.buffer)


def _ended(rehearsal: Rehearsal, stage: Stage) -> dict[str, object]:
    """How it stood before the goodbyes, and what our own station knows of it."""
    report = rehearsal.report()
    facts: dict[str, object] = {
        "devices": report.devices,
        "finished": report.total.finished,
        "failed": report.total.failed,
        "muted": report.total.muted,
        "refused": report.total.refused,
        "resident_bytes": report.resident_bytes,
        "cpu_s": report.cpu_s,
    }
    if stage.company is None:
        return facts
    return facts | stage.company.summary()


def _begins(
    options: Options, stage: Stage, *, folder: Path, journals: Path | None
) -> Sequence[Begin]:
    """What each process is to do: its share of the devices, and all of the story."""
    devices = [home.name for home in stage.homes]
    story = plan_story(options.profile, devices=devices, seed=options.seed)
    began_s = time.time()
    return [
        Begin(
            homes=tuple(str(home) for home in share.homes),
            neighbours=tuple(share.neighbours),
            scratch=str(folder / f"audio-{number}"),
            journals=str(journals) if journals is not None else None,
            seed=str(options.seed),
            began_s=began_s,
            story=tuple(each for each in story if each.device in share.devices),
            wanted=not options.starts_off,
        )
        for number, share in enumerate(shared_out(stage.homes, among=options.processes))
    ]


@asynccontextmanager
async def _performing(rehearsal: Rehearsal) -> AsyncIterator[None]:
    """All processes, from the moment that all seats are taken."""
    async with beside(*(process.run() for process in rehearsal.processes)):
        for process in rehearsal.processes:
            await process.ready.wait()
        yield


def _directing(
    options: Options, stage: Stage, display: Display
) -> Sequence[Coroutine[object, object, None]]:
    if stage.company is None or not options.has_storm:
        return []
    return [stage.company.play_storm(display.tell)]


async def _show(
    rehearsal: Rehearsal, display: Display, *, until: asyncio.Event, lasts_s: float | None
) -> None:
    """Show how it stands, again and again until the end."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(lasts_s):
            while not until.is_set():
                display.show(rehearsal.report())
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(SHOWN_EVERY_S):
                        await until.wait()
    display.show(rehearsal.report())
