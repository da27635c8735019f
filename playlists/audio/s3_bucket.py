"""A bucket of an S3-compatible store, by obstore, which comes with the extra `s3`.

Every call ends: a connection within 3 s, an answer within 30 s, once tried anew. What a store says
to a refused request is told with an error, cut short; it never holds the secret.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar

from playlists.audio.audio_errors import AudioStoreAway, AudioStoreRefused, S3NotInstalled
from playlists.audio.audio_store import is_audio_name

if TYPE_CHECKING:
    from obstore.store import S3Store

CONNECTED_WITHIN = timedelta(seconds=3)
ANSWERED_WITHIN = timedelta(seconds=30)
TRIED_AGAIN = 1
_ENDING = ".mp3"
_CHECKED = "loa-doctor.txt"
_CHECKED_BYTES = b"written by loa doctor\n"
_TOLD_CHARACTERS = 300
_NO_BUCKET = "NoSuchBucket"

Result = TypeVar("Result")


def require_client() -> None:
    """Raise S3NotInstalled where this machine has nothing that speaks with an S3 store."""
    if find_spec("obstore") is None:
        raise S3NotInstalled


@dataclass(frozen=True)
class S3Bucket:
    """One bucket; nothing is loaded or asked before the first call (`require_client`)."""

    endpoint: str
    bucket: str
    region: str
    key_id: str
    secret: str = field(repr=False)
    ca_pem: str = ""
    """Certificates to trust beside the system's own."""

    def size_of(self, sha256: str) -> int | None:
        """How many bytes it keeps by this name; None where there are none."""
        return _answered(lambda: self._store.head(sha256 + _ENDING)["size"])

    def send(self, sha256: str, content: bytes) -> None:
        """Keep these bytes by this name, all of them or none."""
        self._write(sha256 + _ENDING, content)

    def fetch(self, sha256: str) -> bytes | None:
        """What it keeps by this name; None where there is nothing."""
        return _answered(lambda: self._store.get(sha256 + _ENDING).bytes().to_bytes())

    def names(self) -> Iterator[str]:
        """The SHA-256 of everything that it keeps."""
        pages = self._store.list()
        while page := _answered(lambda: next(iter(pages), None)):
            for each in page:
                name = each["path"].removesuffix(_ENDING)
                if each["path"].endswith(_ENDING) and is_audio_name(name):
                    yield name

    def check(self) -> None:
        """Write, read and list, as the station does."""
        self._write(_CHECKED, _CHECKED_BYTES)
        if _answered(lambda: self._store.get(_CHECKED).bytes().to_bytes()) != _CHECKED_BYTES:
            raise AudioStoreRefused("it gives back something else than was written")
        next(self.names(), None)

    def _write(self, name: str, content: bytes) -> None:
        # In one piece: what breaks off leaves nothing that has to be cleared away.
        if _answered(lambda: self._store.put(name, content, use_multipart=False)) is None:
            raise AudioStoreRefused(_NO_BUCKET)

    @cached_property
    def _store(self) -> "S3Store":
        from obstore.store import S3Store

        return S3Store(
            self.bucket,
            endpoint=self.endpoint,
            region=self.region,
            access_key_id=self.key_id,
            secret_access_key=self.secret,
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": self.endpoint.startswith("http://"),
                "connect_timeout": CONNECTED_WITHIN,
                "timeout": ANSWERED_WITHIN,
                **({"root_certificate": self.ca_pem} if self.ca_pem else {}),
            },
            retry_config={
                "max_retries": TRIED_AGAIN,
                "retry_timeout": ANSWERED_WITHIN,
            },
        )


def _answered(ask: Callable[[], Result]) -> Result | None:
    """What came of it, None where there is no such thing; raise AudioStoreAway or -Refused."""
    from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

    try:
        return ask()
    except FileNotFoundError as error:
        if _NO_BUCKET in str(error):
            raise AudioStoreRefused(_NO_BUCKET) from error
        return None
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise AudioStoreRefused(_told(error)) from error
    except (BaseError, OSError) as error:
        raise AudioStoreAway(_told(error)) from error


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:_TOLD_CHARACTERS]
