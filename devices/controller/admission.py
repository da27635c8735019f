"""Which verified orders this device is willing to play: the device's own last word.

A server's mistake, even a signed one, cannot wake a village at 03:15 or talk for hours.
"""

from enum import StrEnum
from urllib.parse import urlsplit

from devices.controller.quiet_hours import disturbs
from devices.protocol.messages import Config, IssuerKey, Order, Priority, Relay, Scope


class Refusal(StrEnum):
    """The code of a `rejected` confirmation."""

    EXPIRED = "expired"
    NEVER_DUE = "never_due"
    TOO_LONG = "too_long"
    QUIET_HOURS = "quiet_hours"
    ISSUER_SCOPE = "issuer_scope"
    RELAY_HOST = "relay_host"
    PLAN_ROLLED_BACK = "plan_rolled_back"
    PLAN_EQUIVOCATED = "plan_equivocated"


def standing_refusal(order: Order, *, config: Config, issuer: IssuerKey) -> Refusal | None:
    """Why this device would never play the order, whatever the time; None when it would."""
    if order.priority == Priority.EMERGENCY and Scope.EMERGENCY not in issuer.scopes:
        return Refusal.ISSUER_SCOPE
    if order.not_after_ms < order.starts_at_ms:
        return Refusal.NEVER_DUE
    if order.duration_ms > config.longest_play_ms:
        return Refusal.TOO_LONG
    if isinstance(order.relay, Relay) and not _is_relayed(order.relay, config=config):
        return Refusal.RELAY_HOST
    if not allowed_at(order, config=config, starts_at_ms=order.starts_at_ms):
        return Refusal.QUIET_HOURS
    return None


def allowed_at(order: Order, *, config: Config, starts_at_ms: int) -> bool:
    """Whether the order may sound from `starts_at_ms` on: outside quiet hours, or overridden."""
    if order.override is not None:
        return True
    sounds_ms = order.tone_ms + order.duration_ms
    return not disturbs(config.quiet_hours, starts_at_ms=starts_at_ms, duration_ms=sounds_ms)


def first_refusal(
    order: Order, *, config: Config, issuer: IssuerKey, now_ms: int
) -> Refusal | None:
    """Why an order that arrives now for the first time is refused; None when it is received."""
    standing = standing_refusal(order, config=config, issuer=issuer)
    if standing is None and now_ms > order.not_after_ms:
        return Refusal.EXPIRED
    return standing


def _is_relayed(relay: Relay, *, config: Config) -> bool:
    return urlsplit(relay.url).hostname in config.relay_hosts
