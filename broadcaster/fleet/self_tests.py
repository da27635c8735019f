"""Self-tests that somebody asks for: a quiet tone at the pole, and whether its microphone heard it.

The ask is kept here and sent by the process that speaks to single devices; the device itself
declines in quiet hours and while it plays. Its answer comes with its health, as its own word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from broadcaster.audit import Act, record
from broadcaster.database.columns import from_ms
from broadcaster.fleet.registry import device_in_service
from broadcaster.fleet.tables import Device, DeviceHealth, DeviceSelfTest

log = structlog.get_logger()

GOOD_FOR = timedelta(minutes=5)
"""How long a device may take to answer; an ask that is older is not sent any more."""

_CLOCKS_DIFFER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestStanding:
    """The newest ask, and the newest answer; `heard` is None where there is no microphone."""

    asked_at: datetime | None = None
    waits: bool = False
    answered_at: datetime | None = None
    played: bool = False
    heard: bool | None = None
    level_dbfs: float | None = None
    detail: str = ""


def ask_self_test(
    session: Session, device_id: str, *, station_id: str, by: str, now: datetime
) -> None:
    """Have a device test itself now; a second ask takes the place of the first.

    Raises UnknownDevice.
    """
    device_in_service(session, device_id, station_id=station_id)
    row = session.get(DeviceSelfTest, device_id) or DeviceSelfTest(
        device_id=device_id, asked_at=now
    )
    row.asked_at, row.asked_by, row.sent_at = now, by, None
    session.add(row)
    session.flush()
    record(session, Act.SELF_TEST_ASKED, by=by, about=device_id, at=now)
    log.info("self_test_asked", device_id=device_id, by=by)


def unsent_self_tests(session: Session, *, station_id: str, now: datetime) -> Sequence[str]:
    """The devices that are to be asked and were not yet."""
    return session.exec(
        select(DeviceSelfTest.device_id)
        .join(Device, col(Device.id) == col(DeviceSelfTest.device_id))
        .where(
            Device.station_id == station_id,
            col(Device.retired_at).is_(None),
            col(DeviceSelfTest.sent_at).is_(None),
            col(DeviceSelfTest.asked_at) > now - GOOD_FOR,
        )
        .order_by(col(DeviceSelfTest.device_id))
    ).all()


def mark_sent(session: Session, device_ids: Sequence[str], *, now: datetime) -> None:
    """These were asked. A plain statement: the process that sends knows no accounts."""
    table = DeviceSelfTest.metadata.tables["device_self_test"]
    session.execute(update(table).where(table.c.device_id.in_(device_ids)).values(sent_at=now))


def self_test_standing(session: Session, device_id: str, *, now: datetime) -> SelfTestStanding:
    """What was asked last, and what the device last said that it found."""
    asked = session.get(DeviceSelfTest, device_id)
    health = session.get(DeviceHealth, device_id)
    told = _told(health.said.get("self_test") if health else None)
    answered_at = from_ms(told["at_ms"]) if told else None
    waits = (
        asked is not None
        and now < asked.asked_at + GOOD_FOR
        and (answered_at is None or answered_at < asked.asked_at - _CLOCKS_DIFFER)
    )
    return SelfTestStanding(
        asked_at=asked.asked_at if asked else None,
        waits=waits,
        answered_at=answered_at,
        played=bool(told and told.get("played")),
        heard=told.get("heard") if told else None,
        level_dbfs=told.get("level_dbfs") if told else None,
        detail=str(told.get("detail", "")) if told else "",
    )


def _told(said: Any) -> dict[str, Any] | None:  # noqa: ANN401 - any JSON
    return said if isinstance(said, dict) and isinstance(said.get("at_ms"), int) else None
