"""Configure a Mosquitto 2 from the same credentials file that feeds the embedded broker.

`python -m devices.broker.mosquitto --registry FILE --out FOLDER --port N` writes the password file,
the access list and `mosquitto.conf`; send SIGHUP after each new writing. Mosquitto's default limits
lose a storm of messages although every one is acknowledged, so they are switched off here.
"""

import argparse
import base64
import getpass
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from devices.broker.errors import AddressUnusable
from devices.broker.packets import PACKET_LIMIT_BYTES
from devices.broker.serve import Listen, tls_for
from devices.broker.telling import how_to_run_mosquitto
from devices.errors import DevicesError
from devices.protocol.credentials import ROUNDS, Credential, Credentials, load_credentials

CONFIGURATION = "mosquitto.conf"
LOOPBACK = "127.0.0.1"
# A snapshot writes everything anew and stops the broker meanwhile (8 MB and some 50 ms at 2,000
# devices), so not every second; what is lost with the last one, devices send again.
SNAPSHOT_EVERY_S = 10
EXIT_UNUSABLE = 3
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


def main(arguments: list[str] | None = None) -> int:
    """Write the configuration; returns the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        path = write_configuration(asked.registry, folder=asked.out, wanted=_wanted(asked))
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return EXIT_UNUSABLE
    sys.stdout.write(how_to_run_mosquitto(path) if asked.in_words else f"{path}\n")
    return 0


def _wanted(asked: argparse.Namespace) -> Wanted:
    tls = None
    if asked.tls_cert or asked.tls_key:
        tls = Listen(asked.tls_host, asked.tls_port, certificate=asked.tls_cert, key=asked.tls_key)
    return Wanted(
        port=asked.port,
        tls=tls,
        persistence=not asked.no_persistence,
        snapshot_every_s=asked.snapshot_every_s,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devices.broker.mosquitto",
        description="Ghi cấu hình Mosquitto / Write Mosquitto's configuration",
    )
    parser.add_argument("--registry", type=Path, required=True, help="credentials file")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--port", type=_port, required=True, help="plain text, loopback only")
    parser.add_argument("--tls-host", default="0.0.0.0", help="where TLS listens")  # noqa: S104
    parser.add_argument("--tls-port", type=_port, default=8883)
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    parser.add_argument("--snapshot-every-s", type=_seconds, default=SNAPSHOT_EVERY_S)
    parser.add_argument("--no-persistence", action="store_true")
    parser.add_argument("--in-words", action="store_true", help="say what to do with the files")
    return parser


def _port(text: str) -> int:
    return _between(text, lowest=1, highest=65_535)


def _seconds(text: str) -> int:
    return _between(text, lowest=1, highest=3_600)


def _between(text: str, *, lowest: int, highest: int) -> int:
    number = int(text)
    if not lowest <= number <= highest:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
