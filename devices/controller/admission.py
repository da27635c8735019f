"""Which orders of a verified plan this device is willing to play: the device's own last word.

A server's mistake, even a signed one, cannot wake a village at 03:15 or talk for hours.
"""

from enum import StrEnum

from devices.controller.quiet_hours import disturbs
from devices.protocol.identity import Identity
from devices.protocol.messages import Order


class Refusal(StrEnum):
    """The code of a `rejected` confirmation."""

    EXPIRED = "expired"
    NEVER_DUE = "never_due"
    TOO_LONG = "too_long"
    QUIET_HOURS = "quiet_hours"
    PLAN_ROLLED_BACK = "plan_rolled_back"
    PLAN_EQUIVOCATED = "plan_equivocated"


def standing_refusal(order: Order, *, identity: Identity) -> Refusal | None:
    """Why this device would never play the order, whatever the time; None when it would."""
    if order.not_after_ms < order.starts_at_ms:
        return Refusal.NEVER_DUE
    if order.duration_ms > identity.longest_play_ms:
        return Refusal.TOO_LONG
    if not allowed_at(order, identity=identity, starts_at_ms=order.starts_at_ms):
        return Refusal.QUIET_HOURS
    return None


def allowed_at(order: Order, *, identity: Identity, starts_at_ms: int) -> bool:
    """Whether the order may sound from `starts_at_ms` on: outside quiet hours, or overridden."""
    if order.override is not None:
        return True
    return not disturbs(
        identity.quiet_hours, starts_at_ms=starts_at_ms, duration_ms=order.duration_ms
    )


def first_refusal(order: Order, *, identity: Identity, now_ms: int) -> Refusal | None:
    """Why an order that arrives now for the first time is refused; None when it is received."""
    standing = standing_refusal(order, identity=identity)
    if standing is None and now_ms > order.not_after_ms:
        return Refusal.EXPIRED
    return standing
