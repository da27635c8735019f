"""One round with the province, every 60 seconds: gather, send in order, collect, note how it went.

No transaction is open while the province is asked. Whatever fails is tried again later and later,
a quarter of an hour at most; nothing that waits is dropped, and it is sent with the same key.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from broadcaster.database import Database
from broadcaster.errors import BadInput
from broadcaster.exchange.carrying import Carrier, carrier
from broadcaster.exchange.errors import NotLinked, OfficeUnreachable, SecretUnusable
from broadcaster.exchange.gathering import fresh_plays, gather, looked_back_to
from broadcaster.exchange.intake import take_in
from broadcaster.exchange.link import find_link, link_of, read_secret
from broadcaster.exchange.outbox import forget_old, held_link, next_messages, settle
from broadcaster.exchange.tables import ExchangeLink

log = structlog.get_logger()

EVERY_S = 60
SENDING_S = 30.0
"""How long one round sends; the rest follows in the next."""

MOST_LISTS = 20
"""How many lists of bulletins are collected in one round."""

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=15)


@dataclass(slots=True)
class Round:
    """What one round did; `trouble` is the code of what ended it early."""

    gathered: int = 0
    sent: int = 0
    refused: int = 0
    received: list[str] = field(default_factory=list)
    unreadable: int = 0
    paused: bool = False
    trouble: str = ""
    after_s: int = 0


def exchange_once(
    database: Database,
    *,
    keys_dir: Path,
    station_id: str,
    now: Callable[[], datetime],
    is_over: Callable[[], bool] = lambda: False,
) -> Round:
    """Do one round, if the link is switched on and not pausing after a failure."""
    done = Round()
    with database.reading() as session:
        link = link_of(session, station_id=station_id)
        if link is None or not link.is_on:
            return done
        plays = fresh_plays(session, link, now=now())
    with database.writing() as session:
        held = held_link(session, station_id=station_id)
        if held is None or not held.is_on:
            return done
        done.gathered = gather(session, held, plays, now=now())
    if link.next_try_at is not None and now() < link.next_try_at:
        done.paused = True
        return done
    try:
        secret = read_secret(keys_dir, station_id)
        with carrier(
            link.address, secret, source_id=link.source_id, mapping=link.mapping
        ) as speaks:
            _send(database, speaks, link, done, now=now, is_over=is_over)
            _collect(database, speaks, link, done, now=now, is_over=is_over)
            # What came asks for receipts, which go up at once.
            _send(database, speaks, link, done, now=now, is_over=is_over)
    except (OfficeUnreachable, SecretUnusable) as error:
        done.trouble = error.code
        done.after_s = error.after_s if isinstance(error, OfficeUnreachable) else 0
        log.warning("exchange_failed", error=error.code, detail=error.detail)
    _note(database, link, done, now=now())
    return done


def pause_after(failures: int, *, after_s: int = 0) -> timedelta:
    """How long to wait after so many failures in a row, or as long as the province asks."""
    grown = _FIRST_PAUSE * (1 << min(max(failures - 1, 0), 10))
    return max(min(grown, _LONGEST_PAUSE), timedelta(seconds=after_s))


def _send(
    database: Database,
    speaks: Carrier,
    link: ExchangeLink,
    done: Round,
    *,
    now: Callable[[], datetime],
    is_over: Callable[[], bool],
) -> None:
    ends_s = speaks.now_s() + SENDING_S
    while True:
        with database.reading() as session:
            waiting = next_messages(session, station_id=link.station_id)
        if not waiting:
            return
        for each in waiting:
            if is_over() or speaks.now_s() > ends_s:
                return
            refusal = speaks.deliver(each.kind, each.body, key=each.key)
            with database.writing() as session:
                settle(session, each, refusal=refusal, now=now())
            if refusal:
                done.refused += 1
                log.warning("exchange_refused", kind=each.kind, about=each.about)
            else:
                done.sent += 1


def _collect(
    database: Database,
    speaks: Carrier,
    link: ExchangeLink,
    done: Round,
    *,
    now: Callable[[], datetime],
    is_over: Callable[[], bool],
) -> None:
    """List after list, each kept with the cursor after it, so that none is skipped."""
    cursor = link.cursor
    for _ in range(MOST_LISTS):
        if is_over():
            return
        inbox = speaks.collect(cursor)
        with database.writing() as session:
            held = held_link(session, station_id=link.station_id)
            if held is None or held.saved_at != link.saved_at:
                return
            for document in inbox.documents:
                try:
                    row = take_in(session, held, document, now=now())
                except BadInput as error:
                    done.unreadable += 1
                    log.warning("exchange_document_unknown", error=error.code, field=error.detail)
                    continue
                if row is not None:
                    done.received.append(row.id)
            held.cursor = inbox.cursor
        if not inbox.documents or inbox.cursor == cursor:
            return
        cursor = inbox.cursor


def _note(database: Database, link: ExchangeLink, done: Round, *, now: datetime) -> None:
    with database.writing() as session:
        try:
            row = find_link(session, station_id=link.station_id)
        except NotLinked:
            return
        if row.saved_at != link.saved_at:
            return
        row.tried_at = now
        if done.trouble != row.trouble:
            row.trouble_since = now if done.trouble else None
        row.trouble = done.trouble
        if done.trouble:
            row.failures += 1
            row.next_try_at = now + pause_after(row.failures, after_s=done.after_s)
        else:
            row.failures, row.next_try_at, row.answered_at = 0, None, now
        forget_old(
            session, station_id=link.station_id, now=now,
            plays_before=looked_back_to(row, now=now),
        )  # fmt: skip
