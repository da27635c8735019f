"""All sound from a folder into an S3 store or back: each read again where it came, by its hash.

Nothing is taken away where it was. What broke off is gone on with by doing it again: what is there
already is looked at and left.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from playlists.audio.audio_errors import AudioStoreError
from playlists.audio.audio_store import AudioStore
from playlists.audio.bucket_store import Bucket, BucketStore


class Where(StrEnum):
    """Where sound is moved to."""

    S3 = "s3"
    FOLDER = "folder"


@dataclass(slots=True)
class Moved:
    """How many sounds came, how many were there already, and which are not what their names say."""

    came: int = 0
    were_there: int = 0
    octets: int = 0
    spoilt: list[str] = field(default_factory=list)


def move(
    store: BucketStore, *, to: Where, progress: Callable[[Moved], None] = lambda _: None
) -> Moved:
    """Move all; raise AudioStoreAway, AudioStoreFull or AudioStoreFailed where it broke off."""
    found = Moved()
    for sha256 in _names(store, to=to):
        content, came = _moved(store, sha256, to=to)
        if content is None:
            found.spoilt.append(sha256)
        elif came:
            found.came += 1
            found.octets += len(content)
        else:
            found.were_there += 1
        progress(found)
    return found


def _names(store: BucketStore, *, to: Where) -> Iterable[str]:
    lying_here = {*store.here.names(), *store.owed.names()}
    if to is Where.S3:
        return sorted(lying_here)
    return sorted({*store.bucket.names(), *store.owed.names()})


def _moved(store: BucketStore, sha256: str, *, to: Where) -> tuple[bytes | None, bool]:
    """Its bytes, None where they are not what they should be, and whether they came now."""
    here = _read(store.here, sha256) or _read(store.owed, sha256)
    if to is Where.S3:
        return here, here is not None and _sent(store.bucket, sha256, here)
    if here is not None and store.here.exists(sha256) and _read(store.here, sha256) is not None:
        return here, False
    content = here or store.bucket.fetch(sha256)
    if content is None or not _is(sha256, content):
        return None, False
    store.here.path_of(sha256).unlink(missing_ok=True)  # whatever has this name is not it
    store.here.put(content)
    return _read(store.here, sha256), True


def _sent(bucket: Bucket, sha256: str, content: bytes) -> bool:
    """Whether it had to be sent; raise AudioStoreError where the bucket gives back another."""
    if bucket.size_of(sha256) == len(content) and bucket.fetch(sha256) == content:
        return False
    bucket.send(sha256, content)
    if bucket.fetch(sha256) != content:
        raise AudioStoreError(sha256)
    return True


def _read(folder: AudioStore, sha256: str) -> bytes | None:
    """The file's bytes, if they are what its name says."""
    try:
        content = folder.path_of(sha256).read_bytes()
    except OSError:
        return None
    return content if _is(sha256, content) else None


def _is(sha256: str, content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == sha256
