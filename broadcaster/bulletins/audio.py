"""`/audio/{sha256}.mp3`: sound by its hash, for browsers and loudspeakers alike.

Public: who knows a hash of 256 bits was told it, and devices check what they fetch against it. What
has this name never changes, so it may be kept for ever and fetched in parts (RFC 9110, Range).
"""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse

from broadcaster.accounts.guard import open_to_all
from broadcaster.bulletins.errors import UnknownAudio
from broadcaster.bulletins.studio import studio_of
from broadcaster.sounds.errors import SoundsAway
from broadcaster.web.problems import problems
from playlists.audio.audio_errors import AudioMissing, AudioNameInvalid, AudioStoreError

FOR_EVER = "public, max-age=31536000, immutable"

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
def audio(request: Request, sha256: str) -> FileResponse:
    """One mastered MP3 file; raise UnknownAudio or SoundsAway."""
    try:
        path = studio_of(request).store.require(sha256)
    except (AudioMissing, AudioNameInvalid):
        raise UnknownAudio from None
    except AudioStoreError as error:
        raise SoundsAway(error) from error
    headers = {"Cache-Control": FOR_EVER, "ETag": f'"{sha256}"'}
    return FileResponse(path, media_type="audio/mpeg", headers=headers)
