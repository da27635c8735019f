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
from broadcaster.database import Database, new_id
from broadcaster.ledger.storage import storage_away
from broadcaster.settings import Settings
from broadcaster.watching.absence import Absence
from broadcaster.watching.around import Around
from broadcaster.watching.beating import Beating
from broadcaster.watching.certificates import Certificates
from broadcaster.watching.errors import MailNotSent
from broadcaster.watching.kinds import Trouble
from broadcaster.watching.letters import letter_about
from broadcaster.watching.machine import hours
from broadcaster.watching.noticing import GOOD_FOR, Seen, notice, open_troubles
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
        absence: Absence,
        around: Around,
        may: Callable[[], bool] = lambda: True,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._database, self._settings, self._station_id = database, settings, station_id
        self._absence, self._around, self._may, self._context = absence, around, may, context
        self._now = around.now
        self._certificates = Certificates(settings)
        self._beating = Beating(settings.state_dir)
        self._unconnected_since_s: float | None = None
        self._failures = 0
        self._not_before: datetime | None = None

    def round(self) -> None:
        """One round, where this process may; what cannot be done now waits for the next."""
        if not self._may():
            return
        mails = bool(self._settings.mail_server)
        try:
            self._keep_what_was_told()
            self._note_own_absence(told=not mails)
            with self._database.reading() as session:
                station = session.get_one(Station, self._station_id)
                waits_since = self._around.waits_since(session)
            seen = self._seen(waits_since)
            notice(
                self._database, station_id=self._station_id, state_dir=self._settings.state_dir,
                now=self._now(), somebody_is_told=mails, seen=seen,
            )  # fmt: skip
            self._absence.a_round_went_well(station, is_known=seen.storage is not None)
            if mails and (self._not_before is None or self._not_before <= self._now()):
                self._tell()
        except SQLAlchemyError:
            log.exception("watching_put_off")

    def _keep_what_was_told(self) -> None:
        """Write down what was told while the database was away, so that its end is told too."""
        told = self._absence.told()
        if told is None:
            return
        with self._database.writing() as session:
            if not any(each.kind == told.kind for each in open_troubles(session, self._station_id)):
                session.add(WatchedTrouble(**told.model_dump()))
        self._absence.is_kept()

    def _note_own_absence(self, *, told: bool) -> None:
        """Once a term: for how long nobody led. It is over when it is noticed."""
        now, term = self._now(), self._around.term()
        since = self._beating.away_since(term=term, now=now)
        if since is not None:
            with self._database.writing() as session:
                session.add(
                    WatchedTrouble(
                        id=new_id("trb"), station_id=self._station_id, kind=Trouble.STATION_AWAY,
                        key="", name=hours(now - since), began_at=since, ended_at=now,
                        began_told_at=now if told else None, ended_told_at=now if told else None,
                    )
                )  # fmt: skip
        self._beating.beat(term=term, now=now)

    def _seen(self, waits_since: datetime | None) -> Seen:
        now, now_s = self._now(), self._around.running_s()
        if self._around.connected():
            self._unconnected_since_s = None
        elif self._unconnected_since_s is None:
            self._unconnected_since_s = now_s
        since_s = self._unconnected_since_s
        return Seen(
            kernel=self._around.kernel(),
            stepped=self._around.stepped(),
            # Not for no time at all: then it would be there.
            broker_away_for=timedelta(seconds=max(now_s - since_s, 1) if since_s else 0),
            waits_since=waits_since,
            storage=storage_away(self._settings.state_dir, now=now),
            certificates=self._certificates.ends(now),
        )

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
