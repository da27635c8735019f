"""What a device is given to be tested with: an identity of a station that exists for tests only.

The suite keeps the private half beside it, so that one device can be tested again and again.
"""

import os
import secrets
import socket
from pathlib import Path

import msgspec
from msgspec import Struct
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from devices.errors import DevicesError
from devices.protocol.credentials import (
    Credentials,
    Grants,
    credential_for,
    device_grants,
    new_secret,
    save_credentials,
    station_grants,
)
from devices.protocol.fields import Name
from devices.protocol.identity import IDENTITY_FILE, Identity, save_identity

KIT_FILE = "station.json"
CREDENTIALS_FILE = "credentials.json"
DEVICE_FOLDER = "device"
STATION = "dai-thu"
CLUSTERS = ("cum-1", "cum-2")


class KitMissing(DevicesError):
    """The folder holds no kit."""

    code = "kit_missing"
    message_vi = "Thư mục này chưa được chuẩn bị. Hãy chạy lại với --prepare trước."
    message_en = "This folder was not prepared. Run it with --prepare first."


class Kit(Struct, frozen=True, kw_only=True):
    """The test station's side. `line_port` is where the device knocks, behind it is the broker."""

    device: Name
    device_public: str
    root: str
    issuer: str
    password: str
    host: str
    line_port: int
    audio_port: int
    station: Name = STATION
    direct_broker: bool = False
    """The device was told the broker's own address: behind TLS no line can be cut."""
    ca_pem: str | None = None
    """Certificates that device and suite trust beside their systems' own."""

    @property
    def root_key(self) -> SigningKey:
        """The root."""
        return SigningKey(self.root.encode(), encoder=HexEncoder)

    @property
    def issuer_key(self) -> SigningKey:
        """The key that signs everything."""
        return SigningKey(self.issuer.encode(), encoder=HexEncoder)


def prepare_kit(
    folder: Path,
    *,
    device: str,
    host: str = "127.0.0.1",
    broker: str | None = None,
    ca_pem: str | None = None,
) -> Identity:
    """Write the kit, the broker's credentials, and the identity for the device under test."""
    root, issuer, own = (SigningKey.generate() for _ in range(3))
    direct = broker is not None and broker.startswith("mqtts://")
    kit = Kit(
        device=device,
        device_public=own.verify_key.encode(HexEncoder).decode(),
        root=root.encode(HexEncoder).decode(),
        issuer=issuer.encode(HexEncoder).decode(),
        password=new_secret(),
        host=host,
        line_port=_free_port(host),
        audio_port=_free_port(host),
        direct_broker=direct,
        ca_pem=ca_pem,
    )
    identity = Identity(
        station=kit.station,
        device=device,
        device_key=own.encode(HexEncoder).decode(),
        root_key=root.verify_key.encode(HexEncoder).decode(),
        broker_url=broker if broker is not None and direct else f"mqtt://{host}:{kit.line_port}",
        broker_username=device,
        broker_password=new_secret(),
        station_url=f"http://{host}:{kit.audio_port}",
        ca_pem=ca_pem,
        rehearsal=True,
    )
    _save_kit(kit, folder)
    save_identity(identity, folder / DEVICE_FOLDER)
    save_credentials(_credentials(kit, identity), folder / CREDENTIALS_FILE)
    return identity


def load_kit(folder: Path) -> Kit:
    """Read what was prepared; raise KitMissing."""
    try:
        return msgspec.json.decode((folder / KIT_FILE).read_bytes(), type=Kit)
    except (OSError, msgspec.DecodeError) as error:
        raise KitMissing(str(folder)) from error


def _credentials(kit: Kit, identity: Identity) -> Credentials:
    """The station's login, and the device's: for both clusters, since it will be moved."""
    grants = [
        device_grants(station=kit.station, device=kit.device, cluster=cluster)
        for cluster in CLUSTERS
    ]
    heard = tuple(dict.fromkeys(topic for each in grants for topic in each.subscribe))
    device = Grants(publish=grants[0].publish, subscribe=heard)
    return (
        Credentials()
        .with_user(
            kit.station, credential_for(kit.password, grants=station_grants(station=kit.station))
        )
        .with_user(kit.device, credential_for(identity.broker_password, grants=device))
    )


def _save_kit(kit: Kit, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{KIT_FILE}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(kit), indent=2))
    draft.replace(folder / KIT_FILE)


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


__all__ = ["IDENTITY_FILE", "Kit", "KitMissing", "load_kit", "prepare_kit"]
