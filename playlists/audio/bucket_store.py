"""Audio in a bucket, with a folder before it: what was made or asked for here is read from there.

Sound is made, heard and sent to poles whether the bucket answers or not: what it does not take now
is owed, and lies in a folder that all processes of the station share until it is taken. What comes
from it counts only if its bytes hash to its name.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import structlog

from playlists.audio.audio_errors import (
    AudioMissing,
    AudioSpoilt,
    AudioStoreAway,
    AudioStoreFailed,
)
from playlists.audio.audio_store import AudioStore

log = structlog.get_logger()

PAUSE_S = 5.0
"""So long a bucket that did not answer is not asked again: else each visitor waits for it."""

ASKED_AGAIN_AFTER_S = 30.0
"""How old word of whether it answers may be."""

LOCKS = 16
"""So many sounds are fetched at once; the same one by nobody twice."""

Result = TypeVar("Result")


class Bucket(Protocol):
    """What is asked of a bucket; each raises AudioStoreAway, which AudioStoreRefused is too."""

    def size_of(self, sha256: str) -> int | None:
        """How many bytes it keeps by this name; None where there are none."""
        ...

    def send(self, sha256: str, content: bytes) -> None:
        """Keep these bytes by this name, all of them or none."""
        ...

    def fetch(self, sha256: str) -> bytes | None:
        """What it keeps by this name; None where there is nothing."""
        ...

    def names(self) -> Iterator[str]:
        """The SHA-256 of everything that it keeps."""
        ...

    def check(self) -> None:
        """Write, read and list, as the station does."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """How many sounds a bucket took of those that it was owed, and how many it is owed still."""

    sent: int
    owed: int


class BucketStore:
    """A bucket of audio by SHA-256. `here` may be each process's own, `owed` is shared by all."""

    def __init__(
        self,
        *,
        here: AudioStore,
        owed: AudioStore,
        bucket: Bucket,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.here = here
        self.owed = owed
        self.bucket = bucket
        self._now_s = now_s
        self._away_until_s = float("-inf")
        self._asked_at_s = float("-inf")
        self._answered = False
        self._fetching = [threading.Lock() for _ in range(LOCKS)]

    def put(self, audio: Path | bytes) -> str:
        """Keeps a copy of these bytes and returns their SHA-256 in hex.

        Raises AudioStoreFull or AudioStoreFailed; a bucket that is away is sent it later.
        """
        sha256 = self.here.put(audio)
        try:
            self._send(sha256, self.here.path_of(sha256))
        except AudioStoreAway as away:
            self.owed.put(self.here.path_of(sha256))
            log.warning("audio_owed", sha256=sha256, why=away.code, detail=away.detail)
        return sha256

    def exists(self, sha256: str) -> bool:
        """Whether this audio is kept. Raises AudioNameInvalid or AudioStoreAway."""
        if self.here.exists(sha256) or self.owed.exists(sha256):
            return True
        return self._asked(lambda: self.bucket.size_of(sha256)) is not None

    def require(self, sha256: str) -> Path:
        """A file of audio that is kept, brought from the bucket where it is not here yet.

        Raises AudioMissing, AudioNameInvalid, AudioSpoilt or AudioStoreAway.
        """
        path = self.here.path_of(sha256)
        if not path.is_file():
            with self._fetching[int(sha256, 16) % LOCKS]:
                if not path.is_file():
                    self._bring(sha256)
        return path

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """A folder beside the audio that is here, for files in the making; gone afterwards."""
        with self.here.workspace() as folder:
            yield folder

    def send_owed(self) -> Sent:
        """Send what the bucket did not take when it was made; it is no trouble if it is away."""
        waiting, sent = self.owed.names(), 0
        for sha256 in waiting:
            file = self.owed.path_of(sha256)
            try:
                self._send(sha256, file)
            except AudioStoreAway:
                break
            except (AudioSpoilt, AudioStoreFailed) as error:
                log.error("audio_owed_unsent", sha256=sha256, why=error.code)
                continue
            file.unlink(missing_ok=True)
            sent += 1
        if sent:
            log.info("audio_owed_sent", sent=sent, owed=len(waiting) - sent)
        return Sent(sent=sent, owed=len(waiting) - sent)

    def answers(self) -> bool:
        """Whether the bucket answered when last asked; asked anew where it did not, or long ago."""
        long_ago = self._now_s() - self._asked_at_s > ASKED_AGAIN_AFTER_S
        if long_ago or not self._answered:
            with suppress(AudioStoreAway):
                self._asked(lambda: self.bucket.size_of("0" * 64))
        return self._answered

    def _bring(self, sha256: str) -> None:
        if self.owed.exists(sha256):
            # Sent and gone between two looks: then the bucket has it.
            with suppress(AudioStoreFailed):
                self.here.put(self.owed.path_of(sha256))
                return
        content = self._asked(lambda: self.bucket.fetch(sha256))
        if content is None:
            raise AudioMissing(sha256)
        if hashlib.sha256(content).hexdigest() != sha256:
            log.error("audio_spoilt", sha256=sha256)
            raise AudioSpoilt(sha256)
        self.here.put(content)

    def _send(self, sha256: str, file: Path) -> None:
        """Send a file's bytes if they are what its name says; those that are there stay."""
        try:
            content = file.read_bytes()
        except OSError as error:
            raise AudioStoreFailed(str(error)) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise AudioSpoilt(sha256)
        if self._asked(lambda: self.bucket.size_of(sha256)) != len(content):
            self._asked(lambda: self.bucket.send(sha256, content))

    def _asked(self, act: Callable[[], Result]) -> Result:
        if self._now_s() < self._away_until_s:
            raise AudioStoreAway("it did not answer a moment ago")
        self._asked_at_s = self._now_s()
        try:
            found = act()
        except AudioStoreAway:
            self._away_until_s, self._answered = self._now_s() + PAUSE_S, False
            raise
        self._answered = True
        return found
