"""Runs one controller as a process: its folder locked, its ports real, SIGTERM a clean goodbye."""

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import structlog

from devices.controller.audio_source import AudioSource, HttpAudioSource, SourceAt
from devices.controller.audio_store import AUDIO_FOLDER, AudioStore
from devices.controller.clock import SystemClock
from devices.controller.controller import Controller
from devices.controller.journal import Journal
from devices.controller.journal_file import open_journal, open_what_is_left, takes_words
from devices.controller.link import Link, Listener
from devices.controller.mqtt_link import MqttLink, broker_address
from devices.controller.outlets import Outlet, open_outlet
from devices.controller.sound.microphone import MiniaudioMicrophone, NoMicrophone
from devices.controller.sound.volume import VolumeCap
from devices.controller.supervision import supervise, supervisor
from devices.controller.trusted_time import MachineWitness
from devices.controller.watch import Unwatched, Watch
from devices.errors import HomeInUse, JournalUnusable
from devices.protocol import topics
from devices.protocol.identity import Identity, load_identity

log = structlog.get_logger()

LOCK_FILE = "lock"
NO_SOUND = Outlet()

LOOKS_AT_DISK_EVERY_S = 60.0

LONGEST_TURN_US = 60_000_000
"""The player looks up every half minute at least; twice that is stuck."""


def run_controller(
    home: Path,
    *,
    outlet: Outlet = NO_SOUND,
    on_the_way: Callable[[AudioSource], AudioSource] = lambda source: source,
    watch: Watch | None = None,
) -> None:
    """Run until SIGTERM or SIGINT. Raises IdentityMissing, HomeInUse, JournalUnusable.

    `on_the_way` is what happens to audio between the station and here.
    """
    identity = load_identity(home)

    def source_at(url: str) -> AudioSource:
        return on_the_way(HttpAudioSource(station_url=url, ca_pem=identity.ca_pem))

    with locked(home):
        asyncio.run(
            _run_until_signalled(
                home,
                identity=identity,
                outlet=outlet,
                source_at=source_at,
                watch=watch or Unwatched(),
            )
        )


async def _run_until_signalled(
    home: Path, *, identity: Identity, outlet: Outlet, source_at: SourceAt, watch: Watch
) -> None:
    loop = asyncio.get_running_loop()
    rng = Random()  # noqa: S311 — jitter, not a secret
    clock = SystemClock()
    cap = VolumeCap()
    hears = MiniaudioMicrophone() if outlet.kind == "card" else NoMicrophone()
    journal, is_muted = _journal(home, identity)
    controller = Controller(
        identity=identity,
        home=home,
        journal=journal,
        store=AudioStore(home / AUDIO_FOLDER),
        source=source_at(identity.station_url),
        source_at=source_at,
        sink=open_outlet(outlet, clock=clock, home=home, cap=cap),
        cap=cap,
        microphone=hears,
        clock=clock,
        witness=MachineWitness(),
        rng=rng,
        watch=watch,
        connect=lambda listener: _link(identity, listener=listener, rng=rng),
    )
    leaving = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leaving.set)
    running = asyncio.create_task(controller.run(), name="controller")
    asked = asyncio.create_task(leaving.wait(), name="signals")
    watchdog = asyncio.create_task(
        supervise(
            supervisor(os.environ),
            clock=clock,
            last_turn_us=lambda: controller.turned_us,
            longest_turn_us=LONGEST_TURN_US,
        ),
        name="watchdog",
    )
    healed = asyncio.create_task(_until_healed(home, is_muted=is_muted), name="disk")
    await asyncio.wait([running, asked, healed], return_when=asyncio.FIRST_COMPLETED)
    watchdog.cancel()
    healed.cancel()
    if not running.done():
        await controller.take_leave()
        running.cancel()
    asked.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


def _journal(home: Path, identity: Identity) -> tuple[Journal, bool]:
    """The device's memory, and whether it is only what a disk that takes nothing still holds."""
    try:
        return open_journal(home, station=identity.station, device=identity.device), False
    except JournalUnusable as error:
        log.error("journal_unusable", device_id=identity.device, why=str(error))
        return open_what_is_left(home), True


async def _until_healed(home: Path, *, is_muted: bool) -> None:
    """Return when the disk takes words again: whoever started us then starts us anew."""
    while not (is_muted and takes_words(home)):  # noqa: ASYNC110 - a disk tells nobody
        await asyncio.sleep(LOOKS_AT_DISK_EVERY_S)
    log.warning("journal_usable_again")


def _link(identity: Identity, *, listener: Listener, rng: Random) -> Link:
    return MqttLink(
        address=broker_address(
            identity.broker_url,
            username=identity.broker_username,
            password=identity.broker_password,
            ca_pem=identity.ca_pem,
        ),
        status_topic=topics.from_device(identity.station, identity.device, topics.Upward.STATUS),
        listener=listener,
        rng=rng,
    )


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold a controller's folder for this process; the kernel lets go when it dies.

    A disk that cannot be written to has nobody who writes. Raises HomeInUse.
    """
    try:
        descriptor = os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        log.warning("folder_not_locked", why=str(error))
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise HomeInUse(str(home)) from error
    finally:
        os.close(descriptor)
