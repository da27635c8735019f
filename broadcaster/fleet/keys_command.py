"""What `loa keys` prints: which keys devices believe, and what has become of a change.

The running station notices changed keys by itself; every sentence here says so.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.database import Database
from broadcaster.database.columns import from_ms, to_ms
from broadcaster.fleet.tables import DeviceStatus
from broadcaster.keys import (
    OLD_KEY_STAYS,
    KeyUnreadable,
    StationKeys,
    id_of,
    load_keys,
    read_root_key,
    revoke_key,
    rotate_key,
)
from broadcaster.settings import Settings
from devices.protocol.configuration import IssuerKey

_TABLES = DeviceStatus.metadata.tables
_STATUSES, _DEVICES = _TABLES["device_status"], _TABLES["device"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One key of the keyring."""

    key_id: str
    name: str
    level: str
    scopes: Sequence[str]
    clusters: Sequence[str]
    valid_from: datetime
    valid_until: datetime
    days_left: int
    signs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysShown:
    """The keyring, and how many of the devices in service say that they hold it."""

    serial: int
    root_public_key: str
    keys: Sequence[KeyLine]
    devices: int
    devices_that_hold_it: int


def keys_shown(
    database: Database, settings: Settings, *, station_id: str, now: datetime
) -> KeysShown:
    """The station's keys as they stand; raise KeyUnreadable, also for keys of another station."""
    with database.reading() as session:
        keys = _keys_of(session, settings, station_id=station_id)
        devices, holding = _holding(session, station_id, serial=keys.ring.serial)
    return KeysShown(
        serial=keys.ring.serial,
        root_public_key=keys.root_public_key,
        keys=[_line(each, keys=keys, now=now) for each in keys.ring.keys],
        devices=devices,
        devices_that_hold_it=holding,
    )


def told(shown: KeysShown, *, as_json: bool) -> str:
    """The keyring for people, or for a program."""
    return _as_json(shown) if as_json else _as_lines(shown)


def rotated(
    database: Database,
    settings: Settings,
    typed: str,
    *,
    station_id: str,
    now: datetime,
    revoke_old: bool,
) -> str:
    """Let a new key sign, and say what happens next; `typed` is the root key."""
    with database.reading() as session:
        _keys_of(session, settings, station_id=station_id)
    root = read_root_key(typed)
    keys = rotate_key(settings.keys_dir, root=root, now=now, revoke_old=revoke_old)
    with database.writing() as session:
        record(
            session,
            Act.KEY_ROTATED,
            by=None,
            about=keys.key_id,
            at=now,
            details={"old_revoked": revoke_old, "keyring_serial": keys.ring.serial},
        )
    if revoke_old:
        old_vi, old_en = "đã bị thu hồi", "is revoked"
    else:
        days = OLD_KEY_STAYS.days
        old_vi, old_en = f"còn được tin {days} ngày", f"is believed for {days} more days"
    return (
        f"● Khóa ký mới: {keys.key_id}. Khóa cũ {old_vi}.\n"
        f"  New signing key: {keys.key_id}. The old one {old_en}.\n"
    ) + _NOTICED


def revoked(
    database: Database,
    settings: Settings,
    named: str,
    typed: str,
    *,
    station_id: str,
    now: datetime,
) -> str:
    """Believe a key no more, and say what happens next; `typed` is the root key."""
    with database.reading() as session:
        _keys_of(session, settings, station_id=station_id)
    keys = revoke_key(settings.keys_dir, named, root=read_root_key(typed), now=now)
    with database.writing() as session:
        record(
            session,
            Act.KEY_REVOKED,
            by=None,
            about=named,
            at=now,
            details={"keyring_serial": keys.ring.serial},
        )
    return (
        f"● Đã thu hồi khóa {named}. Vòng khóa còn {len(keys.ring.keys)} khóa.\n"
        f"  Key {named} is revoked. Keys left in the keyring: {len(keys.ring.keys)}.\n"
    ) + _NOTICED


_NOTICED = (
    "  Đài đang chạy tự ký lại và gửi cho từng loa, không cần khởi động lại; "
    "xem loa nào đã nhận bằng “loa keys show”.\n"
    "  The running station signs anew and tells every device, without a restart; "
    "see how many hold it with “loa keys show”.\n"
)


def _keys_of(session: Session, settings: Settings, *, station_id: str) -> StationKeys:
    station = session.get_one(Station, station_id)
    keys = load_keys(settings.keys_dir)
    if (keys.ring.station, keys.root_public_key) != (station.id, station.public_key):
        raise KeyUnreadable(f"{settings.keys_dir}: {keys.ring.station}")
    return keys


def _holding(session: Session, station_id: str, *, serial: int) -> tuple[int, int]:
    in_service = (_DEVICES.c.station_id == station_id) & _DEVICES.c.retired_at.is_(None)
    all_of_them = session.execute(
        select(func.count()).select_from(_DEVICES).where(in_service)
    ).scalar_one()
    holding = session.execute(
        select(func.count())
        .select_from(_DEVICES.join(_STATUSES, _STATUSES.c.device_id == _DEVICES.c.id))
        .where(in_service, _STATUSES.c.keyring_serial == serial)
    ).scalar_one()
    return all_of_them, holding


def _line(issuer: IssuerKey, *, keys: StationKeys, now: datetime) -> KeyLine:
    until = from_ms(issuer.not_after_ms)
    return KeyLine(
        key_id=id_of(issuer),
        name=issuer.name,
        level=issuer.level.value,
        scopes=[scope.value for scope in issuer.scopes],
        clusters=list(issuer.clusters),
        valid_from=from_ms(issuer.not_before_ms),
        valid_until=until,
        days_left=max((until - now).days, 0),
        signs=issuer == keys.issuer,
    )


def _as_json(shown: KeysShown) -> str:
    return (
        json.dumps(
            {
                "serial": shown.serial,
                "root_public_key": shown.root_public_key,
                "devices": shown.devices,
                "devices_that_hold_it": shown.devices_that_hold_it,
                "keys": [
                    {
                        "key_id": each.key_id,
                        "name": each.name,
                        "level": each.level,
                        "scopes": list(each.scopes),
                        "clusters": list(each.clusters),
                        "valid_from_ms": to_ms(each.valid_from),
                        "valid_until_ms": to_ms(each.valid_until),
                        "days_left": each.days_left,
                        "signs": each.signs,
                    }
                    for each in shown.keys
                ],
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
    )


def _as_lines(shown: KeysShown) -> str:
    lines = [
        f"Vòng khóa / Keyring {shown.serial}: "
        f"{shown.devices_that_hold_it}/{shown.devices} loa đang giữ / devices hold it",
        f"Khóa gốc / Root key (public): {shown.root_public_key}",
    ]
    for each in shown.keys:
        lines += [
            f"{'●' if each.signs else '○'} {each.key_id}  {each.name}  ({each.level})",
            f"    {', '.join(each.scopes)}"
            + (f"; cụm / clusters: {', '.join(each.clusters)}" if each.clusters else ""),
            f"    {each.valid_from:%d/%m/%Y} – {each.valid_until:%d/%m/%Y}, "
            f"còn {each.days_left} ngày / days left",
        ]
    lines.append("● khóa đài đang ký / the key that signs now")
    return "\n".join(lines) + "\n"
