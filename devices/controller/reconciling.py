"""From a verified plan to the device's own: what is new, what is refused, what stays planned."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from devices.controller.admission import Refusal, first_refusal, standing_refusal
from devices.controller.due import OrderKey, key_of
from devices.controller.statements import Statement, about
from devices.protocol.identity import Identity
from devices.protocol.messages import Kind, Order, Plan


class Standing(Enum):
    """How a verified plan stands to the highest one ever accepted."""

    NEWER = auto()
    SAME = auto()
    ROLLED_BACK = auto()
    EQUIVOCATED = auto()


@dataclass(frozen=True, slots=True)
class Planned:
    """An order of the plan that this device is willing to play, and since when it knows it."""

    order: Order
    seen_at_ms: int


def standing(version: int, message: bytes, *, held: tuple[int, bytes] | None) -> Standing:
    """Compare a plan's version and bytes with the highest accepted ones."""
    if held is None or version > held[0]:
        return Standing.NEWER
    if version < held[0]:
        return Standing.ROLLED_BACK
    return Standing.SAME if message == held[1] else Standing.EQUIVOCATED


def refused_plan(plan: Plan, found: Standing, *, at_ms: int) -> Statement:
    """What is said of a plan that is signed rightly and must not be followed."""
    code = Refusal.PLAN_ROLLED_BACK
    if found is Standing.EQUIVOCATED:
        code = Refusal.PLAN_EQUIVOCATED
    return Statement(kind=Kind.REJECTED, at_ms=at_ms, code=code, plan_version=plan.version)


def news(
    plan: Plan, *, identity: Identity, at_ms: int, has_said: Callable[[Statement], bool]
) -> list[Statement]:
    """A `received` or a `rejected` for each order of which that was not said before."""
    statements: dict[tuple[OrderKey, tuple[str, str]], Statement] = {}
    for order in plan.orders:
        received = about(order, Kind.RECEIVED, at_ms=at_ms, plan_version=plan.version)
        if has_said(received):
            refusal = standing_refusal(order, identity=identity)
        else:
            refusal = first_refusal(order, identity=identity, now_ms=at_ms)
        statement = received
        if refusal is not None:
            statement = about(
                order, Kind.REJECTED, at_ms=at_ms, code=refusal, plan_version=plan.version
            )
        if not has_said(statement):
            statements.setdefault((statement.key, statement.mark), statement)
    return list(statements.values())


def planned_of(
    plan: Plan,
    *,
    identity: Identity,
    at_ms: int,
    before: Mapping[OrderKey, Planned],
    has_said: Callable[[Statement], bool],
) -> dict[OrderKey, Planned]:
    """The orders to play; one that was planned just so before keeps the time it was seen.

    An order refused as expired on arrival stays refused: it was never received.
    """
    planned: dict[OrderKey, Planned] = {}
    for order in plan.orders:
        received = has_said(about(order, Kind.RECEIVED, at_ms=at_ms))
        if not received or standing_refusal(order, identity=identity) is not None:
            continue
        known = before.get(key_of(order))
        seen_at_ms = known.seen_at_ms if known and known.order == order else at_ms
        planned.setdefault(key_of(order), Planned(order=order, seen_at_ms=seen_at_ms))
    return planned
