"""The controller: one device's agenda, player, audio, time and outbox, tied together.

It acts on nothing that the station did not sign for exactly this device or cluster, and says
nothing that is not on its disk.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random

import structlog

from devices.controller.agenda import FLOOR_MARK, Agenda, subscriptions_of
from devices.controller.announcing import Announcer
from devices.controller.audio_source import AudioSource, MovingAudioSource, SourceAt
from devices.controller.audio_store import AUDIO_FOLDER, AudioStore
from devices.controller.clock import Clock, now_ms
from devices.controller.commanding import Commands
from devices.controller.decoder import Decoder, Mp3Decoder
from devices.controller.fetching import Fetcher
from devices.controller.following import Follower
from devices.controller.health import HealthMeter
from devices.controller.inbox import Inbox
from devices.controller.journal import Journal
from devices.controller.journal_file import note_end
from devices.controller.link import Link, Listener
from devices.controller.live.ear import Ear
from devices.controller.notary import Notary
from devices.controller.opening import EMERGENCY_RATE_HZ
from devices.controller.outbox import Outbox
from devices.controller.player import Player
from devices.controller.quiet_hours import disturbs
from devices.controller.relay.https_receiver import HttpsReceiver
from devices.controller.relaying import Receiver
from devices.controller.reporting import Reporter
from devices.controller.sinks import Sink
from devices.controller.sound.microphone import Microphone, NoMicrophone
from devices.controller.sound.self_test import SelfTester
from devices.controller.sound.volume import VolumeCap
from devices.controller.sounds import Sounds
from devices.controller.timed_sink import TimedSink
from devices.controller.timekeeping import Timekeeper
from devices.controller.tones import have_tones_ready
from devices.controller.trusted_time import TrustedClock, Witness
from devices.controller.watch import Watch
from devices.errors import JournalUnusable
from devices.protocol.identity import Identity
from devices.protocol.messages import Confirmation

log = structlog.get_logger()

HOUSEKEEPING_S = 3_600.0

SELF_TEST_ROOM_MS = 6_000
"""How long nothing else may sound for a self-test to begin: the longest one, and time around it."""


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
        source_at: SourceAt | None = None,
        decoder: Decoder | None = None,
        receiver: Receiver | None = None,
        meter: HealthMeter | None = None,
        microphone: Microphone | None = None,
        cap: VolumeCap | None = None,
        can_hear_live: bool = True,
    ) -> None:
        self._identity = identity
        self._home = home
        self._journal = journal
        self._sink = sink
        self._rng = rng
        self._watch = watch
        self._boot = secrets.token_hex(16)
        self._station_followed: str | None = None
        journal.tell(self._was_said)
        self._notary = Notary(
            journal=journal,
            simulated=sink.simulated,
            rng=rng,
            ended=lambda: self._follower.ended(),  # noqa: PLW0108 — it comes later
            paid=lambda: self._link.acknowledge(),  # noqa: PLW0108 — it comes later
        )
        self.clock = TrustedClock(clock, witness=witness, floor_ms=journal.mark(FLOOR_MARK))
        self._link = connect(self)
        self._timekeeper = Timekeeper(
            identity=identity,
            clock=self.clock,
            link=self._link,
            rng=rng,
            changed=self._time_changed,
        )
        decoder = decoder or Mp3Decoder()
        self._fetcher = Fetcher(
            store=store,
            source=MovingAudioSource(source, at=source_at, told=self._station_told)
            if source_at
            else source,
            decoder=decoder,
            clock=self.clock,
            rng=rng,
            changed=lambda: self._follower.audio_changed(),  # noqa: PLW0108 — it comes later
        )
        self._ear = Ear(identity=identity, clock=self.clock, can_hear=can_hear_live)
        self._agenda = Agenda(
            identity=identity,
            journal=journal,
            clock=self.clock,
            stamp=self._notary.stamped,
            has_begun=lambda key: key in journal.settled or key in self._player.begun,
            changed=lambda: self._follower.follow(),  # noqa: PLW0108 — it comes later
            urgent=lambda: self._follower.hurry(),  # noqa: PLW0108 — it comes later
            late=lambda: self._follower.wait_for_a_stop(),  # noqa: PLW0108 — it comes later
            unfit=self._ear.refusal,
        )
        self._announcer = Announcer(
            identity=identity,
            boot=self._boot,
            journal=journal,
            clock=self.clock,
            link=self._link,
            agenda=self._agenda,
            simulated=sink.simulated,
        )
        self._outbox = Outbox(
            identity=identity,
            journal=journal,
            link=self._link,
            clock=self.clock,
            rng=rng,
            root_kept=self._announcer.changed,
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
                ear=self._ear,
            ),
            sink=timed,
            clock=self.clock,
            rng=rng,
            say=self._notary.say,
            note=self._notary.note,
            planned=lambda: self._agenda.planned,
            config=lambda: self._agenda.bearings.config,
        )
        self._follower = Follower(
            agenda=self._agenda,
            journal=journal,
            clock=self.clock,
            rng=rng,
            player=self._player,
            fetcher=self._fetcher,
            ear=self._ear,
            notary=self._notary,
            outbox=self._outbox,
        )
        cap = cap or VolumeCap()
        cap.follow(lambda: self._agenda.bearings.config, ahead_us=self.clock.ahead_us)
        self._tester = SelfTester(
            sink=timed,
            microphone=microphone or NoMicrophone(),
            clock=self.clock,
            why_not=self._why_no_self_test,
        )
        self._inbox = Inbox(
            identity=identity,
            journal=journal,
            clock=self.clock,
            agenda=self._agenda,
            ear=self._ear,
            outbox=self._outbox,
            timekeeper=self._timekeeper,
            commands=Commands(
                journal=journal,
                clock=self.clock,
                outbox=self._outbox,
                self_test=self._tester.begin,
            ),
            moved=self._moved,
            planned=self._announcer.changed,
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
    def violations(self) -> Mapping[str, int]:
        """How many messages were refused, by the code of what did not hold."""
        return self._inbox.violations

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
                self._follower.tasks = tasks
                have_tones_ready(rate_hz=self._sink.rate_hz or EMERGENCY_RATE_HZ)
                self._agenda.remember()
                self._link.hear(self._subscriptions())
                self._player.state_interrupted()
                tasks.create_task(self._link.run(), name="link")
                tasks.create_task(self._outbox.run(), name="outbox")
                tasks.create_task(self._player.run(tasks), name="player")
                tasks.create_task(self._timekeeper.run(), name="timekeeper")
                tasks.create_task(self._notary.pay_debts(), name="debts")
                tasks.create_task(self._reporter.run(), name="health")
                tasks.create_task(self._keep_house(), name="housekeeping")
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    # What a play says while it is being ended begins no new fetch.
                    self._follower.tasks = None
        finally:
            self._journal.close()

    async def take_leave(self) -> None:
        """Send what is unsent and the offline status; to be called before `run` is cancelled."""
        self._notary.pay()
        self._outbox.send()
        await self._link.say_farewell()

    def connected(self) -> None:
        """Say that we are here, ask for the time, send anew whatever has no receipt."""
        self._announcer.connected()
        self._timekeeper.reconnected()
        self._outbox.reconnected()
        self._watch.connected()

    def receive(self, topic: str, payload: bytes) -> bool:
        """Take a message; what the contract does not allow is counted and never acted on.

        Returns whether it is on the disk; the link is told when what sounded first is, too. Raises
        JournalUnusable, and then the message is to be delivered again.
        """
        return self._inbox.receive(topic, payload)

    def last_will(self) -> bytes:
        """The signed status that stands for us while we are silent."""
        return self._announcer.last_will()

    def _subscriptions(self) -> Sequence[str]:
        return subscriptions_of(
            self._identity, self._agenda.bearings, can_hear_live=self._ear.can_hear
        )

    def _moved(self) -> None:
        """Our configuration is another one."""
        self._link.hear(self._subscriptions())
        self._announcer.changed()
        if self._station_told() != self._station_followed:
            self._station_followed = self._station_told()
            self._fetcher.try_anew()

    def _station_told(self) -> str | None:
        """Where the configuration says that the station is; None where it does not say."""
        config = self._agenda.bearings.config
        return config.station_url if config else None

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
        self._announcer.time_changed()
        if self.clock.is_vouched:
            self._agenda.take_pending()
        # What seemed to be over may be of use yet.
        self._follower.want_audio()
        self._player.wake()

    def _was_said(self, confirmations: Sequence[Confirmation]) -> None:
        self._watch.said(confirmations)
        self._outbox.wake()

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
