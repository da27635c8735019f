"""Bulletins for programs: the same acts as on the pages, under the same rights.

A script is read before it is kept: what cannot be read aloud is refused at once, with the reason.
"""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins import desk
from broadcaster.bulletins.answers import (
    BulletinAnswer,
    BulletinList,
    DraftAnswer,
    bulletin_answer,
    line_answer,
)
from broadcaster.bulletins.commenting import comment_on
from broadcaster.bulletins.delivery import checked_delivery
from broadcaster.bulletins.errors import (
    COMMENT_LIMIT_CHARACTERS,
    CONTRIBUTOR_LIMIT_CHARACTERS,
    SCRIPT_LIMIT_CHARACTERS,
    TITLE_LIMIT_CHARACTERS,
    TOPIC_LIMIT_CHARACTERS,
    IssueTimeUnusable,
)
from broadcaster.bulletins.forms import usable_issue_time
from broadcaster.bulletins.imports import DOCUMENT_FIELD, uploaded_draft
from broadcaster.bulletins.on_approval import do_on_approval
from broadcaster.bulletins.provenance import Provenance
from broadcaster.bulletins.shown import lines_of, shown
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.studio import Studio, sound_of_bulletin, studio_of
from broadcaster.bulletins.tables import BulletinKind
from broadcaster.bulletins.texts import NORMAL, PRIORITY, Written, checked
from broadcaster.database.columns import from_ms
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems
from playlists.delivery import Repeat
from playlists.speech.engine import FASTEST, SLOWEST

NEWEST = 200
DOCUMENT_SCHEMA = {
    "type": "object",
    "required": [DOCUMENT_FIELD],
    "properties": {DOCUMENT_FIELD: {"type": "string", "format": "binary"}},
}

api = APIRouter(prefix="/api/bulletins", tags=["bulletins"])

Here = Annotated[Context, Depends(context)]
TheStudio = Annotated[Studio, Depends(studio_of)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]
Commenter = Annotated[Viewer, Depends(require(Right.COMMENT_ON_BULLETINS))]
Approver = Annotated[Viewer, Depends(require(Right.APPROVE_BULLETINS))]


class BulletinGiven(BaseModel):
    """What an author writes. Limits are told in a sentence, so the desk checks them."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(json_schema_extra={"minLength": 1, "maxLength": TITLE_LIMIT_CHARACTERS})
    script: str = Field(json_schema_extra={"minLength": 1, "maxLength": SCRIPT_LIMIT_CHARACTERS})
    topic: str = Field(default="", json_schema_extra={"maxLength": TOPIC_LIMIT_CHARACTERS})
    priority: int = Field(
        default=NORMAL,
        description="2 priority, 3 normal; 1, an emergency, is not made here.",
        json_schema_extra={"enum": [PRIORITY, NORMAL]},
    )

    repeat: str = Field(
        default=Repeat.NONE,
        description="What is said a second time at the end.",
        json_schema_extra={"enum": [each.value for each in Repeat]},
    )
    rate: float | None = Field(
        default=None,
        description="A factor of a voice's normal speed; null is the station's own.",
        json_schema_extra={"minimum": SLOWEST, "maximum": FASTEST},
    )
    tells_issue: bool = Field(
        default=False, description="Later broadcasts first say when the bulletin was issued."
    )
    issued_at_ms: int | None = Field(
        default=None, description="That instant; null is the last edit."
    )
    vietnamese_only: bool = Field(
        default=False, description="No village waits for a recording in its own language."
    )
    contributor: str = Field(
        default="",
        description="Who gave it: a school, the health station, the police.",
        json_schema_extra={"maxLength": CONTRIBUTOR_LIMIT_CHARACTERS},
    )
    source: str = Field(
        default="",
        description="What it was taken from, such as a document and its number.",
        json_schema_extra={"maxLength": CONTRIBUTOR_LIMIT_CHARACTERS},
    )
    valid_from: date | None = Field(
        default=None, description="The first day on which it may go on air; null for any."
    )
    valid_until: date | None = Field(default=None, description="The last such day; null for any.")

    def written(self) -> Written:
        """What will be kept; raise a BadInput that names its field."""
        return checked(
            title=self.title,
            script=self.script,
            topic=self.topic,
            priority=self.priority,
            delivery=checked_delivery(
                repeat=self.repeat,
                rate=self.rate,
                tells_issue=self.tells_issue,
                issued_at=_issued_at(self.issued_at_ms),
                vietnamese_only=self.vietnamese_only,
            ),
            provenance=Provenance(
                contributor=self.contributor,
                source=self.source,
                valid_from=self.valid_from,
                valid_until=self.valid_until,
            ),
        )


class BulletinChanged(BulletinGiven):
    """A bulletin as it shall be, and the version that it was made from."""

    based_on: str = Field(
        default="",
        description="`version` as it was read; another one since then is refused. Empty: any.",
        json_schema_extra={"maxLength": 16},
    )


class DecisionGiven(BaseModel):
    """A decision on exactly these words and this sound, as the approver was shown them."""

    model_config = ConfigDict(extra="forbid")

    rendition_id: str
    spoken_sha256: str
    audio_sha256: str
    submitted_at_ms: int | None = Field(
        default=None,
        description="As the bulletin said: what was asked for since then is not decided on.",
    )
    approved: bool
    over_warnings: bool = Field(
        default=False, description="Said explicitly when the words carry warnings."
    )
    over_missing: bool = Field(
        default=False, description="Said explicitly when a village's recording is missing."
    )
    makes_way: str = Field(
        default="",
        description="The version of what makes way once it is approved, as it was shown "
        "(`/api/bulletins/{bulletin_id}/ways`); empty where nothing does.",
    )
    comment: str = Field(
        default="",
        description="Needed when a bulletin is returned.",
        json_schema_extra={"maxLength": COMMENT_LIMIT_CHARACTERS},
    )


class CommentGiven(BaseModel):
    """What somebody says about a bulletin that waits for its decision."""

    model_config = ConfigDict(extra="forbid")

    comment: str = Field(json_schema_extra={"minLength": 1, "maxLength": COMMENT_LIMIT_CHARACTERS})


@api.get("", responses=problems(401, 403, 422))
def bulletins(
    station: Here,
    _viewer: Reader,
    state: Annotated[BulletinState | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=NEWEST)] = NEWEST,
    q: Annotated[
        str, Query(max_length=200, description="Words that all stand in it; diacritics or not.")
    ] = "",
) -> BulletinList:
    """The newest bulletins without their scripts, last edited first; of a search its best."""
    with station.database.reading() as session:
        newest = desk.newest_bulletins(
            session, station_id=station.station_id, limit=limit, kind=BulletinKind.ITEM, query=q
        )
        lines = lines_of(session, newest)
    wanted = [line for line in lines if state is None or line.state is state]
    return BulletinList(bulletins=[line_answer(line) for line in wanted])


@api.post("", status_code=201, responses=problems(400, 401, 403, 413, 422))
def create(
    station: Here, studio: TheStudio, viewer: Writer, given: BulletinGiven
) -> BulletinAnswer:
    """Write a bulletin; a script that cannot be read aloud is refused with the reason."""
    written = given.written()
    studio.read(written.script)
    with station.database.writing() as session:
        bulletin = desk.write_bulletin(
            session,
            station_id=station.station_id,
            written=written,
            by=viewer.account_id,
            now=station.now(),
        )
        return _answer(session, station, bulletin.id)


@api.post(
    "/import",
    responses=problems(400, 401, 403, 413, 422),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": DOCUMENT_SCHEMA}},
        }
    },
)
async def import_document(request: Request, _viewer: Writer) -> DraftAnswer:
    """Title and script of a .docx, .pdf, .txt or .md document of at most 5 MB; nothing is kept."""
    draft = await uploaded_draft(request)
    return DraftAnswer(title=draft.title, script=draft.script)


@api.get("/{bulletin_id}", responses=problems(401, 403, 404, 422))
def bulletin(station: Here, _viewer: Reader, bulletin_id: str) -> BulletinAnswer:
    """One bulletin with its words, its sound and all decisions."""
    with station.database.reading() as session:
        return _answer(session, station, bulletin_id)


@api.put("/{bulletin_id}", responses=problems(400, 401, 403, 404, 409, 413, 422))
def change(
    station: Here, studio: TheStudio, viewer: Writer, bulletin_id: str, given: BulletinChanged
) -> BulletinAnswer:
    """Change a bulletin. Any change voids an approval and drops the sound."""
    written = given.written()
    studio.read(written.script)
    with station.database.writing() as session:
        desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
        desk.edit(
            session,
            bulletin_id,
            written=written,
            by=viewer.account_id,
            now=station.now(),
            based_on=given.based_on,
        )
        return _answer(session, station, bulletin_id)


@api.post("/{bulletin_id}/rendition", responses=problems(401, 403, 404, 409, 422, 503))
def make_sound(
    station: Here, studio: TheStudio, viewer: Writer, bulletin_id: str
) -> BulletinAnswer:
    """Read and render the script as it stands; takes seconds. The same again changes nothing."""
    with station.database.reading() as session:
        row = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
    sound = sound_of_bulletin(studio, row, zone=station.zone)
    with station.database.writing() as session:
        desk.attach_rendition(
            session, bulletin_id, sound=sound, now=station.now(), by=viewer.account_id
        )
        return _answer(session, station, bulletin_id)


@api.post("/{bulletin_id}/submission", responses=problems(401, 403, 404, 409, 422))
def submit(station: Here, viewer: Writer, bulletin_id: str) -> BulletinAnswer:
    """Ask for a decision; what waits or is approved already stays as it is."""
    with station.database.writing() as session:
        desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
        desk.submit(session, bulletin_id, by=viewer.account_id, now=station.now())
        return _answer(session, station, bulletin_id)


@api.post(
    "/{bulletin_id}/decisions",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def decide(
    request: Request, station: Here, viewer: Approver, bulletin_id: str, given: DecisionGiven
) -> BulletinAnswer:
    """Approve or return; never by somebody who wrote in the bulletin.

    Where others make way for it once it is approved, an approval names them by their version.
    """
    with station.database.writing() as session:
        desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
        desk.decide(
            session,
            bulletin_id,
            rendition_id=given.rendition_id,
            spoken_sha256=given.spoken_sha256,
            audio_sha256=given.audio_sha256,
            submitted_at_ms=given.submitted_at_ms,
            approved=given.approved,
            over_warnings=given.over_warnings,
            over_missing=given.over_missing,
            comment=given.comment,
            by=viewer.account_id,
            now=station.now(),
        )
        if given.approved:
            do_on_approval(
                request, session, bulletin_id, shown=given.makes_way, by=viewer.account_id,
                now=station.now(),
            )  # fmt: skip
        return _answer(session, station, bulletin_id)


@api.post(
    "/{bulletin_id}/comments",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def comment(
    station: Here, viewer: Commenter, bulletin_id: str, given: CommentGiven
) -> BulletinAnswer:
    """Say something about a bulletin that waits, without deciding; it cannot be changed later."""
    with station.database.writing() as session:
        desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
        comment_on(
            session, bulletin_id, comment=given.comment, by=viewer.account_id, now=station.now()
        )
        return _answer(session, station, bulletin_id)


def _issued_at(issued_at_ms: int | None) -> datetime | None:
    if issued_at_ms is None:
        return None
    try:
        return usable_issue_time(from_ms(issued_at_ms), field="issued_at_ms")
    except OverflowError as error:
        raise IssueTimeUnusable(field="issued_at_ms") from error


def _answer(session: Session, station: Context, bulletin_id: str) -> BulletinAnswer:
    row = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
    return bulletin_answer(shown(session, row))
