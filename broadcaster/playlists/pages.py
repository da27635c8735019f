"""The playlists' pages: place parts, hear the whole, submit; decided as every bulletin is.

The parts are kept before anything is done with them; whatever fails afterwards is told beside them.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from sqlmodel import Session
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins.desk import newest_bulletins
from broadcaster.bulletins.on_approval import decision_parts
from broadcaster.bulletins.recordings import missing_when_heard
from broadcaster.bulletins.studio import studio_of
from broadcaster.bulletins.tables import BulletinKind
from broadcaster.database.busy import DatabaseBusy, told_when_busy
from broadcaster.database.columns import to_ms
from broadcaster.errors import BadInput, Conflict, LoaError, Unavailable
from broadcaster.playlists.desk import (
    change_playlist,
    find_playlist,
    make_playlist_sound,
    write_playlist,
)
from broadcaster.playlists.forms import SAVE, PlaylistForm, acted, empty_form, form_of
from broadcaster.playlists.offers import approved_on, offers
from broadcaster.playlists.shown import named_bulletins, playlist_lines, playlist_shown
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language, translate

NEWEST = 100
DECISION_FIELDS = frozenset({"over_warnings", "over_missing", "comment"})

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]


@router.get("/playlists")
def playlists(request: Request, station: Here, viewer: Reader) -> Response:
    """All playlists, last edited first."""
    with station.database.reading() as session:
        newest = newest_bulletins(
            session, station_id=station.station_id, limit=NEWEST, kind=BulletinKind.PLAYLIST
        )
        lines = playlist_lines(session, newest)
    return render(
        request,
        "playlists/pages/list.html",
        lines=lines,
        may_write=viewer.may(Right.WRITE_BULLETINS),
    )


@router.get("/playlists/new")
def new(
    request: Request,
    station: Here,
    _viewer: Writer,
    copied: Annotated[str, Query(alias="from")] = "",
) -> Response:
    """A programme's beginning and end, or the parts of an older one; nothing is kept yet."""
    if not copied:
        return _editor(request, station, empty_form())
    with station.database.reading() as session:
        row = find_playlist(session, copied, station_id=station.station_id)
        form = form_of(playlist_shown(session, row))
    title = translate(request, "%(title)s (bản sao)", title=form.title)
    return _editor(request, station, form.model_copy(update={"title": title}))


@router.post("/playlists")
def create(
    request: Request, station: Here, viewer: Writer, form: Annotated[PlaylistForm, Form()]
) -> Response:
    """Keep the parts and make their sound; another button only changes the form."""
    form = _acted(station, form)
    if form.act != SAVE:
        return _editor(request, station, form, moved=True)
    try:
        parts, priority = form.given_parts(), form.given_priority()
        with told_when_busy(), station.database.writing() as session:
            playlist = write_playlist(
                session,
                station_id=station.station_id,
                title=form.title,
                topic=form.topic,
                priority=priority,
                parts=parts,
                by=viewer.account_id,
                now=station.now(),
            )
    except (BadInput, DatabaseBusy) as refused:
        return _editor(request, station, form, refused=refused)
    return _make_sound(request, station, viewer, playlist.id)


@router.get("/playlists/{playlist_id}")
def playlist_page(request: Request, station: Here, viewer: Reader, playlist_id: str) -> Response:
    """One programme: its parts in time, its sound, its decisions."""
    return _page(request, station, viewer, playlist_id)


@router.get("/playlists/{playlist_id}/edit")
def editor(request: Request, station: Here, _viewer: Writer, playlist_id: str) -> Response:
    """Its parts, to be placed anew."""
    with station.database.reading() as session:
        row = find_playlist(session, playlist_id, station_id=station.station_id)
        form = form_of(playlist_shown(session, row))
    return _editor(request, station, form, playlist_id=playlist_id)


@router.post("/playlists/{playlist_id}")
def change(
    request: Request,
    station: Here,
    viewer: Writer,
    playlist_id: str,
    form: Annotated[PlaylistForm, Form()],
) -> Response:
    """Keep the changed parts and make their sound; another button only changes the form."""
    form = _acted(station, form)
    if form.act != SAVE:
        return _editor(request, station, form, playlist_id=playlist_id, moved=True)
    try:
        parts, priority = form.given_parts(), form.given_priority()
        with told_when_busy(), station.database.writing() as session:
            change_playlist(
                session,
                playlist_id,
                station_id=station.station_id,
                title=form.title,
                topic=form.topic,
                priority=priority,
                parts=parts,
                by=viewer.account_id,
                now=station.now(),
            )
    except (BadInput, DatabaseBusy) as refused:
        return _editor(request, station, form, playlist_id=playlist_id, refused=refused)
    return _make_sound(request, station, viewer, playlist_id)


@router.post("/playlists/{playlist_id}/rendition")
def make_sound(request: Request, station: Here, viewer: Writer, playlist_id: str) -> Response:
    """Compose the parts as their bulletins are approved now."""
    return _make_sound(request, station, viewer, playlist_id)


def answer_playlist(
    request: Request, viewer: Viewer, playlist_id: str, refused: LoaError, comment: str
) -> Response:
    """The playlist's page with what was refused where bulletins are submitted and decided.

    Found at `app.state.playlist_page`.
    """
    return _page(request, context(request), viewer, playlist_id, refused=refused, comment=comment)


def _make_sound(request: Request, station: Context, viewer: Viewer, playlist_id: str) -> Response:
    try:
        with told_when_busy():
            make_playlist_sound(
                station.database,
                studio_of(request),
                playlist_id,
                station_id=station.station_id,
                now=station.now(),
                by=viewer.account_id,
            )
    except (BadInput, Conflict, Unavailable) as trouble:
        return _page(request, station, viewer, playlist_id, refused=trouble)
    return RedirectResponse(f"/playlists/{playlist_id}", status_code=303)


def _acted(station: Context, form: PlaylistForm) -> PlaylistForm:
    with station.database.reading() as session:
        named = named_bulletins(
            session, [*form.bulletin_id, *form.ticked], station_id=station.station_id
        )
    return acted(form, priorities={id_: each.priority for id_, each in named.items()})


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    playlist_id: str,
    *,
    refused: LoaError | None = None,
    comment: str = "",
) -> Response:
    with station.database.reading() as session:
        row = find_playlist(session, playlist_id, station_id=station.station_id)
        playlist = playlist_shown(session, row)
        missing_in_parts = missing_when_heard(session, row)
        panels = [
            Markup(panel(request, session, row, viewer))  # noqa: S704 - their own templates, escaped there
            for panel in getattr(request.app.state, "bulletin_panels", [])
        ]
        in_decision = decision_parts(request, session, row)
    told = _sentence(request, refused)
    at_field = refused is not None and refused.field in DECISION_FIELDS
    return render(
        request,
        "playlists/pages/playlist.html",
        status_code=refused.status if refused else 200,
        playlist=playlist,
        bulletin=playlist.base,
        row=playlist.base.row,
        sound=playlist.base.sound,
        missing_in_parts=missing_in_parts,
        panels=panels,
        decision_parts=in_decision,
        errors={refused.field: told} if refused and at_field else {},
        trouble="" if at_field else told,
        comment=comment,
        own=viewer.account_id in playlist.base.authors,
        may_write=viewer.may(Right.WRITE_BULLETINS),
        may_decide=viewer.may(Right.APPROVE_BULLETINS),
        submitted_at_ms=_ms(playlist.base.row.submitted_at),
    )


def _editor(
    request: Request,
    station: Context,
    form: PlaylistForm,
    *,
    playlist_id: str = "",
    refused: LoaError | None = None,
    moved: bool = False,
) -> Response:
    with station.database.reading() as session:
        title, state_approved = _present(session, station, playlist_id)
        offered = offers(session, station_id=station.station_id)
        named = named_bulletins(session, form.bulletin_id, station_id=station.station_id)
    placed = set(form.bulletin_id)
    today = approved_on(offered, station.today(), zone=station.zone)
    return render(
        request,
        "playlists/pages/editor.html",
        status_code=refused.status if refused else 200,
        form=form,
        playlist_id=playlist_id,
        playlist_title=title,
        voids_approval=state_approved,
        action=f"/playlists/{playlist_id}" if playlist_id else "/playlists",
        offered=offered,
        today=[each for each in today if each.bulletin_id not in placed],
        named=named,
        errors={refused.field: _sentence(request, refused)} if refused and refused.field else {},
        trouble="" if refused is None or refused.field else _sentence(request, refused),
        moved=moved,
    )


def _present(session: Session, station: Context, playlist_id: str) -> tuple[str, bool]:
    """The kept title, and whether a change would end an approval; raise UnknownPlaylist."""
    if not playlist_id:
        return "", False
    row = find_playlist(session, playlist_id, station_id=station.station_id)
    shown = playlist_shown(session, row).base
    return row.title, any(each.approved and each.present for each in shown.decisions)


def _ms(instant: datetime | None) -> int | str:
    return to_ms(instant) if instant else ""


def _sentence(request: Request, refused: LoaError | None) -> str:
    if refused is None:
        return ""
    return in_language(request, refused)
