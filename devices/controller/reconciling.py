"""From verified words of the station to the device's own plan: what is new, refused, or stopped."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from devices.controller.admission import Refusal, first_refusal, standing_refusal
from devices.controller.standing import Standing
from devices.controller.statements import Statement, about
from devices.protocol.messages import (
    Config,
    IssuerKey,
    Kind,
    Live,
    Now,
    Order,
    OrderKey,
    Plan,
    Stop,
)

STOP_REMEMBERED_MS = 86_400_000
"""How long a stop of the moment outlives its message: the order that it silences may come late."""


class Ordered(Struct, frozen=True):
    """An order as it came: who signed it, and in which plan; none for an order of the moment.

    `unfit` is why this device cannot play it at all.
    """

    order: Order
    issuer: IssuerKey
    plan_version: int | None = None
    unfit: Refusal | None = None


class Moment(Struct, frozen=True):
    """A verified message of the fast path, who signed it, and why we cannot do what it says."""

    now: Now
    issuer: IssuerKey
    unfit: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """All that the station has said and not taken back: orders, and stops that outweigh them."""

    orders: Sequence[Ordered] = ()
    stops: Mapping[str, Sequence[Stop]] = field(default_factory=dict)
    """The stops, by the order that each silences."""

    def stopped(self, order: Order) -> bool:
        """Whether this order shall be silent."""
        return any(stop.silences(order) for stop in self.stops.get(order.id, ()))


class Planned(Struct, frozen=True):
    """An order of the plan that this device is willing to play, and since when it knows it."""

    order: Order
    seen_at_ms: int


def word_of(plan: tuple[Plan, IssuerKey] | None, moments: Iterable[Moment]) -> Word:
    """The station's word: the plan, and of the fast path what is newer than the plan.

    Of an id and repeat that stand twice, the first counts.
    """
    orders: list[Ordered] = []
    stops: list[Stop] = []
    if plan is not None:
        orders += [Ordered(order, plan[1], plan[0].version) for order in plan[0].orders]
        stops += plan[0].all_stops
    for moment in moments:
        if is_taken_up(moment, plan=plan[0] if plan is not None else None):
            continue
        if moment.now.stop is not None:
            stops.append(moment.now.stop)
        if moment.now.order is not None:
            orders.append(Ordered(moment.now.order, moment.issuer, unfit=moment.unfit))
    once: dict[OrderKey, Ordered] = {}
    for each in orders:
        once.setdefault(each.order.key, each)
    by_order: dict[str, list[Stop]] = {}
    for stop in stops:
        by_order.setdefault(stop.order, []).append(stop)
    return Word(orders=tuple(once.values()), stops=by_order)


def is_taken_up(moment: Moment, *, plan: Plan | None) -> bool:
    """Whether a plan that is no older says whatever is to be said of it: of live speech, none."""
    order = moment.now.order
    if order is not None and isinstance(order.live, Live):
        return False
    return plan is not None and moment.now.issued_at_ms <= plan.issued_at_ms


def over(moments: Iterable[Moment], *, plan: Plan | None, now_ms: int) -> list[Moment]:
    """The moments that no longer have to be remembered: taken up by a plan, or long expired."""
    return [each for each in moments if is_taken_up(each, plan=plan) or _ends_ms(each.now) < now_ms]


def _ends_ms(now: Now) -> int:
    if now.order is None:
        return max(now.expires_at_ms, now.issued_at_ms + STOP_REMEMBERED_MS)
    if isinstance(now.order.live, Live):
        # It may be gone on with after a restart in its middle.
        return max(now.expires_at_ms, now.order.not_after_ms, now.order.ends_at_ms)
    return max(now.expires_at_ms, now.order.not_after_ms)


def refused_plan(plan: Plan, found: Standing, *, at_ms: int) -> Statement:
    """What is said of a plan that is signed rightly and must not be followed."""
    code = Refusal.PLAN_ROLLED_BACK
    if found is Standing.EQUIVOCATED:
        code = Refusal.PLAN_EQUIVOCATED
    return refused(code, version=plan.version, at_ms=at_ms)


def refused(code: str, *, version: int | None, at_ms: int) -> Statement:
    """What is said of a message, not of one order, that a known key should not have signed."""
    return Statement(kind=Kind.REJECTED, at_ms=at_ms, code=code, plan_version=version)


def news(
    orders: Sequence[Ordered],
    *,
    config: Config,
    at_ms: int,
    judged_ms: int,
    has_said: Callable[[Statement], bool],
    has_begun: Callable[[OrderKey], bool],
) -> list[Statement]:
    """A `received` or a `rejected` for each order of which that was not said before.

    `judged_ms` is the time by which an order is over: the newest that somebody vouches for. What
    has begun, or ended in any way, is judged no more.
    """
    statements: dict[tuple[OrderKey, tuple[str, str]], Statement] = {}
    for each in orders:
        order, issuer = each.order, each.issuer
        if has_begun(order.key):
            continue
        received = about(order, Kind.RECEIVED, at_ms=at_ms, plan_version=each.plan_version)
        if has_said(received):
            refusal = standing_refusal(order, config=config, issuer=issuer, unfit=each.unfit)
        else:
            refusal = first_refusal(
                order, config=config, issuer=issuer, now_ms=judged_ms, unfit=each.unfit
            )
        statement = received
        if refusal is not None:
            statement = about(
                order, Kind.REJECTED, at_ms=at_ms, code=refusal, plan_version=each.plan_version
            )
        if not has_said(statement):
            statements.setdefault((statement.key, statement.mark), statement)
    return list(statements.values())


def planned_of(
    word: Word,
    *,
    config: Config,
    at_ms: int,
    before: Mapping[OrderKey, Planned],
    has_said: Callable[[Statement], bool],
) -> dict[OrderKey, Planned]:
    """The orders to play; one that was planned just so before keeps the time it was seen.

    An order refused as expired on arrival stays refused: it was never received.
    """
    planned: dict[OrderKey, Planned] = {}
    for each in word.orders:
        order = each.order
        received = has_said(about(order, Kind.RECEIVED, at_ms=at_ms))
        refusal = standing_refusal(order, config=config, issuer=each.issuer, unfit=each.unfit)
        if not received or refusal is not None or word.stopped(order):
            continue
        known = before.get(order.key)
        seen_at_ms = known.seen_at_ms if known and known.order == order else at_ms
        planned.setdefault(order.key, Planned(order=order, seen_at_ms=seen_at_ms))
    return planned
