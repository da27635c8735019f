"""What an order may come from: something that a room above knows, and that must still stand.

A request's key may name its origin, such as an alert that somebody else sent. Whoever knows of it
(`app.state.order_origins`) raises where it was taken back while a person typed.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from fastapi import Request
from sqlmodel import Session


class OriginCheck(Protocol):
    """Raises a LoaError where the origin that a request's key names stands no more.

    `fresh` is whether the order is only being prepared: what was ordered already is none then.
    """

    def __call__(
        self, session: Session, request_key: str, *, station_id: str, fresh: bool, now: datetime
    ) -> None:
        """Look, and raise or not."""
        ...


def check_origins(
    request: Request,
    session: Session,
    request_key: str,
    *,
    station_id: str,
    now: datetime,
    fresh: bool = False,
) -> None:
    """Let nobody order what its origin has taken back; raise what the origin raises."""
    checks: Iterable[OriginCheck] = getattr(request.app.state, "order_origins", ())
    for check in checks:
        check(session, request_key, station_id=station_id, fresh=fresh, now=now)
