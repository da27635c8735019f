"""Configure a Mosquitto 2 from the same credentials file that feeds the embedded broker.

Three files are written: users, access list and `mosquitto.conf`. Mosquitto's default limits lose a
storm of messages although every one is acknowledged, so they are switched off here.
"""

import base64
import getpass
import os
from dataclasses import dataclass, replace
from pathlib import Path

from devices.broker.errors import AddressUnusable, CertificateUnusable
from devices.broker.packets import PACKET_LIMIT_BYTES
from devices.broker.serve import Listen, tls_for
from devices.protocol.credentials import ROUNDS, Credential, Credentials, load_credentials

CONFIGURATION = "mosquitto.conf"
LOOPBACK = "127.0.0.1"
# A snapshot writes everything anew and stops the broker meanwhile (8 MB and some 50 ms at 2,000
# devices), so not every second; what is lost with the last one, devices send again.
SNAPSHOT_EVERY_S = 10
_PBKDF2_SHA512 = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What this Mosquitto is to be: where it listens, and whether it keeps what it took.

    The plain listener is on the loopback, always; whoever comes from outside needs `tls`.
    """

    port: int
    tls: Listen | None = None
    persistence: bool = True
    snapshot_every_s: int = SNAPSHOT_EVERY_S


def write_configuration(registry: Path, *, folder: Path, wanted: Wanted) -> Path:
    """Write all three files and return the path of `mosquitto.conf`.

    Raises CredentialsUnreadable, CertificateUnusable, PlainTextRefused and AddressUnusable before
    anything is written.
    """
    credentials = load_credentials(registry)
    if wanted.tls is not None:
        tls_for(wanted.tls)
        if not wanted.tls.host or any(map(str.isspace, wanted.tls.host)):
            raise AddressUnusable(wanted.tls.host)
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(folder / "passwords", passwords_of(credentials))
    _write(folder / "access", access_of(credentials))
    configuration = folder / CONFIGURATION
    _write(configuration, settings(folder, wanted=wanted))
    return configuration


def copied_pair(tls: Listen, *, folder: Path) -> Listen:
    """The same door with a copy of its certificate and key in the folder, if they fit.

    Raises CertificateUnusable otherwise; a copy of before stays as it is then.
    """
    if tls.certificate is None or tls.key is None:
        raise CertificateUnusable("--tls-cert, --tls-key")
    certificate, key = folder / "shown.pem", folder / "shown-key.pem"
    new_certificate, new_key = folder / "next.pem", folder / "next-key.pem"
    try:
        _write(new_certificate, tls.certificate.read_text("ascii"))
        _write(new_key, tls.key.read_text("ascii"))
        # Of the copies: what was read is what is checked, whatever is written meanwhile.
        tls_for(replace(tls, certificate=new_certificate, key=new_key))
        new_key.replace(key)
        new_certificate.replace(certificate)
    except (OSError, ValueError) as error:
        raise CertificateUnusable(str(error)) from error
    return replace(tls, certificate=certificate, key=key)


def passwords_of(credentials: Credentials) -> str:
    """Mosquitto's password file: the verifiers as they are, in its own notation."""
    return "".join(
        f"{username}:{_password(credential)}\n"
        for username, credential in sorted(credentials.users.items())
    )


def _password(credential: Credential) -> str:
    salt, verifier = (
        base64.b64encode(bytes.fromhex(part)).decode()
        for part in (credential.salt, credential.pbkdf2_sha512)
    )
    return f"${_PBKDF2_SHA512}${ROUNDS}${salt}${verifier}"


def access_of(credentials: Credentials) -> str:
    """Mosquitto's access list: nothing for strangers, each user's grants for itself.

    Written out user by user. `pattern` lines with `%u` would make a quarter of the file and spare a
    fifth of a SIGHUP's time, but they hold for every user, the station's own logins included.
    """
    return "\n".join(
        "\n".join(
            (
                f"user {username}",
                *(f"topic write {topic_filter}" for topic_filter in credential.publish),
                *(f"topic read {topic_filter}" for topic_filter in credential.subscribe),
                "",
            )
        )
        for username, credential in sorted(credentials.users.items())
    )


def settings(folder: Path, *, wanted: Wanted) -> str:
    """`mosquitto.conf`: no strangers, one client per user, TLS outside, no limit that loses."""
    lines = [
        # Started as root it would become another user, who may not read these files.
        f"user {getpass.getuser()}",
        "per_listener_settings false",
        "allow_anonymous false",
        f"password_file {folder / 'passwords'}",
        f"acl_file {folder / 'access'}",
        "max_inflight_messages 0",
        "max_queued_messages 0",
        "max_queued_bytes 0",
        f"max_packet_size {PACKET_LIMIT_BYTES}",
        # Over a slow line an order would else wait for the acknowledgement of what went before.
        "set_tcp_nodelay true",
        # The session of a pole that was taken down does not fill the memory for ever.
        "persistent_client_expiration 8w",
        "sys_interval 0",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        *_persistence(folder, wanted=wanted),
        *_listener(LOOPBACK, port=wanted.port),
    ]
    if wanted.tls is not None:
        lines += [
            *_listener(wanted.tls.host, port=wanted.tls.port),
            f"certfile {_whole(wanted.tls.certificate)}",
            f"keyfile {_whole(wanted.tls.key)}",
            "tls_version tlsv1.2",
        ]
    return "\n".join(lines) + "\n"


def _persistence(folder: Path, *, wanted: Wanted) -> list[str]:
    if not wanted.persistence:
        return ["persistence false"]
    return [
        "persistence true",
        f"persistence_location {folder}/",
        f"autosave_interval {wanted.snapshot_every_s}",
        "autosave_on_changes false",
    ]


def _listener(host: str, *, port: int) -> list[str]:
    # A device that gives another's client id gets its own session, not the other's. The line holds
    # for one listener only, so each needs it.
    return [f"listener {port} {host}", "use_username_as_clientid true"]


def _whole(path: Path | None) -> str:
    return str(path.resolve()) if path is not None else ""


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
