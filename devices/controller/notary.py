"""The notary: has what this device states on its disk, now or as soon as the disk takes it."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random

import msgspec
import structlog

from devices.controller.journal import Journal
from devices.controller.player import DISK_RETRY_S
from devices.controller.statements import ENDS, Statement
from devices.errors import JournalUnusable

log = structlog.get_logger()

DEBT_S = 2.0
"""How long what could not wait for the disk is owed to it, at most, while it takes anything; behind
an emergency from when everything else is looked at."""


class Notary:
    """Stamps statements and gives them to the journal; `ended` is told when one says an end.

    `paid` is told when nothing is owed to the disk any more.

    Whatever a device without a loudspeaker says is marked as simulated.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        simulated: bool,
        rng: Random,
        ended: Callable[[], None],
        paid: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._simulated = simulated
        self._rng = rng
        self._ended = ended
        self._paid = paid
        self._owing = asyncio.Event()

    def stamped(self, statements: Sequence[Statement]) -> list[Statement]:
        """The statements as they are written."""
        return [
            msgspec.structs.replace(statement, simulated=self._simulated)
            for statement in statements
        ]

    def say(self, *statements: Statement) -> None:
        """Have it on the disk; raise JournalUnusable."""
        if statements:
            self._journal.say(*self.stamped(statements))

    def owe(self, *statements: Statement) -> None:
        """State what is in no hurry: with whatever else is written soon."""
        if statements:
            self._journal.owe(*self.stamped(statements))
            self._owing.set()

    def note(self, *statements: Statement) -> None:
        """State what happened, now or as soon as the disk takes it."""
        if not statements:
            return
        self._journal.note(*self.stamped(statements))
        if self._journal.owes:
            self._owing.set()
        if any(statement.kind in ENDS for statement in statements):
            self._ended()

    def pay_soon(self) -> None:
        """Something is owed of which the notary was not told."""
        self._owing.set()

    async def pay_debts(self) -> None:
        """Write what could not wait for the disk, spread, and again until the disk takes it."""
        while True:
            await self._owing.wait()
            await asyncio.sleep(DEBT_S * (0.5 + self._rng.random() / 2))
            self._owing.clear()
            if not self.pay():
                self._owing.set()
                await asyncio.sleep(DISK_RETRY_S)

    def pay(self) -> bool:
        """Write what is owed; return whether the disk took it."""
        try:
            self._journal.settle()
        except JournalUnusable as error:
            log.error("journal_owes", why=error.detail)
            return False
        self._paid()
        return True
