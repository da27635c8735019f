"""Mosquitto's files, and what a real Mosquitto makes of them."""

import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from devices.broker.errors import MosquittoMissing
from devices.broker.for_mosquitto import main
from devices.broker.mosquitto import Wanted, settings
from devices.broker.running_mosquitto import run_mosquitto
from devices.broker.serve import Listen
from devices.protocol.credentials import load_credentials, save_credentials
from tests.brokers import (
    RunningBroker,
    free_port,
    mosquitto_is_installed,
    start_mosquitto,
    wait_until_accepting,
    write_test_certificate,
)
from tests.devices.broker.commune import ROOT, STATION, Client, Commune

real = pytest.mark.mosquitto
TLS = Listen("0.0.0.0", 8883, certificate=Path("/c.pem"), key=Path("/k.pem"))  # noqa: S104
SAVED_WITHIN_S = 15.0


def written(registry: Path, out: Path, *more: object) -> int:
    """Run the writer as an operator does; its exit code."""
    asked = ("--registry", registry, "--out", out, "--port", 1883, *more)
    return main([str(each) for each in asked])


def test_three_files_are_written_for_their_owner_only(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The path of `mosquitto.conf` is printed; nothing is readable by others; persistence is on."""
    out = tmp_path / "out"

    assert written(registry, out) == 0
    assert capsys.readouterr().out == f"{out / 'mosquitto.conf'}\n"
    assert {path.name for path in out.iterdir()} == {"mosquitto.conf", "passwords", "access"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    assert f"persistence_location {out}/" in (out / "mosquitto.conf").read_text()


def test_in_words_it_says_what_to_do_next(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """How to start it, and that a SIGHUP makes it take new users."""
    written(registry, tmp_path / "out", "--in-words")

    told = capsys.readouterr().out
    assert f"mosquitto -c {tmp_path / 'out' / 'mosquitto.conf'}" in told
    assert told.count("SIGHUP") == 2


@pytest.mark.parametrize(
    ("spoilt", "sentence"),
    [
        ({"--registry": "none.json"}, "Không đọc được"),
        ({"--tls-cert": "none.pem", "--tls-key": "none.pem"}, "Không dùng được chứng chỉ"),
        ({"--tls-cert": "none.pem"}, "Không dùng được chứng chỉ"),
    ],
)
def test_what_cannot_be_used_writes_nothing(
    registry: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoilt: dict[str, str],
    sentence: str,
) -> None:
    """Exit code 3 and one sentence in both languages."""
    given = [word for option in spoilt.items() for word in option]

    assert written(registry, tmp_path / "out", *given) == 3
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_address_cannot_smuggle_in_a_setting(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where TLS listens is one word."""
    certificate, key = write_test_certificate(tmp_path)
    asked = ("--tls-cert", certificate, "--tls-key", key, "--tls-host", "::\nallow_anonymous true")

    assert written(registry, tmp_path / "out", *asked) == 3
    assert "Không mở được địa chỉ" in capsys.readouterr().err


def test_it_keeps_what_it_took() -> None:
    """No default limit, no strangers, and a snapshot every ten seconds where it is for use."""
    lines = settings(Path("/srv/loa"), wanted=Wanted(port=1883)).splitlines()
    brief = settings(Path("/srv"), wanted=Wanted(port=1, persistence=False)).splitlines()

    assert "allow_anonymous false" in lines
    for limit in ("max_inflight_messages", "max_queued_messages", "max_queued_bytes"):
        assert f"{limit} 0" in lines
    assert {"persistence true", "autosave_interval 10"} <= set(lines)
    assert "persistence false" in brief


def test_only_tls_is_reached_from_outside() -> None:
    """Plain text stays on the loopback, and each listener gives one client to each user."""
    text = settings(Path("/srv/loa"), wanted=Wanted(port=1883, tls=TLS))
    listeners = [line for line in text.splitlines() if line.startswith("listener")]

    assert listeners == ["listener 1883 127.0.0.1", "listener 8883 0.0.0.0"]
    assert text.count("use_username_as_clientid true") == 2
    assert text.endswith("certfile /c.pem\nkeyfile /k.pem\ntls_version tlsv1.2\n")


@pytest.fixture
def tls(tmp_path: Path) -> Listen:
    """A free port with a certificate of its own."""
    certificate, key = write_test_certificate(tmp_path)
    return Listen("127.0.0.1", free_port(), certificate=certificate, key=key)


@pytest.fixture
def mosquitto(registry: Path, tmp_path: Path, tls: Listen) -> Iterator[RunningBroker]:
    """A real Mosquitto with both listeners and persistence, that may be killed meanwhile."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    running = start_mosquitto(registry, tmp_path, persistence=True, tls=tls)
    yield running
    running.stop()


@pytest.fixture
def outside(mosquitto: RunningBroker, tls: Listen, secrets: dict[str, str]) -> Iterator[Commune]:
    """Clients that come by TLS."""
    ours = RunningBroker(
        "mosquitto",
        mosquitto.process,
        tls.host,
        tls.port,
        mosquitto.registry,
        mosquitto.log,
        mosquitto.reread,
    )
    with Commune(ours, secrets) as commune:
        yield commune


def secured(client: Client, tls: Listen) -> Client:
    """The same client, trusting the certificate."""
    client.paho.tls_set_context(ssl.create_default_context(cafile=str(tls.certificate)))
    return client


@real
def test_by_tls_the_same_logins_and_grants_hold(outside: Commune, tls: Listen) -> None:
    """A device is heard, a wrong secret is not let in, another's client id gains nothing."""
    station = secured(outside.client(STATION), tls)
    device = secured(outside.client("loa-1"), tls)
    assert station.connect(outside.broker)
    assert device.connect(outside.broker)
    station.subscribe(f"{ROOT}/from/#")
    device.subscribe(f"{ROOT}/to/loa-1")
    guess = secured(outside.client("loa-2", secret="guess"), tls)
    thief = secured(outside.client("loa-2", client_id="loa-1", clean=False), tls)

    assert not guess.connect(outside.broker)
    thief.connect(outside.broker)
    station.publish(f"{ROOT}/to/loa-1", b"for loa-1")
    device.publish(f"{ROOT}/from/loa-1/status", b"here")

    assert device.next().payload == b"for loa-1"
    assert station.next().payload == b"here"
    assert thief.heard_so_far() == []


@real
@pytest.mark.usefixtures("mosquitto")
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2])
def test_by_tls_1_2_is_the_oldest_that_is_spoken(tls: Listen, version: ssl.TLSVersion) -> None:
    """A client that knows nothing newer than 1.1 gets no handshake."""
    context = ssl.create_default_context(cafile=str(tls.certificate))
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection((tls.host, tls.port), timeout=10) as plain:
        if version is ssl.TLSVersion.TLSv1_2:
            with context.wrap_socket(plain, server_hostname=tls.host) as secure:
                assert secure.version() == "TLSv1.2"
        else:
            with pytest.raises((ssl.SSLError, ConnectionResetError)):
                context.wrap_socket(plain, server_hostname=tls.host)


@real
def test_on_the_tls_port_nobody_speaks_plain_text(outside: Commune) -> None:
    """A login in plain text gets no answer."""
    assert not outside.client("loa-1").connect(outside.broker)


@real
def test_a_revoked_device_is_out_on_both_listeners(
    mosquitto: RunningBroker, outside: Commune, tls: Listen, secrets: dict[str, str]
) -> None:
    """One SIGHUP after the file was written again; whoever was not revoked stays connected."""
    with Commune(mosquitto, secrets) as inside:
        station = inside.joined(STATION)
        station.subscribe(f"{ROOT}/from/#")
        out, stays = (secured(outside.client(name), tls) for name in ("loa-1", "loa-2"))
        assert out.connect(outside.broker)
        assert stays.connect(outside.broker)
        known = load_credentials(mosquitto.registry)

        save_credentials(known.without_user("loa-1"), mosquitto.registry)
        mosquitto.credentials_changed()

        assert out.left.wait(10)
        assert not secured(outside.client("loa-1"), tls).connect(outside.broker)
        assert not inside.client("loa-1").connect(mosquitto)
        stays.publish(f"{ROOT}/from/loa-2/status", b"still here")
        assert station.next().payload == b"still here"


@real
def test_what_a_snapshot_holds_outlives_a_kill(
    registry: Path, tmp_path: Path, secrets: dict[str, str]
) -> None:
    """Retained plans, and confirmations that wait for the station; the session as well."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    said = [f"batch {number}".encode() for number in range(3_000)]
    with ExitStack() as brokers:
        first = start_mosquitto(registry, tmp_path, persistence=True)
        brokers.callback(first.stop)
        with Commune(first, secrets) as commune:
            station = commune.joined(STATION, clean=False)
            station.subscribe(f"{ROOT}/from/+/confirm")
            station.publish(f"{ROOT}/plan/cum-dong", b"the plan", retain=True)
            station.close()
            device = commune.joined("loa-1")
            for batch in said:
                last = device.paho.publish(f"{ROOT}/from/loa-1/confirm", batch, qos=1)
            last.wait_for_publish(30)
            wait_for_snapshot(tmp_path / "mosquitto" / "mosquitto.db")
            first.stop(signal_number=signal.SIGKILL)

        again = start_mosquitto(registry, tmp_path, persistence=True, port=first.port)
        brokers.callback(again.stop)
        with Commune(again, secrets) as commune:
            station = commune.joined(STATION, clean=False)
            assert [station.next().payload for _ in said] == said
            device = commune.joined("loa-1")
            device.subscribe(f"{ROOT}/plan/cum-dong")
            assert device.next().payload == b"the plan"


def wait_for_snapshot(database: Path) -> None:
    """Wait until a snapshot was begun and ended after now: the second from here on."""
    seen: set[int] = set()
    deadline = time.monotonic() + SAVED_WITHIN_S
    while len(seen) < 3:
        assert time.monotonic() < deadline, "no snapshot"
        if database.exists():
            seen.add(database.stat().st_mtime_ns)
        time.sleep(0.05)


@real
def test_a_mosquitto_that_we_run_follows_the_registry(
    registry: Path, tmp_path: Path, secrets: dict[str, str]
) -> None:
    """Whoever is revoked is out at once, a spoilt file changes nothing, SIGTERM ends both."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    port, log = free_port(), tmp_path / "log"
    options = ("--registry", registry, "--out", tmp_path / "out", "--port", port, "--run")
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "devices.broker.for_mosquitto", *map(str, options)],
            stdout=output,
            stderr=output,
            text=True,
        )
    running = RunningBroker("mosquitto", process, "127.0.0.1", port, registry, log, lambda: None)
    try:
        wait_until_accepting(port, process=process, log=log)
        known = load_credentials(registry)
        with Commune(running, secrets) as commune:
            device = commune.joined("loa-1")
            registry.write_text("{")
            save_credentials(known.without_user("loa-1"), registry)

            assert device.left.wait(10)
            assert not commune.client("loa-1").connect(running)
    finally:
        code = running.stop()
    assert code == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_without_mosquitto_nothing_is_written(registry: Path, tmp_path: Path) -> None:
    """It is named as missing instead of failing half-way."""
    out = tmp_path / "out"
    with pytest.raises(MosquittoMissing):
        run_mosquitto(
            registry, folder=out, wanted=Wanted(port=1), say=lambda _: None, search=str(tmp_path)
        )
    assert not out.exists()
