"""Starts the brokers that tests talk to: ours in a child process, and a real Mosquitto.

Used by the broker's own tests and by every end-to-end test.
"""

import json
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from devices.broker.mosquitto import Wanted, write_configuration
from devices.broker.serve import Listen

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
DEPLOYED_UNIT = Path(__file__).parents[1] / "deploy" / "commune" / "loa-broker.service"
STARTS_WITHIN_S = 20.0
DEPLOYED_WITHIN_S = 300.0
"""The whole command is loaded before the broker that it becomes."""


@dataclass(slots=True)
class RunningBroker:
    """A broker on the loopback; `stop` it, always."""

    name: str
    process: subprocess.Popen[str]
    host: str
    port: int
    registry: Path
    log: Path
    reread: Callable[[], None]
    tls: ssl.SSLContext | None = None
    """What its clients trust, where they come by TLS."""

    @property
    def url(self) -> str:
        """Where clients reach it."""
        return f"mqtt://{self.host}:{self.port}"

    def credentials_changed(self) -> None:
        """Make it read its credentials again, if it does not by itself."""
        self.reread()

    def stop(self, *, signal_number: int = signal.SIGTERM) -> int:
        """End it and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        try:
            return self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            if self.process.stdout is not None:
                self.process.stdout.close()


def mosquitto_is_installed() -> bool:
    """Whether a real Mosquitto can be started here."""
    return Path(MOSQUITTO).exists()


def start_embedded(
    registry: Path, tmp: Path, *, port: int = 0, more: Sequence[str] = ()
) -> RunningBroker:
    """Start the embedded broker on a free port and wait until it accepts connections."""
    log = tmp / "broker.log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "devices.broker", *more),
                *("--registry", str(registry), "--port", str(port)),
            ],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.wait()
        process.stdout.close()
        raise AssertionError(log.read_text())
    ready = json.loads(line)
    return RunningBroker(
        "embedded", process, "127.0.0.1", ready["port"], registry, log, lambda: None
    )


def start_mosquitto(
    registry: Path,
    tmp: Path,
    *,
    port: int = 0,
    persistence: bool = False,
    tls: Listen | None = None,
    default_limits: bool = False,
) -> RunningBroker:
    """Start a real Mosquitto with a configuration made from the same credentials.

    With `default_limits` it is as its packager left it, but for its users.
    """
    folder, log = tmp / "mosquitto", tmp / "mosquitto.log"
    wanted = Wanted(port=port or free_port(), persistence=persistence, snapshot_every_s=1, tls=tls)

    def write() -> Path:
        configuration = write_configuration(registry, folder=folder, wanted=wanted)
        if default_limits:
            lines = configuration.read_text().splitlines()
            kept = [line for line in lines if not line.startswith("max_")]
            configuration.write_text("\n".join(kept) + "\n")
        return configuration

    with log.open("a") as output:
        process = subprocess.Popen(
            [MOSQUITTO, "-c", write()], stdout=output, stderr=output, text=True
        )
    wait_until_accepting(wanted.port, process=process, log=log)

    def reread() -> None:
        write()
        process.send_signal(signal.SIGHUP)

    return RunningBroker("mosquitto", process, "127.0.0.1", wanted.port, registry, log, reread)


def start_deployed(
    registry: Path,
    tmp: Path,
    *,
    shows: tuple[Path, Path],
    port: int = 0,
    from_outside: bool = False,
) -> RunningBroker:
    """Start a Mosquitto by the very command of `deploy/commune`, for these users.

    It `shows` a certificate by its key, keeps what that one keeps, and follows the registry. Its
    clients come in by the plain door of the machine, or by TLS `from_outside`.
    """
    plain, outside = port or free_port(), free_port()
    (line,) = re.findall(r"^ExecStart=\S+ (.+)$", DEPLOYED_UNIT.read_text("utf-8"), re.MULTILINE)
    here = {"--port": plain, "--tls-port": outside, "--tls-cert": shows[0], "--tls-key": shows[1]}
    words = shlex.split(line.replace("/var/lib/loa-broker", str(tmp / "deployed")))
    for option, value in here.items():
        words[words.index(option) + 1] = str(value)
    log = tmp / "deployed.log"
    with log.open("a") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "broadcaster", *words, "--registry", registry],
            stdout=output,
            stderr=output,
            text=True,
        )
    for each in (plain, outside):
        wait_until_accepting(each, process=process, log=log, within_s=DEPLOYED_WITHIN_S)
    tls = ssl.create_default_context(cafile=shows[0]) if from_outside else None
    door = outside if from_outside else plain
    return RunningBroker("deployed", process, "127.0.0.1", door, registry, log, lambda: None, tls)


def write_test_certificate(tmp: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = tmp / "certificate.pem", tmp / "key.pem"
    certificate_path.write_bytes(certificate.public_bytes(Encoding.PEM))
    key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate_path, key_path


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_accepting(
    port: int, *, process: subprocess.Popen[str], log: Path, within_s: float = STARTS_WITHIN_S
) -> None:
    """Wait until something listens there; fail with the log if the process ends first."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(log.read_text())
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    process.kill()
    msg = f"nothing listens on port {port} after {within_s} s"
    raise AssertionError(msg)
