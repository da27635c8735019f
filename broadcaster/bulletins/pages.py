"""The bulletin's pages: write, read and hear, submit, decide.

A script is kept before anything is done with it; whatever fails afterwards is told beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from sqlmodel import Session
from starlette.responses import Response

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins import desk
from broadcaster.bulletins.commenting import comment_on
from broadcaster.bulletins.drafts import drafts_of, drop_draft
from broadcaster.bulletins.editing import meanwhile, opened, opened_new, seen
from broadcaster.bulletins.errors import (
    SCRIPT_LIMIT_CHARACTERS,
    EditedMeanwhile,
    ScriptOverLimit,
)
from broadcaster.bulletins.forms import EDITED, BulletinForm, CommentForm, DecisionForm
from broadcaster.bulletins.imports import uploaded_draft
from broadcaster.bulletins.on_approval import decision_parts, do_on_approval
from broadcaster.bulletins.recordings import missing_recordings, missing_when_heard
from broadcaster.bulletins.rule_names import name_of_rule
from broadcaster.bulletins.shown import Shown, lines_of, shown
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.studio import sound_of_bulletin, studio_of
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.bulletins.teaching import Forms, teachable
from broadcaster.bulletins.voice_words import (
    KnownVoices,
    VoiceWords,
    known_voices,
    voice_in,
    voices_in,
)
from broadcaster.database.busy import DatabaseBusy, told_when_busy
from broadcaster.database.columns import to_ms
from broadcaster.errors import BadInput, Conflict, LoaError, NotAllowed, Unavailable
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

NEWEST = 200
LONGEST_QUERY = 200
FIELDS = EDITED | {"over_warnings", "over_missing", "comment"}

# What other capabilities add to a bulletin's page (`app.state.bulletin_panels`): HTML of their own.
Panel = Callable[[Request, Session, Bulletin, Viewer], str]


class WantedPlace(Protocol):
    """When, None for as soon as approved, and where a bulletin is to play."""

    @property
    def at(self) -> datetime | None:
        """The instant."""

    @property
    def clusters(self) -> Sequence[str]:
        """The names of the clusters."""


# The wishes for these bulletins, the soonest first (`app.state.wanted_places`).
Wishes = Callable[[Session, Sequence[str], ZoneInfo, datetime], Mapping[str, WantedPlace]]


def _no_wishes(
    _session: Session, _ids: Sequence[str], _zone: ZoneInfo, _now: datetime
) -> Mapping[str, WantedPlace]:
    """Where nothing is scheduled."""
    return {}


# The page of another kind with what was refused, and the comment (`app.state.<name>`).
OtherPage = Callable[[Request, Viewer, str, LoaError, str], Response]
_OTHER_PAGES = {
    BulletinKind.PLAYLIST: ("/playlists", "playlist_page"),
    BulletinKind.RELAY: ("/relays", "relay_page"),
}

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]
Approver = Annotated[Viewer, Depends(require(Right.APPROVE_BULLETINS))]
Commenter = Annotated[Viewer, Depends(require(Right.COMMENT_ON_BULLETINS))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.APPROVE_BULLETINS))]


@router.get("/bulletins")
def bulletins(request: Request, station: Here, viewer: Reader) -> Response:
    """All bulletins, last edited first; with `q` those that hold its words."""
    query = request.query_params.get("q", "")[:LONGEST_QUERY].strip()
    may_write = viewer.may(Right.WRITE_BULLETINS)
    with station.database.reading() as session:
        newest = desk.newest_bulletins(
            session,
            station_id=station.station_id,
            limit=NEWEST,
            kind=BulletinKind.ITEM,
            query=query,
        )
        lines = lines_of(session, newest)
        drafts = (
            drafts_of(session, station_id=station.station_id, account_id=viewer.account_id)
            if may_write and not query
            else ()
        )
    return render(
        request,
        "bulletins/pages/list.html",
        lines=lines,
        drafts=drafts,
        query=query,
        may_write=may_write,
        sees_approvals=viewer.may_read(Right.APPROVE_BULLETINS),
        sees_lexicon=viewer.may_read(Right.EDIT_LEXICON),
        sees_voices=viewer.may_read(Right.CHOOSE_VOICE),
        sees_villages=viewer.may_read(Right.DESCRIBE_VILLAGES),
    )


@router.get("/approvals")
def approvals(request: Request, station: Here, _viewer: Onlooker) -> Response:
    """What waits for a decision: what is to play soonest first, then what was sent first."""
    wishes: Wishes = getattr(request.app.state, "wanted_places", _no_wishes)
    with station.database.reading() as session:
        submitted = desk.newest_bulletins(
            session, station_id=station.station_id, limit=NEWEST, submitted=True
        )
        waiting = [
            line
            for line in lines_of(session, submitted)
            if line.state is BulletinState.SUBMITTED and line.row.submitted_at is not None
        ]
    # Afresh: lists are read without scripts, and a recording holds for its script only.
    with station.database.reading() as session:
        missing = {
            line.row.id: missing_when_heard(session, session.get_one(Bulletin, line.row.id))
            for line in waiting
        }
        wanted = wishes(session, [line.row.id for line in waiting], station.zone, station.now())
    waiting.sort(key=lambda line: str(line.row.submitted_at))
    soonest = {id_: place for place, id_ in enumerate(wanted)}
    waiting.sort(key=lambda line: soonest.get(line.row.id, len(soonest)))
    return render(
        request, "bulletins/pages/approvals.html", lines=waiting, missing=missing, wanted=wanted
    )


@router.get("/bulletins/new")
def new(request: Request, station: Here, viewer: Writer) -> Response:
    """An empty form, or with `draft` what was typed and not saved."""
    with station.database.reading() as session:
        found = opened_new(request, session, viewer)
    return new_page(request, found.given, reopened=found.is_draft)


@router.post("/bulletins")
def create(
    request: Request,
    station: Here,
    viewer: Writer,
    form: Annotated[BulletinForm, Form()],
) -> Response:
    """Keep the script, then read and render it."""
    try:
        written = form.written(zone=station.zone)
    except BadInput as refused:
        return new_page(request, form, refused=refused)
    try:
        with told_when_busy(), station.database.writing() as session:
            bulletin = desk.write_bulletin(
                session,
                station_id=station.station_id,
                written=written,
                by=viewer.account_id,
                now=station.now(),
            )
            drop_draft(session, form.draft_id, by=viewer.account_id)
    except DatabaseBusy as refused:
        return new_page(request, form, refused=refused)
    return _make_sound(request, station, viewer, bulletin)


@router.post("/bulletins/import")
async def import_document(request: Request, _viewer: Writer) -> Response:
    """Fill the form with a document's text, below what was typed; nothing is kept yet."""
    typed = BulletinForm(**await _typed_in(request))
    try:
        draft = await uploaded_draft(request)
    except BadInput as refused:
        return new_page(request, typed, refused=refused)
    script = "\n\n".join(filter(None, (typed.script.strip(), draft.script)))
    filled = typed.model_copy(update={"title": typed.title or draft.title, "script": script})
    too_long = len(script) > SCRIPT_LIMIT_CHARACTERS
    over = ScriptOverLimit(length_characters=len(script)) if too_long else None
    return new_page(request, filled, refused=over, imported=True)


@router.get("/bulletins/{bulletin_id}")
def bulletin_page(request: Request, station: Here, viewer: Reader, bulletin_id: str) -> Response:
    """One bulletin: written, spoken, heard, decided; other kinds have pages of their own."""
    with station.database.reading() as session:
        row = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
    if row.kind != BulletinKind.ITEM:
        address, _ = _OTHER_PAGES[BulletinKind(row.kind)]
        return RedirectResponse(f"{address}/{bulletin_id}", status_code=303)
    return _page(request, station, viewer, bulletin_id)


@router.post("/bulletins/{bulletin_id}")
def change(
    request: Request,
    station: Here,
    viewer: Writer,
    bulletin_id: str,
    form: Annotated[BulletinForm, Form()],
) -> Response:
    """Keep the changed script, then read and render it; unchanged, only what is missing is made."""
    try:
        written = form.written(zone=station.zone)
    except BadInput as refused:
        return _page(request, station, viewer, bulletin_id, refused=refused, given=form)
    try:
        with told_when_busy(), station.database.writing() as session:
            desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
            bulletin = desk.edit(
                session,
                bulletin_id,
                written=written,
                by=viewer.account_id,
                now=station.now(),
                based_on=form.based_on,
            )
            drop_draft(session, form.draft_id, by=viewer.account_id)
    except (EditedMeanwhile, DatabaseBusy) as refused:
        return _page(request, station, viewer, bulletin_id, refused=refused, given=form)
    if bulletin.rendition_id is not None:
        return _back_to(bulletin_id)
    return _make_sound(request, station, viewer, bulletin)


@router.post("/bulletins/{bulletin_id}/rendition")
def make_sound(request: Request, station: Here, viewer: Writer, bulletin_id: str) -> Response:
    """Read and render the script as it stands, with the words that the commune has now."""
    with station.database.reading() as session:
        row = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
    return _make_sound(request, station, viewer, row)


@router.post("/bulletins/{bulletin_id}/submission")
def submit(request: Request, station: Here, viewer: Writer, bulletin_id: str) -> Response:
    """Ask for a decision."""
    try:
        with station.database.writing() as session:
            desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
            desk.submit(session, bulletin_id, by=viewer.account_id, now=station.now())
    except Conflict as refused:
        return _page(request, station, viewer, bulletin_id, refused=refused)
    return _back_to(bulletin_id)


@router.post("/bulletins/{bulletin_id}/decision")
def decide(
    request: Request,
    station: Here,
    viewer: Approver,
    bulletin_id: str,
    form: Annotated[DecisionForm, Form()],
) -> Response:
    """Approve or return what was shown."""
    try:
        with station.database.writing() as session:
            desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
            desk.decide(
                session,
                bulletin_id,
                rendition_id=form.rendition_id,
                spoken_sha256=form.spoken_sha256,
                audio_sha256=form.audio_sha256,
                submitted_at_ms=_number(form.submitted_at_ms),
                approved=form.decision == "approve",
                over_warnings=form.over_warnings == "yes",
                over_missing=form.over_missing == "yes",
                comment=form.comment,
                by=viewer.account_id,
                now=station.now(),
            )
            if form.decision == "approve":
                do_on_approval(
                    request, session, bulletin_id, shown=form.makes_way, by=viewer.account_id,
                    now=station.now(),
                )  # fmt: skip
    except (BadInput, Conflict, NotAllowed) as refused:
        return _page(request, station, viewer, bulletin_id, refused=refused, comment=form.comment)
    return _back_to(bulletin_id)


@router.post("/bulletins/{bulletin_id}/comments")
def comment(
    request: Request,
    station: Here,
    viewer: Commenter,
    bulletin_id: str,
    form: Annotated[CommentForm, Form()],
) -> Response:
    """Say something about what waits; it goes on waiting."""
    try:
        with station.database.writing() as session:
            desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
            comment_on(
                session, bulletin_id, comment=form.comment, by=viewer.account_id, now=station.now()
            )
    except (BadInput, Conflict) as refused:
        return _page(request, station, viewer, bulletin_id, refused=refused, comment=form.comment)
    return RedirectResponse(f"/bulletins/{bulletin_id}#said", status_code=303)


def _make_sound(request: Request, station: Context, viewer: Viewer, bulletin: Bulletin) -> Response:
    """No transaction is open while the voice speaks; the script is safe whatever it says."""
    try:
        sound = sound_of_bulletin(studio_of(request), bulletin, zone=station.zone)
        with told_when_busy(), station.database.writing() as session:
            desk.attach_rendition(
                session, bulletin.id, sound=sound, now=station.now(), by=viewer.account_id
            )
    except (BadInput, Conflict, Unavailable) as refused:
        return _page(request, station, viewer, bulletin.id, refused=refused)
    return _back_to(bulletin.id)


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    bulletin_id: str,
    *,
    refused: LoaError | None = None,
    given: BulletinForm | None = None,
    comment: str = "",
) -> Response:
    added: list[Panel] = getattr(request.app.state, "bulletin_panels", [])
    with station.database.reading() as session:
        row = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
        if refused is not None and row.kind != BulletinKind.ITEM:
            _, name = _OTHER_PAGES[BulletinKind(row.kind)]
            tell: OtherPage = getattr(request.app.state, name)
            return tell(request, viewer, bulletin_id, refused, comment)
        bulletin = shown(session, row)
        missing = missing_recordings(session, row)
        teach = _teachable(bulletin, viewer)
        editor = opened(request, session, row, viewer, zone=station.zone)
        theirs = None
        if given is not None and isinstance(refused, EditedMeanwhile):
            theirs, given = meanwhile(session, row, given), seen(row, given)
        panels = [Markup(panel(request, session, row, viewer)) for panel in added]  # noqa: S704
        in_decision = decision_parts(request, session, row)
    status = refused.status if refused else 200
    if refused is None and bulletin.sound is None and viewer.may(Right.WRITE_BULLETINS):
        refused = _why_unread(request, row.script)
    at_field = refused is not None and refused.field in FIELDS
    known = known_voices(station.settings)
    told = _sentence(request, refused)
    return render(
        request,
        "bulletins/pages/bulletin.html",
        status_code=status,
        bulletin=bulletin,
        panels=panels,
        decision_parts=in_decision,
        teach=teach,
        missing=missing,
        voices=voices_in(bulletin.sound.row.engine, known=known) if bulletin.sound else (),
        wished_voice=_wished_voice(bulletin, known=known),
        name_of_rule=name_of_rule,
        given=given or editor.given,
        editor_state=editor,
        theirs=theirs,
        errors={refused.field: told} if refused and at_field else {},
        trouble="" if at_field else told,
        comment=comment,
        editing=bulletin.sound is None
        or editor.is_open
        or theirs is not None
        or (refused is not None and refused.field in EDITED)
        or (given is not None and isinstance(refused, DatabaseBusy)),
        own=viewer.account_id in bulletin.authors,
        may_write=viewer.may(Right.WRITE_BULLETINS),
        may_decide=viewer.may(Right.APPROVE_BULLETINS),
        submitted_at_ms=to_ms(row.submitted_at) if row.submitted_at else "",
    )


def _teachable(bulletin: Shown, viewer: Viewer) -> Mapping[int, Forms]:
    """The words that this reader may enter to end a doubt, by its number."""
    if bulletin.sound is None or not viewer.may(Right.EDIT_LEXICON):
        return {}
    return teachable(bulletin.sound.doubts, text=bulletin.sound.text)


def _wished_voice(bulletin: Shown, *, known: KnownVoices) -> VoiceWords | None:
    """The voice that should have read it, where another one did."""
    fell_back_from = bulletin.sound.row.fell_back_from if bulletin.sound else ""
    return voice_in(fell_back_from, known=known) if fell_back_from else None


def answer_bulletin(
    request: Request, station: Context, viewer: Viewer, bulletin_id: str, *, refused: LoaError
) -> Response:
    """A bulletin's page that says what was refused."""
    return _page(request, station, viewer, bulletin_id, refused=refused)


async def _typed_in(request: Request) -> dict[str, str]:
    form = await request.form()
    given = ((name, form.get(name)) for name in BulletinForm.model_fields)
    return {name: value for name, value in given if isinstance(value, str)}


def new_page(
    request: Request,
    given: BulletinForm,
    *,
    refused: LoaError | None = None,
    imported: bool = False,
    filled: bool = False,
    reopened: bool = False,
) -> Response:
    """The form of a new bulletin, with what stands in it."""
    return render(
        request,
        "bulletins/pages/new.html",
        status_code=refused.status if refused else 200,
        given=given,
        errors={refused.field: _sentence(request, refused)} if refused and refused.field else {},
        trouble="" if refused is None or refused.field else _sentence(request, refused),
        imported=imported,
        filled=filled,
        reopened=reopened,
    )


def _why_unread(request: Request, script: str) -> LoaError | None:
    """What keeps a draft from having a sound, found out anew whenever somebody looks."""
    try:
        studio_of(request).read(script)
    except BadInput as refused:
        return refused
    return None


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 20 else None


def _back_to(bulletin_id: str) -> Response:
    return RedirectResponse(f"/bulletins/{bulletin_id}", status_code=303)


def _sentence(request: Request, refused: LoaError | None) -> str:
    if refused is None:
        return ""
    return in_language(request, refused)
