"""`/audio/{sha256}.mp3`: sound by its hash, for browsers and loudspeakers alike.

Public: who knows a hash of 256 bits was told it, and devices check what they fetch against it. What
has this name never changes, so it may be kept for ever and fetched in parts (RFC 9110, Range).
"""

import os
import re
from collections.abc import Mapping
from email.utils import formatdate
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, Response

from broadcaster.accounts.guard import open_to_all
from broadcaster.bulletins.errors import UnknownAudio
from broadcaster.bulletins.studio import studio_of
from broadcaster.sounds.errors import SoundsAway
from broadcaster.web.problems import problems
from playlists.audio.audio_errors import AudioMissing, AudioNameInvalid, AudioStoreError

FOR_EVER = "public, max-age=31536000, immutable"
LARGEST_PART_BYTES = 131_072
"""A part no longer than this is read at once; more of it would fill the memory for slow readers."""

_TYPE = "audio/mpeg"
_PART = re.compile(r"bytes=(\d{1,12})-(\d{1,12})")

router = APIRouter(tags=["audio"], dependencies=[Depends(open_to_all)])


@router.head("/audio/{sha256}.mp3", include_in_schema=False)
@router.get(
    "/audio/{sha256}.mp3",
    response_class=FileResponse,
    responses={
        200: {"content": {"audio/mpeg": {}}, "description": "The whole file."},
        206: {"content": {"audio/mpeg": {}}, "description": "The part that Range asked for."},
        416: {"description": "Range asks for what is not there."},
        **problems(404, 422, 503),
    },
)
def audio(request: Request, sha256: str) -> Response:
    """One mastered MP3 file, or the part that is asked for; raise UnknownAudio or SoundsAway."""
    try:
        path = studio_of(request).store.require(sha256)
        found = path.stat()
    except (AudioMissing, AudioNameInvalid, FileNotFoundError):
        raise UnknownAudio from None
    except AudioStoreError as error:
        raise SoundsAway(error) from error
    headers = {"Cache-Control": FOR_EVER, "ETag": f'"{sha256}"'}
    part = _short_part(request, size_bytes=found.st_size)
    if part is None:
        return FileResponse(path, media_type=_TYPE, headers=headers, stat_result=found)
    return _answer_part(path, part, found, headers=headers)


def _short_part(request: Request, *, size_bytes: int) -> range | None:
    """The octets of one short part, as players and bad lines ask; None for whatever else is asked.

    What `FileResponse` does with the rest takes a thread five times, for opening, reading, closing.
    """
    asked = _PART.fullmatch(request.headers.get("Range", ""))
    if asked is None or request.method != "GET" or "If-Range" in request.headers:
        return None
    part = range(int(asked[1]), min(int(asked[2]) + 1, size_bytes))
    return part if 0 < len(part) <= LARGEST_PART_BYTES else None


def _answer_part(
    path: Path, part: range, found: os.stat_result, *, headers: Mapping[str, str]
) -> Response:
    with path.open("rb") as file:
        file.seek(part.start)
        octets = file.read(len(part))
    told = {
        "Accept-Ranges": "bytes",
        "Content-Range": f"bytes {part.start}-{part.stop - 1}/{found.st_size}",
        "Last-Modified": formatdate(found.st_mtime, usegmt=True),
    }
    return Response(octets, status_code=206, media_type=_TYPE, headers={**headers, **told})
