"""The one door that a device without an identity may knock at: `POST /enrol`.

Open to anybody, because it proves itself by its code; bounded in size and number, because anybody
may come. What a stranger is answered is the same whatever they ask.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import Response

from broadcaster.accounts.guard import open_to_all
from broadcaster.areas.tables import Station
from broadcaster.enrolment.answers import Addresses, Answered, answer_to
from broadcaster.settings import Settings
from broadcaster.web.context import Context, context
from devices.protocol.enrolment import REQUEST_LIMIT_BYTES, EnrolRequest

router = APIRouter(include_in_schema=False)

WINDOW_S = 60.0
FROM_ONE_ADDRESS = 10
FROM_ALL = 60
FAILURES_LIMIT = 20
FAILURES_WINDOW_S = 3_600.0
_ADDRESSES_REMEMBERED = 10_000


@dataclass(slots=True)
class Doorkeeper:
    """Counts who knocks: 10 a minute from one address, 60 in all, 20 failures an hour."""

    now_s: Callable[[], float]
    _knocks: deque[tuple[float, str]] = field(default_factory=deque)
    _failures: dict[str, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lets_in(self, address: str) -> bool:
        """Whether this knock is looked at; it is counted if so."""
        with self._lock:
            now_s = self.now_s()
            while self._knocks and self._knocks[0][0] <= now_s - WINDOW_S:
                self._knocks.popleft()
            failures = self._failures.get(address, ())
            recent = sum(at > now_s - FAILURES_WINDOW_S for at in failures)
            theirs = sum(knocker == address for _, knocker in self._knocks)
            if recent >= FAILURES_LIMIT or theirs >= FROM_ONE_ADDRESS:
                return False
            if len(self._knocks) >= FROM_ALL:
                return False
            self._knocks.append((now_s, address))
            return True

    def failed(self, address: str) -> None:
        """A knock proved nothing."""
        with self._lock:
            if address not in self._failures and len(self._failures) >= _ADDRESSES_REMEMBERED:
                self._failures.pop(next(iter(self._failures)))
            self._failures.setdefault(address, deque(maxlen=FAILURES_LIMIT)).append(self.now_s())


def network_of(address: str) -> str:
    """Who is one knocker: an IPv4 address, or the /64 that one IPv6 line gets."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)


def doorkeeper_of(request: Request) -> Doorkeeper:
    """The doorkeeper of the app that serves this request."""
    keeper = request.app.state.doorkeeper
    if not isinstance(keeper, Doorkeeper):
        raise TypeError("the app was started without its doorkeeper")
    return keeper


@router.post("/enrol", dependencies=[Depends(open_to_all)])
async def enrol(
    request: Request,
    station: Annotated[Context, Depends(context)],
    keeper: Annotated[Doorkeeper, Depends(doorkeeper_of)],
) -> Response:
    """Answer a device that asks to be enrolled, by the contract's section 21."""
    address = network_of(request.client.host if request.client else "")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return Response(status_code=415)
    if not keeper.lets_in(address):
        return Response(status_code=429, headers={"Retry-After": str(round(WINDOW_S))})
    body = await _body(request)
    if body is None:
        return Response(status_code=413)
    try:
        asked = msgspec.json.decode(body, type=EnrolRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        keeper.failed(address)
        return Response(status_code=400)
    answered = _answer(asked, station, came_from=address)
    if answered.answer is None:
        keeper.failed(address)
        return Response(status_code=answered.status)
    content = msgspec.json.encode(answered.answer)
    return Response(content, status_code=answered.status, media_type="application/json")


def _answer(asked: EnrolRequest, station: Context, *, came_from: str) -> Answered:
    with station.database.writing() as session:
        return answer_to(
            session,
            asked,
            station=_the_station(session, station),
            addresses=addresses_of(station.settings),
            came_from=came_from,
            now=station.now(),
        )


def _the_station(session: Session, station: Context) -> Station:
    return session.get_one(Station, station.station_id)


def addresses_of(settings: Settings) -> Addresses:
    """Where devices find this station, by its settings."""
    return Addresses(
        broker_url=settings.device_broker or settings.broker_url,
        station_url=settings.station_url,
        ca_pem=settings.device_ca_pem,
    )


async def _body(request: Request) -> bytes | None:
    """At most as much as the contract allows; None for more."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > REQUEST_LIMIT_BYTES:
            return None
    return body
