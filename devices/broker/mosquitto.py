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
from pathlib import Path

from devices.broker.packets import PACKET_LIMIT_BYTES
from devices.errors import DevicesError
from devices.protocol.credentials import ROUNDS, Credential, Credentials, load_credentials

CONFIGURATION = "mosquitto.conf"
_PBKDF2_SHA512 = 7


def write_configuration(registry: Path, *, folder: Path, port: int, persistence: bool) -> Path:
    """Write all three files and return the path of `mosquitto.conf`.

    Raises CredentialsUnreadable.
    """
    credentials = load_credentials(registry)
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(folder / "passwords", passwords_of(credentials))
    _write(folder / "access", access_of(credentials))
    configuration = folder / CONFIGURATION
    _write(configuration, settings(folder, port=port, persistence=persistence))
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
    """Mosquitto's access list: nothing for strangers, each user's grants for itself."""
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


def settings(folder: Path, *, port: int, persistence: bool) -> str:
    """`mosquitto.conf`: loopback, no strangers, one client per user, no limit that loses."""
    lines = [
        # Started as root it would become another user, who may not read these files.
        f"user {getpass.getuser()}",
        f"listener {port} 127.0.0.1",
        "allow_anonymous false",
        f"password_file {folder / 'passwords'}",
        f"acl_file {folder / 'access'}",
        # A device that gives another's client id gets its own session, not the other's.
        "use_username_as_clientid true",
        "max_inflight_messages 0",
        "max_queued_messages 0",
        "max_queued_bytes 0",
        f"max_packet_size {PACKET_LIMIT_BYTES}",
        "sys_interval 0",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        f"persistence {str(persistence).lower()}",
    ]
    if persistence:
        lines += [f"persistence_location {folder}/", "autosave_interval 1"]
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Write the configuration; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m devices.broker.mosquitto")
    parser.add_argument("--registry", type=Path, required=True, help="credentials file")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--no-persistence", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        path = write_configuration(
            asked.registry,
            folder=asked.out,
            port=asked.port,
            persistence=not asked.no_persistence,
        )
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return 3
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
