"""A controller's identity: what its folder holds from the day it was enrolled.

The station's admin writes the file when a device is provisioned; the controller reads it. The
private key never leaves the folder; the station keeps the public one.
"""

import os
from pathlib import Path

import msgspec
from msgspec import Struct
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey, VerifyKey

from devices.errors import IdentityMissing
from devices.protocol.fields import Name

IDENTITY_FILE = "identity.json"


class Identity(Struct, frozen=True, kw_only=True):
    """Who a controller is, whom it trusts, and where it reaches its station.

    It never changes after enrolment; how the device is to behave comes signed (`Config`).
    """

    station: Name
    device: Name
    device_key: str
    root_key: str
    broker_url: str
    broker_username: str
    broker_password: str
    station_url: str
    ca_pem: str | None = None
    rehearsal: bool = False

    @property
    def signing_key(self) -> SigningKey:
        """The device's private key."""
        return SigningKey(self.device_key.encode(), encoder=HexEncoder)

    @property
    def trusted_root(self) -> VerifyKey:
        """The station's root key, pinned when the device was enrolled."""
        return VerifyKey(self.root_key.encode(), encoder=HexEncoder)


def save_identity(identity: Identity, folder: Path) -> None:
    """Write a controller's identity, readable by its owner only."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{IDENTITY_FILE}.draft"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(identity), indent=2))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / IDENTITY_FILE)


def load_identity(folder: Path) -> Identity:
    """Read a controller's identity; raise IdentityMissing when there is none that can be read."""
    try:
        return msgspec.json.decode((folder / IDENTITY_FILE).read_bytes(), type=Identity)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise IdentityMissing(str(folder)) from error
