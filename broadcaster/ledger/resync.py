"""Asking again for what a device thinks it has long told: after a restored backup, say.

A device repeats by itself what has no receipt, and believes the rest to be safe. Where its status
speaks of more entries than are held here, and they do not come, it is asked to say them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, and_, func, select

from broadcaster.database.columns import to_ms
from broadcaster.fleet.tables import DeviceStatus
from broadcaster.ledger.tables import HEADS
from devices.protocol.messages import Command, Resync, SelfTest

log = structlog.get_logger()

PATIENCE = timedelta(seconds=30)
"""How long what a status speaks of may be under way by itself."""

LIFE = timedelta(minutes=5)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)

_TABLES = DeviceStatus.metadata.tables
_STATUSES, _DEVICES = _TABLES["device_status"], _TABLES["device"]


@dataclass(frozen=True, slots=True)
class Gap:
    """What a device says that it has written and is not held: everything after `held`."""

    device_id: str
    epoch: str
    held: int


@dataclass(slots=True)
class _Asked:
    gap: Gap
    at: datetime
    pause: timedelta


def gaps(connection: Connection, *, station_id: str, now: datetime) -> Sequence[Gap]:
    """The devices that are online and whose journals go further than what is held of them."""
    held = func.coalesce(HEADS.c.seq, 0)
    rows = connection.execute(
        select(_STATUSES.c.device_id, _STATUSES.c.epoch, held.label("held"))
        .select_from(
            _STATUSES.join(_DEVICES, _DEVICES.c.id == _STATUSES.c.device_id).outerjoin(
                HEADS,
                and_(
                    HEADS.c.device_id == _STATUSES.c.device_id,
                    HEADS.c.epoch == _STATUSES.c.epoch,
                ),
            )
        )
        .where(
            _DEVICES.c.station_id == station_id,
            _DEVICES.c.retired_at.is_(None),
            _STATUSES.c.online,
            _STATUSES.c.epoch.is_not(None),
            _STATUSES.c.seq > held,
            _STATUSES.c.received_at <= now - PATIENCE,
        )
        .order_by(_STATUSES.c.device_id)
    )
    return [Gap(row.device_id, row.epoch, row.held) for row in rows]


@dataclass(slots=True)
class Resyncs:
    """Which devices are asked again, and when: ever more seldom while nothing comes of it.

    One that only claims to have more is asked once an hour in the end, and nothing else happens.
    """

    station_id: str
    _asked: dict[str, _Asked] = field(default_factory=dict)
    _sequence: int = 0

    def commands(self, found: Sequence[Gap], *, now: datetime) -> list[Command]:
        """What to ask for now, of all the gaps there are."""
        open_ones = {gap.device_id for gap in found}
        self._asked = {name: asked for name, asked in self._asked.items() if name in open_ones}
        return [self._command(gap, now=now) for gap in found if self._is_due(gap, now=now)]

    def self_tests(self, device_ids: Sequence[str], *, now: datetime) -> list[Command]:
        """A self-test of each of these, by the same sequence: a device acts on no lower one."""
        return [
            Command(
                station=self.station_id,
                device=device_id,
                sequence=self._next_sequence(now),
                issued_at_ms=to_ms(now),
                expires_at_ms=to_ms(now + LIFE),
                self_test=SelfTest(),
            )
            for device_id in device_ids
        ]

    def _next_sequence(self, now: datetime) -> int:
        self._sequence = max(self._sequence + 1, to_ms(now))
        return self._sequence

    def _is_due(self, gap: Gap, *, now: datetime) -> bool:
        asked = self._asked.get(gap.device_id)
        if asked is None or asked.gap != gap:
            self._asked[gap.device_id] = _Asked(gap, now, _FIRST_PAUSE)
            return True
        # A clock that was set back must not silence this until it has caught up.
        if abs(now - asked.at) < asked.pause:
            return False
        asked.at, asked.pause = now, min(asked.pause * 2, _LONGEST_PAUSE)
        return True

    def _command(self, gap: Gap, *, now: datetime) -> Command:
        log.info("resync_asked", device_id=gap.device_id, epoch=gap.epoch, after_seq=gap.held)
        return Command(
            station=self.station_id,
            device=gap.device_id,
            sequence=self._next_sequence(now),
            issued_at_ms=to_ms(now),
            expires_at_ms=to_ms(now + LIFE),
            resync=Resync(epoch=gap.epoch, after_seq=gap.held),
        )
