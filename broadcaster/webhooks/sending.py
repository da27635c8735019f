"""Sending: one POST, bounded in time, never redirected; of the answer only its status is read.

Nothing of an answer is shown or kept, so no address tells anybody what lies behind it.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from broadcaster import __version__
from broadcaster.webhooks.addresses import AddressForbidden, check_where_it_leads
from broadcaster.webhooks.signing import signed_headers

WHOLE_S = 10.0
"""How long one delivery may take, with looking up the name, however slowly an answer comes."""

ROUND_S = 20.0
"""How long one address may hold up the next round; the rest follows in that."""

_AWAY = frozenset({"too_slow", "unreachable", "forbidden"})
"""After which an address is not asked again in the same round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is sent where, signed with what."""

    delivery_id: str
    event_id: str
    webhook_id: str
    url: str
    secret: str
    body: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: `trouble` is empty where the receiver answered with 2xx."""

    delivery_id: str
    trouble: str = ""


def send_all(
    parcels: Sequence[Parcel],
    *,
    at_s: int,
    whole_s: float = WHOLE_S,
    goes_on: Callable[[], bool] = lambda: True,
) -> list[Outcome]:
    """Send these while it `goes_on`; one after the other to an address, all addresses at once.

    What is not in the answer was not tried: its address did not answer, or was too slow.
    """
    return asyncio.run(_send_all(parcels, at_s=at_s, whole_s=whole_s, goes_on=goes_on))


async def _send_all(
    parcels: Sequence[Parcel], *, at_s: int, whole_s: float, goes_on: Callable[[], bool]
) -> list[Outcome]:
    by_address: dict[str, list[Parcel]] = {}
    for each in parcels:
        by_address.setdefault(each.webhook_id, []).append(each)
    # Without the environment's proxies and passwords: what an admin typed is what is asked.
    async with httpx.AsyncClient(
        timeout=whole_s,
        verify=ssl.create_default_context(),
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": f"Loa/{__version__}", "Content-Type": "application/json"},
    ) as client:
        ends_s = asyncio.get_running_loop().time() + ROUND_S

        async def told(mine: Sequence[Parcel]) -> list[Outcome]:
            done: list[Outcome] = []
            for parcel in mine:
                if not goes_on() or asyncio.get_running_loop().time() > ends_s:
                    break
                trouble = await _send(client, parcel, at_s=at_s, whole_s=whole_s)
                done.append(Outcome(parcel.delivery_id, trouble))
                if trouble in _AWAY:
                    break
            return done

        found = await asyncio.gather(*(told(mine) for mine in by_address.values()))
    return [outcome for done in found for outcome in done]


async def _send(client: httpx.AsyncClient, parcel: Parcel, *, at_s: int, whole_s: float) -> str:
    """Send one; the code of what stood against it."""
    body = parcel.body.encode()
    headers = signed_headers(secret=parcel.secret, event_id=parcel.event_id, at_s=at_s, body=body)
    try:
        async with asyncio.timeout(whole_s):
            await check_where_it_leads(parcel.url)
            async with client.stream(
                "POST", parcel.url, content=body, headers=dict(headers)
            ) as answer:
                return "" if answer.is_success else f"http_{answer.status_code}"
    except (TimeoutError, httpx.TimeoutException):
        return "too_slow"
    except AddressForbidden:
        return "forbidden"
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError):
        return "unreachable"
