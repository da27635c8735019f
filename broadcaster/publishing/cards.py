"""Cards as files: the picture, and picture and sound as one MP4; made once, kept, made again.

Named by what they say and sound like, so that another wording is another file. Nothing here is a
record of anything: the folder may be emptied at any time.
"""

import hashlib
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from enum import StrEnum
from functools import cache
from pathlib import Path

import structlog

from broadcaster.errors import LoaError
from broadcaster.publishing.card import SIDE, Card, picture
from broadcaster.publishing.errors import CardFailed
from playlists.audio import ffmpeg
from playlists.audio.sounds import Sounds
from playlists.errors import PlaylistsError

log = structlog.get_logger(__name__)

FOLDER = "cards"
MOST_FILES = 200
"""So many are kept, the last used; a minute of MP4 is about 1 MB."""

ABANDONED_AFTER_S = 24 * 60 * 60
_MAKING = ".making-"
_DRAWN = 1
"""Of the drawing and the coding: another number makes all cards anew."""

_FRAMES_PER_S = 10
_AUDIO_BIT_RATE = "96k"
_ENCODERS = (
    ("libx264", ("-preset", "veryfast", "-tune", "stillimage", "-crf", "26")),
    ("libopenh264", ("-b:v", "400k")),
    ("mpeg4", ("-q:v", "5")),
)
"""In this order: H.264 where this ffmpeg writes it, else MPEG-4 Part 2, taken as well."""


class Standing(StrEnum):
    """How far a card's MP4 is."""

    NOT_MADE = "not_made"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class Cards:
    """The folder of cards; several processes may use the same."""

    def __init__(self, folder: Path, store: Sounds) -> None:
        self._folder = folder
        self._store = store

    def picture(self, card: Card) -> Path:
        """The PNG, drawn where it is not there yet; raise AssetsMissing."""
        file = self._file(card, "png")
        if not file.is_file():
            self._keep(file, picture(card))
        return file

    def video(self, card: Card) -> Path | None:
        """The MP4, if it was made."""
        file = self._file(card, "mp4")
        if not file.is_file():
            return None
        os.utime(file)
        return file

    def make_video(self, card: Card) -> Path:
        """The MP4 of picture and sound; takes about a tenth of the sound's length.

        Raises CardFailed (no such sound, no ffmpeg, a full disk) and AssetsMissing.
        """
        found = self.video(card)
        if found is not None:
            return found
        try:
            return self._made_video(card)
        except (PlaylistsError, OSError) as error:
            raise CardFailed(str(error)[:400]) from error

    def _made_video(self, card: Card) -> Path:
        still, sound = self.picture(card), self._store.require(card.audio_sha256)
        file = self._file(card, "mp4")
        with tempfile.TemporaryDirectory(prefix=_MAKING, dir=self._folder) as folder:
            made = Path(folder) / "card.mp4"
            ffmpeg.run(_coding(still, sound, made, duration_ms=card.duration_ms))
            made.chmod(0o644)
            made.replace(file)
        self._forget_old()
        return file

    def _file(self, card: Card, suffix: str) -> Path:
        said = json.dumps([_DRAWN, asdict(card)], ensure_ascii=False, sort_keys=True)
        return self._folder / f"{hashlib.sha256(said.encode()).hexdigest()[:32]}.{suffix}"

    def _keep(self, file: Path, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=_MAKING, dir=self._folder)
        with os.fdopen(handle, "wb") as draft:
            draft.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(file)
        self._forget_old()

    def _forget_old(self) -> None:
        self._clear_away()
        files = [each for each in self._folder.iterdir() if each.suffix in {".png", ".mp4"}]
        if len(files) <= MOST_FILES:
            return
        for old in sorted(files, key=lambda each: each.stat().st_mtime)[:-MOST_FILES]:
            old.unlink(missing_ok=True)

    def _clear_away(self) -> None:
        """What somebody began to make and did not end, because the machine stopped."""
        long_ago = time.time() - ABANDONED_AFTER_S
        for begun in self._folder.glob(f"{_MAKING}*"):
            with suppress(FileNotFoundError):
                if begun.stat().st_mtime > long_ago:
                    continue
                if begun.is_dir():
                    shutil.rmtree(begun, ignore_errors=True)
                else:
                    begun.unlink()


class CardRoom:
    """Makes MP4s beside whatever the site does meanwhile, one at a time.

    `start` runs what it is given, by default in a thread that does not hold up the site's end.
    """

    def __init__(
        self, cards: Cards, *, start: Callable[[Callable[[], None]], None] | None = None
    ) -> None:
        self.cards = cards
        self._start = start or _in_a_thread
        self._making: set[Card] = set()
        self._failed: set[Card] = set()
        self._known = threading.Lock()
        self._place = threading.Lock()

    def standing(self, card: Card) -> Standing:
        """How far its MP4 is."""
        if self.cards.video(card) is not None:
            return Standing.READY
        with self._known:
            if card in self._making:
                return Standing.MAKING
            return Standing.FAILED if card in self._failed else Standing.NOT_MADE

    def begin(self, card: Card) -> None:
        """Have its MP4 made, unless it is there or being made."""
        with self._known:
            if card in self._making or self.cards.video(card) is not None:
                return
            self._making.add(card)
            self._failed.discard(card)
        self._start(lambda: self._make(card))

    def _make(self, card: Card) -> None:
        try:
            with self._place:
                self.cards.make_video(card)
        except LoaError as error:
            log.warning("card_not_made", audio_sha256=card.audio_sha256, reason=str(error))
            with self._known:
                self._failed.add(card)
        finally:
            with self._known:
                self._making.discard(card)


def cards_in(state_dir: Path, store: Sounds) -> Cards:
    """The cards of an installation."""
    return Cards(state_dir / FOLDER, store)


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="card", daemon=True).start()


def _coding(still: Path, sound: Path, into: Path, *, duration_ms: int) -> list[str]:
    encoder, how = _encoder()
    return [
        *("-v", "error", "-loop", "1", "-framerate", "1", "-i", f"file:{still}"),
        *(
            "-i",
            f"file:{sound}",
            "-map",
            "0:v:0",
            "-map",
            "1:a:0",
            "-t",
            f"{duration_ms / 1000:.3f}",
        ),
        *("-vf", f"scale={SIDE}:{SIDE},format=yuv420p", "-r", str(_FRAMES_PER_S)),
        *("-c:v", encoder, *how, "-g", str(_FRAMES_PER_S * 10), "-threads", "1"),
        *("-c:a", "aac", "-b:a", _AUDIO_BIT_RATE, "-ar", "44100", "-map_metadata", "-1"),
        # The index first, so that a telephone plays before it has all of it.
        *("-movflags", "+faststart", "-f", "mp4", f"file:{into}"),
    ]


@cache
def _encoder() -> tuple[str, tuple[str, ...]]:
    known = ffmpeg.run(["-v", "error", "-encoders"]).stdout.decode(errors="replace").split()
    return next(each for each in _ENCODERS if each[0] in known or each is _ENCODERS[-1])
