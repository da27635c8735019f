"""What the station wants of this device: configuration, plan and orders of the moment, verified.

Everything here was signed by a key that may say it, is the newest of its kind, and stands on the
disk before it is acted on; only what must sound or fall silent at once is written afterwards.
`planned` is what the player plays by.
"""

from collections.abc import Callable, Mapping, Sequence

import structlog

from devices.controller import heights
from devices.controller.admission import Refusal
from devices.controller.bearings import NO_BEARINGS, Bearings, take_bearings
from devices.controller.brake import Brake
from devices.controller.clock import now_ms
from devices.controller.due import PREROLL_MS, opens_with_tone
from devices.controller.journal import Journal
from devices.controller.moments import Moments
from devices.controller.reconciling import (
    Moment,
    Ordered,
    Planned,
    Word,
    news,
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
from devices.protocol.messages import IssuerKey, Kind, Now, Order, OrderKey, Plan

log = structlog.get_logger()

FLOOR_MARK = "floor_ms"
REFUSALS_A_DAY = 100
"""Of what is wrong with whole messages no more is written: a thief of a key could fill the disk."""

LATE_MS = 5_000
"""How old an emergency is that may have waited for us at the broker, and a stop of it behind it."""

Stamp = Callable[[Sequence[Statement]], list[Statement]]


class Agenda:
    """One device's standing orders.

    `changed` tells that they are others; `urgent` that one of them must sound at once, and that
    `follow` is to be called for the rest once it does; `late` that it is to be called in a moment.
    """

    def __init__(
        self,
        *,
        identity: Identity,
        journal: Journal,
        clock: TrustedClock,
        stamp: Stamp,
        has_begun: Callable[[OrderKey], bool],
        changed: Callable[[], None],
        urgent: Callable[[], None],
        late: Callable[[], None],
        unfit: Callable[[Order], Refusal | None] = lambda _: None,
    ) -> None:
        self.bearings: Bearings = NO_BEARINGS
        self.planned: dict[OrderKey, Planned] = {}
        self.word = Word()
        self._identity = identity
        self._journal = journal
        self._clock = clock
        self._stamp = stamp
        self._has_begun = has_begun
        self._changed = changed
        self._urgent = urgent
        self._late = late
        self._unfit = unfit
        self._plan: tuple[Plan, IssuerKey] | None = None
        self._moments = Moments(journal)
        self._brake = Brake(clock=clock, limit=REFUSALS_A_DAY, window_s=86_400)

    @property
    def plan_version(self) -> int:
        """The highest version accepted for our cluster of anybody whom we trust; 0 before any."""
        cluster = self.bearings.cluster
        return 0 if cluster is None else self._height(heights.plan_of(cluster))

    @property
    def now_sequence(self) -> int:
        """The highest sequence of anybody whom we trust; 0 before any."""
        return self._height(heights.NOW)

    @property
    def waits_for_time(self) -> bool:
        """Whether orders of the moment wait for the device to believe its time."""
        return self._moments.wait_for_time

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
        self._read_again()
        self._follow()

    def take_config(self, message: bytes) -> bool:
        """Take a configuration; return whether it is news. Raises ContractViolation."""
        before = self.bearings
        taken = take_bearings(
            message,
            identity=self._identity,
            held=before,
            now_ms=self._clock.verifying_ms,
            is_vouched=self._clock.is_vouched,
            height=lambda trust: heights.height(self._journal, heights.CONFIG, trust=trust),
        )
        if taken is None or taken.config is None:
            return False
        if taken.trust.serial > before.trust.serial > 0:
            self._clock.heard_root(taken.trust.issued_at_ms)
        self._clock.heard_signed(taken.config.issued_at_ms)
        self.bearings = taken
        self._journal.accept_config(
            message,
            version=taken.version,
            marks=heights.risen(heights.CONFIG, taken.version, message=message),
            replaced={FLOOR_MARK: self._clock.floor_ms},
        )
        log.info("config_accepted", version=taken.version, keyring=taken.trust.serial)
        if taken.cluster != before.cluster or taken.trust.issuers != before.trust.issuers:
            # Whom we trusted yesterday may be revoked: what they said is read again.
            self._read_again()
        self._journal.note(*self._stamp(self._news_of(self._word().orders)))
        self._follow()
        return True

    def take_plan(self, message: bytes) -> None:
        """Take a plan, or say why not. Raises ContractViolation for one that is not followed."""
        try:
            plan, issuer = self._open_plan(message, now_ms=self._clock.verifying_ms)
        except (OutsideScope, KeyExpired) as violation:
            self._say_refused(violation)
            raise
        found = self._plan_standing(plan, message)
        if found is Standing.SAME:
            return
        if found is not Standing.NEWER:
            self._say_once(refused_plan(plan, found, at_ms=self._now_ms()))
            raise RolledBack(f"plan {plan.version} after {self.plan_version}")
        self._journal.accept_plan(
            message,
            cluster=plan.cluster,
            version=plan.version,
            marks=self._marks(heights.plan_of(plan.cluster), plan.version, message, plan),
            statements=self._stamp(self._news_of(word_of((plan, issuer), self._moments).orders)),
        )
        log.info("plan_accepted", version=plan.version, orders=len(plan.orders))
        self._plan = plan, issuer
        self.follow()

    def take_now(self, message: bytes) -> None:
        """Take an order or a stop of the moment; an order waits for a time to believe.

        Raises ContractViolation for what is nobody's word, old, or expired.
        """
        try:
            moment = self._open_now(message, now_ms=self._clock.verifying_ms)
        except (OutsideScope, KeyExpired) as violation:
            self._say_refused(violation)
            raise
        now = moment.now
        if now.sequence <= self.now_sequence:
            self._meet_again(moment)
        elif now.stop is not None:
            self._silence(message, moment)
        elif not self._clock.is_trusted or (self._is_over(now) and not self._clock.is_vouched):
            self._moments.let_wait(now.sequence, message)
        elif now.order is not None:
            self._admit(message, moment, now.order)

    def follow(self) -> None:
        """Look through everything that is known, and tell what became of it."""
        self._forget_moments()
        self._follow()

    def take_pending(self) -> None:
        """Take what waited for a time to believe."""
        self._moments.take_up(self.take_now)

    def _meet_again(self, moment: Moment) -> None:
        """Nothing is said of a word that is only repeated; of one that was passed over, that."""
        order = moment.now.order
        if self._moments.stand(moment.now):
            return
        if order is not None and not self._journal.has_said_anything(order.key):
            self._refuse_order(order, Refusal.REPLAYED)
        raise RolledBack(f"now {moment.now.sequence} after {self.now_sequence}")

    def _silence(self, message: bytes, moment: Moment) -> None:
        """Fall silent first, and write it down afterwards; silence does no harm at any time."""
        self._accept_moment(message, moment, statements=(), owed=True)
        self._follow()
        self._journal.note()

    def _admit(self, message: bytes, moment: Moment, order: Order) -> None:
        now = moment.now
        if self._is_over(now):
            marks = self._marks(heights.NOW, now.sequence, message, now)
            self._journal.raise_marks(marks, owed=True)
            if not self._journal.has_said_anything(order.key):
                self._refuse_order(order, Refusal.EXPIRED)
            raise Expired(f"now {now.sequence}")
        statements = self._news_of([Ordered(order, moment.issuer, unfit=moment.unfit)])
        # A station's clock may be a little ahead of ours.
        is_soon = order.starts_at_ms - PREROLL_MS <= self._now_ms()
        is_received = [each.kind for each in statements] == [Kind.RECEIVED]
        is_urgent = (
            is_received and opens_with_tone(order) and is_soon and not self._journal.owes_too_much
        )
        self._accept_moment(message, moment, statements=statements, owed=is_urgent)
        if is_urgent and self._now_ms() - now.issued_at_ms > LATE_MS:
            # It waited while we were away, and so may have what takes it back.
            self._late()
        elif is_urgent:
            self._hurry(order)
        else:
            self.follow()

    def _hurry(self, order: Order) -> None:
        """Let what was just received sound first, and look through everything else afterwards."""
        if not self.word.stopped(order):
            new = {order.key: Planned(order=order, seen_at_ms=self._now_ms())}
            self.planned = new | self.planned
        self._urgent()

    def _is_over(self, now: Now) -> bool:
        return now.expires_at_ms < self._now_ms()

    def _accept_moment(
        self, message: bytes, moment: Moment, *, statements: Sequence[Statement], owed: bool
    ) -> None:
        now = moment.now
        self._journal.accept_moment(
            message,
            sequence=now.sequence,
            marks=self._marks(heights.NOW, now.sequence, message, now),
            statements=self._stamp(statements),
            owed=owed,
        )
        log.info("moment_accepted", sequence=now.sequence, stop=now.stop is not None)
        self._moments.add(moment)

    def _plan_standing(self, plan: Plan, message: bytes) -> Standing:
        """How it stands to the plan on the disk, and to what those whom we trust have signed."""
        held, reached = self._journal.plan(plan.cluster), self.plan_version
        if held is not None and held[1] == message:
            return Standing.SAME
        if self._plan is None and plan.version == reached:
            # Another's plan took its place, and went with his key.
            return Standing.NEWER
        return standing(plan.version, message, held=(reached, b""))

    def _open_plan(self, message: bytes, *, now_ms: int) -> tuple[Plan, IssuerKey]:
        return open_plan(
            message,
            station=self._identity.station,
            cluster=self._cluster(),
            trust=self.bearings.trust,
            now_ms=now_ms,
        )

    def _open_now(self, message: bytes, *, now_ms: int) -> Moment:
        now, issuer = open_now(
            message,
            station=self._identity.station,
            cluster=self._cluster(),
            trust=self.bearings.trust,
            now_ms=now_ms,
        )
        unfit = self._unfit(now.order) if now.order is not None else None
        return Moment(now=now, issuer=issuer, unfit=unfit)

    def _cluster(self) -> str:
        if self.bearings.cluster is None:
            raise NotConfigured
        return self.bearings.cluster

    def _read_again(self) -> None:
        """Follow what is on the disk and still holds; a key's last day may have passed since."""
        self._plan = None
        held = self._journal.plan(self._cluster())
        if held is not None:
            try:
                self._plan = self._open_plan(held[1], now_ms=0)
            except ContractViolation as violation:
                log.error("stored_plan_refused", version=held[0], code=violation.code)
        self._moments.read_again(lambda message: self._open_now(message, now_ms=0))

    def _forget_moments(self) -> None:
        plan = self._plan[0] if self._plan is not None else None
        self._moments.forget_what_is_over(plan=plan, now_ms=self._now_ms())

    def _word(self) -> Word:
        return word_of(self._plan, self._moments)

    def _follow(self) -> None:
        self.word = self._word()
        self.planned = self._planned_of(self.word)
        self._changed()

    def _planned_of(self, word: Word) -> dict[OrderKey, Planned]:
        if self.bearings.config is None:
            return {}
        return planned_of(
            word,
            config=self.bearings.config,
            at_ms=self._now_ms(),
            before=self.planned,
            has_said=self._journal.has_said,
        )

    def _news_of(self, orders: Sequence[Ordered]) -> Sequence[Statement]:
        if self.bearings.config is None:
            return ()
        return news(
            orders,
            config=self.bearings.config,
            at_ms=self._now_ms(),
            judged_ms=self._clock.verifying_ms,
            has_said=self._journal.has_said,
            has_begun=self._has_begun,
        )

    def _say_refused(self, violation: OutsideScope | KeyExpired) -> None:
        """Say once what a known key signed that it may not sign."""
        at_ms = self._now_ms()
        self._say_once(refused(violation.code, version=violation.version, at_ms=at_ms))

    def _refuse_order(self, order: Order, why: Refusal) -> None:
        self._say_once(about(order, Kind.REJECTED, at_ms=self._now_ms(), code=why))

    def _say_once(self, statement: Statement) -> None:
        if not self._journal.has_said(statement) and self._brake.lets_through():
            self._journal.note(*self._stamp([statement]))

    def _height(self, what: str) -> int:
        return heights.height(self._journal, what, trust=self.bearings.trust)

    def _marks(self, what: str, number: int, message: bytes, said: Plan | Now) -> Mapping[str, int]:
        """What a verified message leaves behind: its number, and the time that it proves."""
        self._clock.heard_signed(said.issued_at_ms)
        return {
            **heights.risen(what, number, message=message),
            FLOOR_MARK: self._clock.floor_ms,
        }

    def _now_ms(self) -> int:
        return now_ms(self._clock)


def subscriptions_of(
    identity: Identity, bearings: Bearings, *, can_hear_live: bool = True
) -> Sequence[str]:
    """The topics that a device hears: its own, and those of its cluster once it has one."""
    own = [
        topics.config(identity.station, identity.device),
        topics.to_device(identity.station, identity.device),
    ]
    if bearings.cluster is None:
        return own
    live = [topics.live(identity.station, bearings.cluster)] if can_hear_live else []
    return [
        *own,
        topics.plan(identity.station, bearings.cluster),
        topics.now(identity.station, bearings.cluster),
        *live,
    ]


def stopped_statements(
    word: Word, *, journal: Journal, at_ms: int, playing: Mapping[OrderKey, object]
) -> list[Statement]:
    """A `stopped` for each order that a stop silences and that is not on the sink."""
    return [
        about(each.order, Kind.STOPPED, at_ms=at_ms)
        for each in word.orders
        if word.stopped(each.order)
        and each.order.key not in journal.ended
        and each.order.key not in playing
        and journal.has_said(about(each.order, Kind.RECEIVED, at_ms=at_ms))
    ]
