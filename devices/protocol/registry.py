"""The credentials file as a running program sees it: re-read whenever it has changed.

The embedded broker asks it, and the station when it answers for a broker of another make. Every
question looks at the file's inode and time first, so a revoked user is refused from the very next
question on. A file that has become unreadable changes nothing and is said loudly: a station's
broken disk must not silence the poles.
"""

from functools import cache
from pathlib import Path

import structlog

from devices.protocol.credentials import (
    Credential,
    Credentials,
    CredentialsUnreadable,
    Grants,
    credential_for,
    load_credentials,
    new_secret,
    secret_is_right,
)
from devices.protocol.filters import filter_hears, filter_within

log = structlog.get_logger(__name__)

Stamp = tuple[int, int, int]
# Whoever asks for a name that is not there waits as long as for one that is.
_NOBODY = credential_for(new_secret(), grants=Grants())


class LiveRegistry:
    """Answers who may log in, speak and hear, from the file as it stands now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = stamp_of(path)
        self._credentials = load_credentials(path)
        self._unreadable = False

    def user(self, username: str | None) -> Credential | None:
        """This user's verifier and grants, or None for a stranger or a revoked user."""
        return self._current().users.get(username or "")

    def count(self) -> int:
        """How many users there are."""
        return len(self._current().users)

    def may_log_in(self, username: str | None, *, secret: str | None) -> bool:
        """Whether this is one of our users with the right secret; takes the same time always."""
        credential = self.user(username)
        right = secret_is_right(credential or _NOBODY, secret=secret or "")
        return credential is not None and right

    def may_publish(self, username: str | None, *, topic: str) -> bool:
        """Whether this user may say something on this topic."""
        credential = self.user(username)
        return credential is not None and _covered(topic, filters=credential.publish)

    def may_subscribe(self, username: str | None, *, topic_filter: str) -> bool:
        """Whether one of the user's grants covers all that this filter would hear."""
        credential = self.user(username)
        return credential is not None and any(
            filter_within(topic_filter, granted=granted) for granted in credential.subscribe
        )

    def may_receive(self, username: str | None, *, topic: str) -> bool:
        """Whether a message on this topic may still be handed to this user."""
        credential = self.user(username)
        return credential is not None and _covered(topic, filters=credential.subscribe)

    def _current(self) -> Credentials:
        try:
            stamp = stamp_of(self._path)
            if stamp != self._stamp:
                self._credentials = load_credentials(self._path)
                self._stamp = stamp
            self._unreadable = False
        except CredentialsUnreadable as error:
            if not self._unreadable:
                log.error("credentials_unreadable", reason=str(error))
            self._unreadable = True
        return self._credentials


@cache
def registry_at(path: str) -> LiveRegistry:
    """The one live view of this file in this process: gate, plugins and broker agree."""
    return LiveRegistry(Path(path))


def _covered(topic: str, *, filters: tuple[str, ...]) -> bool:
    return any(filter_hears(granted, topic) for granted in filters)


def stamp_of(path: Path) -> Stamp:
    """What changes whenever the file is written; raise CredentialsUnreadable without one."""
    try:
        stat = path.stat()
    except OSError as error:
        raise CredentialsUnreadable(f"{path}: {error}") from error
    return stat.st_mtime_ns, stat.st_ino, stat.st_size
