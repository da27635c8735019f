"""Run a Mosquitto that follows the credentials file as the embedded broker does.

Mosquitto reads its users and its certificate when it starts and when it gets a SIGHUP. So that a
revoked device is out within a second, and not when somebody remembers, its files are written again
and the SIGHUP is sent whenever the credentials file has changed, or the certificate was renewed. It
ends with this process, and its exit code is ours.

At every SIGHUP it reads the certificate too, and shows none at all where a pair does not fit. So
what it reads is a copy of the last pair that did.
"""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from devices import renewal
from devices.broker.errors import CertificateUnusable, MosquittoMissing
from devices.broker.mosquitto import Wanted, copied_pair, write_configuration
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
    seen, pair = stamp_of(registry), _Pair(wanted, folder)
    # Written as given first: nothing is copied where anything of it cannot be used.
    write_configuration(registry, folder=folder, wanted=wanted)
    wanted = pair.copied()
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
            if pair.was_renewed():
                process.send_signal(signal.SIGHUP)
        except CredentialsUnreadable as error:
            log.error("credentials_unreadable", reason=str(error))
    return process.returncode


@dataclass(slots=True)
class _Pair:
    """The certificate and key that somebody else renews, and the copy that Mosquitto reads."""

    given: Wanted
    folder: Path
    _shown: renewal.Stamp = None
    _refused: renewal.Stamp = None

    def copied(self) -> Wanted:
        """What is wanted, with the copy; raise CertificateUnusable where the pair does not fit."""
        if self.given.tls is None:
            return self.given
        now = self._stamp()
        copy = copied_pair(self.given.tls, folder=self.folder)
        self._shown = now
        return replace(self.given, tls=copy)

    def was_renewed(self) -> bool:
        """Whether another pair that fits was copied now.

        One that does not is left alone, said once, and looked at again: its files may just be
        being written.
        """
        now = self._stamp()
        if now in (None, self._shown):
            return False
        try:
            self.copied()
        except CertificateUnusable as error:
            if now != self._refused:
                log.warning("renewed_certificate_unusable", why=str(error))
            self._refused = now
            return False
        return True

    def _stamp(self) -> renewal.Stamp:
        tls = self.given.tls
        if tls is None or tls.certificate is None or tls.key is None:
            return None
        return renewal.stamp_of(tls.certificate, tls.key)
