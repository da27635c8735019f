"""Commands to this one device: each acted on once, in the order of their numbers, in their time."""

from collections.abc import Callable

import structlog

from devices.controller.clock import now_ms
from devices.controller.journal import Journal
from devices.controller.outbox import Outbox
from devices.controller.trusted_time import TrustedClock
from devices.errors import Expired, RolledBack
from devices.protocol.messages import Command, SelfTest

log = structlog.get_logger()

COMMAND_MARK = "command"


def _cannot_test(_: SelfTest) -> None:
    log.warning("self_test_impossible")


class Commands:
    """Takes verified commands; `self_test` is what a device with a way to test itself gives."""

    def __init__(
        self,
        *,
        journal: Journal,
        clock: TrustedClock,
        outbox: Outbox,
        self_test: Callable[[SelfTest], None] = _cannot_test,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._outbox = outbox
        self._self_test = self_test

    def take(self, command: Command) -> None:
        """Do what is new; raise RolledBack or Expired for what is not to be done any more.

        Raises ReceiptUnfounded where a resync asks for what this journal never held.
        """
        if command.sequence <= self._journal.mark(COMMAND_MARK):
            raise RolledBack(f"command {command.sequence}")
        if self._clock.is_trusted and command.expires_at_ms < now_ms(self._clock):
            raise Expired(f"command {command.sequence}")
        self._journal.raise_mark(COMMAND_MARK, command.sequence)
        if command.resync is not None:
            self._outbox.resync(command.resync)
        if command.self_test is not None:
            self._self_test(command.self_test)
