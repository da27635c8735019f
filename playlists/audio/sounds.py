"""What keeps mastered audio, wherever that is: each file under the SHA-256 of its bytes, for good.

Two keep it: a folder (`audio_store`), and a bucket with a folder before it (`bucket_store`). Who
makes or plays sound need not know which.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class Sounds(Protocol):
    """Audio by its SHA-256; may be shared by threads and processes."""

    def put(self, audio: Path | bytes) -> str:
        """Keeps a copy of these bytes and returns their SHA-256 in hex.

        Raises AudioStoreFull or AudioStoreFailed; then nothing of it is left behind.
        """
        ...

    def exists(self, sha256: str) -> bool:
        """Whether this audio is kept. Raises AudioNameInvalid or AudioStoreAway."""
        ...

    def require(self, sha256: str) -> Path:
        """A file of audio that is kept, to be read soon and never changed.

        Raises AudioMissing, AudioNameInvalid, AudioSpoilt or AudioStoreAway.
        """
        ...

    def workspace(self) -> AbstractContextManager[Path]:
        """A folder for files in the making; gone afterwards."""
        ...
