"""A village head says what was heard; photos beside a word are shown, words of one's own erased."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import BadInput, Conflict, NotFound, Unavailable
from broadcaster.hearing.errors import HearingUnsaid
from broadcaster.hearing.photos import LARGEST_PHOTO_BYTES, clean_photo
from broadcaster.hearing.queries import photo_of
from broadcaster.hearing.saying import erase_words, say
from broadcaster.village.pages import answer_broadcast
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.language import safe_next

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
Reporter = Annotated[Viewer, Depends(require(Right.REPORT_HEARING))]
Eraser = Annotated[Viewer, Depends(require(Right.ERASE_HEARING_WORDS))]

_SAYING = "/thon/{village_id}/phat/{broadcast_id}/nghe"
# A photo that is a little too large is told so in a sentence, beside what was typed.
LARGER_BODIES = {_SAYING: LARGEST_PHOTO_BYTES + 3_000_000}
_ANSWERS = {"clear": True, "not": False}


class ErasureForm(BaseModel):
    """Where to go afterwards."""

    model_config = ConfigDict(frozen=True)

    next: str = "/thon"


@router.post(_SAYING)
async def say_heard(
    request: Request, station: Here, viewer: Reporter, village_id: Id, broadcast_id: Id
) -> Response:
    """Keep one's word, with a note and a photo where there are any."""
    async with request.form() as form:
        heard, note, photo = form.get("heard"), form.get("note"), form.get("photo")
        chosen = heard if isinstance(heard, str) else ""
        written = note if isinstance(note, str) else ""
        given = await photo.read(LARGEST_PHOTO_BYTES + 1) if isinstance(photo, UploadFile) else b""
    try:
        await run_in_threadpool(
            _keep,
            station,
            viewer,
            village_id=village_id,
            broadcast_id=broadcast_id,
            heard=chosen,
            note=written,
            given=given,
        )
    except (BadInput, Conflict, Unavailable) as refused:
        return await run_in_threadpool(
            answer_broadcast,
            request,
            station,
            viewer,
            village_id,
            broadcast_id,
            refused=refused,
            heard=chosen,
            note=written,
        )
    return RedirectResponse(f"/thon/{village_id}/phat/{broadcast_id}?said=1", status_code=303)


@router.get("/hearing/{hearing_id}/photo.jpg")
def photo(station: Here, viewer: Anyone, hearing_id: Id) -> Response:
    """The photo beside a word, as we encoded it; raise NotFound also for one out of view."""
    with station.database.reading() as session:
        jpeg = photo_of(session, hearing_id, villages=viewer.villages_in_view())
    if jpeg is None:
        raise NotFound(hearing_id)
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": "inline"}
    return Response(jpeg, media_type="image/jpeg", headers=headers)


@router.post("/hearing/{hearing_id}/erasure")
def erase(
    station: Here, viewer: Eraser, hearing_id: Id, form: Annotated[ErasureForm, Form()]
) -> Response:
    """Erase note and photo of one's own word; an admin may erase anybody's."""
    with station.database.writing() as session:
        erase_words(
            session,
            hearing_id,
            by=viewer.account_id,
            station_id=station.station_id,
            may_erase_all=viewer.may(Right.ADMINISTER),
            now=station.now(),
        )
    return RedirectResponse(safe_next(form.next), status_code=303)


def _keep(
    station: Context,
    viewer: Viewer,
    *,
    village_id: str,
    broadcast_id: str,
    heard: str,
    note: str,
    given: bytes,
) -> None:
    """The picture is made before the transaction begins: it may take a second."""
    if heard not in _ANSWERS:
        raise HearingUnsaid(field="heard")
    photo = clean_photo(given) if given else None
    with station.database.writing() as session:
        say(
            session,
            broadcast_id=broadcast_id,
            village_id=village_id,
            clear=_ANSWERS[heard],
            note=note,
            photo=photo,
            by=viewer.account_id,
            own_villages=viewer.village_ids,
            now=station.now(),
        )
