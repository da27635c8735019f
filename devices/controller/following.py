"""What a device does when its standing orders change: silence, listen, play, fetch, say so."""

import asyncio
from dataclasses import dataclass
from random import Random

from devices.controller.agenda import Agenda, stopped_statements
from devices.controller.clock import now_ms
from devices.controller.due import Audio
from devices.controller.fetching import Fetcher
from devices.controller.journal import Journal
from devices.controller.live.ear import Ear
from devices.controller.notary import Notary
from devices.controller.outbox import Outbox
from devices.controller.player import Player
from devices.controller.statements import about
from devices.controller.trusted_time import TrustedClock
from devices.protocol.messages import Kind

FOLLOW_S = 0.3
"""How long everything but its tone waits after an emergency came: time for the machine to let all
its poles sound. A tone lasts ten times as long."""


LATE_S = 0.5
"""How long an emergency that waited at the broker waits on, for a stop that waited behind it."""


@dataclass(slots=True)
class Follower:
    """Has what the agenda says carried out; without `tasks` the controller does not run."""

    agenda: Agenda
    journal: Journal
    clock: TrustedClock
    rng: Random
    player: Player
    fetcher: Fetcher
    ear: Ear
    notary: Notary
    outbox: Outbox
    tasks: asyncio.TaskGroup | None = None

    def follow(self) -> None:
        """Silence what was stopped, fetch what is wanted, and let the player look."""
        word = self.agenda.word
        self.player.silence(word.stopped)
        self._expect_speech()
        # First of all: a tone waits neither for a disk nor for what is fetched.
        self.player.wake()
        self.notary.note(
            *stopped_statements(
                word,
                journal=self.journal,
                at_ms=now_ms(self.clock),
                playing=self.player.begun,
            )
        )
        self.outbox.wake()
        self.want_audio()
        self.audio_changed()

    def hurry(self) -> None:
        """Let an emergency sound; what else it changes is looked at when its tone is out."""
        if self.tasks is not None:
            self.player.hurry(self.tasks)
        delay_s = FOLLOW_S * (1 + self.rng.random())
        asyncio.get_running_loop().call_later(delay_s, self._look_at_the_rest)

    def wait_for_a_stop(self) -> None:
        """Let an emergency sound that comes late, unless it is taken back at the same time."""
        asyncio.get_running_loop().call_later(LATE_S, self._look_at_the_rest)

    def want_audio(self) -> None:
        """Fetch and keep the audio of what has not ended, and the stored warnings."""
        if self.tasks is None:
            return
        open_ones = [
            each.order for key, each in self.agenda.planned.items() if key not in self.journal.ended
        ]
        config = self.agenda.bearings.config
        kept = [each.item for each in config.warnings] if config is not None else []
        self.fetcher.want(open_ones, kept=kept, tasks=self.tasks)

    def audio_changed(self) -> None:
        """State what is now cached, and let the player look."""
        statements = [
            about(each.order, Kind.CACHED, at_ms=now_ms(self.clock))
            for key, each in self.agenda.planned.items()
            if key not in self.journal.settled
            and each.order.items
            and self.fetcher.state(each.order) is Audio.READY
        ]
        self.notary.owe(*(each for each in statements if not self.journal.has_said(each)))
        self.player.wake()

    def ended(self) -> None:
        """An order is over: nobody listens for it any more, nor is its audio wanted."""
        self._expect_speech()
        self.want_audio()

    def _look_at_the_rest(self) -> None:
        if self.tasks is not None:
            self.notary.pay_soon()
            self.agenda.follow()

    def _expect_speech(self) -> None:
        """Take the frames of live speech that is ordered and not over; of no other."""
        config = self.agenda.bearings.config
        open_ones = (
            each.order
            for key, each in self.agenda.planned.items()
            if key not in self.journal.ended or (each.order.resumes and key in self.player.begun)
        )
        self.ear.expect(open_ones, stagger_ms=config.stagger_ms if config is not None else 0)
