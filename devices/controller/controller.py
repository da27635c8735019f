"""The controller: one device's agenda, player, audio, time and outbox, tied together.

It acts on nothing that the station did not sign for exactly this device or cluster, and says
nothing that is not on its disk.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import msgspec
import structlog

from devices.controller.agenda import FLOOR_MARK, Agenda, stopped_statements, subscriptions_of
from devices.controller.audio_source import AudioSource
from devices.controller.audio_store import AUDIO_FOLDER, AudioStore
from devices.controller.clock import Clock, now_ms
from devices.controller.commanding import Commands
from devices.controller.decoder import Decoder, Mp3Decoder
from devices.controller.due import Audio
from devices.controller.fetching import Fetcher
from devices.controller.health import HealthMeter
from devices.controller.journal import Journal
from devices.controller.journal_file import note_end
from devices.controller.link import Link, Listener
from devices.controller.opening import EMERGENCY_RATE_HZ
from devices.controller.outbox import Outbox
from devices.controller.player import DISK_RETRY_S, Player
from devices.controller.quiet_hours import disturbs
from devices.controller.relay.https_receiver import HttpsReceiver
from devices.controller.relaying import Receiver
from devices.controller.reporting import Reporter
from devices.controller.sinks import Sink
from devices.controller.sound.microphone import Microphone, NoMicrophone
from devices.controller.sound.self_test import SelfTester
from devices.controller.sound.volume import VolumeCap
from devices.controller.sounds import Sounds
from devices.controller.statements import ENDS, Statement, about
from devices.controller.timed_sink import TimedSink
from devices.controller.timekeeping import Timekeeper
from devices.controller.tones import have_tones_ready
from devices.controller.trusted_time import TimeSource, TrustedClock, Witness
from devices.controller.watch import Watch
from devices.errors import ContractViolation, JournalUnusable, WrongAddress, WrongKind
from devices.protocol import topics
from devices.protocol.envelope import ToDevice, open_to_device, seal_message
from devices.protocol.identity import Identity
from devices.protocol.jws import key_id, typ_of
from devices.protocol.messages import (
    Command,
    Confirmation,
    Kind,
    Receipt,
    Status,
    TimeAnswer,
    Typ,
)

log = structlog.get_logger()

SOFTWARE = "loa-controller/1"
HOUSEKEEPING_S = 3_600.0

SELF_TEST_ROOM_MS = 6_000
"""How long nothing else may sound for a self-test to begin: the longest one, and time around it."""

FOLLOW_S = 0.3
"""How long everything but its tone waits after an emergency came: time for the machine to let all
its poles sound. A tone lasts ten times as long."""

LOGGED_REFUSALS = 100
"""Of each code so many are logged one by one, then every so many-th: a flood fills no log."""

DEBT_S = 2.0
"""How long what could not wait for the disk is owed to it, at most, while it takes anything."""


class Controller:
    """One device, from its memory on; `run` keeps it alive."""

    def __init__(
        self,
        *,
        identity: Identity,
        home: Path,
        journal: Journal,
        store: AudioStore,
        source: AudioSource,
        sink: Sink,
        clock: Clock,
        witness: Witness,
        rng: Random,
        watch: Watch,
        connect: Callable[[Listener], Link],
        decoder: Decoder | None = None,
        receiver: Receiver | None = None,
        meter: HealthMeter | None = None,
        microphone: Microphone | None = None,
        cap: VolumeCap | None = None,
    ) -> None:
        self.violations: Counter[str] = Counter()
        self._identity = identity
        self._home = home
        self._journal = journal
        self._sink = sink
        self._rng = rng
        self._watch = watch
        self._boot = secrets.token_hex(16)
        self._tasks: asyncio.TaskGroup | None = None
        self._owing = asyncio.Event()
        self._source_told: TimeSource | None = None
        journal.tell(self._was_said)
        self.clock = TrustedClock(clock, witness=witness, floor_ms=journal.mark(FLOOR_MARK))
        self._link = connect(self)
        self._timekeeper = Timekeeper(
            identity=identity,
            clock=self.clock,
            link=self._link,
            rng=rng,
            changed=self._time_changed,
        )
        self._outbox = Outbox(
            identity=identity, journal=journal, link=self._link, clock=self.clock, rng=rng
        )
        decoder = decoder or Mp3Decoder()
        self._fetcher = Fetcher(
            store=store,
            source=source,
            decoder=decoder,
            clock=self.clock,
            rng=rng,
            changed=self._audio_changed,
        )
        self._agenda = Agenda(
            identity=identity,
            journal=journal,
            clock=self.clock,
            stamp=self._stamped,
            has_begun=lambda key: key in journal.settled or key in self._player.begun,
            changed=self._agenda_changed,
            urgent=self._agenda_urgent,
        )
        timed = TimedSink(sink, clock=self.clock)
        self._player = Player(
            journal=journal,
            fetcher=self._fetcher,
            sounds=Sounds(
                store=store,
                fetcher=self._fetcher,
                decoder=decoder,
                receiver=receiver or HttpsReceiver(),
                clock=self.clock,
                rng=rng,
                config=lambda: self._agenda.bearings.config,
            ),
            sink=timed,
            clock=self.clock,
            rng=rng,
            say=self._say,
            note=self._note,
            planned=lambda: self._agenda.planned,
            config=lambda: self._agenda.bearings.config,
        )
        cap = cap or VolumeCap()
        cap.follow(lambda: self._agenda.bearings.config, ahead_us=self.clock.ahead_us)
        self._tester = SelfTester(
            sink=timed,
            microphone=microphone or NoMicrophone(),
            clock=self.clock,
            why_not=self._why_no_self_test,
        )
        self._commands = Commands(
            journal=journal,
            clock=self.clock,
            outbox=self._outbox,
            self_test=self._tester.begin,
        )
        self._reporter = Reporter(
            identity=identity,
            boot=self._boot,
            meter=meter or HealthMeter(home=home, audio=home / AUDIO_FOLDER),
            journal=journal,
            clock=self.clock,
            link=self._link,
            cap=cap,
            refused=lambda: dict(self.violations),
            self_test=lambda: self._tester.last,
            simulated=sink.simulated,
        )

    @property
    def turned_us(self) -> int:
        """The monotonic instant (µs) at which the player turned last; it rests half a minute."""
        return self._player.turned_us

    @property
    def plan_version(self) -> int:
        """The highest version accepted of our cluster's plan; 0 before any."""
        return self._agenda.plan_version

    @property
    def cluster(self) -> str | None:
        """The cluster whose plan is ours; None while there is none."""
        return self._agenda.bearings.cluster

    async def run(self) -> None:
        """Run until cancelled; what is unsaid then is written, and sent if there is a link."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                have_tones_ready(rate_hz=self._sink.rate_hz or EMERGENCY_RATE_HZ)
                self._agenda.remember()
                self._link.hear(subscriptions_of(self._identity, self._agenda.bearings))
                self._player.state_interrupted()
                tasks.create_task(self._link.run(), name="link")
                tasks.create_task(self._outbox.run(), name="outbox")
                tasks.create_task(self._player.run(tasks), name="player")
                tasks.create_task(self._timekeeper.run(), name="timekeeper")
                tasks.create_task(self._pay_debts(), name="debts")
                tasks.create_task(self._reporter.run(), name="health")
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
        """Say that we are here, ask for the time, send anew whatever has no receipt."""
        self._publish_status()
        self._timekeeper.reconnected()
        self._outbox.reconnected()
        self._watch.connected()

    def receive(self, topic: str, payload: bytes) -> None:
        """Take a message; what the contract does not allow is counted and never acted on.

        Raises JournalUnusable, and then the message is to be delivered again.
        """
        try:
            self._take(topic, payload)
        except ContractViolation as violation:
            self.violations[violation.code] += 1
            count = self.violations[violation.code]
            if count <= LOGGED_REFUSALS or count % LOGGED_REFUSALS == 0:
                log.warning(
                    "message_refused",
                    device_id=self._identity.device,
                    topic=topic[:200],
                    code=violation.code,
                    detail=violation.detail[:200],
                    count=count,
                )

    def last_will(self) -> bytes:
        """The signed status that stands for us while we are silent."""
        return self._status(online=False)

    def _take(self, topic: str, payload: bytes) -> None:
        identity, cluster = self._identity, self._agenda.bearings.cluster
        if topic == topics.config(identity.station, identity.device):
            self._take_config(payload)
        elif topic == topics.to_device(identity.station, identity.device):
            self._take_word(payload)
        elif cluster is not None and topic == topics.plan(identity.station, cluster):
            before = self._agenda.plan_version
            self._agenda.take_plan(payload)
            if self._agenda.plan_version != before:
                self._publish_status()
        elif cluster is not None and topic == topics.now(identity.station, cluster):
            self._agenda.take_now(payload)
            if self._agenda.waits_for_time:
                self._timekeeper.hurry()
        else:
            raise WrongAddress(topic)

    def _take_config(self, payload: bytes) -> None:
        # A device may be released by clearing what was retained for it.
        if payload and self._agenda.take_config(payload):
            self._link.hear(subscriptions_of(self._identity, self._agenda.bearings))
            self._publish_status()

    def _take_word(self, payload: bytes) -> None:
        """A receipt, a time or a command: the message says which, and its signature proves it."""
        match typ_of(payload):
            case Typ.RECEIPT:
                self._outbox.take_receipt(self._open(payload, Receipt))
            case Typ.TIME:
                self._timekeeper.take(self._open(payload, TimeAnswer))
            case Typ.COMMAND:
                self._commands.take(
                    self._open(payload, Command),
                    message=payload,
                    trust=self._agenda.bearings.trust,
                )
            case other:
                raise WrongKind(other)

    def _open(self, payload: bytes, kind: type[ToDevice]) -> ToDevice:
        return open_to_device(
            payload,
            kind,
            station=self._identity.station,
            device=self._identity.device,
            trust=self._agenda.bearings.trust,
            now_ms=self.clock.verifying_ms,
        )

    def _why_no_self_test(self) -> str | None:
        """What forbids a test tone now; None when nothing does."""
        config = self._agenda.bearings.config
        if config is None or not self.clock.is_trusted:
            return "untimed"
        if self._player.is_busy_within(SELF_TEST_ROOM_MS):
            return "busy"
        at_ms = now_ms(self.clock)
        if disturbs(config.quiet_hours, starts_at_ms=at_ms, duration_ms=SELF_TEST_ROOM_MS):
            return "quiet_hours"
        return None

    def _time_changed(self) -> None:
        """The device believes its time now, or another one than before."""
        if self.clock.source is not self._source_told:
            self._publish_status()
        if self.clock.is_vouched:
            self._agenda.take_pending()
        # What seemed to be over may be of use yet.
        self._want_audio()
        self._player.wake()

    def _agenda_urgent(self) -> None:
        """Let an emergency sound; what else it changes is looked at when its tone is out."""
        self._player.wake()
        self._owing.set()
        delay_s = FOLLOW_S * (1 + self._rng.random())
        asyncio.get_running_loop().call_later(delay_s, self._follow_if_running)

    def _follow_if_running(self) -> None:
        if self._tasks is not None:
            self._agenda.follow()

    def _agenda_changed(self) -> None:
        """Silence what was stopped, fetch what is wanted, and let the player look."""
        word = self._agenda.word
        self._player.silence(word.stopped)
        # First of all: a tone waits neither for a disk nor for what is fetched.
        self._player.wake()
        self._note(
            *stopped_statements(
                word,
                journal=self._journal,
                at_ms=now_ms(self.clock),
                playing=self._player.begun,
            )
        )
        self._outbox.wake()
        self._want_audio()
        self._audio_changed()

    def _want_audio(self) -> None:
        """Fetch and keep the audio of what has not ended, and the stored warnings."""
        if self._tasks is None:
            return
        open_ones = [
            each.order
            for key, each in self._agenda.planned.items()
            if key not in self._journal.ended
        ]
        config = self._agenda.bearings.config
        kept = [each.item for each in config.warnings] if config is not None else []
        self._fetcher.want(open_ones, kept=kept, tasks=self._tasks)

    def _audio_changed(self) -> None:
        """State what is now cached, and let the player look."""
        statements = [
            about(each.order, Kind.CACHED, at_ms=now_ms(self.clock))
            for key, each in self._agenda.planned.items()
            if key not in self._journal.settled
            and each.order.items
            and self._fetcher.state(each.order) is Audio.READY
        ]
        self._owe(*(each for each in statements if not self._journal.has_said(each)))
        self._player.wake()

    def _say(self, *statements: Statement) -> None:
        """Have it on the disk; raise JournalUnusable."""
        if statements:
            self._journal.say(*self._stamped(statements))

    def _owe(self, *statements: Statement) -> None:
        """State what is in no hurry: with whatever else is written soon."""
        if statements:
            self._journal.owe(*self._stamped(statements))
            self._owing.set()

    def _note(self, *statements: Statement) -> None:
        """State what happened, now or as soon as the disk takes it."""
        if not statements:
            return
        self._journal.note(*self._stamped(statements))
        if self._journal.owes:
            self._owing.set()
        if any(statement.kind in ENDS for statement in statements):
            self._want_audio()

    def _was_said(self, confirmations: Sequence[Confirmation]) -> None:
        self._watch.said(confirmations)
        self._outbox.wake()

    def _stamped(self, statements: Sequence[Statement]) -> list[Statement]:
        """Whatever a device without a loudspeaker says is marked as simulated."""
        return [
            msgspec.structs.replace(statement, simulated=self._sink.simulated)
            for statement in statements
        ]

    def _status(self, *, online: bool) -> bytes:
        bearings = self._agenda.bearings
        if online:
            self._source_told = self.clock.source
        status = Status(
            station=self._identity.station,
            device=self._identity.device,
            online=online,
            boot=self._boot,
            software=SOFTWARE,
            at_ms=now_ms(self.clock),
            plan_version=self._agenda.plan_version,
            config_version=bearings.version,
            keyring_serial=bearings.trust.serial,
            now_sequence=self._agenda.now_sequence,
            key_id=key_id(self._identity.signing_key.verify_key),
            epoch=self._journal.head.epoch,
            seq=self._journal.head.seq,
            previous=self._journal.previous,
            clock=self.clock.statement(),
            simulated=self._sink.simulated,
        )
        return seal_message(status, key=self._identity.signing_key).encode()

    def _publish_status(self) -> None:
        topic = topics.from_device(
            self._identity.station, self._identity.device, topics.Upward.STATUS
        )
        self._link.publish(topic, self._status(online=True), retain=True)

    async def _pay_debts(self) -> None:
        """Write what could not wait for the disk, spread, and again until the disk takes it."""
        while True:
            await self._owing.wait()
            await asyncio.sleep(DEBT_S * (0.5 + self._rng.random() / 2))
            self._owing.clear()
            try:
                self._journal.settle()
            except JournalUnusable as error:
                log.error("journal_owes", why=error.detail)
                self._owing.set()
                await asyncio.sleep(DISK_RETRY_S)

    async def _keep_house(self) -> None:
        while True:
            try:
                self._journal.raise_marks({FLOOR_MARK: self.clock.floor_ms})
                if self.clock.is_vouched:
                    self._journal.prune(
                        now_ms=now_ms(self.clock), planned=frozenset(self._agenda.planned)
                    )
                note_end(self._home, self._journal.head)
            except JournalUnusable as error:
                log.error("journal_not_pruned", why=error.detail)
            await asyncio.sleep(HOUSEKEEPING_S)
