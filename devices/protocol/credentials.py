"""Who may log in at the broker, and what each may say and hear: one file for every broker.

The station writes the file, the embedded broker and the Mosquitto configuration read it. It holds
verifiers and never secrets. One user is one MQTT client: the client id is the username.
"""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from devices.errors import DevicesError
from devices.protocol import topics
from devices.protocol.filters import is_filter
from devices.protocol.topics import Upward

SALT_BYTES = 12
# Secrets are 256 random bits, so nobody can try them one by one however fast a trial is: the hash
# only keeps a stolen file from being a list of passwords. A hundred rounds is what Mosquitto's own
# tool uses, costs a login 0.1 ms, and lets one verifier serve both brokers.
ROUNDS = 101
SECRET_BYTES = 32
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}\Z")

Filter = Annotated[str, Meta(min_length=1, max_length=512)]
Hex = Annotated[str, Meta(pattern=r"^([0-9a-f]{2})+$")]


class CredentialsUnreadable(DevicesError):
    """The credentials file is missing, or is not what this program writes."""

    code = "credentials_unreadable"
    message_vi = "Không đọc được tệp tài khoản MQTT. Hãy chạy lại đài để ghi lại tệp này."
    message_en = "The MQTT credentials file cannot be read. Start the station to write it again."


class Grants(Struct, frozen=True, kw_only=True):
    """The topic filters that one user may publish under and subscribe to."""

    publish: tuple[Filter, ...] = ()
    subscribe: tuple[Filter, ...] = ()


class Credential(Struct, frozen=True, kw_only=True):
    """One user's verifier (PBKDF2-HMAC-SHA512 of the secret) and grants."""

    salt: Hex
    pbkdf2_sha512: Hex
    publish: tuple[Filter, ...] = ()
    subscribe: tuple[Filter, ...] = ()


class Credentials(Struct, frozen=True, kw_only=True):
    """All users of one broker."""

    v: Literal[1] = 1
    users: dict[str, Credential] = {}

    def with_user(self, username: str, credential: Credential) -> "Credentials":
        """The same file with this user added or replaced; raise ValueError for a bad username."""
        return Credentials(users={**self.users, check_username(username): credential})

    def without_user(self, username: str) -> "Credentials":
        """The same file with this user revoked."""
        return Credentials(
            users={name: kept for name, kept in self.users.items() if name != username}
        )


def check_username(username: str) -> str:
    """Return a username that every broker takes; raise ValueError for any other."""
    if not _USERNAME.match(username):
        msg = f"not a broker username: {username!r}"
        raise ValueError(msg)
    return username


def new_secret() -> str:
    """A secret for one user, shown once and never stored by the station."""
    return secrets.token_urlsafe(SECRET_BYTES)


def credential_for(secret: str, *, grants: Grants) -> Credential:
    """What to store of a secret, with a salt of its own."""
    salt = secrets.token_bytes(SALT_BYTES)
    return Credential(
        salt=salt.hex(),
        pbkdf2_sha512=_verifier(secret, salt=salt).hex(),
        publish=grants.publish,
        subscribe=grants.subscribe,
    )


def secret_is_right(credential: Credential, *, secret: str) -> bool:
    """Whether this is the secret that the credential was made from; takes the same time always."""
    offered = _verifier(secret, salt=bytes.fromhex(credential.salt))
    return hmac.compare_digest(offered, bytes.fromhex(credential.pbkdf2_sha512))


def _verifier(secret: str, *, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, ROUNDS)


def device_grants(*, station: str, device: str, cluster: str) -> Grants:
    """A device speaks under its own name only, and hears its cluster and itself.

    Its topics are named one by one, so that it can leave no more than these retained behind it.
    """
    return Grants(
        publish=tuple(topics.from_device(station, device, what) for what in Upward),
        subscribe=(
            topics.plan(station, cluster),
            topics.now(station, cluster),
            topics.live(station, cluster),
            topics.config(station, device),
            topics.to_device(station, device),
        ),
    )


def station_grants(*, station: str) -> Grants:
    """A station speaks to all its clusters and devices, and hears all its devices."""
    root = f"{topics.VERSION}/{topics.check_name(station)}"
    return Grants(
        publish=tuple(f"{root}/{branch}/+" for branch in ("plan", "now", "live", "config", "to")),
        subscribe=(f"{root}/from/#",),
    )


def live_grants(*, station: str) -> Grants:
    """Whoever speaks live for a station speaks to all its clusters, and hears nobody."""
    root = f"{topics.VERSION}/{topics.check_name(station)}"
    return Grants(publish=(f"{root}/live/+",))


def load_credentials(path: Path) -> Credentials:
    """Read the file; raise CredentialsUnreadable when it is missing or malformed."""
    try:
        credentials = msgspec.json.decode(path.read_bytes(), type=Credentials)
        for username, credential in credentials.users.items():
            _check_user(username, credential=credential)
    except (OSError, ValueError) as error:
        raise CredentialsUnreadable(f"{path}: {error}") from error
    return credentials


def _check_user(username: str, *, credential: Credential) -> None:
    check_username(username)
    for topic_filter in credential.publish + credential.subscribe:
        if not is_filter(topic_filter):
            msg = f"{username}: not a topic filter: {topic_filter!r}"
            raise ValueError(msg)


def save_credentials(credentials: Credentials, path: Path) -> None:
    """Write the file whole or not at all, for its owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(credentials), indent=1))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    # Without this the rename itself may be lost with the power, and a revoked user comes back.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
