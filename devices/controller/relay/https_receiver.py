"""Receives a programme over HTTPS as samples, from where it is allowed only."""

import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import httpx

from devices.controller.relay.decoding import decode_stream, find_ffmpeg
from devices.controller.tls import tls_context
from devices.errors import RelayBroken
from devices.reception.octets import Allows, Reception

CONNECT_S = 10.0
SILENT_S = 20.0
_AGENT = "loa-controller"


class HttpsReceiver:
    """The receiver of a real pole; whom it trusts is the machine's own choice unless given."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        ffmpeg: Callable[[], str | None] = find_ffmpeg,
    ) -> None:
        self._tls = tls
        self._ffmpeg = ffmpeg

    async def receive(
        self, url: str, *, rate_hz: int, allows: Allows
    ) -> AsyncGenerator[bytes, None]:
        """Yield the samples as they come; raise RelayBroken or RelayUndecodable."""
        if self._tls is None:
            self._tls = tls_context()
        timeout = httpx.Timeout(SILENT_S, connect=CONNECT_S)
        async with httpx.AsyncClient(verify=self._tls, timeout=timeout, trust_env=False) as client:
            octets = Reception(client, allows, agent=_AGENT).octets(url)
            samples = decode_stream(octets, rate_hz=rate_hz, ffmpeg=self._ffmpeg())
            try:
                async with aclosing(octets), aclosing(samples):
                    async for pcm in samples:
                        yield pcm
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
                raise RelayBroken(f"{type(error).__name__}: {error}") from error
