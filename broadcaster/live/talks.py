"""Talks: asked for by whoever may speak, begun by one sender at a time, stopped by anybody who may.

A talk never outlives its sender: whoever stops saying that he lives is closed by the schedule's
process, and devices fall silent by themselves.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from broadcaster.accounts.people import display_names
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Cluster, Station
from broadcaster.audit import Act, record
from broadcaster.bulletins.texts import one_line
from broadcaster.database import new_id
from broadcaster.database.columns import to_ms
from broadcaster.live.errors import (
    LENGTHS_MIN,
    TITLE_LIMIT_CHARACTERS,
    NoClusterChosen,
    NoPermit,
    QuietReasonMissing,
    TalkLengthUnusable,
    TalkOver,
    TalkRunning,
    TalkTitleUnusable,
    UnknownTalk,
)
from broadcaster.live.permits import holds, permit_of
from broadcaster.live.tables import LiveOrder, LivePermit, LiveTalk
from broadcaster.schedule.air_rules import station_quiet_hours
from devices.protocol.messages import Stop

log = structlog.get_logger()

# Asked for every page of a village, and put together once.
_AMONG = select(LiveTalk.id).where(col(LiveTalk.id).in_(bindparam("ids", expanding=True)))

BEGIN_WITHIN = timedelta(minutes=30)
"""How long after it was asked for a talk may still be begun."""

LOST_AFTER = timedelta(seconds=15)
"""How long a sender may say nothing before its talk is closed without it."""

OPENING = timedelta(seconds=5)
"""What may pass between asking and the first word, for the look at quiet hours."""


def ask_to_speak(
    session: Session,
    *,
    station: Station,
    viewer: Viewer,
    title: str,
    cluster_ids: Sequence[str],
    minutes: int,
    quiet_reason: str,
    now: datetime,
) -> LiveTalk:
    """Ask for a microphone for some clusters; nothing sounds before a sender begins.

    Raises NoPermit, TalkTitleUnusable, NoClusterChosen, TalkLengthUnusable, QuietReasonMissing.
    """
    permit = permit_of(session, viewer.account_id, station_id=station.id, now=now)
    if permit is None:
        raise NoPermit
    longest = timedelta(minutes=minutes)
    _check_length(station, minutes)
    allowed_by, reason = _override(
        station, viewer, permit, longest=longest, given=quiet_reason, now=now
    )
    talk = LiveTalk(
        id=new_id("talk"),
        station_id=station.id,
        title=_title(title),
        speaker_id=viewer.account_id,
        permit_id=permit.id,
        longest_ms=minutes * 60_000,
        override_person=_name(session, allowed_by),
        override_by=allowed_by,
        override_reason=reason,
        asked_at=now,
    )
    clusters = _clusters(session, station, cluster_ids)
    session.add(talk)
    session.flush()
    session.add_all(
        LiveOrder(id=new_id("live"), talk_id=talk.id, cluster_id=each) for each in clusters
    )
    session.flush()
    _record_opening(session, talk, clusters, allowed_by=allowed_by)
    log.info(
        "live_talk_asked",
        talk_id=talk.id,
        by=viewer.account_id,
        permit_id=permit.id,
        granted_by=permit.granted_by,
        clusters=len(clusters),
        in_quiet_hours=allowed_by is not None,
    )
    return talk


def begin_talk(session: Session, talk_id: str, *, now: datetime) -> LiveTalk:
    """Begin a talk as its sender; raise UnknownTalk, TalkOver or TalkRunning."""
    asked = session.get(LiveTalk, talk_id)
    if asked is None:
        raise UnknownTalk(talk_id)
    # One microphone: two talks that begin at once are two rows, so they wait at the station's.
    session.get(Station, asked.station_id, with_for_update={"key_share": True})
    talk = session.get_one(LiveTalk, talk_id, with_for_update=True, populate_existing=True)
    if talk.begun_at is not None or talk.ended_at is not None or talk.stopped_at is not None:
        raise TalkOver(talk_id)
    if now - talk.asked_at > BEGIN_WITHIN:
        raise TalkOver(talk_id)
    if running_talk(session, station_id=talk.station_id) is not None:
        raise TalkRunning
    talk.begun_at = talk.beat_at = now
    session.flush()
    log.info("live_talk_begun", talk_id=talk_id, by=talk.speaker_id)
    return talk


def running_talk(session: Session, *, station_id: str) -> LiveTalk | None:
    """Whoever has begun and not ended."""
    return session.exec(
        select(LiveTalk).where(
            LiveTalk.station_id == station_id,
            col(LiveTalk.begun_at).is_not(None),
            col(LiveTalk.ended_at).is_(None),
        )
    ).first()


def may_go_on(session: Session, talk: LiveTalk) -> bool:
    """Whether nobody stopped a talk, nor took back meanwhile what allowed it."""
    permit = session.get(LivePermit, talk.permit_id)
    return (
        talk.stopped_at is None
        and talk.ended_at is None
        and permit is not None
        and permit.station_id == talk.station_id
        and permit.revoked_at is None
        and holds(session, permit, at=talk.asked_at)
    )


def stop_talk(session: Session, talk_id: str, *, by: str, now: datetime) -> LiveTalk:
    """Silence a talk everywhere; one that is over stays as it is. Raises UnknownTalk."""
    talk = find_talk(session, talk_id)
    if talk.ended_at is None and talk.stopped_at is None:
        talk.stopped_at, talk.stopped_by = now, by
        if talk.begun_at is None:
            talk.ended_at, talk.ended_because = now, "stopped"
        session.flush()
        record(session, Act.TALK_STOPPED, by=by, about=talk_id, at=now)
        log.info("live_talk_stopped", talk_id=talk_id, by=by)
    return talk


def find_talk(session: Session, talk_id: str) -> LiveTalk:
    """A talk; raise UnknownTalk."""
    found = session.get(LiveTalk, talk_id)
    if found is None:
        raise UnknownTalk(talk_id)
    return found


def talks_among(session: Session, broadcast_ids: Collection[str]) -> frozenset[str]:
    """Which of these are live talks: the ledger names them as it names every broadcast."""
    return frozenset(session.execute(_AMONG, {"ids": list(broadcast_ids)}).scalars())


def orders_of_talk(session: Session, talk_id: str) -> Sequence[LiveOrder]:
    """The order of each of its clusters."""
    return session.exec(
        select(LiveOrder).where(LiveOrder.talk_id == talk_id).order_by(col(LiveOrder.cluster_id))
    ).all()


def newest_talks(session: Session, *, station_id: str, limit: int) -> Sequence[LiveTalk]:
    """The last talks that were begun, newest first."""
    return session.exec(
        select(LiveTalk)
        .where(LiveTalk.station_id == station_id, col(LiveTalk.begun_at).is_not(None))
        .order_by(col(LiveTalk.asked_at).desc())
        .limit(limit)
    ).all()


def lost_talks(session: Session, *, now: datetime) -> Sequence[LiveTalk]:
    """Talks whose sender says nothing any more."""
    return session.exec(
        select(LiveTalk).where(
            col(LiveTalk.begun_at).is_not(None),
            col(LiveTalk.ended_at).is_(None),
            col(LiveTalk.beat_at) < now - LOST_AFTER,
        )
    ).all()


def _title(title: str) -> str:
    kept = one_line(title, field="title")
    if not 1 <= len(kept) <= TITLE_LIMIT_CHARACTERS:
        raise TalkTitleUnusable(field="title")
    return kept


def _check_length(station: Station, minutes: int) -> None:
    if minutes not in LENGTHS_MIN or minutes * 60_000 > station.longest_session_ms:
        raise TalkLengthUnusable(field="minutes")


def _clusters(session: Session, station: Station, chosen: Sequence[str]) -> list[str]:
    known = session.exec(select(Cluster.id).where(Cluster.station_id == station.id)).all()
    if not chosen or not set(chosen) <= set(known):
        raise NoClusterChosen(field="clusters")
    return sorted(set(chosen))


def _record_opening(
    session: Session, talk: LiveTalk, clusters: Sequence[str], *, allowed_by: str | None
) -> None:
    """Who asked for the microphone, by whose permit, and who allowed it inside quiet hours."""
    record(
        session,
        Act.TALK_OPENED,
        by=talk.speaker_id,
        about=talk.id,
        at=talk.asked_at,
        details={
            "permit": talk.permit_id,
            "clusters": " ".join(clusters),
            "longest_ms": talk.longest_ms,
        },
        private={"title": talk.title},
    )
    if allowed_by is not None:
        record(
            session,
            Act.QUIET_HOURS_OVERRIDDEN,
            by=talk.speaker_id,
            about=talk.id,
            at=talk.asked_at,
            details={"allowed_by": allowed_by},
            private={"reason": talk.override_reason or ""},
        )


def _name(session: Session, account_id: str | None) -> str | None:
    return None if account_id is None else display_names(session, [account_id])[account_id]


def _override(
    station: Station,
    viewer: Viewer,
    permit: LivePermit,
    *,
    longest: timedelta,
    given: str,
    now: datetime,
) -> tuple[str | None, str | None]:
    """Who allows it inside quiet hours (an id), and why: a leader who speaks, or who permitted."""
    if not station_quiet_hours(station).touched_by(now, longest + OPENING):
        return None, None
    given = one_line(given, field="quiet_reason")[:300]
    if given and viewer.may(Right.APPROVE_BULLETINS):
        return viewer.account_id, given
    if permit.quiet_reason:
        return permit.granted_by, permit.quiet_reason
    raise QuietReasonMissing(field="quiet_reason")


def talk_stops(session: Session, cluster_id: str, *, since: datetime) -> list[Stop]:
    """The stops that a cluster's plan has to say of talks stopped after `since`."""
    rows = session.exec(
        select(LiveOrder.id, LiveTalk.stopped_at)
        .join(LiveTalk, col(LiveTalk.id) == col(LiveOrder.talk_id))
        .where(
            LiveOrder.cluster_id == cluster_id,
            col(LiveOrder.signed_at).is_not(None),
            col(LiveTalk.stopped_at) > since,
        )
    ).all()
    return [Stop(order=order_id, at_ms=to_ms(at)) for order_id, at in rows if at is not None]
