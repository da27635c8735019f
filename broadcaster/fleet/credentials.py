"""The broker's credentials, written from the registry, and the station's own logins there.

A device logs in under its own id; the station under `{station}-ingest` (`-ingest-2`, …),
`{station}-dispatch`, `{station}-probe` and `{station}-live`, one for each of its clients, because
at our brokers one user is one client. The registry holds verifiers only; the station's own secrets
stand in its keys folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlmodel import Session, select

from broadcaster.areas.tables import Station
from broadcaster.fleet.probe import PROBE, probe_grants
from broadcaster.fleet.tables import Device
from broadcaster.keys import KeyUnreadable, write_secret
from broadcaster.settings import MOST_INGESTS, Settings
from devices.protocol.credentials import (
    Credential,
    Credentials,
    CredentialsUnreadable,
    Grants,
    credential_for,
    device_grants,
    live_grants,
    load_credentials,
    new_secret,
    save_credentials,
    secret_is_right,
    station_grants,
)

LIVE = "live"
"""Whoever speaks live: one microphone, and nothing but its sound."""


def ingest_role(number: int) -> str:
    """The role of one of the processes that share the ingest; the first has the plain name."""
    return "ingest" if number == 1 else f"ingest-{number}"


STATION_ROLES = (*(ingest_role(each + 1) for each in range(MOST_INGESTS)), "dispatch", PROBE, LIVE)
_FILE = "broker-{role}.json"


class WireSecret(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the station's own clients logs in with."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Verifier:
    """What is stored of a device's broker secret."""

    salt: str
    verifier: str


def new_device_secret() -> str:
    """A broker secret for one device: it goes into the device's identity and nowhere else."""
    return new_secret()


def verifier_of(secret: str) -> Verifier:
    """What to store of a device's broker secret."""
    made = credential_for(secret, grants=Grants())
    return Verifier(salt=made.salt, verifier=made.pbkdf2_sha512)


def reserved_usernames(station_id: str) -> frozenset[str]:
    """The names at the broker that the station needs for itself."""
    return frozenset(f"{station_id}-{role}" for role in STATION_ROLES)


def station_credentials(keys_dir: Path, *, station_id: str) -> Mapping[str, WireSecret]:
    """The station's own logins by role, made the first time (founding) and then kept.

    What is damaged or belongs to another station is made anew: the broker's file follows.
    """
    logins: dict[str, WireSecret] = {}
    for role in STATION_ROLES:
        username = f"{station_id}-{role}"
        if _username_held(keys_dir, role=role) != username:
            secret = WireSecret(username=username, password=new_secret())
            write_secret(keys_dir / _FILE.format(role=role), msgspec.json.encode(secret))
        logins[role] = _read_secret(keys_dir, role=role)
    return logins


def load_wire_secret(settings: Settings, *, station_id: str, role: str) -> WireSecret:
    """One of the station's own logins; raise KeyUnreadable when it is not there or another's."""
    secret = _read_secret(settings.keys_dir, role=role)
    if secret.username != f"{station_id}-{role}":
        raise KeyUnreadable(f"{secret.username} is not of {station_id}")
    return secret


def write_registry(session: Session, path: Path, *, keys_dir: Path) -> Credentials:
    """Write the broker's file: every device not retired, and the station's own clients.

    A user that is not in it is refused at the next login. Call it after the commit that changed
    the registry; it is written whole, and only if it says something new.
    """
    before = _written(path)
    users: dict[str, Credential] = {}
    for station in session.exec(select(Station)):
        for role, secret in station_credentials(keys_dir, station_id=station.id).items():
            grants = _grants_of(role, station_id=station.id)
            users[secret.username] = _kept_or_made(before, secret, grants=grants)
    for device in session.exec(select(Device).order_by(Device.id)):
        if device.retired_at is None:
            users[device.id] = _device_credential(device)
    written = Credentials(users=users)
    if written != before:
        save_credentials(written, path)
    return written


def _grants_of(role: str, *, station_id: str) -> Grants:
    if role == PROBE:
        return probe_grants(station_id)
    if role == LIVE:
        return live_grants(station=station_id)
    return station_grants(station=station_id)


def _device_credential(device: Device) -> Credential:
    grants = device_grants(station=device.station_id, device=device.id, cluster=device.cluster_id)
    return Credential(
        salt=device.broker_salt,
        pbkdf2_sha512=device.broker_verifier,
        publish=grants.publish,
        subscribe=grants.subscribe,
    )


def _kept_or_made(before: Credentials | None, secret: WireSecret, *, grants: Grants) -> Credential:
    """Keep the salt of a login that has not changed, so that the file does not change either."""
    known = before.users.get(secret.username) if before else None
    if known is None or not secret_is_right(known, secret=secret.password):
        return credential_for(secret.password, grants=grants)
    return msgspec.structs.replace(known, publish=grants.publish, subscribe=grants.subscribe)


def _written(path: Path) -> Credentials | None:
    try:
        return load_credentials(path)
    except CredentialsUnreadable:
        return None


def _username_held(keys_dir: Path, *, role: str) -> str | None:
    try:
        return _read_secret(keys_dir, role=role).username
    except KeyUnreadable:
        return None


def _read_secret(keys_dir: Path, *, role: str) -> WireSecret:
    path = keys_dir / _FILE.format(role=role)
    try:
        return msgspec.json.decode(path.read_bytes(), type=WireSecret)
    except (OSError, msgspec.DecodeError) as error:
        raise KeyUnreadable(str(path)) from error
