"""Founding a rehearsal: keys, a login for everyone, and an identity in a folder for each device."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from devices.protocol.credentials import (
    Credentials,
    Grants,
    credential_for,
    device_grants,
    new_secret,
    save_credentials,
    station_grants,
)
from devices.protocol.identity import IDENTITY_FILE, Identity

CREDENTIALS_FILE = "credentials.json"
FLEET_FOLDER = "fleet"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A simulated device: where it belongs, and what only it knows."""

    device: str
    cluster: str
    key: SigningKey = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Founded:
    """A rehearsal's station before anything runs."""

    station: str
    folder: Path
    root: SigningKey = field(repr=False)
    key: SigningKey = field(repr=False)
    secret: str = field(repr=False)
    devices: Sequence[Enrolled]

    @property
    def credentials(self) -> Path:
        """The broker's file of users."""
        return self.folder / CREDENTIALS_FILE

    @property
    def fleet(self) -> Path:
        """The folder of the devices' folders."""
        return self.folder / FLEET_FOLDER

    @property
    def clusters(self) -> Sequence[str]:
        """All clusters, in their order."""
        return sorted({each.cluster for each in self.devices})


def found(folder: Path, *, devices: int, clusters: int) -> Founded:
    """Make a station and its devices, and write the broker's credentials."""
    founded = Founded(
        station=f"dien-tap-{secrets.token_hex(4)}",
        folder=folder,
        root=SigningKey.generate(),
        key=SigningKey.generate(),
        secret=new_secret(),
        devices=list(_enrolled(devices, clusters=clusters)),
    )
    users = {
        each.device: credential_for(
            each.secret,
            grants=device_grants(station=founded.station, device=each.device, cluster=each.cluster),
        )
        for each in founded.devices
    }
    users[founded.station] = credential_for(founded.secret, grants=_station_grants(founded.station))
    save_credentials(Credentials(users=users), founded.credentials)
    return founded


def hand_out_identities(founded: Founded, *, broker_url: str, station_url: str) -> None:
    """Write each device's identity, once it is known where broker and station listen.

    Not forced to the disk one by one: what a power cut takes is founded anew.
    """
    for each in founded.devices:
        identity = Identity(
            station=founded.station,
            device=each.device,
            device_key=each.key.encode(HexEncoder).decode(),
            root_key=founded.root.verify_key.encode(HexEncoder).decode(),
            broker_url=broker_url,
            broker_username=each.device,
            broker_password=each.secret,
            station_url=station_url,
            rehearsal=True,
        )
        home = founded.fleet / each.device
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        (home / IDENTITY_FILE).write_bytes(msgspec.json.encode(identity))


def names_of(devices: int) -> Sequence[str]:
    """What so many devices are called."""
    return [f"loa-{number + 1:04}" for number in range(devices)]


def _enrolled(devices: int, *, clusters: int) -> Iterator[Enrolled]:
    for number, name in enumerate(names_of(devices)):
        yield Enrolled(
            device=name,
            cluster=f"cum-{number * clusters // devices + 1}",
            key=SigningKey.generate(),
            secret=new_secret(),
        )


def _station_grants(station: str) -> Grants:
    return station_grants(station=station)
