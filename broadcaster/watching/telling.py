"""A round of watching: notice what changed, and post one letter about what was not told yet.

At least once: what was posted and not written down is posted again under the same Message-ID. No
transaction is open while the mail server is asked.
"""

import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import and_, or_
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.settings import Settings
from broadcaster.watching.errors import MailNotSent
from broadcaster.watching.letters import letter_about
from broadcaster.watching.machine import kernels_clock
from broadcaster.watching.noticing import GOOD_FOR, Clock, notice
from broadcaster.watching.posting import mailbox_of, post
from broadcaster.watching.tables import WatchedTrouble

log = structlog.get_logger()

EVERY_S = 5
AGAIN_AFTER = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
"""How long after the first, second, … failure it is tried again; the last one goes on."""


class Watch:
    """The rounds of one process, with how often its letters were not taken in a row."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        station_id: str,
        now: Callable[[], datetime],
        may: Callable[[], bool] = lambda: True,
        clock: Clock = kernels_clock,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._database, self._settings, self._station_id = database, settings, station_id
        self._now, self._may, self._clock, self._context = now, may, clock, context
        self._failures = 0
        self._not_before: datetime | None = None

    def round(self) -> None:
        """One round, where this process may; what cannot be done now waits for the next."""
        if not self._may():
            return
        mails = bool(self._settings.mail_server)
        try:
            notice(
                self._database, station_id=self._station_id, state_dir=self._settings.state_dir,
                now=self._now(), somebody_is_told=mails, clock=self._clock,
            )  # fmt: skip
            if mails and (self._not_before is None or self._not_before <= self._now()):
                self._tell()
        except SQLAlchemyError:
            log.exception("watching_put_off")

    def _tell(self) -> None:
        mailbox = mailbox_of(self._settings)
        with self._database.reading() as session:
            untold = _untold(session, self._station_id, self._now())
            station = session.get_one(Station, self._station_id)
        if mailbox is None or not untold:
            return
        letter = letter_about(
            untold, station_name=station.name, rehearsal=station.rehearsal,
            zone=ZoneInfo(station.zone), mailbox=mailbox, now=self._now(),
        )  # fmt: skip
        try:
            refused = post(letter, mailbox, context=self._context)
        except MailNotSent as error:
            self._failures += 1
            pause = AGAIN_AFTER[min(self._failures, len(AGAIN_AFTER)) - 1]
            self._not_before = self._now() + pause
            log.warning("mail_not_sent", trouble=error.detail, attempts=self._failures)
            return
        self._failures, self._not_before = 0, None
        log.info("mail_sent", troubles=len(untold), refused_recipients=refused)
        with self._database.writing() as session:
            for each in untold:
                row = session.get_one(WatchedTrouble, each.id)
                row.began_told_at = row.began_told_at or self._now()
                if each.ended_at is not None:
                    row.ended_told_at = self._now()


def _untold(session: Session, station_id: str, now: datetime) -> list[WatchedTrouble]:
    begin = and_(
        col(WatchedTrouble.began_told_at).is_(None), col(WatchedTrouble.began_at) >= now - GOOD_FOR
    )
    end = and_(
        col(WatchedTrouble.ended_told_at).is_(None), col(WatchedTrouble.ended_at) >= now - GOOD_FOR
    )
    return list(
        session.exec(
            select(WatchedTrouble)
            .where(WatchedTrouble.station_id == station_id, or_(begin, end))
            .order_by(col(WatchedTrouble.began_at), col(WatchedTrouble.id))
        )
    )
