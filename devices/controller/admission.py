"""Which verified orders this device is willing to play: the device's own last word.

A server's mistake, even a signed one, cannot wake a village at 03:15 or talk for hours.
"""

from enum import StrEnum
from ipaddress import IPv6Address, ip_address
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
    REPLAYED = "replayed"
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
    if isinstance(order.relay, Relay) and not may_relay(order.relay.url, config=config):
        return Refusal.RELAY_HOST
    if not allowed_at(order, config=config, starts_at_ms=order.starts_at_ms):
        return Refusal.QUIET_HOURS
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
    order: Order, *, config: Config, issuer: IssuerKey, now_ms: int
) -> Refusal | None:
    """Why an order that arrives now for the first time is refused; None when it is received."""
    standing = standing_refusal(order, config=config, issuer=issuer)
    if standing is None and now_ms > order.not_after_ms:
        return Refusal.EXPIRED
    return standing


def may_relay(url: str, *, config: Config) -> bool:
    """Whether a programme may be taken from there: by https, from a host that the station allowed.

    The station's own is one: it may pass a programme on itself.
    """
    host = _host_of(url)
    return url.startswith("https://") and host is not None and host in _hosts(config)


def may_reach(url: str, peer: str, *, config: Config) -> bool:
    """Whether a name may have led to this network address.

    Whoever owns a name may point it into the network that the pole stands in; so no address
    inside it is reached, but those that the station named as such, and the station's own.
    """
    if not may_relay(url, config=config):
        return False
    address = ip_address(peer)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    is_public = address.is_global and not address.is_multicast
    return (
        is_public
        or str(address) in config.relay_hosts
        or _host_of(url) == _host_of(config.station_url or "")
    )


def _hosts(config: Config) -> set[str | None]:
    return {*config.relay_hosts, _host_of(config.station_url or "")}


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
