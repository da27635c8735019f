"""`loa run` and `loa serve` as processes: they start, find their state again, and end cleanly."""

import http.client
import re
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement
from sqlmodel import SQLModel, col, func, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.tables import Bulletin
from broadcaster.database import Database, connect
from broadcaster.dispatch.tables import SignedPlan
from broadcaster.ledger.tables import ConfirmationRow
from broadcaster.schedule.tables import Broadcast
from tests.brokers import free_port, start_embedded
from tests.e2e.commands import Started, run_to_end, started, wait_until_gone

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

PASSWORD = re.compile(r"\b(?:[a-z]{4}-){4}[a-z]{4}\b")
RUNNING = "Ctrl-C để dừng"


@pytest.fixture
def ports() -> dict[str, str]:
    """Settings by which nothing else on this machine is in the way."""
    return {
        "LOA_STATE_DIR": "state",
        "LOA_PORT": str(free_port()),
        "LOA_BROKER_PORT": str(free_port()),
    }


@contextmanager
def opened(folder: Path) -> Iterator[Database]:
    """The database of the station in a folder."""
    database = connect(f"sqlite:///{folder / 'state' / 'station.sqlite3'}")
    yield database
    database.dispose()


def station_id(folder: Path) -> str:
    """The station in a folder."""
    with opened(folder) as database, database.reading() as session:
        return session.exec(select(Station.id)).one()


def count(database: Database, table: type[SQLModel], *conditions: ColumnElement[bool]) -> int:
    """How many rows there are."""
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(table).where(*conditions)).one()


def get(port: str, path: str) -> tuple[int, str]:
    """Ask the site for a page; its status and where it leads."""
    with closing(http.client.HTTPConnection("127.0.0.1", int(port), timeout=20)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Location", "")


def test_runs_stops_and_finds_its_state_again(tmp_path: Path, ports: dict[str, str]) -> None:
    """Passwords once, the same station twice; Ctrl-C and even `kill -9` leave no process."""
    with started(tmp_path, "run", **ports) as first:
        first.wait_for_words(RUNNING)
        pages = [get(ports["LOA_PORT"], path) for path in ("/", "/sign-in", "/api/bulletins")]
        founded = station_id(tmp_path)
        code = first.interrupt()
        left, said = first.processes(), first.said
    with started(tmp_path, "run", **ports) as second:
        second.wait_for_words(RUNNING)
        again, alone = station_id(tmp_path), second.said
        page = get(ports["LOA_PORT"], "/sign-in")
        running = second.processes()
        second.process.kill()
        second.process.wait()
        wait_until_gone(tmp_path)

    assert pages == [(303, "/sign-in"), (200, ""), (401, "")]
    assert (code, left) == (0, set())
    assert len(set(PASSWORD.findall(said))) == 4
    assert again == founded
    assert PASSWORD.findall(alone) == []
    assert page == (200, "")
    assert len(running) > 24


def test_runs_on_while_its_broker_does_not_answer(tmp_path: Path, ports: dict[str, str]) -> None:
    """It says so, serves its site, keeps what is queued; when a broker appears, plans go out."""
    broker_port = free_port()
    broker_url = f"mqtt://127.0.0.1:{broker_port}"
    with started(tmp_path, "run", "--broker", broker_url, **ports) as command:
        command.wait_for_words(RUNNING)
        with opened(tmp_path) as database:
            command.wait_for(lambda: count(database, Broadcast) > 0)
            command.wait_for(lambda: count(database, SignedPlan) >= 3)
            before = count(database, SignedPlan, col(SignedPlan.published_at).is_not(None))
            bulletins = count(database, Bulletin)
            page = get(ports["LOA_PORT"], "/sign-in")
            broker = start_embedded(
                tmp_path / "state" / "broker" / "registry.json", tmp_path, port=broker_port
            )
            try:
                _wait_until_heard(command, database)
            finally:
                command.interrupt()
                broker.stop()
        said = command.said

    assert "Chưa kết nối được máy chủ MQTT" in said
    assert (before, bulletins, page) == (0, 3, (200, ""))


def _wait_until_heard(command: Started, database: Database) -> None:
    """Every plan has gone out, and every device has told that it holds it."""
    unpublished = col(SignedPlan.published_at).is_(None)
    command.wait_for(lambda: count(database, SignedPlan, unpublished) == 0)
    received = func.count(col(ConfirmationRow.device_id).distinct())

    def heard() -> bool:
        with database.reading() as session:
            return session.exec(select(received)).one() == 24

    command.wait_for(heard)


@pytest.mark.parametrize("taken", ["LOA_PORT", "LOA_BROKER_PORT"])
def test_a_port_in_use_is_one_sentence(tmp_path: Path, ports: dict[str, str], taken: str) -> None:
    """It names the port and the setting that moves it, and has founded nothing."""
    with socket.create_server(("127.0.0.1", int(ports[taken]))):
        ended = run_to_end(tmp_path, "run", **ports)

    assert ended.code == 1
    assert len(ended.sentences) == 1
    assert f"Cổng {ports[taken]}" in ended.sentences[0]
    assert taken in ended.sentences[0]
    assert not (tmp_path / "state" / "station.sqlite3").exists()


def test_invalid_settings_are_named_all_at_once(tmp_path: Path, ports: dict[str, str]) -> None:
    """Each by its name; nothing is started, nothing is written."""
    wrong = {"LOA_PORT": "tám nghìn", "LOA_PLAN_DAYS": "99", "LOA_BROKER": "http://x"}
    ended = run_to_end(tmp_path, "run", **{**ports, **wrong})

    assert ended.code == 1
    assert len(ended.sentences) == 1
    assert all(f"{name}: " in ended.stderr for name in ("port", "plan_days", "broker"))
    assert not (tmp_path / "state").exists()


def test_serving_needs_a_station(tmp_path: Path, ports: dict[str, str]) -> None:
    """In an empty folder `loa serve` says what to do."""
    ended = run_to_end(tmp_path, "serve", **ports)

    assert ended.code == 1
    assert ended.sentences == [
        "Chưa có đài nào trong thư mục dữ liệu. Hãy chạy “loa found” để lập đài."
    ]
