"""Certificates that end: of the site, of the broker, of the CA that devices trust.

A loudspeaker that finds one that has ended does not connect: it goes on by the plan that it holds,
and tells nothing any more. So it is told thirty days before, and on the day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from broadcaster.keys.certificates import (
    SITE_CERTIFICATE,
    TLS_FOLDER,
    CertificateFacts,
    read_certificate,
)
from broadcaster.keys.errors import CertificateUnreadable
from broadcaster.keys.shown_certificates import shown_certificate
from broadcaster.settings import Settings
from broadcaster.wire import parse_broker_url

BROKER_ASKED_EVERY = timedelta(minutes=10)
"""Each question is a connection that the broker's log tells of."""

ASKED_AGAIN_AFTER = timedelta(minutes=1)
"""While it does not answer, or ends soon."""

_DAY = timedelta(days=1)


def site_certificate(settings: Settings) -> Path | None:
    """The file of the certificate that visitors see; None where no page goes by TLS from here."""
    # A proxy on this machine shows the one that `loa init` made for it.
    made = settings.state_dir / TLS_FOLDER / SITE_CERTIFICATE
    return settings.tls_cert or (made if settings.pages_by_tls and made.is_file() else None)


def broker_certificate(settings: Settings) -> CertificateFacts | None:
    """The one that the broker shows now; None where it does not answer in TLS."""
    address = parse_broker_url(settings.broker_url)
    return shown_certificate(address.host, address.port) if address.tls else None


@dataclass(slots=True)
class Certificates:
    """All that are in use, each by what it is for."""

    settings: Settings
    ask_broker: Callable[[Settings], CertificateFacts | None] = broker_certificate
    _of_broker: CertificateFacts | None = None
    _asked_at: datetime | None = None

    def ends(self, now: datetime) -> Mapping[str, datetime | None]:
        """When each ends; None for one that could not be looked at."""
        files = ("HTTPS", site_certificate(self.settings)), ("CA", self.settings.device_ca)
        ends = {name: _end_of(file) for name, file in files if file is not None}
        if parse_broker_url(self.settings.broker_url).tls:
            ends["MQTT"] = self._end_of_broker(now)
        return ends

    def _end_of_broker(self, now: datetime) -> datetime | None:
        if self._is_due(now):
            self._asked_at = now
            # One that does not answer now shows no other certificate for it.
            self._of_broker = self.ask_broker(self.settings) or self._of_broker
        return None if self._of_broker is None else self._of_broker.ends

    def _is_due(self, now: datetime) -> bool:
        known = self._of_broker
        is_well = known is not None and not known.ends_soon(now)
        pause = BROKER_ASKED_EVERY if is_well else ASKED_AGAIN_AFTER
        return self._asked_at is None or abs(now - self._asked_at) >= pause


def _end_of(file: Path) -> datetime | None:
    try:
        return read_certificate(file).ends
    except CertificateUnreadable:
        return None


def told(name: str, ends: datetime, *, now: datetime) -> str:
    """What a letter calls it: what it is for, its last day, and how many are left."""
    left = max((ends - now) // _DAY, 0)
    return f"{name}, {ends:%d/%m/%Y} (còn {left} ngày / {left} days left)"
