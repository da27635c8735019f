"""Asking a network by HTTP: bounded in bytes and in time; what is secret never in an address.

What is told apart is whether the request can have arrived: only then may it have done something.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from broadcaster import __version__
from broadcaster.outward import BoundedTransport
from broadcaster.publishing.outlets.errors import OutletBusy, OutletUnreachable, OutletUnsure

_CONNECT_S, _READ_S = 5.0, 15.0
WHOLE_S = 30.0
"""How long one answer may take, however slowly its bytes come."""

LARGEST_BYTES = 1 << 20
_LONGEST_WAIT_S = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's status and its JSON object; empty where it is none."""

    status: int
    told: Mapping[str, Any]
    after_s: int | None = None


@contextmanager
def asking(
    *, now_s: Callable[[], float] = time.monotonic, read_s: float = _READ_S
) -> "Iterator[Asker]":
    """What asks, for as long as one round of posting lasts."""
    timeout = httpx.Timeout(read_s, connect=_CONNECT_S)
    agent = {"User-Agent": f"Loa/{__version__}", "Accept-Encoding": "identity"}
    transport = BoundedTransport(whole_s=WHOLE_S, now_s=now_s)
    # Without the environment's proxies and passwords: what an admin entered is what is asked.
    with httpx.Client(
        transport=transport, timeout=timeout, headers=agent, trust_env=False
    ) as client:
        yield Asker(client, now_s=now_s)


class Asker:
    """Asks one network at a time."""

    def __init__(self, client: httpx.Client, *, now_s: Callable[[], float]) -> None:
        self._client = client
        self._now_s = now_s

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Answer:
        """The answer; raise OutletUnreachable, OutletBusy (HTTP 429) or OutletUnsure.

        A network that redirects is not followed: a token is for the one whose address is set.
        """
        ends_s = self._now_s() + WHOLE_S
        try:
            with self._client.stream(
                method, url, headers=dict(headers), params=params, data=form, json=body
            ) as answer:
                content = bytearray()
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > LARGEST_BYTES or self._now_s() > ends_s:
                        raise OutletUnsure("an answer without an end")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise OutletUnreachable(type(error).__name__) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise OutletUnreachable(str(error)[:200]) from error
        except httpx.HTTPError as error:
            raise OutletUnsure(type(error).__name__) from error
        after_s = _seconds(answer.headers.get("Retry-After", ""))
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise OutletBusy("HTTP 429", after_s=after_s)
        return Answer(answer.status_code, _object(bytes(content)), after_s)


def _seconds(told: str) -> int | None:
    return min(int(told), _LONGEST_WAIT_S) if told.isascii() and told.isdigit() else None


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
