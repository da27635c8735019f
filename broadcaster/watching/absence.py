"""The database that is away is told of without it: from memory, once, by a thread of its own.

It may be gone, full or spoilt, and then it takes no row of what is wrong; or it may not answer at
all, and then whoever asked it waits. So this asks only how long ago a round went well.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

from broadcaster.areas.tables import Station
from broadcaster.database import new_id
from broadcaster.ledger.storage import Reason, storage_away
from broadcaster.settings import Settings
from broadcaster.watching.around import Around
from broadcaster.watching.errors import MailNotSent
from broadcaster.watching.kinds import Trouble
from broadcaster.watching.letters import letter_about
from broadcaster.watching.machine import REASONS
from broadcaster.watching.posting import mailbox_of, post
from broadcaster.watching.tables import WatchedTrouble

log = structlog.get_logger()

AWAY_AFTER_S = 45.0
"""A database that is started again is back before that."""

_AGAIN_AFTER_S = 30.0


@dataclass(frozen=True, slots=True)
class _Heading:
    """What a letter says of the station, as it was when a round last went well."""

    station_id: str
    name: str
    rehearsal: bool
    zone: ZoneInfo


class Absence:
    """How long no round went well, and what was told of it."""

    def __init__(
        self,
        settings: Settings,
        *,
        around: Around,
        may: Callable[[], bool],
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings, self._around, self._may, self._context = settings, around, may, context
        self._heading: _Heading | None = None
        self._well_s = around.running_s()
        self._is_known = False
        self._told: WatchedTrouble | None = None
        self._not_before_s = 0.0

    def a_round_went_well(self, station: Station, *, is_known: bool) -> None:
        """Begin to count anew; `is_known`: that the database is away stands in it already."""
        self._heading = _Heading(
            station.id, station.name, station.rehearsal, ZoneInfo(station.zone)
        )
        self._well_s, self._is_known = self._around.running_s(), is_known

    def told(self) -> WatchedTrouble | None:
        """What was told from memory and stands in no database yet."""
        return self._told

    def is_kept(self) -> None:
        """It stands there now, and is told no second time while the next round fails again."""
        self._told, self._is_known = None, True

    def round(self) -> None:
        """Tell that nothing can be stored, where that lasts, somebody is told, and nobody was."""
        now_s = self._around.running_s()
        lasts_s = now_s - self._well_s
        is_due = lasts_s >= AWAY_AFTER_S and now_s >= self._not_before_s
        if is_due and not self._is_known and self._told is None and self._may():
            self._tell(timedelta(seconds=lasts_s))

    def _tell(self, lasts: timedelta) -> None:
        mailbox, heading = mailbox_of(self._settings), self._heading
        if mailbox is None or heading is None:
            return
        now = self._around.now()
        away = storage_away(self._settings.state_dir, now=now)
        row = WatchedTrouble(
            id=new_id("trb"), station_id=heading.station_id, kind=Trouble.STORAGE_AWAY, key="",
            name=REASONS[away.reason if away else Reason.NO_ANSWER], began_at=now - lasts,
        )  # fmt: skip
        letter = letter_about(
            [row], station_name=heading.name, rehearsal=heading.rehearsal, zone=heading.zone,
            mailbox=mailbox, now=now,
        )  # fmt: skip
        try:
            post(letter, mailbox, context=self._context)
        except MailNotSent as error:
            self._not_before_s = self._around.running_s() + _AGAIN_AFTER_S
            log.warning("mail_not_sent", trouble=error.detail, from_memory=True)
            return
        row.began_told_at = now
        self._told = row
        log.warning("storage_away_told", lasts_s=round(lasts.total_seconds()))
