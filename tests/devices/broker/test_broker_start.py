"""Starting and stopping the embedded broker as an operator does."""

import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from devices.broker.serve import is_loopback
from devices.protocol.credentials import load_credentials
from tests.brokers import start_embedded, write_test_certificate
from tests.devices.broker.commune import ROOT, STATION, Commune
from tests.devices.broker.raw import login

MODULE = (sys.executable, "-m", "devices.broker")


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    """Start the broker where it is expected to end by itself."""
    return subprocess.run(
        [*MODULE, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def assert_one_sentence(ended: "subprocess.CompletedProcess[str]", *, vi: str, en: str) -> None:
    """Exit code 3, one line with both languages, nothing on stdout, no traceback."""
    assert (ended.returncode, ended.stdout) == (3, "")
    assert len(ended.stderr.splitlines()) == 1
    assert vi in ended.stderr
    assert en in ended.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(
    registry: Path, tmp_path: Path, secrets: dict[str, str], number: signal.Signals
) -> None:
    """Exit code 0 and a silent log, with clients connected and a session waiting."""
    broker = start_embedded(registry, tmp_path)
    with Commune(broker, secrets) as commune:
        commune.joined("loa-2", clean=False).close()
        device = commune.joined("loa-1", clean=False)
        device.subscribe(f"{ROOT}/to/loa-1")

        assert broker.stop(signal_number=number) == 0
        assert device.left.wait(10)
    assert broker.log.read_text() == ""


def test_a_port_in_use_gets_one_sentence(registry: Path) -> None:
    """Exit code 3: another program listens there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run("--registry", registry, "--port", taken.getsockname()[1])

    assert_one_sentence(ended, vi="đang có chương trình khác dùng", en="Another program uses")


def test_the_world_outside_needs_tls(registry: Path) -> None:
    """Secrets never cross a network in plain text."""
    ended = run("--registry", registry, "--port", 0, "--host", "0.0.0.0")  # noqa: S104

    assert_one_sentence(ended, vi="chỉ mở ra ngoài khi có TLS", en="only with TLS")


def test_a_missing_registry_gets_one_sentence(tmp_path: Path) -> None:
    """A broker that knows nobody does not start."""
    ended = run("--registry", tmp_path / "none.json", "--port", 0)

    assert_one_sentence(ended, vi="Không đọc được tệp tài khoản", en="cannot be read")


def test_an_address_of_another_machine_gets_one_sentence(registry: Path, tmp_path: Path) -> None:
    """TLS or not, what is not this machine's cannot be listened on."""
    certificate, key = write_test_certificate(tmp_path)
    ended = run(
        *("--registry", registry, "--port", 0, "--host", "192.0.2.1"),
        *("--tls-cert", certificate, "--tls-key", key),
    )

    assert_one_sentence(ended, vi="Không mở được địa chỉ", en="cannot listen")


def test_a_bad_certificate_gets_one_sentence(registry: Path, tmp_path: Path) -> None:
    """A file that is no certificate is named as such."""
    (tmp_path / "bad.pem").write_text("no certificate")
    bad = tmp_path / "bad.pem"
    ended = run("--registry", registry, "--port", 0, "--tls-cert", bad, "--tls-key", bad)

    assert_one_sentence(ended, vi="Không dùng được chứng chỉ", en="cannot be used")


def test_with_tls_nobody_speaks_plain_text(
    registry: Path, tmp_path: Path, secrets: dict[str, str]
) -> None:
    """A client that trusts the certificate is served; one without TLS is not."""
    certificate, key = write_test_certificate(tmp_path)
    broker = start_embedded(
        registry, tmp_path, more=["--tls-cert", str(certificate), "--tls-key", str(key)]
    )
    with Commune(broker, secrets) as commune:
        device, plain = commune.client("loa-1"), commune.client("loa-2")
        device.paho.tls_set(str(certificate), tls_version=ssl.PROTOCOL_TLS_CLIENT)

        assert device.connect(broker)
        assert device.subscribe(f"{ROOT}/to/loa-1") == 1
        assert not plain.connect(broker)
    assert broker.stop() == 0


def test_a_restart_forgets_what_was_retained(
    registry: Path, tmp_path: Path, secrets: dict[str, str]
) -> None:
    """The limit others build against: after a restart the station publishes its plans again."""
    for payload in (b"before", b"after"):
        broker = start_embedded(registry, tmp_path)
        with Commune(broker, secrets) as commune:
            device = commune.joined("loa-1")
            device.subscribe(f"{ROOT}/plan/cum-dong")
            commune.joined(STATION).publish(f"{ROOT}/plan/cum-dong", payload, retain=True)

            assert device.next().payload == payload
        broker.stop()


def test_credentials_survive_a_restart(registry: Path, tmp_path: Path) -> None:
    """The broker never writes the file."""
    before = load_credentials(registry)
    start_embedded(registry, tmp_path).stop()

    assert load_credentials(registry) == before


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("192.168.1.10", False),
        ("loa.example", False),
        ("", False),
    ],
)
def test_only_the_loopback_is_inside(host: str, inside: bool) -> None:
    """An unspecified address, a name and a private network are all outside."""
    assert is_loopback(host) is inside


def test_half_of_tls_is_no_tls(registry: Path, tmp_path: Path) -> None:
    """A certificate without its key does not quietly mean plain text."""
    certificate, _ = write_test_certificate(tmp_path)
    ended = run("--registry", registry, "--port", 0, "--tls-cert", certificate)

    assert_one_sentence(ended, vi="Không dùng được chứng chỉ", en="cannot be used")


def test_in_words_it_says_where_it_listens_and_what_it_refused(
    registry: Path, secrets: dict[str, str]
) -> None:
    """For a person: the address, what is refused as a rule, and at the end what was, by user."""
    with subprocess.Popen(
        [*MODULE, "--in-words", "--registry", str(registry), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as broker:
        assert broker.stdout is not None
        welcome = [broker.stdout.readline() for _ in range(4)]
        port = int(welcome[0].split()[1].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as guesser:
            guesser.sendall(login("loa-1", "guess"))
            assert guesser.recv(4)[3] == 5
        broker.send_signal(signal.SIGINT)
        told, log = broker.communicate(timeout=15)

    assert welcome[0] == f"● mqtt://127.0.0.1:{port}  {len(secrets)} tài khoản / users\n"
    assert "Từ chối: không tên, sai mật khẩu" in welcome[1]
    assert "Refused: no name, a wrong secret" in welcome[2]
    assert told.splitlines()[-1].split() == ["login_refused", "loa-1", "1"]
    assert (broker.returncode, len(log.splitlines())) == (0, 1)
    assert "login_refused" in log
