"""Which addresses are asked, so that no form of the site is a way into the machine's own network.

https alone, with a certificate that holds for the name: a host that somebody's name was made to
point to cannot show one, and gets not an octet of HTTP. http only on this machine, by its own
address. Never link-local (where clouds keep their credentials), multicast or nowhere.
"""

import asyncio
from collections.abc import Iterable
from urllib.parse import urlsplit

from broadcaster.outward import THIS_MACHINE, is_forbidden
from broadcaster.webhooks.errors import WebhookUrlUnusable

LONGEST_URL = 500


class AddressForbidden(Exception):
    """A name that points to where nothing is ever sent."""


def checked_url(url: str) -> str:
    """An address that may be asked; raise WebhookUrlUnusable."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise WebhookUrlUnusable(field="url") from error
    usable = (
        url.isascii()
        and url.isprintable()
        and " " not in url
        and len(url) <= LONGEST_URL
        and bool(host)
        and port != 0
        and parts.username is None
        and parts.password is None
        and not parts.fragment
        and (parts.scheme == "https" or (parts.scheme == "http" and host in THIS_MACHINE))
        and (host in THIS_MACHINE or not is_forbidden(host))
    )
    if not usable:
        raise WebhookUrlUnusable(field="url")
    return url


async def check_where_it_leads(url: str) -> None:
    """Raise AddressForbidden where the name stands for an address that is never asked."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in THIS_MACHINE:
        return
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, parts.port or 443)
    check_addresses(str(each[4][0]) for each in found)


def check_addresses(addresses: Iterable[str]) -> None:
    """Raise AddressForbidden for any of them that is never asked."""
    for each in addresses:
        if is_forbidden(each):
            raise AddressForbidden(each)
