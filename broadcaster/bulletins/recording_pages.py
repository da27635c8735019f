"""Recordings on a bulletin's page: what each village still waits for, heard, brought, confirmed."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.people import display_names
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins import voicing
from broadcaster.bulletins.errors import RecordingMissing
from broadcaster.bulletins.own_voice import RECORDED, bring_own_voice
from broadcaster.bulletins.pages import answer_bulletin
from broadcaster.bulletins.recordings import Wanted, wanted_recordings
from broadcaster.bulletins.standing import current_rendition
from broadcaster.bulletins.tables import Bulletin
from broadcaster.bulletins.texts import sha256_of
from broadcaster.errors import BadInput, Conflict, Unavailable
from broadcaster.web.context import Context, context
from broadcaster.web.frame import environment, frame_context
from broadcaster.web.language import language_of

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]


class ConfirmationForm(BaseModel):
    """Which recording, for which words."""

    model_config = ConfigDict(frozen=True)

    script_sha256: str = ""


def recordings_panel(request: Request, session: Session, bulletin: Bulletin, viewer: Viewer) -> str:
    """The section of recordings (`app.state.bulletin_panels`); empty where no village wants any."""
    wanted = wanted_recordings(session, bulletin)
    if not wanted:
        return ""
    people = {each.recording.recorded_by for each in wanted if each.recording}
    page = environment(language_of(request)).get_template("bulletins/pages/recordings.html")
    return Markup(  # noqa: S704 - our own template, escaped there
        page.render(
            {
                **frame_context(request),
                "bulletin_id": bulletin.id,
                "script_sha256": sha256_of(bulletin.script),
                "by_language": _by_language(wanted),
                "added_ms": _added_ms(wanted),
                "names": display_names(session, people),
                "may_write": viewer.may(Right.WRITE_BULLETINS),
                "may_describe": viewer.may(Right.DESCRIBE_VILLAGES),
            }
        )
    )


def own_voice_panel(request: Request, session: Session, bulletin: Bulletin, viewer: Viewer) -> str:
    """Where a writer records the bulletin's own words (`app.state.bulletin_panels`)."""
    if not viewer.may(Right.WRITE_BULLETINS):
        return ""
    present = current_rendition(session, bulletin)
    page = environment(language_of(request)).get_template("bulletins/pages/own_voice.html")
    return Markup(  # noqa: S704 - our own template, escaped there
        page.render(
            {
                **frame_context(request),
                "bulletin_id": bulletin.id,
                "script_sha256": sha256_of(bulletin.script),
                "is_recorded": present is not None and present.engine == RECORDED,
            }
        )
    )


def _added_ms(wanted: Sequence[Wanted]) -> int:
    """How much longer the bulletin takes on the cluster with the most recordings."""
    sounds: dict[str, dict[str, int]] = {}
    for each in wanted:
        if each.recording is not None and each.holds:
            of_cluster = sounds.setdefault(each.village.cluster_id, {})
            of_cluster[each.recording.audio_sha256] = each.recording.duration_ms
    return max((sum(of_cluster.values()) for of_cluster in sounds.values()), default=0)


@router.post("/bulletins/{bulletin_id}/recordings")
async def bring(request: Request, station: Here, viewer: Writer, bulletin_id: str) -> Response:
    """Master a recording and keep it for the villages that were chosen."""
    try:
        await voicing.bring(request, station, bulletin_id, by=viewer.account_id)
    except (BadInput, Conflict, Unavailable) as refused:
        return await run_in_threadpool(
            answer_bulletin, request, station, viewer, bulletin_id, refused=refused
        )
    return _back_to(bulletin_id)


@router.post("/bulletins/{bulletin_id}/sound")
async def bring_sound(
    request: Request, station: Here, viewer: Writer, bulletin_id: str
) -> Response:
    """Let a person's recording be the bulletin's own sound."""
    try:
        await bring_own_voice(request, station, bulletin_id, by=viewer.account_id)
    except (BadInput, Conflict, Unavailable) as refused:
        return await run_in_threadpool(
            answer_bulletin, request, station, viewer, bulletin_id, refused=refused
        )
    return RedirectResponse(f"/bulletins/{bulletin_id}", status_code=303)


@router.post("/bulletins/{bulletin_id}/recordings/{recording_id}/confirmation")
def confirm(
    request: Request,
    station: Here,
    viewer: Writer,
    *,
    bulletin_id: str,
    recording_id: str,
    form: Annotated[ConfirmationForm, Form()],
) -> Response:
    """A recording made for earlier words still says the same."""
    try:
        voicing.confirm(
            station, bulletin_id, recording_id, script=form.script_sha256, by=viewer.account_id
        )
    except Conflict as refused:
        return answer_bulletin(request, station, viewer, bulletin_id, refused=refused)
    except RecordingMissing:
        return _back_to(bulletin_id)
    return _back_to(bulletin_id)


@router.post("/bulletins/{bulletin_id}/recordings/{recording_id}/removal")
def remove(station: Here, viewer: Writer, bulletin_id: str, recording_id: str) -> Response:
    """Play a recording no longer."""
    voicing.retire(station, bulletin_id, recording_id, by=viewer.account_id)
    return _back_to(bulletin_id)


def _by_language(wanted: Sequence[Wanted]) -> Mapping[str, list[Wanted]]:
    """One recording may serve all villages that speak its language."""
    found: dict[str, list[Wanted]] = {}
    for each in wanted:
        found.setdefault(each.language, []).append(each)
    return found


def _back_to(bulletin_id: str) -> Response:
    return RedirectResponse(f"/bulletins/{bulletin_id}#recordings", status_code=303)
