"""`loa doctor`: what ails a station is found and named with its remedy; what is well is said."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from structlog.testing import capture_logs
from typer.testing import CliRunner

from broadcaster.backup.at_terminal import backed_up
from broadcaster.backup.backup_key import make_backup_key
from broadcaster.checkup.at_terminal import examine, is_ill, told
from broadcaster.checkup.broker_door import check_the_broker
from broadcaster.checkup.finding import Finding, Level
from broadcaster.checkup.machine import check_certificates, check_clock, check_disk, check_secrets
from broadcaster.checkup.station import check_backup, check_database, check_keys
from broadcaster.commands import app
from broadcaster.database import Database
from broadcaster.database.migrate import migrate
from broadcaster.fleet.credentials import write_registry
from broadcaster.settings import Settings
from tests.broadcaster.backup.scene import AFTER, Lived, live
from tests.broadcaster.ledger.commune import STATION
from tests.brokers import (
    MOSQUITTO,
    free_port,
    mosquitto_is_installed,
    start_embedded,
    start_mosquitto,
    wait_until_accepting,
    write_test_certificate,
)
from tests.trail import connect


@pytest.fixture
def lived(sqlite_url: str, tmp_path: Path) -> Lived:
    """A station that had a day, with the broker's list of who may come in."""
    station = live(connect(sqlite_url), tmp_path)
    with station.database.writing() as session:
        write_registry(session, station.settings.registry_file, keys_dir=station.settings.keys_dir)
    return station


def levels(findings: Iterator[Finding]) -> set[Level]:
    """How each stands."""
    return {each.level for each in findings}


def at(station: Lived, port: int) -> Settings:
    """Its settings with a broker of another make there."""
    return station.settings.model_copy(update={"broker": f"mqtt://127.0.0.1:{port}"})


def test_a_broker_of_ours_lets_each_hear_its_own(lived: Lived, tmp_path: Path) -> None:
    """The embedded one, tried beside what runs."""
    running = start_embedded(lived.settings.registry_file, tmp_path)
    try:
        found = levels(check_the_broker(at(lived, running.port), station_id=STATION))
    finally:
        running.stop()
    assert found == {Level.WELL}


@pytest.mark.mosquitto
def test_a_mosquitto_as_we_write_it_is_well(lived: Lived, tmp_path: Path) -> None:
    """Though it says *granted* to whoever asks for all, it hands nothing over."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    running = start_mosquitto(lived.settings.registry_file, tmp_path)
    try:
        with retained(running.port, user=None):
            found = levels(check_the_broker(at(lived, running.port), station_id=STATION))
    finally:
        running.stop()
    assert found == {Level.WELL}


@pytest.mark.mosquitto
def test_an_open_broker_is_found_out_in_each_way(lived: Lived, tmp_path: Path) -> None:
    """Whoever comes without a login, with a wrong password, and hears what is not theirs."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    port = free_port()
    written = tmp_path / "open.conf"
    written.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
        "max_inflight_messages 0\n"
    )
    log = tmp_path / "open.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [MOSQUITTO, "-c", written], stdout=output, stderr=output, text=True
        )
    try:
        wait_until_accepting(port, process=process, log=log)
        with retained(port, user=None):
            found = list(check_the_broker(at(lived, port), station_id=STATION))
    finally:
        process.terminate()
        process.wait()

    assert [each.level for each in found] == [Level.ILL] * 3
    assert "loa/" in found[0].en
    assert "without a login" in found[1].en
    assert "wrong password" in found[2].en
    assert all(each.remedy_vi for each in found)


@contextmanager
def retained(port: int, *, user: str | None) -> Iterator[None]:
    """A plan that waits at the broker, as far as it lets one leave it there."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=user or "")
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.publish("loa/xa-an-phu/plan/cum-dong", b"{}", qos=1, retain=True)
    deadline = time.monotonic() + 0.5
    while client.is_connected() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield
    client.disconnect()
    client.loop_stop()


def test_no_broker_at_all_is_told_with_what_to_start(lived: Lived) -> None:
    """And nothing is claimed of what could not be tried."""
    (found,) = check_the_broker(at(lived, free_port()), station_id=STATION)

    assert (found.level, "loa serve" in found.remedy_en) == (Level.ILL, True)


def test_backups_grow_old(lived: Lived) -> None:
    """None, one of last night, one of last week."""

    def stands(now: timedelta) -> Level:
        (found,) = check_backup(lived.database, lived.settings, now=AFTER + now)
        return found.level

    assert stands(timedelta()) is Level.ILL
    make_backup_key(lived.settings.keys_dir, replace=True)
    backed_up(lived.database, lived.settings, lived.folder, station_id=STATION, keep=0, now=AFTER)
    assert stands(timedelta(hours=26)) is Level.WELL
    assert stands(timedelta(days=7)) is Level.ILL


def test_keys_end_and_may_be_gone(lived: Lived) -> None:
    """A month ahead it is time; what cannot be read is named."""
    (well,) = check_keys(lived.settings, now=AFTER)
    (soon,) = check_keys(lived.settings, now=datetime(9999, 12, 20, tzinfo=UTC))
    (over,) = check_keys(lived.settings, now=datetime(9999, 12, 30, tzinfo=UTC))
    (lived.settings.keys_dir / "station.key").unlink()
    (gone,) = check_keys(lived.settings, now=AFTER)

    assert (well.level, soon.level) == (Level.WELL, Level.SOON)
    assert (over.level, gone.level) == (Level.ILL, Level.ILL)
    assert "loa keys rotate" in soon.remedy_en
    assert "loa restore" in gone.remedy_vi


def test_a_spoilt_page_is_found(lived: Lived) -> None:
    """Before somebody needs what stood there."""
    file = Path(str(lived.database.engine.url.database))
    assert levels(check_database(lived.database)) == {Level.WELL}
    lived.database.dispose()
    with file.open("r+b") as spoilt:
        spoilt.seek(4096 * 3)
        spoilt.write(b"\xff" * 4096 * 20)

    assert levels(check_database(Database(lived.database.engine))) == {Level.ILL}


def test_keys_that_others_can_read_are_named(lived: Lived) -> None:
    """Public halves may be."""
    key = lived.settings.keys_dir / "station.key"
    (lived.settings.keys_dir / "root.pub").chmod(0o644)
    assert levels(check_secrets(lived.settings)) == {Level.WELL}
    key.chmod(0o644)
    (found,) = check_secrets(lived.settings)

    assert (found.level, str(key) in found.en) == (Level.ILL, True)


@pytest.mark.parametrize(
    ("said", "level"), [("yes", Level.WELL), ("no", Level.ILL), ("", Level.UNKNOWN)]
)
def test_a_clock_that_nobody_keeps_right(said: str, level: Level, tmp_path: Path) -> None:
    """What the system says of it; where it says nothing, that is no *well*."""
    program = tmp_path / "timedatectl"
    program.write_text(f"#!/bin/sh\necho {said}\n")
    program.chmod(0o755)

    assert levels(check_clock(timedatectl=str(program))) == {level}


def test_certificates_are_seen_to_in_time(lived: Lived, tmp_path: Path) -> None:
    """The test's own one ends tomorrow."""
    certificate, _ = write_test_certificate(tmp_path)
    settings = lived.settings.model_copy(update={"device_ca": certificate})
    now = datetime.now(UTC)

    assert levels(check_certificates(settings, now=now)) == {Level.SOON}
    assert levels(check_certificates(settings, now=now + timedelta(days=2))) == {Level.ILL}
    assert levels(check_certificates(lived.settings, now=now)) == set()


def test_a_disk_without_room_is_ill(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound and ledger need some."""

    class Usage:
        free = 100 * 1024**2

    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Usage)

    assert levels(check_disk(lived.settings)) == {Level.ILL}


def test_all_of_it_is_told_even_where_a_check_fails(
    lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To a person with remedies, to a program as JSON; 1 where the station is ill."""

    def fails(_settings: Settings) -> Iterator[Finding]:
        raise OSError("no such thing")

    monkeypatch.setattr("broadcaster.checkup.at_terminal.check_disk", fails)
    findings = list(examine(lived.database, at(lived, free_port()), station_id=STATION, now=AFTER))

    checks = [each.check for each in findings]
    assert set(checks) == {
        "clock", "disk", "database", "keys", "secrets", "broker", "ffmpeg", "voice", "backup",
    }  # fmt: skip
    assert is_ill(findings)
    assert "no such thing" in told(findings, as_json=False)
    assert len(json.loads(told(findings, as_json=True))) == len(findings)


def test_the_command_ends_with_one_where_something_is_ill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a timer can tell somebody."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("LOA_BROKER_PORT", str(free_port()))
    database = connect(f"sqlite:///{tmp_path / 'state' / 'station.sqlite3'}")
    migrate(database)
    station = live(database, tmp_path)
    with database.writing() as session:
        write_registry(session, station.settings.registry_file, keys_dir=station.settings.keys_dir)
    database.dispose()
    with capture_logs():
        done = CliRunner().invoke(app, ["doctor"])

    assert done.exit_code == 1
    assert "✕ Đài chưa sao lưu lần nào." in done.stdout
    assert "● Cơ sở dữ liệu đọc được trọn vẹn." in done.stdout


def test_what_keeps_it_from_looking_is_a_finding_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `--json` too: no station, a database that is none, a key of another certificate."""
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path / "nobody-founded-it"))
    with capture_logs():
        unfounded = CliRunner().invoke(app, ["doctor", "--json"])
    (tmp_path / "spoilt").mkdir()
    (tmp_path / "spoilt" / "station.sqlite3").write_bytes(b"SQLite format 3\0" + b"\xff" * 5_000)
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path / "spoilt"))
    with capture_logs():
        spoilt = CliRunner().invoke(app, ["doctor", "--json"])
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("LOA_TLS_CERT", str(write_test_certificate(tmp_path / "one")[0]))
    monkeypatch.setenv("LOA_TLS_KEY", str(write_test_certificate(tmp_path / "other")[1]))
    with capture_logs():
        unfitting = CliRunner().invoke(app, ["doctor", "--json"])

    for done, says in (
        (unfounded, "loa found"), (spoilt, "loa restore"), (unfitting, "tls_cert, tls_key"),
    ):  # fmt: skip
        (finding,) = json.loads(done.stdout)
        assert done.exit_code == 1
        assert (finding["check"], finding["level"]) == ("station", "ill")
        assert says in finding["vi"]
        assert says in finding["en"]
