"""Hearing what is being written before it is saved: the sentence at the cursor, or all of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins.doubts import needs_settling, sentence_around
from broadcaster.bulletins.errors import ScriptMissing
from broadcaster.bulletins.forms import BulletinForm
from broadcaster.bulletins.studio import studio_of
from broadcaster.bulletins.texts import as_kept
from broadcaster.errors import BadInput
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

_LONGEST_SENTENCE = 1_000


class PreviewForm(BulletinForm):
    """A form in the middle of being filled in, and what of it is to be heard."""

    part: str = "whole"
    cursor: str = ""


@router.post("/bulletins/preview")
def preview(
    request: Request,
    station: Annotated[Context, Depends(context)],
    _viewer: Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))],
    form: Annotated[PreviewForm, Form()],
) -> Response:
    """Read it aloud in the station's voice and the bulletin's speed; nothing is kept."""
    studio = studio_of(request)
    try:
        words = _words(form)
        written = form.model_copy(update={"title": form.title or "…", "script": words})
        rate = written.written(zone=station.zone).delivery.rate
        reading = studio.read(words)
        sound = studio.say(words, rate=rate)
    except BadInput as refused:
        told = in_language(request, refused)
        return render(
            request, "bulletins/pages/preview.html", status_code=refused.status, trouble=told
        )
    doubts = [each for each in reading.warnings if needs_settling(each.code)]
    return render(
        request,
        "bulletins/pages/preview.html",
        trouble="",
        spoken=reading.spoken,
        doubts=doubts,
        sound=sound,
    )


def _words(form: PreviewForm) -> str:
    """What is to be heard; raise ScriptMissing where there is nothing."""
    script = as_kept(form.script, field="script")
    if form.part == "sentence" and form.cursor.isdecimal() and len(form.cursor) < 10:
        at = min(int(form.cursor), len(script))
        script = sentence_around(script, at, at, at_most=_LONGEST_SENTENCE) or script
    if not script.strip():
        raise ScriptMissing(field="script")
    return script
