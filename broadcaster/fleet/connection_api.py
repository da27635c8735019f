"""How the station is connected, as JSON: broker, site, certificates, keys, and what ends when."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from broadcaster.accounts.guard import require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.errors import LoaError
from broadcaster.fleet.connection_pages import LATELY
from broadcaster.fleet.connections import (
    days_left,
    heard_lately,
    look_at_broker,
    look_at_site,
    what_ends_soon,
)
from broadcaster.fleet.keys_command import KeyLine, keys_shown
from broadcaster.fleet.listing import device_lines
from broadcaster.keys.certificates import CertificateFacts
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["station"])

Here = Annotated[Context, Depends(context)]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]


class CertificateOut(BaseModel):
    """A certificate as it is shown; `days_left` is below zero when it has ended."""

    names: list[str]
    issuer: str
    begins_at_ms: int
    ends_at_ms: int
    days_left: int
    sha256: str


class BrokerOut(BaseModel):
    """What was found where the broker should be, just now."""

    url: str
    embedded: bool
    by_tls: bool
    answers: bool
    fault: str = Field(description="Why the station was not let in; empty where it was.")
    certificate: CertificateOut | None


class SiteOut(BaseModel):
    """How people and devices reach the site."""

    url: str
    by_tls: bool
    proxied: bool
    fault: str
    certificate: CertificateOut | None
    authority: CertificateOut | None = Field(description="The CA that devices trust, if set.")


class KeyOut(BaseModel):
    """A key of the keyring; no secret half of any."""

    key_id: str
    name: str
    level: str
    signs: bool
    valid_from_ms: int
    valid_until_ms: int
    days_left: int


class ConnectionsOut(BaseModel):
    """Broker, site and keys; `keys` is empty where the station's keys cannot be read."""

    broker: BrokerOut
    site: SiteOut
    keys: list[KeyOut]
    devices: int
    online_devices: int
    heard_devices: int = Field(description="Devices that were heard of in the last ten minutes.")
    ends_soon: bool = Field(description="Whether somebody should see to a certificate now.")


@api.get("/connections", responses=problems(401, 403))
def connections(station: Here, _viewer: Onlooker) -> ConnectionsOut:
    """Whether the broker answers, and how long certificates and keys still hold."""
    now = station.now()
    broker, site = look_at_broker(station.settings), look_at_site(station.settings)
    with station.database.reading() as session:
        heard = heard_lately(session, station_id=station.station_id, now=now, within=LATELY)
        lines = device_lines(session, station_id=station.station_id, day=station.day_of(now))
    return ConnectionsOut(
        broker=BrokerOut(
            url=broker.url,
            embedded=broker.embedded,
            by_tls=broker.by_tls,
            answers=broker.answers,
            fault=broker.fault,
            certificate=_certificate(broker.certificate, now=now),
        ),
        site=SiteOut(
            url=site.url,
            by_tls=site.by_tls,
            proxied=site.proxied,
            fault=site.fault,
            certificate=_certificate(site.certificate, now=now),
            authority=_certificate(site.authority, now=now),
        ),
        keys=_keys(station, now=now),
        devices=len(lines),
        online_devices=sum(line.online is True for line in lines),
        heard_devices=heard,
        ends_soon=what_ends_soon(site, broker, now=now),
    )


def _keys(station: Context, *, now: datetime) -> list[KeyOut]:
    try:
        shown = keys_shown(
            station.database, station.settings, station_id=station.station_id, now=now
        )
    except LoaError:
        return []
    return [_key(each) for each in shown.keys]


def _key(line: KeyLine) -> KeyOut:
    return KeyOut(
        key_id=line.key_id,
        name=line.name,
        level=line.level,
        signs=line.signs,
        valid_from_ms=to_ms(line.valid_from),
        valid_until_ms=to_ms(line.valid_until),
        days_left=line.days_left,
    )


def _certificate(facts: CertificateFacts | None, *, now: datetime) -> CertificateOut | None:
    if facts is None:
        return None
    return CertificateOut(
        names=list(facts.names),
        issuer=facts.issuer,
        begins_at_ms=to_ms(facts.begins),
        ends_at_ms=to_ms(facts.ends),
        days_left=days_left(facts, now=now),
        sha256=facts.sha256,
    )
