"""`loa broker` as an operator uses it: alone, for Mosquitto, for a broker that asks by HTTP."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadcaster.areas.tables import Station
from broadcaster.database import connect
from broadcaster.database.migrate import migrate
from broadcaster.fleet.broker_token import broker_token
from broadcaster.fleet.credentials import STATION_ROLES, load_wire_secret, write_registry
from broadcaster.keys import founding_keys
from broadcaster.settings import Settings
from tests.brokers import (
    MOSQUITTO,
    free_port,
    mosquitto_is_installed,
    start_mosquitto,
    wait_until_accepting,
    write_test_certificate,
)
from tests.devices.broker.octets import connect as login
from tests.e2e.commands import run_to_end, started

pytestmark = pytest.mark.processes
STATION = "xa-an-phu"


@pytest.fixture
def state(tmp_path: Path) -> dict[str, str]:
    """The settings of a founded station."""
    settings = Settings(state_dir=tmp_path / "state")
    settings.state_dir.mkdir()
    database = connect(settings.database)
    migrate(database)
    with founding_keys(
        settings.keys_dir, station_id=STATION, name="Đài", now=datetime.now(UTC)
    ) as new:
        new.keep()
    with database.writing() as session:
        session.add(
            Station(
                id=STATION,
                name="Đài",
                commune="Xã",
                province="Tỉnh",
                public_key=new.keys.root_public_key,
            )
        )
        session.flush()
        write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    database.dispose()
    return {"LOA_STATE_DIR": str(settings.state_dir)}


def may_log_in(port: int, *, state: Path, password: str | None = None) -> bool:
    """Whether the broker there lets the station's ingest in."""
    secret = load_wire_secret(Settings(state_dir=state), station_id=STATION, role="ingest")
    fields = [secret.username, secret.username, password or secret.password]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(login(flags=0xC2, fields=fields))
        return client.recv(4) == b"\x20\x02\x00\x00"


def test_it_runs_alone_with_the_stations_users(tmp_path: Path, state: dict[str, str]) -> None:
    """It says where it listens and what it refuses; at Ctrl-C it tells what it has refused."""
    port = free_port()
    with started(tmp_path, "broker", "--port", str(port), **state) as command:
        command.wait_for_words("Ctrl-C")
        assert may_log_in(port, state=tmp_path / "state")
        assert not may_log_in(port, state=tmp_path / "state", password="guess")
        code = command.interrupt()
        said = command.said

    assert code == 0
    assert f"● mqtt://127.0.0.1:{port}  {len(STATION_ROLES)} tài khoản / users" in said
    assert "Từ chối: " in said
    assert "Refused: " in said
    assert said.splitlines()[-1].split() == ["login_refused", f"{STATION}-ingest", "1"]


def test_it_needs_a_station_or_a_file(tmp_path: Path) -> None:
    """In an empty folder it says what to do; nothing is made there."""
    ended = run_to_end(tmp_path, "broker", LOA_STATE_DIR=str(tmp_path / "state"))

    assert ended.code == 1
    assert ended.sentences[0].startswith("Chưa có đài nào")
    assert not (tmp_path / "state").exists()


def test_a_file_of_ones_own_needs_no_station(tmp_path: Path, state: dict[str, str]) -> None:
    """For a manufacturer's bench: any credentials file, by TLS if wanted."""
    certificate, key = write_test_certificate(tmp_path)
    registry = Path(state["LOA_STATE_DIR"]) / "broker" / "registry.json"
    own = registry.rename(tmp_path / "own.json")
    options = (
        "--registry",
        own,
        "--port",
        free_port(),
        "--tls-cert",
        certificate,
        "--tls-key",
        key,
    )
    with started(tmp_path, "broker", *map(str, options), LOA_STATE_DIR="none") as command:
        command.wait_for_words("● mqtts://127.0.0.1:")
        assert command.interrupt() == 0


def test_outside_it_opens_with_tls_only(tmp_path: Path, state: dict[str, str]) -> None:
    """One sentence in both languages, exit code 3."""
    ended = run_to_end(tmp_path, "broker", "--host", "0.0.0.0", **state)  # noqa: S104

    assert (ended.code, ended.stdout) == (3, "")
    assert "chỉ mở ra ngoài khi có TLS" in ended.stderr
    assert "only with TLS" in ended.stderr


@contextmanager
def running_mosquitto(configuration: Path, *, port: int) -> Iterator[None]:
    """A real Mosquitto with the configuration that was written."""
    log = configuration.with_name("log")
    with log.open("w") as output:
        process = subprocess.Popen([MOSQUITTO, "-c", configuration], stdout=output, stderr=output)
    try:
        wait_until_accepting(port, process=process, log=log)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)


@pytest.mark.mosquitto
def test_what_it_writes_for_mosquitto_works_and_keeps_all(
    tmp_path: Path, state: dict[str, str]
) -> None:
    """The station's logins are let in, and `loa broker check` finds nothing lost."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    port, folder = free_port(), tmp_path / "mosquitto"
    ended = run_to_end(tmp_path, "broker", "mosquitto", str(folder), "--port", str(port), **state)
    assert (ended.code, ended.stderr) == (0, "")
    assert f"mosquitto -c {folder / 'mosquitto.conf'}" in ended.stdout

    with running_mosquitto(folder / "mosquitto.conf", port=port):
        assert may_log_in(port, state=tmp_path / "state")
        url = f"mqtt://127.0.0.1:{port}"
        checked = run_to_end(tmp_path, "broker", "check", "--broker", url, **state)

    assert (checked.code, checked.stderr) == (0, "")
    assert "giữ đủ 1300 tin" in checked.stdout


@pytest.mark.mosquitto
def test_it_runs_a_mosquitto_with_the_stations_users(tmp_path: Path, state: dict[str, str]) -> None:
    """One command in the place of a service and its reloading; Ctrl-C ends both."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    port = free_port()
    options = ("mosquitto", str(tmp_path / "mosquitto"), "--port", str(port), "--run")
    with started(tmp_path, "broker", *options, **state) as command:
        command.wait_for_words("● mosquitto -c")
        command.wait_for(lambda: accepts(port))
        assert may_log_in(port, state=tmp_path / "state")
        assert command.interrupt() == 0
        assert not accepts(port)


def accepts(port: int) -> bool:
    """Whether anything listens there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.mark.mosquitto
@pytest.mark.parametrize("command", [("serve",), ("broker", "check")])
def test_a_mosquitto_that_would_drop_is_refused_with_the_remedy(
    tmp_path: Path, state: dict[str, str], command: tuple[str, ...]
) -> None:
    """`loa serve` starts nothing with it; the lines for `mosquitto.conf` are on the screen."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    registry = Path(state["LOA_STATE_DIR"]) / "broker" / "registry.json"
    careless = start_mosquitto(registry, tmp_path, default_limits=True)
    try:
        more = {"LOA_BROKER": careless.url, "LOA_PORT": str(free_port())}
        ended = run_to_end(tmp_path, *command, **state, **more)
    finally:
        careless.stop()

    assert ended.code == 1
    assert "chỉ giữ 1020" in ended.sentences[0]
    for limit in ("max_inflight_messages 0", "max_queued_messages 0", "max_queued_bytes 0"):
        assert ended.stderr.count(f"    {limit}\n") == 2


def test_it_prints_what_makes_other_brokers_ask_the_station(
    tmp_path: Path, state: dict[str, str]
) -> None:
    """Addresses and the token, for EMQX and for Mosquitto's plugin; the same each time."""
    first = run_to_end(tmp_path, "broker", "http", **state, LOA_PORT="8123")
    again = run_to_end(tmp_path, "broker", "http", **state, LOA_PORT="8123")
    token = broker_token(Settings(state_dir=tmp_path / "state").keys_dir)

    assert (first.code, first.stderr) == (0, "")
    assert first.stdout == again.stdout
    assert f'"Authorization" = "Bearer {token}"' in first.stdout
    assert f"auth_opt_http_host loa:{token}@127.0.0.1\nauth_opt_http_port 8123\n" in first.stdout
    assert "no_match = deny" in first.stdout
    assert "{{" not in first.stdout
