"""Which verified orders this device is willing to play: the device's own last word.

A server's mistake, even a signed one, cannot wake a village at 03:15 or talk for hours.
"""

from enum import StrEnum

from devices.controller.quiet_hours import disturbs
from devices.protocol.messages import Config, IssuerKey, Order, Priority, Relay, Scope
from devices.reception.hosts import AllowedHosts


class Refusal(StrEnum):
    """The code of a `rejected` confirmation."""

    EXPIRED = "expired"
    NEVER_DUE = "never_due"
    TOO_LONG = "too_long"
    QUIET_HOURS = "quiet_hours"
    ISSUER_SCOPE = "issuer_scope"
    RELAY_HOST = "relay_host"
    UNSUPPORTED = "unsupported"
    LIVE_KEY = "live_key"
    REPLAYED = "replayed"
    PLAN_ROLLED_BACK = "plan_rolled_back"
    PLAN_EQUIVOCATED = "plan_equivocated"


def standing_refusal(
    order: Order, *, config: Config, issuer: IssuerKey, unfit: Refusal | None = None
) -> Refusal | None:
    """Why this device would never play the order, whatever the time; None when it would.

    `unfit` is why it could not, whatever its configuration says.
    """
    if order.priority == Priority.EMERGENCY and Scope.EMERGENCY not in issuer.scopes:
        return Refusal.ISSUER_SCOPE
    if order.not_after_ms < order.starts_at_ms:
        return Refusal.NEVER_DUE
    if order.duration_ms > config.longest_play_ms:
        return Refusal.TOO_LONG
    unable = _unable(order, config=config) or unfit
    if unable is not None:
        return unable
    if not allowed_at(order, config=config, starts_at_ms=order.starts_at_ms):
        return Refusal.QUIET_HOURS
    return None


def _unable(order: Order, *, config: Config) -> Refusal | None:
    """Why its sound may not be had from where it comes."""
    if isinstance(order.relay, Relay) and not may_relay(order.relay.url, config=config):
        return Refusal.RELAY_HOST
    return None


def allowed_at(order: Order, *, config: Config, starts_at_ms: int, position_ms: int = 0) -> bool:
    """Whether it may sound from `starts_at_ms` on: outside quiet hours, or overridden.

    `position_ms` of it have been heard already.
    """
    if order.override is not None:
        return True
    left_ms = order.duration_ms - position_ms
    sounds_ms = left_ms if position_ms else order.tone_ms + left_ms
    return not disturbs(config.quiet_hours, starts_at_ms=starts_at_ms, duration_ms=sounds_ms)


def first_refusal(
    order: Order,
    *,
    config: Config,
    issuer: IssuerKey,
    now_ms: int,
    unfit: Refusal | None = None,
) -> Refusal | None:
    """Why an order that arrives now for the first time is refused; None when it is received."""
    standing = standing_refusal(order, config=config, issuer=issuer, unfit=unfit)
    if standing is None and now_ms > order.not_after_ms:
        return Refusal.EXPIRED
    return standing


def may_relay(url: str, *, config: Config) -> bool:
    """Whether a programme may be taken from there: by https, from a host that the station allowed.

    The station's own is one: it may pass a programme on itself.
    """
    return _allowed(config).may_open(url)


def may_reach(url: str, peer: str, *, config: Config) -> bool:
    """Whether a name may have led to this network address."""
    return _allowed(config).may_reach(url, peer)


def _allowed(config: Config) -> AllowedHosts:
    return AllowedHosts(hosts=frozenset(config.relay_hosts), station_url=config.station_url or "")
