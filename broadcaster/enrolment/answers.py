"""What a device is answered: nothing without proof, and every word proven with its own code.

The rules are the contract's (devices/protocol/contract/CONTRACT.md, section 21): a stranger cannot
tell an unknown code from a wrong proof, and the first request that proves a code is bound to it.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec
import structlog
from msgspec import Struct
from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.database.columns import to_ms
from broadcaster.enrolment.desk import CONFIRMED, DENIED
from broadcaster.enrolment.tables import EnrolmentCode
from devices.protocol.enrolment import (
    CodeKeys,
    EnrolAnswer,
    Enrolled,
    EnrolRequest,
    Pending,
    Refused,
    Wish,
    key_is_possessed,
    prove_answer,
    request_is_proven,
)
from devices.protocol.jws import key_id_of

log = structlog.get_logger()

RETRY_AFTER_S = 10
_NOBODY = CodeKeys(code_id="0" * 32, device=bytes(32), station=bytes(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where an enrolled device finds its station."""

    broker_url: str
    station_url: str
    ca_pem: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An HTTP status, and a proven answer; none for whoever proved nothing."""

    status: int
    answer: EnrolAnswer | None = None


def answer_to(
    session: Session,
    request: EnrolRequest,
    *,
    station: Station,
    addresses: Addresses,
    came_from: str,
    now: datetime,
) -> Answered:
    """Answer a request for enrolment; the first one that proves its code is bound to it."""
    row = session.get(EnrolmentCode, request.code_id)
    keys = _keys_of(row, now=now)
    # The same work for an unknown code, so that nobody learns which codes there are.
    proven = request_is_proven(request, keys=keys or _NOBODY)
    if row is None or keys is None or not proven:
        log.warning("enrolment_unproven", came_from=came_from)
        return Answered(404)
    if row.outcome == DENIED:
        return _answered(403, Refused(code="denied"), request, keys)
    wish = _wish_in(request)
    if wish is None or not key_is_possessed(request, device_key=wish.device_key):
        return _answered(422, Refused(code="malformed"), request, keys)
    if not row.request:
        _bind(session, row, request, wish, came_from=came_from, now=now)
    if row.request != request.request:
        log.warning("enrolment_code_taken", code_id=row.code_id, came_from=came_from)
        return _answered(409, Refused(code="code_taken"), request, keys)
    if row.outcome == CONFIRMED:
        enrolled = _enrolled(row, station=station, addresses=addresses, now=now)
        return _answered(200, enrolled, request, keys)
    pending = Pending(fingerprint=row.fingerprint, retry_after_s=RETRY_AFTER_S)
    return _answered(202, pending, request, keys)


def _keys_of(row: EnrolmentCode | None, *, now: datetime) -> CodeKeys | None:
    if row is None or row.expires_at <= now or not row.station_proof_key:
        return None
    return CodeKeys(
        code_id=row.code_id,
        device=bytes.fromhex(row.device_proof_key),
        station=bytes.fromhex(row.station_proof_key),
    )


def _wish_in(request: EnrolRequest) -> Wish | None:
    try:
        return msgspec.json.decode(request.request, type=Wish)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


def _bind(
    session: Session,
    row: EnrolmentCode,
    request: EnrolRequest,
    wish: Wish,
    *,
    came_from: str,
    now: datetime,
) -> None:
    row.request = request.request
    row.device_key = wish.device_key
    row.fingerprint = key_id_of(wish.device_key)
    row.software = _one_line(wish.software)
    row.hardware = _one_line(wish.hardware)
    row.came_from = came_from
    row.asked_at = now
    session.flush()
    log.info("enrolment_asked", device_id=row.device_id, fingerprint=row.fingerprint)


def _one_line(text: str) -> str:
    """What a device says of itself, as a page may show it on one line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:120]


def _enrolled(
    row: EnrolmentCode, *, station: Station, addresses: Addresses, now: datetime
) -> Enrolled:
    return Enrolled(
        station=station.id,
        device=row.device_id,
        device_key=row.device_key,
        root_key=station.public_key,
        broker_url=addresses.broker_url,
        broker_username=row.device_id,
        station_url=addresses.station_url,
        ca_pem=addresses.ca_pem,
        rehearsal=station.rehearsal,
        at_ms=to_ms(now),
    )


def _answered(status: int, said: Struct, request: EnrolRequest, keys: CodeKeys) -> Answered:
    text = msgspec.json.encode(said).decode()
    return Answered(status, prove_answer(text, to_request=request.request, keys=keys))
