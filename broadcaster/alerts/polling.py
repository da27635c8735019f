"""Asking the feeds for what is new, every 30 seconds; no transaction is open while a host is asked.

What fails is written beside the feed with since when, and asked again at the next round. An entry
that was taken or refused for its content is not fetched again until its list names a new version.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import Session, col, delete, select

from broadcaster.alerts.errors import AlertTooLarge, FeedUnreachable, UnknownFeed
from broadcaster.alerts.feed_index import Entry, entries_of
from broadcaster.alerts.feeds import certificates_folder, feeds_of, find_feed
from broadcaster.alerts.fetching import Fetched, Fetcher, fetcher
from broadcaster.alerts.following import follow
from broadcaster.alerts.intake import take_in
from broadcaster.alerts.signatures import certificates_in, open_alert
from broadcaster.alerts.tables import AlertDocument, AlertFeed, ReceivedAlert
from broadcaster.audit import Act, record
from broadcaster.database import Database
from broadcaster.errors import BadInput, LoaError

log = structlog.get_logger()

EVERY_S = 30
MOST_AT_ONCE = 25
"""How many entries of a list are fetched in one round; the rest follow in the next."""

FEED_S = 20.0
"""How long one feed may hold up the others in a round; the rest follows in the next."""

_REMEMBERED_FOR = timedelta(days=30)


@dataclass(slots=True)
class Round:
    """What one feed brought in one round: new alerts, entries refused, and why it failed."""

    new: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    trouble: str = ""


def poll_all(
    database: Database,
    *,
    state_dir: Path,
    station_id: str,
    now: Callable[[], datetime],
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Ask every feed in turn, until it `is_over`; one that fails hinders no other."""
    with database.reading() as session:
        ids = [each.id for each in feeds_of(session, station_id=station_id)]
    if not ids:
        return
    with fetcher() as fetch:
        for feed_id in ids:
            if is_over():
                return
            # Retired by somebody in this very moment.
            with suppress(UnknownFeed):
                poll(
                    database, feed_id, fetch=fetch, state_dir=state_dir, station_id=station_id,
                    now=now, is_over=is_over,
                )  # fmt: skip


def poll_one(
    database: Database,
    feed_id: str,
    *,
    state_dir: Path,
    station_id: str,
    now: Callable[[], datetime],
) -> Round:
    """Ask one feed now; raise UnknownFeed."""
    with fetcher() as fetch:
        return poll(
            database, feed_id, fetch=fetch, state_dir=state_dir, station_id=station_id, now=now
        )


def poll_for(
    database: Database,
    feed_id: str,
    *,
    state_dir: Path,
    station_id: str,
    by: str,
    now: Callable[[], datetime],
) -> Round:
    """Ask one feed out of turn, because somebody wants it; raise UnknownFeed."""
    done = poll_one(database, feed_id, state_dir=state_dir, station_id=station_id, now=now)
    with database.writing() as session:
        record(session, Act.ALERT_FEED_POLLED, by=by, about=feed_id, at=now())
    return done


def poll(
    database: Database,
    feed_id: str,
    *,
    fetch: Fetcher,
    state_dir: Path,
    station_id: str,
    now: Callable[[], datetime],
    is_over: Callable[[], bool] = lambda: False,
) -> Round:
    """Ask one feed and keep what it brings, and how it went; raise UnknownFeed."""
    with database.reading() as session:
        feed = find_feed(session, feed_id, station_id=station_id)
    done = Round()
    ends_s = fetch.now_s() + FEED_S
    asker = _Asker(database, feed, fetch=fetch, state_dir=state_dir, now=now, done=done)
    try:
        answer = fetch.get(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        is_whole = True
        if answer.content is not None:
            is_whole = asker.bring(
                answer.content, is_over=lambda: is_over() or fetch.now_s() > ends_s
            )
        _note(database, feed, done, answer=answer if is_whole else None, now=now())
    except (FeedUnreachable, BadInput) as error:
        done.trouble = error.code
        log.warning("alert_feed_failed", feed_id=feed.id, error=error.code, detail=error.detail)
        _note(database, feed, done, answer=None, now=now())
    return done


class _Asker:
    """One feed in one round."""

    def __init__(
        self,
        database: Database,
        feed: AlertFeed,
        *,
        fetch: Fetcher,
        state_dir: Path,
        now: Callable[[], datetime],
        done: Round,
    ) -> None:
        self._database = database
        self._feed = feed
        self._fetch = fetch
        self._now = now
        self._done = done
        self._trusted = certificates_in(certificates_folder(state_dir, feed.id))

    def bring(self, content: bytes, *, is_over: Callable[[], bool]) -> bool:
        """Keep what an answer holds; whether all of it was looked at.

        Raises what reading the answer itself raises.
        """
        entries = entries_of(content, feed_url=self._feed.url)
        if entries is None:
            self._keep(content)
            return True
        unseen = self._unseen(entries)
        is_whole = len(unseen) <= MOST_AT_ONCE
        for entry in unseen[:MOST_AT_ONCE]:
            if is_over():
                return False
            is_whole &= self._bring_entry(entry)
        return is_whole

    def _bring_entry(self, entry: Entry) -> bool:
        """Fetch and keep one entry; False where its host did not answer, to be asked again."""
        trouble = ""
        try:
            content = self._fetch.get(entry.url).content
            if content is not None:
                self._keep(content)
        except FeedUnreachable as error:
            self._done.trouble = error.code
            return False
        except BadInput as error:
            trouble = error.code
            self._refuse(error, entry)
        with self._database.writing() as session:
            session.merge(
                AlertDocument(
                    feed_id=self._feed.id, entry=entry.key, fetched_at=self._now(), trouble=trouble
                )
            )
        return True

    def _refuse(self, error: LoaError, entry: Entry) -> None:
        self._done.refused.append(error.code)
        self._done.trouble = error.code
        log.warning(
            "alert_refused", feed_id=self._feed.id, error=error.code, detail=error.detail,
            entry=entry.url,
        )  # fmt: skip

    def _keep(self, content: bytes) -> None:
        now = self._now()
        opened = open_alert(
            content, trusted=self._trusted, must_be_signed=self._feed.must_be_signed, now=now
        )
        with self._database.writing() as session:
            taken = take_in(
                session,
                opened,
                station_id=self._feed.station_id,
                feed_id=self._feed.id,
                by="",
                now=now,
            )
            alert_id, new = taken.row.id, taken.new
        if new:
            self._done.new.append(alert_id)
            self._follow(alert_id)

    def _follow(self, alert_id: str) -> None:
        """Whatever stands against an order of the station's own leaves the alert to a person."""
        try:
            with self._database.writing() as session:
                follow(session, session.get_one(ReceivedAlert, alert_id), now=self._now())
        except LoaError as error:
            log.warning("alert_not_followed", alert_id=alert_id, error=error.code)

    def _unseen(self, entries: list[Entry]) -> list[Entry]:
        with self._database.reading() as session:
            seen = set(
                session.exec(
                    select(AlertDocument.entry).where(
                        AlertDocument.feed_id == self._feed.id,
                        col(AlertDocument.entry).in_([each.key for each in entries]),
                    )
                ).all()
            )
        return [each for each in entries if each.key not in seen]


def refused_lately(
    session: Session, *, station_id: str, since: datetime
) -> list[tuple[AlertFeed, AlertDocument]]:
    """What was refused for what it is, the newest first, so that somebody asks its sender."""
    rows = session.exec(
        select(AlertFeed, AlertDocument)
        .join(AlertDocument, col(AlertDocument.feed_id) == col(AlertFeed.id))
        .where(
            AlertFeed.station_id == station_id,
            col(AlertFeed.retired_at).is_(None),
            col(AlertDocument.trouble) != "",
            col(AlertDocument.fetched_at) > since,
        )
        .order_by(col(AlertDocument.fetched_at).desc())
        .limit(20)
    ).all()
    return [(feed, document) for feed, document in rows]


def _note(
    database: Database, feed: AlertFeed, done: Round, *, answer: Fetched | None, now: datetime
) -> None:
    """How it went; what it was marked with, only where all of it was looked at."""
    with database.writing() as session:
        row = session.get_one(AlertFeed, feed.id)
        row.polled_at = now
        if done.trouble != row.trouble:
            row.trouble_since = now if done.trouble else None
        row.trouble = done.trouble
        if done.trouble not in {FeedUnreachable.code, AlertTooLarge.code}:
            row.answered_at = now
        if answer is not None and answer.content is not None:
            row.etag, row.last_modified = answer.etag, answer.last_modified
        session.execute(
            delete(AlertDocument).where(
                col(AlertDocument.feed_id) == feed.id,
                col(AlertDocument.fetched_at) < now - _REMEMBERED_FOR,
            )
        )
