"""A controller and its station's own CA: a proven server or none, at the broker and for audio."""

import json
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.protocol.messages import Kind
from tests.authority import Authority, Issued
from tests.brokers import mosquitto_is_installed
from tests.devices.sounds import tone
from tests.devices.station import Station, audio_server, order, unix_ms
from tests.tls_brokers import broker_behind_tls

pytestmark = pytest.mark.processes

DEVICE = "loa-01"
WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class Running:
    """A controller's process, and what it logs."""

    process: subprocess.Popen[bytes]
    log: Path

    def event(self, name: str) -> Mapping[str, object] | None:
        """The first event of this name that it has logged."""
        whole, _, _ = self.log.read_text("utf-8").rpartition("\n")
        lines = [json.loads(line) for line in whole.splitlines()]
        return next((line for line in lines if line["event"] == name), None)

    def wait_for(self, name: str) -> str:
        """Wait until it has logged such an event; why, by what it says."""
        deadline_s = time.monotonic() + WITHIN_S
        while (found := self.event(name)) is None:
            assert time.monotonic() < deadline_s, self.log.read_text("utf-8")
            time.sleep(0.05)
        return str(found["why"])


@contextmanager
def controller(home: Path) -> Iterator[Running]:
    """A controller's process, until it is ended."""
    log = home / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "devices.controller", "--home", home], stderr=file
        )
    try:
        yield Running(process, log)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The commune's own CA."""
    return Authority(tmp_path)


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def kind(request: pytest.FixtureRequest) -> str:
    """Which broker."""
    if request.param == "mosquitto" and not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto (make system-deps)")
    return str(request.param)


@pytest.fixture
def station(tmp_path: Path, authority: Authority) -> Iterator[Station]:
    """A station whose audio comes by HTTPS."""
    shown = authority.issue()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(shown.certificate, shown.key)
    with audio_server(tls=tls) as audio:
        station = Station(tmp_path, audio)
        station.found([DEVICE])
        yield station
        station.disconnect()


def test_it_plays_what_comes_from_servers_that_its_ca_has_signed(
    kind: str, station: Station, authority: Authority, tmp_path: Path
) -> None:
    """Orders over mqtts, audio over https, confirmations back: all of it with the commune's CA."""
    home = tmp_path / DEVICE
    with ExitStack() as ending:
        port = ending.enter_context(
            broker_behind_tls(kind, station.registry, tmp_path, shows=authority.issue())
        )
        station.connect(port, ca=authority.file)
        ending.callback(station.disconnect)
        station.enrol(DEVICE, home, broker_url=f"mqtts://127.0.0.1:{port}", ca_pem=authority.pem)
        ending.enter_context(controller(home))
        heard = station.heard[DEVICE]
        station.wait_for(lambda: any(each.online for each in heard.statuses))
        sound = tone(1_000)
        station.audio.files[sound.sha256] = sound.mp3
        starts_at_ms = unix_ms() + 3_000
        station.publish_plan(order("sang", starts_at_ms=starts_at_ms, items=[sound.item]))
        station.wait_for(lambda: Kind.FINISHED in heard.kinds("sang"))

        assert station.audio.requests == [(f"/audio/{sound.sha256}.mp3", None)]
        station.assert_chained(DEVICE)


def of_another_ca(authority: Authority) -> Issued:
    """Signed by somebody who calls himself the same."""
    folder = authority.folder / "false"
    folder.mkdir()
    return Authority(folder).issue()


def of_another_name(authority: Authority) -> Issued:
    """Signed by the commune's CA, for another machine."""
    return authority.issue("may-khac.xa.example")


def of_yesterday(authority: Authority) -> Issued:
    """Signed by the commune's CA, and over since an hour ago."""
    begins = datetime.now(UTC) - timedelta(hours=25)
    return authority.issue(begins=begins, lasts=timedelta(days=1))


UNPROVEN = {
    of_another_ca: "certificate verify failed",
    of_another_name: "IP address mismatch",
    of_yesterday: "certificate has expired",
}


@pytest.mark.parametrize("shown", UNPROVEN, ids=lambda shown: shown.__name__)
def test_it_tells_a_server_that_is_not_proven_nothing(
    kind: str,
    shown: Callable[[Authority], Issued],
    station: Station,
    authority: Authority,
    tmp_path: Path,
) -> None:
    """It does not log in, says why in its log, and tries again later."""
    home = tmp_path / DEVICE
    with ExitStack() as ending:
        port = ending.enter_context(
            broker_behind_tls(kind, station.registry, tmp_path, shows=shown(authority))
        )
        station.enrol(DEVICE, home, broker_url=f"mqtts://127.0.0.1:{port}", ca_pem=authority.pem)
        running = ending.enter_context(controller(home))

        assert UNPROVEN[shown] in running.wait_for("broker_lost")
        assert running.event("broker_connected") is None
        assert running.process.poll() is None


def test_without_the_communes_ca_it_believes_only_the_systems(
    station: Station, authority: Authority, tmp_path: Path
) -> None:
    """A certificate that nobody vouches for is none, whoever signed it."""
    home = tmp_path / DEVICE
    with ExitStack() as ending:
        port = ending.enter_context(
            broker_behind_tls("embedded", station.registry, tmp_path, shows=authority.issue())
        )
        station.enrol(DEVICE, home, broker_url=f"mqtts://127.0.0.1:{port}")
        running = ending.enter_context(controller(home))

        assert "certificate verify failed" in running.wait_for("broker_lost")
        assert running.event("broker_connected") is None


def test_it_never_falls_back_to_plain_text(
    station: Station, authority: Authority, tmp_path: Path
) -> None:
    """Where TLS was promised, whoever answers without it gets a greeting and no name or secret."""
    home = tmp_path / DEVICE
    with ExitStack() as ending:
        listener = ending.enter_context(socket.create_server(("127.0.0.1", 0)))
        listener.settimeout(WITHIN_S)
        port = listener.getsockname()[1]
        station.enrol(DEVICE, home, broker_url=f"mqtts://127.0.0.1:{port}", ca_pem=authority.pem)
        running = ending.enter_context(controller(home))
        came = []
        for _ in range(2):
            peer = ending.enter_context(listener.accept()[0])
            peer.settimeout(WITHIN_S)
            came.append(peer.recv(65_536))
            # What a broker without TLS says to a login: you are in.
            peer.sendall(b"\x20\x02\x00\x00")
        assert running.wait_for("broker_lost")

        client_hello = b"\x16\x03"
        assert [each[:2] for each in came] == [client_hello, client_hello]
        assert not any(DEVICE.encode() in each or b"secret" in each for each in came)
        assert running.event("broker_connected") is None


def test_audio_of_a_server_that_is_not_proven_is_not_taken(
    authority: Authority, tmp_path: Path
) -> None:
    """It is proven by its hash in any case; but nobody else is to know what a pole will play."""
    false = of_another_ca(authority)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(false.certificate, false.key)
    home = tmp_path / DEVICE
    with ExitStack() as ending:
        station = Station(tmp_path, ending.enter_context(audio_server(tls=tls)))
        station.found([DEVICE])
        port = ending.enter_context(
            broker_behind_tls("embedded", station.registry, tmp_path, shows=authority.issue())
        )
        station.connect(port, ca=authority.file)
        ending.callback(station.disconnect)
        station.enrol(DEVICE, home, broker_url=f"mqtts://127.0.0.1:{port}", ca_pem=authority.pem)
        running = ending.enter_context(controller(home))
        heard = station.heard[DEVICE]
        station.wait_for(lambda: any(each.online for each in heard.statuses))
        sound = tone(1_000)
        station.audio.files[sound.sha256] = sound.mp3
        soon = order("sang", starts_at_ms=unix_ms() + 2_000, items=[sound.item])
        station.publish_plan(soon)

        assert "certificate verify failed" in running.wait_for("audio_fetch_failed")
        assert station.audio.requests == []
