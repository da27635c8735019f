"""One device of a crowd: its controller with every port wrapped, its power, and what it is seen at.

A crash is a power cut: from one moment to the next nothing is written and nothing is sent, and
what comes back is a new boot on the same disk.
"""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from random import Random

import structlog

from devices.controller.audio_source import AudioSource
from devices.controller.backoff import backoff_s
from devices.controller.controller import Controller
from devices.controller.journal import Journal
from devices.controller.journal_file import open_journal
from devices.controller.link import Link, Listener
from devices.controller.run import locked
from devices.controller.sinks import NullSink
from devices.errors import DevicesError
from devices.protocol.identity import Identity, load_identity
from devices.simulation.crowd.hall import Hall
from devices.simulation.crowd.standing import SeatState, SeatWatch
from devices.simulation.faults.clock import TroubledClock, TroubledWitness
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.intruder import Intruder
from devices.simulation.faults.journal import filling
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.faults.link import TroubledLink
from devices.simulation.faults.sink import AmplifiedSink, Amplifier, SimulatedMicrophone
from devices.simulation.faults.thief import Thief

log = structlog.get_logger()

RESTART_FIRST_S = 1.0
RESTART_CAP_S = 30.0

Connect = Callable[[Identity, Listener, Random], Link]
"""Opens a device's line to its broker."""


class Seat:
    """A device that lives until `live` is cancelled; `wanted` is the switch on its wall."""

    def __init__(
        self, home: Path, *, hall: Hall, connect: Connect, seed: str, neighbour: str = ""
    ) -> None:
        self.home = home
        self.identity = load_identity(home)
        self.conditions = Conditions()
        self.amplifier = Amplifier(self.conditions, clock=hall.clock)
        self.watch = SeatWatch(self.amplifier)
        self.wanted = True
        self.asleep = asyncio.Event()
        self.asleep.set()
        self._hall = hall
        self._connect = connect
        self._rng = Random(f"{seed}/{self.device}")  # noqa: S311 — jitter, not a secret
        self._clock = TroubledClock(hall.clock, conditions=self.conditions)
        self._thief = Thief(
            self.identity, conditions=self.conditions, neighbour=neighbour or self.device
        )
        self.intruder = Intruder(
            self.identity,
            conditions=self.conditions,
            clock=hall.clock,
            cluster=lambda: self._controller.cluster if self._controller else None,
            publish=self._publish,
        )
        self._controller: Controller | None = None
        self._link: TroubledLink | None = None
        self._has_power = True
        self._crashes = 0
        self._switched = asyncio.Event()
        self.conditions.listen(self._switched.set)

    @property
    def device(self) -> str:
        """Its name."""
        return self.home.name

    def want(self, wanted: bool) -> None:
        """Turn the switch."""
        self.wanted = wanted
        self._switched.set()

    def state(self) -> SeatState:
        """What it is seen at now."""
        controller, link = self._controller, self._link
        return self.watch.state(
            device=self.device,
            cluster=(controller.cluster or "") if controller else "",
            powered=controller is not None,
            connected=link is not None and link.connected,
            plan_version=controller.plan_version if controller else 0,
            refused=sum(controller.violations.values()) if controller else 0,
            faults=sorted(self.conditions.active),
        )

    async def live(self) -> None:
        """Run the controller whenever it is wanted and has power, again after each crash."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.intruder.run(), name="intruder")
            await self._boot_again_and_again()

    async def _boot_again_and_again(self) -> None:
        while True:
            if not self._runs:
                await self._switch()
                continue
            try:
                with locked(self.home):
                    await self._boot()
            except DevicesError as error:
                await self._rest(error)

    def _publish(self, topic: str, payload: bytes) -> None:
        if self._link is not None:
            self._link.publish(topic, payload)

    @property
    def _runs(self) -> bool:
        return self.wanted and FaultKind.CRASH not in self.conditions.active

    async def _switch(self) -> None:
        self._switched.clear()
        await self._switched.wait()

    async def _boot(self) -> None:
        """One boot: until the power is cut, the switch is turned, or the controller fails."""
        self._has_power = True
        self.asleep.clear()
        journal = open_journal(
            self._hall.memory(self.home),
            station=self.identity.station,
            device=self.identity.device,
            connect=filling(self._disk_refuses),
        )
        self._controller = self._build(journal)
        running = asyncio.create_task(self._controller.run(), name=f"controller {self.device}")
        running.add_done_callback(lambda _: self._switched.set())
        try:
            while self._runs and not running.done():
                await self._switch()
        finally:
            await self._end(running)
        self._note_crash(running)

    async def _end(self, running: asyncio.Task[None]) -> None:
        """Say goodbye where there is power for it."""
        if FaultKind.CRASH in self.conditions.active:
            self._has_power = False
            if self._link is not None:
                self._link.die()
        elif self._controller is not None and not running.done():
            await self._controller.take_leave()
        self._controller, self._link = None, None
        self.watch.ended()
        running.cancel()
        await asyncio.wait({running})
        self.asleep.set()

    def _note_crash(self, running: asyncio.Task[None]) -> None:
        """A power cut that comes to the controller as a full disk is no crash of its own."""
        error = None if running.cancelled() else running.exception()
        if error is not None and self._has_power:
            log.error("controller_crashed", device_id=self.device, exc_info=error)
            raise DevicesError(f"{type(error).__name__}: {error}") from error

    async def _rest(self, error: DevicesError) -> None:
        """What systemd would do: start it again after a while, later each time."""
        pause_s = backoff_s(
            self._crashes, first_s=RESTART_FIRST_S, cap_s=RESTART_CAP_S, rng=self._rng
        )
        self._crashes += 1
        log.warning("boot_failed", device_id=self.device, why=error.detail, retry_s=pause_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._switch()

    def _build(self, journal: Journal) -> Controller:
        store = self._hall.store(self.home)
        sink = NullSink(clock=self._clock)

        def source_at(url: str) -> AudioSource:
            return self._hall.source(url, store=store, conditions=self.conditions)

        return Controller(
            identity=self.identity,
            home=self._hall.memory(self.home),
            journal=journal,
            store=store,
            source=source_at(self.identity.station_url),
            source_at=source_at,
            sink=AmplifiedSink(sink, amplifier=self.amplifier),
            clock=self._clock,
            witness=TroubledWitness(self._hall.witness, conditions=self.conditions),
            rng=self._rng,
            watch=self.watch,
            connect=self._connect_through_weather,
            decoder=self._hall.decoder,
            meter=self._hall.meter(self.home),
            microphone=SimulatedMicrophone(self.amplifier, clock=self._hall.clock),
        )

    def _connect_through_weather(self, listener: Listener) -> Link:
        self._link = TroubledLink(
            listener,
            connect=lambda ear: self._connect(self.identity, ear, self._rng),
            conditions=self.conditions,
            tamper=self._thief.tamper,
        )
        return self._link

    def _disk_refuses(self) -> bool:
        return not self._has_power or FaultKind.DISK_FULL in self.conditions.active
