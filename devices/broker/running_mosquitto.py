"""Run a Mosquitto that follows the credentials file as the embedded broker does.

Mosquitto reads its users and its certificate when it starts and when it gets a SIGHUP. So that a
revoked device is out within a second, and not when somebody remembers, its files are written again
and the SIGHUP is sent whenever the credentials file has changed; and the SIGHUP alone where the
certificate was renewed. It ends with this process, and its exit code is ours.
"""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from devices import renewal
from devices.broker.errors import MosquittoMissing
from devices.broker.mosquitto import Wanted, write_configuration
from devices.orphans import end_with_parent
from devices.protocol.credentials import CredentialsUnreadable
from devices.protocol.registry import stamp_of

LOOK_EVERY_S = 0.5
# Debian puts it where an ordinary user's PATH does not look.
PLACES = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin"

log = structlog.get_logger(__name__)


def run_mosquitto(
    registry: Path,
    *,
    folder: Path,
    wanted: Wanted,
    say: Callable[[Path], None],
    search: str | None = None,
) -> int:
    """Run until Mosquitto ends or SIGTERM or Ctrl-C comes; returns its exit code.

    It is searched for on the `search` path. Raises MosquittoMissing, and what
    `write_configuration` raises.
    """
    program = shutil.which("mosquitto", path=search or PLACES)
    if program is None:
        raise MosquittoMissing
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    seen, shown = stamp_of(registry), _certificate_of(wanted)
    configuration = write_configuration(registry, folder=folder, wanted=wanted)
    process = subprocess.Popen(
        [program, "-c", configuration],
        stdin=subprocess.DEVNULL,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - no other thread runs yet
    )
    say(configuration)
    while process.poll() is None:
        if stopping.wait(LOOK_EVERY_S):
            process.terminate()
            return process.wait()
        try:
            if (now := stamp_of(registry)) != seen:
                write_configuration(registry, folder=folder, wanted=wanted)
                process.send_signal(signal.SIGHUP)
                seen = now
            if (renewed := _certificate_of(wanted)) not in (None, shown):
                process.send_signal(signal.SIGHUP)
                shown = renewed
        except CredentialsUnreadable as error:
            log.error("credentials_unreadable", reason=str(error))
    return process.returncode


def _certificate_of(wanted: Wanted) -> renewal.Stamp:
    """What tells the certificate that is shown from a renewed one; None while there is none."""
    tls = wanted.tls
    if tls is None or tls.certificate is None or tls.key is None:
        return None
    return renewal.stamp_of(tls.certificate, tls.key)
