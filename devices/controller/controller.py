"""The controller: one device's plan, player, audio and outbox, tied together.

It acts on nothing that the station did not sign for exactly this device or cluster, and says
nothing that is not on its disk.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable
from random import Random

import msgspec
import structlog

from devices.controller.audio_source import AudioSource
from devices.controller.audio_store import AudioStore
from devices.controller.clock import Clock, now_ms
from devices.controller.due import Audio, OrderKey
from devices.controller.fetching import Fetcher
from devices.controller.journal import Journal
from devices.controller.link import Link, Listener
from devices.controller.outbox import Outbox
from devices.controller.player import Player
from devices.controller.reconciling import (
    Planned,
    Standing,
    news,
    planned_of,
    refused_plan,
    standing,
)
from devices.controller.sinks import Sink
from devices.controller.statements import ENDS, Statement, about
from devices.controller.watch import Watch
from devices.errors import ContractViolation, JournalUnusable, WrongAddress
from devices.protocol import topics
from devices.protocol.envelope import open_plan, seal_status
from devices.protocol.identity import Identity
from devices.protocol.messages import Kind, Plan, Status

log = structlog.get_logger()

SOFTWARE = "loa-controller/1"
HOUSEKEEPING_S = 3_600.0


class Controller:
    """One device, from its memory on; `run` keeps it alive."""

    def __init__(
        self,
        *,
        identity: Identity,
        journal: Journal,
        store: AudioStore,
        source: AudioSource,
        sink: Sink,
        clock: Clock,
        rng: Random,
        watch: Watch,
        connect: Callable[[Listener], Link],
    ) -> None:
        self.violations: Counter[str] = Counter()
        self._identity = identity
        self._journal = journal
        self._sink = sink
        self._clock = clock
        self._watch = watch
        self._boot = secrets.token_hex(16)
        self._planned: dict[OrderKey, Planned] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._link = connect(self)
        self._outbox = Outbox(
            identity=identity, journal=journal, link=self._link, clock=clock, rng=rng
        )
        self._fetcher = Fetcher(
            store=store, source=source, clock=clock, rng=rng, changed=self._audio_changed
        )
        self._player = Player(
            identity=identity,
            journal=journal,
            fetcher=self._fetcher,
            store=store,
            sink=sink,
            clock=clock,
            rng=rng,
            say=self._say,
            planned=lambda: self._planned,
        )

    async def run(self) -> None:
        """Run until cancelled; what is unsaid then is written, and sent if there is a link."""
        self._player.state_interrupted()
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                self._remember_plan()
                tasks.create_task(self._link.run(), name="link")
                tasks.create_task(self._outbox.run(), name="outbox")
                tasks.create_task(self._player.run(tasks), name="player")
                tasks.create_task(self._keep_house(), name="housekeeping")
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    # What a play says while it is being ended begins no new fetch.
                    self._tasks = None
        finally:
            self._journal.close()

    async def take_leave(self) -> None:
        """Send what is unsent and the offline status; to be called before `run` is cancelled."""
        self._outbox.send()
        await self._link.say_farewell()

    def connected(self) -> None:
        """Say that we are here, and send anew whatever has no receipt."""
        self._publish_status()
        self._outbox.reconnected()
        self._watch.connected()

    def receive(self, topic: str, payload: bytes) -> None:
        """Take a message; what the contract does not allow is counted and never acted on.

        Raises JournalUnusable, and then the message is to be delivered again.
        """
        identity = self._identity
        try:
            if topic == topics.plan(identity.station, identity.cluster):
                self._receive_plan(payload)
            elif topic == topics.to_device(identity.station, identity.device):
                self._outbox.receive(payload)
            else:
                raise WrongAddress(topic)
        except ContractViolation as violation:
            self.violations[violation.code] += 1
            log.warning(
                "message_refused",
                device_id=identity.device,
                topic=topic,
                code=violation.code,
                detail=violation.detail,
                count=self.violations[violation.code],
            )

    def last_will(self) -> bytes:
        """The signed status that stands for us while we are silent."""
        return self._status(online=False)

    def _receive_plan(self, message: bytes) -> None:
        plan = self._open(message)
        at_ms = now_ms(self._clock)
        found = standing(plan.version, message, held=self._journal.plan())
        if found is Standing.SAME:
            return
        if found is not Standing.NEWER:
            refusal = refused_plan(plan, found, at_ms=at_ms)
            log.warning("plan_refused", version=plan.version, code=refusal.code)
            if not self._journal.has_said(refusal):
                self._say(refusal)
            return
        statements = news(
            plan, identity=self._identity, at_ms=at_ms, has_said=self._journal.has_said
        )
        said = self._journal.accept_plan(
            message, version=plan.version, statements=self._stamped(*statements)
        )
        self._watch.said(said)
        log.info("plan_accepted", version=plan.version, orders=len(plan.orders))
        self._follow(plan)
        self._publish_status()
        self._outbox.wake()

    def _remember_plan(self) -> None:
        """Follow the plan on disk, before the broker says anything."""
        held = self._journal.plan()
        if held is None:
            return
        try:
            self._follow(self._open(held[1]))
        except ContractViolation as violation:
            # The station's key changed under it: a plan nobody trusts now is not followed.
            log.error("stored_plan_refused", version=held[0], code=violation.code)

    def _open(self, message: bytes) -> Plan:
        return open_plan(
            message,
            station=self._identity.station,
            cluster=self._identity.cluster,
            key=self._identity.trusted_station_key,
        )

    def _follow(self, plan: Plan) -> None:
        self._planned = planned_of(
            plan,
            identity=self._identity,
            at_ms=now_ms(self._clock),
            before=self._planned,
            has_said=self._journal.has_said,
        )
        self._want_audio()
        self._audio_changed()

    def _want_audio(self) -> None:
        """Fetch and keep the audio of what has not ended."""
        if self._tasks is not None:
            open_ones = [
                each.order for key, each in self._planned.items() if key not in self._journal.ended
            ]
            self._fetcher.want(open_ones, tasks=self._tasks)

    def _audio_changed(self) -> None:
        """State what is now cached, and let the player look."""
        statements = [
            about(each.order, Kind.CACHED, at_ms=now_ms(self._clock))
            for key, each in self._planned.items()
            if key not in self._journal.settled and self._fetcher.state(each.order) is Audio.READY
        ]
        try:
            self._say(*(each for each in statements if not self._journal.has_said(each)))
        except JournalUnusable as error:
            log.error("confirmation_not_written", why=error.detail)
        self._player.wake()

    def _say(self, *statements: Statement) -> None:
        if statements:
            self._watch.said(self._journal.say(*self._stamped(*statements)))
            self._outbox.wake()
            if any(statement.kind in ENDS for statement in statements):
                self._want_audio()

    def _stamped(self, *statements: Statement) -> list[Statement]:
        """Whatever a device without a loudspeaker says is marked as simulated."""
        return [
            msgspec.structs.replace(statement, simulated=self._sink.simulated)
            for statement in statements
        ]

    def _status(self, *, online: bool) -> bytes:
        held = self._journal.plan()
        status = Status(
            station=self._identity.station,
            device=self._identity.device,
            online=online,
            boot=self._boot,
            software=SOFTWARE,
            at_ms=now_ms(self._clock),
            plan_version=held[0] if held else 0,
            simulated=self._sink.simulated,
        )
        return seal_status(status, key=self._identity.signing_key).encode()

    def _publish_status(self) -> None:
        topic = topics.from_device(
            self._identity.station, self._identity.device, topics.Upward.STATUS
        )
        self._link.publish(topic, self._status(online=True), retain=True)

    async def _keep_house(self) -> None:
        while True:
            try:
                self._journal.prune(now_ms=now_ms(self._clock), planned=frozenset(self._planned))
            except JournalUnusable as error:
                log.error("journal_not_pruned", why=error.detail)
            await asyncio.sleep(HOUSEKEEPING_S)
