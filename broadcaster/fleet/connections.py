"""How the station is connected: its broker, its certificates, its keys, and what ends when."""

import socket
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from sqlmodel import Session, col, func, select

from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.keys.certificates import CertificateFacts, facts_of, read_certificate
from broadcaster.keys.errors import CertificateUnreadable
from broadcaster.settings import Settings
from broadcaster.wire import parse_broker_url, tls_context

_PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerLook:
    """What was found where the broker should be; `fault` says why it was not let in."""

    url: str
    embedded: bool
    by_tls: bool
    answers: bool
    fault: str = ""
    certificate: CertificateFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLook:
    """How people and devices reach the site, and the certificate that it shows."""

    url: str
    by_tls: bool
    proxied: bool
    certificate: CertificateFacts | None = None
    authority: CertificateFacts | None = None
    fault: str = ""


def look_at_broker(settings: Settings) -> BrokerLook:
    """Connect to the broker as the station does, and look at the certificate that it shows."""
    address = parse_broker_url(settings.broker_url)
    look = BrokerLook(
        url=settings.broker_url,
        embedded=settings.embedded_broker,
        by_tls=address.tls,
        answers=False,
    )
    try:
        with socket.create_connection((address.host, address.port), timeout=_PATIENCE_S) as plain:
            shown = None
            if address.tls:
                shown = _shown(plain, host=address.host, ca=settings.device_ca)
    except OSError as error:
        return replace(look, fault=str(error))
    return replace(look, answers=True, certificate=shown)


def look_at_site(settings: Settings) -> SiteLook:
    """How the site is reached, with the certificate that stands in its settings."""
    fault = ""
    certificate = authority = None
    try:
        certificate = read_certificate(settings.tls_cert) if settings.tls_cert else None
        authority = read_certificate(settings.device_ca) if settings.device_ca else None
    except CertificateUnreadable as error:
        fault = error.detail
    return SiteLook(
        url=settings.station_url,
        by_tls=settings.pages_by_tls,
        proxied=bool(settings.trusted_proxies) and not settings.speaks_tls,
        certificate=certificate,
        authority=authority,
        fault=fault,
    )


def heard_lately(session: Session, *, station_id: str, now: datetime, within: timedelta) -> int:
    """How many devices of a station the broker brought any word of in that time."""
    return session.exec(
        select(func.count())
        .select_from(DeviceStatus)
        .join(Device, col(Device.id) == col(DeviceStatus.device_id))
        .where(Device.station_id == station_id, DeviceStatus.received_at > now - within)
    ).one()


def what_ends_soon(site: SiteLook, broker: BrokerLook, *, now: datetime) -> bool:
    """Whether somebody should see to a certificate now."""
    shown = [each for each in (site.certificate, site.authority, broker.certificate) if each]
    return any(each.ends_soon(now) for each in shown)


def days_left(facts: CertificateFacts, *, now: datetime) -> int:
    """Whole days for which it still holds; below zero when it has ended."""
    return (facts.ends - now).days


def _shown(plain: socket.socket, *, host: str, ca: Path | None) -> CertificateFacts | None:
    with tls_context(ca).wrap_socket(plain, server_hostname=host) as speaking:
        der = speaking.getpeercert(binary_form=True)
    return facts_of(x509.load_der_x509_certificate(der)) if der else None
