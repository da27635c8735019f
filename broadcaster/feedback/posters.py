"""Posters: made for a village or one of its poles, shown as a QR code, taken down."""

import base64
import secrets
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import segno
from markupsafe import Markup
from sqlmodel import Session, col, select

from broadcaster.areas.languages import find_village
from broadcaster.areas.queries import villages_at, villages_of
from broadcaster.areas.tables import Village
from broadcaster.audit import Act, record
from broadcaster.errors import NotFound
from broadcaster.feedback.errors import PosterGone, UnknownPlace
from broadcaster.feedback.tables import Poster
from broadcaster.fleet.tables import Device, DeviceShare


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a poster may hang: a pole, or the village itself (`device_id` is '')."""

    village_id: str
    village: str
    device_id: str
    device: str
    codes: Sequence[str]


def places(
    session: Session, station_id: str, *, only: Collection[str] | None = None
) -> list[Place]:
    """Every village and its poles in service, in the station's order, with posters in use.

    `only` asks for some villages.
    """
    villages = villages_of(session, station_id, only=only)
    ids = [village.id for village in villages]
    hung: dict[tuple[str, str], list[str]] = {}
    posters = session.exec(
        select(Poster.village_id, Poster.device_id, Poster.code).where(
            col(Poster.retired_at).is_(None), col(Poster.village_id).in_(ids)
        )
    )
    for village_id, at_device, code in posters:
        hung.setdefault((village_id, at_device or ""), []).append(code)
    found = session.exec(
        select(DeviceShare.village_id, Device.id, Device.name)
        .join(Device, col(Device.id) == col(DeviceShare.device_id))
        .where(
            Device.station_id == station_id,
            col(Device.retired_at).is_(None),
            col(DeviceShare.valid_until).is_(None),
            col(DeviceShare.village_id).in_(ids),
        )
        .order_by(col(Device.name), col(Device.id))
    )
    poles: dict[str, dict[str, str]] = defaultdict(dict)
    for village_id, device_id, name in found:
        poles[village_id][device_id] = name
    return [
        Place(
            village_id=village.id,
            village=village.name,
            device_id=device_id,
            device=name,
            codes=hung.get((village.id, device_id), ()),
        )
        for village in villages
        for device_id, name in [
            ("", ""),
            *poles[village.id].items(),
        ]
    ]


def make_poster(
    session: Session,
    *,
    station_id: str,
    village_id: str,
    device_id: str,
    by: str,
    now: datetime,
) -> Poster:
    """A poster for a pole of a village, or for the village; raise UnknownPlace."""
    try:
        find_village(session, village_id, station_id=station_id)
    except NotFound as gone:
        raise UnknownPlace(field="village_id") from gone
    reached = {
        (place.village_id, place.device_id)
        for place in places(session, station_id, only={village_id})
    }
    if (village_id, device_id) not in reached:
        raise UnknownPlace(field="device_id")
    poster = Poster(
        code=base64.b32encode(secrets.token_bytes(5)).decode().lower(),
        village_id=village_id,
        device_id=device_id or None,
        made_by=by,
        made_at=now,
    )
    session.add(poster)
    session.flush()
    details = {"village": village_id, "device": device_id}
    record(session, Act.POSTER_MADE, by=by, about=poster.code, at=now, details=details)
    return poster


def poster_at(session: Session, code: str, *, station_id: str) -> Poster:
    """A poster of a station by which people may write; raise PosterGone."""
    poster = _poster_of(session, code, station_id=station_id)
    if poster.retired_at is not None:
        raise PosterGone
    return poster


def retire_poster(session: Session, code: str, *, station_id: str, by: str, now: datetime) -> None:
    """Let nobody write by it any more; taken down twice it is down. Raises PosterGone."""
    poster = _poster_of(session, code, station_id=station_id)
    if poster.retired_at is None:
        poster.retired_at = now
        session.flush()
        record(session, Act.POSTER_RETIRED, by=by, about=code, at=now)


def _poster_of(session: Session, code: str, *, station_id: str) -> Poster:
    poster = session.exec(
        select(Poster).where(
            Poster.code == code, col(Poster.village_id).in_(villages_at(station_id))
        )
    ).first()
    if poster is None:
        raise PosterGone
    return poster


def place_of(session: Session, poster: Poster) -> tuple[str, str]:
    """The names of its village and of its pole (or '')."""
    village = session.get_one(Village, poster.village_id)
    device = session.get(Device, poster.device_id) if poster.device_id else None
    return village.name, device.name if device else ""


def qr_code(address: str) -> Markup:
    """An address as a picture that stands in a page as it is; still read with a corner torn off."""
    made = segno.make_qr(address, error="q")
    svg = made.svg_inline(omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr")
    return Markup(svg)  # noqa: S704 - made of squares alone
