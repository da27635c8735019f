"""What the station wants of this device: configuration, plan and orders of the moment, verified.

Everything here was signed by a key that may say it, is the newest of its kind, and stands on the
disk before it is acted on. `planned` is what the player plays by.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import structlog

from devices.controller.bearings import NO_BEARINGS, Bearings, take_bearings
from devices.controller.clock import now_ms
from devices.controller.due import OrderKey, key_of
from devices.controller.journal import Journal
from devices.controller.reconciling import (
    Moment,
    Planned,
    Word,
    news,
    over,
    planned_of,
    refused,
    refused_plan,
    word_of,
)
from devices.controller.standing import Standing, standing
from devices.controller.statements import Statement, about
from devices.controller.trusted_time import TrustedClock
from devices.errors import (
    ContractViolation,
    Expired,
    KeyExpired,
    NotConfigured,
    OutsideScope,
    RolledBack,
)
from devices.protocol import topics
from devices.protocol.envelope import open_now, open_plan
from devices.protocol.identity import Identity
from devices.protocol.messages import Confirmation, IssuerKey, Kind, Plan

log = structlog.get_logger()

PENDING_LIMIT = 16
NOW_MARK = "now"
FLOOR_MARK = "floor_ms"

Stamp = Callable[[Sequence[Statement]], list[Statement]]


class Agenda:
    """One device's standing orders; `said` and `changed` tell what became of them."""

    def __init__(
        self,
        *,
        identity: Identity,
        journal: Journal,
        clock: TrustedClock,
        stamp: Stamp,
        said: Callable[[Sequence[Confirmation]], None],
        changed: Callable[[], None],
    ) -> None:
        self.bearings: Bearings = NO_BEARINGS
        self.planned: dict[OrderKey, Planned] = {}
        self.word = Word()
        self._identity = identity
        self._journal = journal
        self._clock = clock
        self._stamp = stamp
        self._said = said
        self._changed = changed
        self._plan: tuple[Plan, IssuerKey] | None = None
        self._moments: list[Moment] = []
        self._pending: dict[bytes, None] = {}

    @property
    def plan_version(self) -> int:
        """The version of the plan that is followed; 0 while there is none."""
        return self._plan[0].version if self._plan is not None else 0

    @property
    def waits_for_time(self) -> bool:
        """Whether orders of the moment wait for the device to believe its time."""
        return bool(self._pending)

    def remember(self) -> None:
        """Take up what is on the disk, before the broker says anything."""
        held = self._journal.config()
        if held is None:
            return
        try:
            self.bearings = (
                take_bearings(held[1], identity=self._identity, held=NO_BEARINGS, now_ms=0)
                or NO_BEARINGS
            )
        except ContractViolation as violation:
            log.error("stored_config_refused", version=held[0], code=violation.code)
            return
        self._remember_plan()
        for message in self._journal.moments():
            with suppress(ContractViolation):
                self._moments.append(self._open_now(message))
        self._follow()

    def take_config(self, message: bytes) -> bool:
        """Take a configuration; return whether it is news. Raises ContractViolation."""
        before = self.bearings
        taken = take_bearings(
            message, identity=self._identity, held=before, now_ms=self._clock.verifying_ms
        )
        if taken is None or taken.config is None:
            return False
        self._journal.accept_config(message, version=taken.version)
        if taken.trust.serial > before.trust.serial > 0:
            self._clock.heard_root(taken.trust.issued_at_ms)
            self._journal.set_mark(FLOOR_MARK, self._clock.floor_ms, durable=False)
        self.bearings = taken
        self._note_time(taken.config.issued_at_ms)
        log.info("config_accepted", version=taken.version, keyring=taken.trust.serial)
        if taken.cluster != before.cluster or taken.trust.serial != before.trust.serial:
            # Whom we trusted yesterday may be revoked: what they said is read again.
            self._plan, self._moments = None, []
            self._remember_plan()
        self._say_news()
        self._follow()
        return True

    def take_plan(self, message: bytes) -> None:
        """Take a plan, or say why not. Raises ContractViolation for what is nobody's word."""
        cluster = self._cluster()
        try:
            plan, issuer = self._open_plan(message, now_ms=self._clock.verifying_ms)
        except (OutsideScope, KeyExpired) as violation:
            self._refuse(violation)
            return
        found = standing(plan.version, message, held=self._journal.plan(cluster))
        if found is Standing.SAME:
            return
        if found is not Standing.NEWER:
            self._say_once(refused_plan(plan, found, at_ms=self._now_ms()))
            return
        self._note_time(plan.issued_at_ms)
        word = word_of((plan, issuer), self._moments)
        self._said(
            self._journal.accept_plan(
                message,
                cluster=cluster,
                version=plan.version,
                statements=self._stamp(self._news_of(word)),
            )
        )
        log.info("plan_accepted", version=plan.version, orders=len(plan.orders))
        self._plan = plan, issuer
        self._forget_moments()
        self._follow()

    def take_now(self, message: bytes) -> None:
        """Take an order of the moment; without a time to believe it waits for one.

        Raises ContractViolation for what is nobody's word, old, or expired.
        """
        try:
            moment = self._open_now(message)
        except (OutsideScope, KeyExpired) as violation:
            self._refuse(violation)
            return
        if not self._clock.is_trusted:
            self._pending[message] = None
            while len(self._pending) > PENDING_LIMIT:
                self._pending.pop(next(iter(self._pending)))
            return
        self._admit(message, moment)

    def take_pending(self) -> None:
        """Take what waited for a time to believe."""
        waiting, self._pending = list(self._pending), {}
        for message in waiting:
            try:
                self.take_now(message)
            except ContractViolation as violation:
                log.warning("moment_refused", code=violation.code, detail=violation.detail)

    def _admit(self, message: bytes, moment: Moment) -> None:
        now = moment.now
        if now.sequence <= self._journal.mark(NOW_MARK):
            if any(each.now == now for each in self._moments):
                return
            raise RolledBack(f"now {now.sequence} after {self._journal.mark(NOW_MARK)}")
        if now.expires_at_ms < self._now_ms():
            raise Expired(f"now {now.sequence}")
        self._note_time(now.issued_at_ms)
        moments = [*self._moments, moment]
        statements = self._news_of(word_of(self._plan, moments))
        self._said(
            self._journal.accept_moment(
                message, sequence=now.sequence, statements=self._stamp(statements)
            )
        )
        log.info("moment_accepted", sequence=now.sequence, stop=now.stop is not None)
        self._moments = moments
        self._forget_moments()
        self._follow()

    def _open_plan(self, message: bytes, *, now_ms: int) -> tuple[Plan, IssuerKey]:
        return open_plan(
            message,
            station=self._identity.station,
            cluster=self._cluster(),
            trust=self.bearings.trust,
            now_ms=now_ms,
        )

    def _open_now(self, message: bytes) -> Moment:
        now, issuer = open_now(
            message,
            station=self._identity.station,
            cluster=self._cluster(),
            trust=self.bearings.trust,
            now_ms=self._clock.verifying_ms,
        )
        return Moment(now=now, issuer=issuer)

    def _cluster(self) -> str:
        if self.bearings.cluster is None:
            raise NotConfigured
        return self.bearings.cluster

    def _remember_plan(self) -> None:
        """Follow the plan on disk; a key's last day may have passed since it was accepted."""
        held = self._journal.plan(self._cluster())
        if held is None:
            return
        try:
            self._plan = self._open_plan(held[1], now_ms=0)
        except ContractViolation as violation:
            log.error("stored_plan_refused", version=held[0], code=violation.code)

    def _forget_moments(self) -> None:
        plan = self._plan[0] if self._plan is not None else None
        gone = over(self._moments, plan=plan, now_ms=self._now_ms())
        self._moments = [each for each in self._moments if each not in gone]
        self._journal.drop_moments([each.now.sequence for each in gone])

    def _follow(self) -> None:
        self.word = word_of(self._plan, self._moments)
        if self.bearings.config is not None:
            self.planned = planned_of(
                self.word,
                config=self.bearings.config,
                at_ms=self._now_ms(),
                before=self.planned,
                has_said=self._journal.has_said,
            )
        self._changed()

    def _news_of(self, word: Word) -> Sequence[Statement]:
        if self.bearings.config is None:
            return ()
        return news(
            word.orders,
            config=self.bearings.config,
            at_ms=self._now_ms(),
            has_said=self._journal.has_said,
        )

    def _say_news(self) -> None:
        """State what a new configuration makes of the orders that are held."""
        found = self._news_of(word_of(self._plan, self._moments))
        if found:
            self._said(self._journal.say(*self._stamp(found)))

    def _refuse(self, violation: OutsideScope | KeyExpired) -> None:
        log.warning("message_refused", code=violation.code, detail=violation.detail)
        self._say_once(refused(violation.code, version=violation.version, at_ms=self._now_ms()))

    def _say_once(self, statement: Statement) -> None:
        log.warning("plan_refused", code=statement.code, version=statement.plan_version)
        if not self._journal.has_said(statement):
            self._said(self._journal.say(*self._stamp([statement])))

    def _note_time(self, at_ms: int) -> None:
        if self._clock.heard_signed(at_ms):
            self._journal.raise_mark(FLOOR_MARK, at_ms, durable=False)

    def _now_ms(self) -> int:
        return now_ms(self._clock)


def subscriptions_of(identity: Identity, bearings: Bearings) -> Sequence[str]:
    """The topics that a device hears: its own, and those of its cluster once it has one."""
    own = [
        topics.config(identity.station, identity.device),
        topics.to_device(identity.station, identity.device),
    ]
    if bearings.cluster is None:
        return own
    return [
        *own,
        topics.plan(identity.station, bearings.cluster),
        topics.now(identity.station, bearings.cluster),
    ]


def stopped_statements(
    word: Word, *, journal: Journal, at_ms: int, playing: Mapping[OrderKey, object]
) -> list[Statement]:
    """A `stopped` for each order that a stop silences and that is not on the sink."""
    return [
        about(each.order, Kind.STOPPED, at_ms=at_ms)
        for each in word.orders
        if word.stopped(each.order)
        and key_of(each.order) not in journal.ended
        and key_of(each.order) not in playing
        and journal.has_said(about(each.order, Kind.RECEIVED, at_ms=at_ms))
    ]
