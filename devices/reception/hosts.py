"""From which hosts a programme may be taken, and to which addresses their names may lead."""

from collections.abc import Set
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedHosts:
    """The hosts that a station allowed by name, and its own, which may pass a programme on."""

    hosts: Set[str]
    station_url: str = ""

    def may_open(self, url: str) -> bool:
        """Whether a programme may be taken from there: by https, from one of these hosts."""
        host = host_of(url)
        named = {*self.hosts, host_of(self.station_url)}
        return url.startswith("https://") and host is not None and host in named

    def may_reach(self, url: str, peer: str) -> bool:
        """Whether a name may have led to this network address.

        Whoever owns a name may point it into the network that its listener stands in; so no
        address inside it is reached, but those that the station named as such, and its own. Where
        clouds keep their credentials (link-local), and what is nobody's, is reached by no name.
        """
        if not self.may_open(url):
            return False
        address = ip_address(peer)
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            return False
        is_public = address.is_global
        return is_public or str(address) in self.hosts or host_of(url) == host_of(self.station_url)

    def allows(self, url: str, peer: str | None) -> bool:
        """Both questions in one: before a URL is opened, and once its address is known."""
        return self.may_open(url) if peer is None else self.may_reach(url, peer)


def host_of(url: str) -> str | None:
    """The host of a URL in lower case; None where it has none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
