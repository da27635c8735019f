"""Commands to this one device: each acted on once, in the order of their numbers, in their time."""

from collections.abc import Callable

import structlog

from devices.controller import heights
from devices.controller.clock import now_ms
from devices.controller.journal import Journal
from devices.controller.outbox import Outbox
from devices.controller.trusted_time import TrustedClock
from devices.errors import Expired, RolledBack
from devices.protocol.keyring import Trust
from devices.protocol.messages import Command, SelfTest

log = structlog.get_logger()


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

    def take(self, command: Command, *, message: bytes, trust: Trust) -> None:
        """Do what is new; raise RolledBack or Expired for what is not to be done any more.

        The last one once more is only a repetition. Raises ReceiptUnfounded where a resync asks
        for what this journal never held.
        """
        reached = heights.height(self._journal, heights.COMMAND, trust=trust)
        if command.sequence == reached:
            return
        if command.sequence < reached:
            raise RolledBack(f"command {command.sequence} after {reached}")
        self._journal.raise_marks(heights.risen(heights.COMMAND, command.sequence, message=message))
        if self._clock.is_vouched and command.expires_at_ms < now_ms(self._clock):
            raise Expired(f"command {command.sequence}")
        if command.resync is not None:
            self._outbox.resync(command.resync)
        if command.self_test is not None:
            self._self_test(command.self_test)
