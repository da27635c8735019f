"""A document becomes title and script of a draft: taken, shown for checking, not yet kept."""

from dataclasses import dataclass

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from broadcaster.bulletins.errors import (
    TITLE_LIMIT_CHARACTERS,
    DocumentMissing,
    DocumentNotUsed,
)
from playlists.documents import LARGEST_DOCUMENT_BYTES, DocumentRefused, read_document
from playlists.reading.hygiene import clean

DOCUMENT_FIELD = "document"
# What a form around the largest document may weigh; one larger still is told so in a sentence.
LARGEST_UPLOAD_BYTES = 3 * LARGEST_DOCUMENT_BYTES
LARGER_BODIES = dict.fromkeys(("/bulletins/import", "/api/bulletins/import"), LARGEST_UPLOAD_BYTES)
_SHORT_HEADING = 30


@dataclass(frozen=True, slots=True)
class Draft:
    """What a document says, ready for its author to check."""

    title: str
    script: str


async def uploaded_draft(request: Request) -> Draft:
    """The draft of the document that a form brought; raise DocumentMissing or DocumentNotUsed."""
    async with request.form() as form:
        given = form.get(DOCUMENT_FIELD)
        if not isinstance(given, UploadFile):
            raise DocumentMissing
        data, name = await given.read(LARGEST_DOCUMENT_BYTES + 1), given.filename or ""
    return await run_in_threadpool(draft_of, data, name=name)


def draft_of(data: bytes, *, name: str) -> Draft:
    """Title and script of a document; raise DocumentMissing or DocumentNotUsed with the reason."""
    if not data:
        raise DocumentMissing
    try:
        text = read_document(data, name=name).strip()
    except DocumentRefused as refused:
        raise DocumentNotUsed(
            code=refused.code, message_vi=refused.message_vi, message_en=refused.message_en
        ) from refused
    return Draft(title=_title_of(text), script=text)


def _title_of(text: str) -> str:
    """The first line that is said, with the next where it only names a kind of document."""
    lines = [line for line in clean(text).text.splitlines() if line]
    if not lines:
        return ""
    first = lines[0]
    if first.isupper() and len(first) <= _SHORT_HEADING and len(lines) > 1:
        first = f"{first} {lines[1]}"
    if len(first) <= TITLE_LIMIT_CHARACTERS:
        return first
    return first[: TITLE_LIMIT_CHARACTERS - 1].rsplit(" ", 1)[0] + "…"
