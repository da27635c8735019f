"""A person's recording on its way in: to a file of its own beside the audio store.

The store clears away what a station that was killed left there.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from broadcaster.bulletins.errors import NoVillageChosen, RecordingFileMissing, RecordingNotUsed
from playlists.audio.recording_errors import RecordingTooLarge
from playlists.audio.sounds import Sounds

RECORDING_FIELD = "recording"
LARGEST_RECORDING_BYTES = 50_000_000
# What a form around the largest recording may weigh; one a little larger is told so in a sentence.
LARGEST_UPLOAD_BYTES = LARGEST_RECORDING_BYTES + 10_000_000
LARGER_BODIES = dict.fromkeys(
    (
        f"{root}/bulletins/{{bulletin_id}}/{what}"
        for root in ("", "/api")
        for what in ("recordings", "sound")
    ),
    LARGEST_UPLOAD_BYTES,
)
_BLOCK_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class UploadedRecording:
    """A file that came with a form, for these villages; `script_sha256` is what was read aloud."""

    path: Path
    language: str
    village_ids: tuple[str, ...]
    script_sha256: str


@dataclass(frozen=True, slots=True)
class UploadedSound:
    """A file that came with a form; `script_sha256` is what was read aloud."""

    path: Path
    script_sha256: str


@asynccontextmanager
async def uploaded_recording(
    request: Request, *, store: Sounds
) -> AsyncIterator[UploadedRecording]:
    """The recording that a form brought, until the block ends.

    Raises RecordingFileMissing, NoVillageChosen or RecordingNotUsed.
    """
    async with request.form() as form:
        given = form.get(RECORDING_FIELD)
        if not isinstance(given, UploadFile) or not given.filename:
            raise RecordingFileMissing(field=RECORDING_FIELD)
        village_ids = tuple(dict.fromkeys(map(str, form.getlist("village_id"))))
        if not any(village_ids):
            raise NoVillageChosen(field="village_id")
        with store.workspace() as folder:
            path = folder / "recording"
            await run_in_threadpool(_copy, given.file, path)
            yield UploadedRecording(
                path=path,
                language=_text(form, "language"),
                village_ids=village_ids,
                script_sha256=_text(form, "script_sha256"),
            )


@asynccontextmanager
async def uploaded_sound(request: Request, *, store: Sounds) -> AsyncIterator[UploadedSound]:
    """The recording of a bulletin's own words that a form brought, until the block ends.

    Raises RecordingFileMissing or RecordingNotUsed.
    """
    async with request.form() as form:
        given = form.get(RECORDING_FIELD)
        if not isinstance(given, UploadFile) or not given.filename:
            raise RecordingFileMissing(field=RECORDING_FIELD)
        with store.workspace() as folder:
            path = folder / "recording"
            await run_in_threadpool(_copy, given.file, path)
            yield UploadedSound(path=path, script_sha256=_text(form, "script_sha256"))


def _copy(source: BinaryIO, path: Path) -> None:
    """Block by block; nothing that is larger than a recording may be is read any further."""
    size_bytes = source.seek(0, 2)
    if not size_bytes:
        raise RecordingFileMissing(field=RECORDING_FIELD)
    if size_bytes > LARGEST_RECORDING_BYTES:
        large = RecordingTooLarge(size_bytes=size_bytes, limit_bytes=LARGEST_RECORDING_BYTES)
        raise RecordingNotUsed(
            code=large.code, message_vi=large.message_vi, message_en=large.message_en
        )
    source.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(source, target, _BLOCK_BYTES)


def _text(form: FormData, name: str) -> str:
    given = form.get(name)
    return given if isinstance(given, str) else ""
