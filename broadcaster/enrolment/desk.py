"""The admin's desk: codes are made here, and a device is let in or turned away.

Nothing is believed of a device before a person has compared its key's fingerprint. A code is told
once and kept only as the keys that prove it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster, Station
from broadcaster.audit import Act, record
from broadcaster.database import new_id
from broadcaster.enrolment.errors import (
    CodeOpenForDevice,
    DeviceUnnamed,
    NoSuchCode,
    NothingToConfirm,
)
from broadcaster.enrolment.expected import has_come
from broadcaster.enrolment.tables import EnrolmentCode
from broadcaster.enrolment.wishes import wish_of
from broadcaster.fleet.errors import DeviceNameUnusable
from broadcaster.fleet.registry import check_free, enrol, share_village
from broadcaster.fleet.tables import Device
from devices.protocol.enrolment import keys_of, new_code, write_code
from devices.protocol.jws import key_id_of

log = structlog.get_logger()

GOOD_FOR = timedelta(hours=24)
# Pages beside the devices' own, which stand at /devices/{id}.
_ADDRESSES = frozenset({"connections", "enrolment", "map", "trends"})
CONFIRMED, DENIED = "confirmed", "denied"


def make_code(
    session: Session,
    *,
    station: Station,
    cluster: Cluster,
    name: str,
    by: str,
    now: datetime,
    device_id: str = "",
    village_id: str | None = None,
    share: float | None = None,
) -> tuple[EnrolmentCode, str]:
    """Make a code for one device to come; the text that is returned is told once and not kept.

    Raises DeviceUnnamed, DeviceNameUnusable, DeviceEnrolled or CodeOpenForDevice.
    """
    name = " ".join(name.split())[:120]
    if not name:
        raise DeviceUnnamed(field="name")
    device_id = device_id.strip() or new_id("loa")
    if device_id in _ADDRESSES:
        raise DeviceNameUnusable(device_id, field="device_id")
    check_free(session, device_id, station_id=station.id)
    _check_no_open_code(session, device_id, now=now)
    code = new_code(root_fingerprint=key_id_of(station.public_key))
    keys = keys_of(code.secret)
    row = EnrolmentCode(
        code_id=keys.code_id,
        station_id=station.id,
        device_id=device_id,
        device_name=name,
        cluster_id=cluster.id,
        village_id=village_id,
        share=share,
        device_proof_key=keys.device.hex(),
        station_proof_key=keys.station.hex(),
        made_by=by,
        made_at=now,
        expires_at=now + GOOD_FOR,
    )
    session.add(row)
    session.flush()
    record(
        session,
        Act.ENROLMENT_OFFERED,
        by=by,
        about=device_id,
        at=now,
        details={"code": row.code_id, "cluster": cluster.id, "village": village_id, "share": share},
    )
    log.info("enrolment_code_made", device_id=device_id, code_id=row.code_id, by=by)
    return row, write_code(code)


def open_codes(session: Session, *, station_id: str, now: datetime) -> Sequence[EnrolmentCode]:
    """The codes that wait for a device or for a person, the newest first."""
    return session.exec(
        select(EnrolmentCode)
        .where(
            EnrolmentCode.station_id == station_id,
            col(EnrolmentCode.expires_at) > now,
            EnrolmentCode.outcome == "",
        )
        .order_by(col(EnrolmentCode.made_at).desc(), col(EnrolmentCode.code_id))
    ).all()


def confirm(
    session: Session, code_id: str, *, station_id: str, fingerprint: str, by: str, now: datetime
) -> Device:
    """Let the device in whose fingerprint a person compared: from now on its key speaks for it.

    The broker's file is to be written after the commit. Raises NoSuchCode, NothingToConfirm where
    another device asked meanwhile, and what the registry raises.
    """
    row = _waiting(session, code_id, station_id=station_id, now=now)
    if row.fingerprint != fingerprint:
        raise NothingToConfirm(code_id)
    wish = wish_of(row)
    device = enrol(
        session,
        device_id=row.device_id,
        cluster=session.get_one(Cluster, row.cluster_id),
        name=row.device_name,
        public_key_hex=wish.device_key,
        broker_salt=wish.broker_salt,
        broker_verifier=wish.broker_verifier,
        now=now,
        simulated=session.get_one(Station, row.station_id).rehearsal,
    )
    # What a list said of the whole device goes before what was typed for its code.
    shared = has_come(session, device, today=now.date(), by=by, now=now)
    if not shared and row.village_id is not None and row.share:
        share_village(
            session,
            village_id=row.village_id,
            share=row.share,
            device_id=device.id,
            valid_from=now.date(),
        )
    _decide(session, row, CONFIRMED, by=by, now=now)
    return device


def deny(session: Session, code_id: str, *, station_id: str, by: str, now: datetime) -> None:
    """Turn a device away, or take a code back that nobody has used; raise NoSuchCode."""
    row = _open_code(session, code_id, station_id=station_id, now=now)
    _decide(session, row, DENIED, by=by, now=now)


def forget_expired(session: Session, *, now: datetime) -> int:
    """Forget the keys of codes whose day is over; return how many there were."""
    rows = session.exec(
        select(EnrolmentCode).where(
            col(EnrolmentCode.expires_at) <= now, EnrolmentCode.station_proof_key != ""
        )
    ).all()
    for row in rows:
        row.device_proof_key = row.station_proof_key = ""
    return len(rows)


def _decide(session: Session, row: EnrolmentCode, outcome: str, *, by: str, now: datetime) -> None:
    row.outcome, row.decided_by, row.decided_at = outcome, by, now
    session.flush()
    record(
        session,
        Act.DEVICE_ENROLLED if outcome == CONFIRMED else Act.ENROLMENT_DENIED,
        by=by,
        about=row.device_id,
        at=now,
        details={"code": row.code_id, "fingerprint": row.fingerprint},
    )
    log.info("enrolment_decided", device_id=row.device_id, outcome=outcome, by=by)


def _waiting(session: Session, code_id: str, *, station_id: str, now: datetime) -> EnrolmentCode:
    row = _open_code(session, code_id, station_id=station_id, now=now)
    if not row.request:
        raise NothingToConfirm(code_id)
    return row


def _open_code(session: Session, code_id: str, *, station_id: str, now: datetime) -> EnrolmentCode:
    row = session.get(EnrolmentCode, code_id)
    if row is None or row.station_id != station_id or row.expires_at <= now:
        raise NoSuchCode(code_id)
    if row.outcome:
        raise NothingToConfirm(code_id)
    return row


def _check_no_open_code(session: Session, device_id: str, *, now: datetime) -> None:
    standing = session.exec(
        select(EnrolmentCode.code_id).where(
            EnrolmentCode.device_id == device_id,
            col(EnrolmentCode.expires_at) > now,
            EnrolmentCode.outcome == "",
        )
    ).first()
    if standing is not None:
        raise CodeOpenForDevice(device_id, field="device_id")
