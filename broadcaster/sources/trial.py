"""Trying a source out: is it there, is it a programme, does it sound. Says what it found.

It is received as poles receive it, for a few seconds; then ffmpeg, told the form that the bytes
have and given nothing but its own pipes, turns what came into samples.
"""

import asyncio
import math
import re
import ssl
from array import array
from contextlib import aclosing
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import httpx

from devices.errors import RelayBroken, RelayUndecodable
from devices.reception.forms import HEAD_BYTES, form_of
from devices.reception.hosts import AllowedHosts
from devices.reception.octets import Reception
from playlists.audio import ffmpeg
from playlists.audio.audio_errors import FfmpegFailed, FfmpegTimedOut

LISTEN_S = 5.0
"""How long it is listened to once it answers."""

PATIENCE_S = 15.0
"""How long it may take altogether; an operator stands before the page."""

LIMIT_BYTES = 2_000_000
SILENT_BELOW_DBFS = -60.0
_RATE_HZ = 16_000
_FULL_SCALE = 32_768
_AGENT = "loa-station"
_CODEC = re.compile(rb"Audio: ([a-z0-9_]+)")


class Finding(StrEnum):
    """What a trial comes to."""

    PLAYS = "plays"
    SILENT = "silent"
    NOT_ALLOWED = "not_allowed"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    REFUSED = "refused"
    NOTHING_CAME = "nothing_came"
    NO_PROGRAMME = "no_programme"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found: `heard_ms` of sound, its loudest sample in dBFS, and how it is coded.

    `detail` is for whoever mends it, in no particular language.
    """

    finding: Finding
    codec: str = ""
    form: str = ""
    heard_ms: int = 0
    peak_dbfs: float | None = None
    detail: str = ""


def try_source(url: str, *, allowed: AllowedHosts, tls: ssl.SSLContext | None = None) -> Found:
    """Listen to a source for some seconds; takes up to `PATIENCE_S`. Raises FfmpegMissing.

    `tls` says whom to trust; by default whom the machine trusts, as poles do.
    """
    if not allowed.may_open(url):
        return Found(finding=Finding.NOT_ALLOWED)
    try:
        octets = asyncio.run(_received(url, allowed=allowed, tls=tls))
    except TimeoutError:
        return Found(finding=Finding.NOTHING_CAME)
    except RelayUndecodable as error:
        return Found(finding=Finding.NO_PROGRAMME, detail=error.detail)
    except RelayBroken as error:
        return Found(finding=_why_broken(error.detail), detail=error.detail)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Found(finding=_why_not_reached(error), detail=f"{type(error).__name__}: {error}")
    return _judged(octets)


def as_kept(found: Found) -> dict[str, Any]:
    """A finding as a database keeps it."""
    return asdict(found)


def from_kept(kept: dict[str, Any]) -> Found:
    """A finding as it was kept."""
    return Found(**{**kept, "finding": Finding(kept["finding"])})


async def _received(url: str, *, allowed: AllowedHosts, tls: ssl.SSLContext | None) -> bytes:
    """What came within the time; TimeoutError when that is nothing."""
    context = tls or ssl.create_default_context()
    came = bytearray()
    timeout = httpx.Timeout(PATIENCE_S)
    async with httpx.AsyncClient(verify=context, timeout=timeout, trust_env=False) as client:
        try:
            async with asyncio.timeout(PATIENCE_S) as patience:
                octets = Reception(client, allowed.allows, agent=_AGENT).octets(url)
                async with aclosing(octets):
                    async for data in octets:
                        if not came:
                            until = asyncio.get_running_loop().time() + LISTEN_S
                            patience.reschedule(min(until, patience.when() or until))
                        came += data
                        if len(came) >= LIMIT_BYTES:
                            break
        except TimeoutError:
            if not came:
                raise
    return bytes(came)


def _judged(octets: bytes) -> Found:
    if not octets:
        return Found(finding=Finding.NOTHING_CAME)
    form = form_of(octets[:HEAD_BYTES])
    if form is None:
        return Found(finding=Finding.NO_PROGRAMME)
    try:
        decoded = ffmpeg.run(
            [
                *("-v", "info", "-protocol_whitelist", "pipe", "-f", form.value, "-i", "pipe:0"),
                *("-vn", "-f", "s16le", "-ac", "1", "-ar", str(_RATE_HZ), "pipe:1"),
            ],
            stdin=octets,
            timeout_s=PATIENCE_S,
        )
    except (FfmpegFailed, FfmpegTimedOut) as error:
        return Found(finding=Finding.NO_PROGRAMME, form=form.value, detail=error.detail)
    samples = array("h", decoded.stdout[: len(decoded.stdout) // 2 * 2])
    coded = _CODEC.search(decoded.stderr)
    peak_dbfs = _peak_dbfs(samples)
    if not samples:
        finding = Finding.NO_PROGRAMME
    else:
        loud = peak_dbfs is not None and peak_dbfs >= SILENT_BELOW_DBFS
        finding = Finding.PLAYS if loud else Finding.SILENT
    return Found(
        finding=finding,
        codec=coded.group(1).decode() if coded else "",
        form=form.value,
        heard_ms=len(samples) * 1_000 // _RATE_HZ,
        peak_dbfs=peak_dbfs,
    )


def _peak_dbfs(samples: "array[int]") -> float | None:
    """The loudest sample; None for nothing but zeros."""
    peak = max(max(samples, default=0), -min(samples, default=0))
    return round(20 * math.log10(peak / _FULL_SCALE), 1) if peak else None


def _why_broken(detail: str) -> Finding:
    if detail.startswith("not allowed"):
        return Finding.NOT_ALLOWED
    return Finding.REFUSED


def _why_not_reached(error: BaseException) -> Finding:
    """A certificate that nobody trusts stands behind httpx's own error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Finding.CERTIFICATE
        cause = cause.__cause__ or cause.__context__
    return Finding.UNREACHABLE
