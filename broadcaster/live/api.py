"""Live talks for programs: see what is on air, ask for a microphone, stop, allow; as on the page.

The sound itself never comes this way: it needs the page that was asked for, or `loa live`.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlmodel import Session

from broadcaster.accounts.guard import require, require_to_read, token_of
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.database.columns import to_ms
from broadcaster.live.errors import UnknownTalk
from broadcaster.live.permits import grant_permit, revoke_permit
from broadcaster.live.proof import prove_speaker
from broadcaster.live.shapes import (
    CandidateOut,
    NewPermit,
    NewTalk,
    PermitOut,
    Permits,
    TalkOut,
    Talks,
)
from broadcaster.live.shown import live_page, talk_shown
from broadcaster.live.tables import LiveTalk
from broadcaster.live.talks import ask_to_speak, find_talk, orders_of_talk, stop_talk
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["live"])

Here = Annotated[Context, Depends(context)]
Speaker = Annotated[Viewer, Depends(require(Right.SPEAK_LIVE))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.SPEAK_LIVE))]
Leader = Annotated[Viewer, Depends(require(Right.APPROVE_BULLETINS))]
Token = Annotated[str, Depends(token_of)]
StationViewer = Annotated[Viewer, Depends(require(Right.SEE_STATION))]


@api.get("/live", responses=problems(401, 403))
def talks(station: Here, viewer: Onlooker) -> Talks:
    """What is on air live, what was, and whether you may speak."""
    with station.database.reading() as session:
        page = live_page(
            session,
            station_id=station.station_id,
            account_id=viewer.account_id,
            now=station.now(),
        )
        running = _found(session, station, page.running.talk_id) if page.running else None
        over = [_found(session, station, each.talk_id) for each in page.talks]
    return Talks(
        running=running,
        over=over,
        may_speak=page.may_speak,
        permit_until_ms=to_ms(page.permit_until) if page.permit_until else None,
    )


@api.post("/live", status_code=201, responses=problems(400, 401, 403, 409, 413, 422, 429, 503))
def ask(station: Here, viewer: Speaker, token: Token, given: NewTalk) -> TalkOut:
    """Ask for a microphone; nothing sounds before its speaker opens it, within half an hour."""
    prove_speaker(station, viewer, code=given.code, token=token)
    with station.database.writing() as session:
        talk = ask_to_speak(
            session,
            station=session.get_one(Station, station.station_id),
            viewer=viewer,
            title=given.title,
            cluster_ids=given.cluster_ids,
            minutes=given.minutes,
            quiet_reason=given.quiet_reason,
            now=station.now(),
        )
        return _out(session, station, talk)


@api.get("/live/{talk_id}", responses=problems(401, 403, 404, 422))
def talk(station: Here, _viewer: StationViewer, talk_id: Id) -> TalkOut:
    """One talk as it stands."""
    with station.database.reading() as session:
        return _found(session, station, talk_id)


@api.post("/live/{talk_id}/stop", responses=problems(401, 403, 404, 422))
def stop(station: Here, viewer: Speaker, talk_id: Id) -> TalkOut:
    """Silence a talk, everywhere and at once; one that is over stays as it is."""
    with station.database.writing() as session:
        _found(session, station, talk_id)
        stopped = stop_talk(session, talk_id, by=viewer.account_id, now=station.now())
        return _out(session, station, stopped)


@api.get("/live-permits", responses=problems(401, 403))
def permits(station: Here, viewer: Onlooker) -> Permits:
    """Who may speak live now."""
    with station.database.reading() as session:
        return _permits(session, station, viewer)


@api.post("/live-permits", status_code=201, responses=problems(400, 401, 403, 413, 422))
def permit(station: Here, viewer: Leader, given: NewPermit) -> Permits:
    """Let somebody else speak live from now on; answered with all permits that hold."""
    with station.database.writing() as session:
        grant_permit(
            session,
            station_id=station.station_id,
            account_id=given.account_id,
            days=given.days,
            quiet_reason=given.quiet_reason,
            by=viewer.account_id,
            now=station.now(),
        )
        return _permits(session, station, viewer)


@api.delete("/live-permits/{permit_id}", responses=problems(401, 403, 404, 422))
def revoke(station: Here, viewer: Leader, permit_id: Id) -> Permits:
    """Take a permit back; whoever speaks by it just then falls silent."""
    with station.database.writing() as session:
        revoke_permit(
            session,
            permit_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _permits(session, station, viewer)


def _found(session: Session, station: Context, talk_id: str) -> TalkOut:
    """A talk of this station; raise UnknownTalk."""
    found = find_talk(session, talk_id)
    if found.station_id != station.station_id:
        raise UnknownTalk(talk_id)
    return _out(session, station, found)


def _out(session: Session, station: Context, talk: LiveTalk) -> TalkOut:
    return TalkOut.of(
        talk_shown(session, talk, now=station.now()),
        cluster_ids=[each.cluster_id for each in orders_of_talk(session, talk.id)],
        ended_because=talk.ended_because,
    )


def _permits(session: Session, station: Context, viewer: Viewer) -> Permits:
    page = live_page(
        session, station_id=station.station_id, account_id=viewer.account_id, now=station.now()
    )
    candidates = page.candidates if viewer.may(Right.APPROVE_BULLETINS) else ()
    return Permits(
        permits=[PermitOut.of(each) for each in page.permits],
        candidates=[CandidateOut(account_id=id_, name=name) for id_, name in candidates],
    )
