"""`loa found`: a commune's own station, at a terminal or by options, once, its secrets shut."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.areas.tables import Cluster, Station, Village, VillagePopulation
from broadcaster.database import connect
from broadcaster.keys.root_key import read_root_key
from broadcaster.processes.station import station_programs
from broadcaster.processes.supervisor import Supervisor
from broadcaster.settings import Settings, load_settings
from tests.broadcaster.small_station import form_token
from tests.brokers import free_port
from tests.e2e.commands import environment, run_to_end

PATIENCE_S = 120
OPTIONS = (
    "--commune", "Sông Mây", "--province", "Hà Nội", "--admin", "quan",
    "--admin-name", "Phạm Quân",
    "--villages", "Cụm Đông: Thôn Một 312/1.184, Thôn Hai", "--villages", "Cụm Tây: Thôn Ba 10/40",
)  # fmt: skip
ROOT_KEY = re.compile(r"^\s+((?:[0-9A-Z]{4}-){5,}[0-9A-Z]{1,4})\s*$", re.MULTILINE)
LINK = re.compile(r"https?://\S+/password/\S+")


def settings_in(folder: Path) -> Settings:
    """The settings of a station in this folder, on this machine alone."""
    return load_settings(state_dir=folder / "var")


def told_of(folder: Path) -> dict[str, object]:
    """What the database says of the station that was founded."""
    database = connect(settings_in(folder).database)
    try:
        with database.reading() as session:
            station = session.exec(select(Station)).one()
            people = session.exec(
                select(Account.username, RoleGrant.role, RoleGrant.station_id).join(RoleGrant)
            ).all()
            places = session.exec(select(Cluster.name, Village.name).join(Village)).all()
            counted = session.exec(
                select(Village.name, VillagePopulation.households, VillagePopulation.residents)
                .join(VillagePopulation)
                .order_by(Village.name)
            ).all()
        return {
            "station": (station.name, station.commune, station.province, station.rehearsal),
            "root": station.public_key,
            "people": [(name, role, at == station.id) for name, role, at in people],
            "places": sorted(places),
            "counted": list(counted),
        }
    finally:
        database.dispose()


def at_a_terminal(
    folder: Path, lines: Sequence[str], *arguments: str, command: str = "found"
) -> tuple[int, str]:
    """Run a command as somebody who types these lines; its exit code and all that it printed."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "broadcaster", command, *arguments],
        stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=environment(folder, {}),
    )  # fmt: skip
    os.close(slave)
    os.write(master, "".join(f"{line}\n" for line in lines).encode())
    printed = b""
    try:
        while chunk := os.read(master, 65_536):
            printed += chunk
    except OSError:
        pass  # the other end of a terminal that was closed
    finally:
        os.close(master)
    return process.wait(timeout=PATIENCE_S), printed.decode()


@contextmanager
def site_of(settings: Settings) -> Iterator[None]:
    """The site's own process, as `loa serve` starts it."""
    supervisor = Supervisor(log_dir=settings.state_dir / "log")
    (program,) = [each for each in station_programs(settings) if each.name == "site"]
    try:
        supervisor.start(program)
        yield
    finally:
        supervisor.stop()


def test_a_station_is_founded_by_options_and_its_admin_gets_in(tmp_path: Path) -> None:
    """The root key is told once and fits; the link lets its admin choose a password, then in."""
    port = free_port()
    ended = run_to_end(tmp_path, "found", *OPTIONS, LOA_PORT=str(port))
    assert ended.code == 0, ended.stderr
    told = told_of(tmp_path)
    root = ROOT_KEY.search(ended.stdout)
    link = LINK.search(ended.stdout)

    assert told["station"] == ("Đài truyền thanh Sông Mây", "Sông Mây", "Hà Nội", False)
    assert told["people"] == [("quan", "admin", True)]
    assert told["places"] == [
        ("Cụm Tây", "Thôn Ba"), ("Cụm Đông", "Thôn Hai"), ("Cụm Đông", "Thôn Một"),
    ]  # fmt: skip
    # Nobody counted Thôn Hai: that is not known, and no zero.
    assert told["counted"] == [("Thôn Ba", 10, 40), ("Thôn Một", 312, 1_184)]
    assert root is not None
    assert link is not None
    assert read_root_key(root[1]).verify_key.encode().hex() == told["root"]
    assert "loa serve" in ended.stdout
    assert "loa init" in ended.stdout
    secrets = [each for each in (tmp_path / "var/keys").rglob("*") if each.is_file()]
    assert len(secrets) > 3
    assert [each.name for each in secrets if each.stat().st_mode & 0o077] == []
    assert (tmp_path / "var").stat().st_mode & 0o007 == 0
    kept = b"".join(each.read_bytes() for each in (tmp_path / "var").rglob("*") if each.is_file())
    assert root[1].encode() not in kept
    assert link[0].rsplit("/", 1)[1].encode() not in kept

    settings = load_settings(state_dir=tmp_path / "var", port=port)
    with site_of(settings), httpx.Client(base_url=settings.station_url) as client:
        chosen = {"csrf_token": form_token(client.get(link[0]).text), "new": "ba con chim sẻ"}
        assert client.post(link[0], data=chosen).status_code in {200, 303}
        page = client.get("/sign-in").text
        entered = client.post(
            "/sign-in",
            data={
                "csrf_token": form_token(page), "username": "quan", "password": "ba con chim sẻ",
            },
        )  # fmt: skip
        assert entered.status_code == 303
        assert client.get(link[0]).status_code == 404
    assert run_to_end(tmp_path, "ledger", "verify").code == 0


def test_somebody_at_a_terminal_is_asked_step_by_step(tmp_path: Path) -> None:
    """What cannot be read is said and asked again; names that follow from others need no typing."""
    code, printed = at_a_terminal(
        tmp_path,
        [
            "Sông Mây", "Hà Nội", "", "Thôn Một, Thôn Hai", "Cụm Đông: Thôn Một 312/1184",
            "Cụm Tây: Thôn Ba", "", "quan", "Phạm Quân", "",
        ],
    )  # fmt: skip
    assert code == 0, printed
    told = told_of(tmp_path)

    assert told["station"] == ("Đài truyền thanh Sông Mây", "Sông Mây", "Hà Nội", False)
    assert told["places"] == [("Cụm Tây", "Thôn Ba"), ("Cụm Đông", "Thôn Một")]
    assert "Chưa đọc được cụm và thôn" in printed
    assert ROOT_KEY.search(printed.replace("\r", "")) is not None
    assert LINK.search(printed) is not None


def test_an_address_and_a_file_for_the_root_key(tmp_path: Path) -> None:
    """For machines that found machines: HTTPS from the start, the root key in a file of its own."""
    port = free_port()
    ended = run_to_end(
        tmp_path, "found", *OPTIONS, "--address", "127.0.0.1", "--port", str(port),
        "--root-key-file", "root.key",
    )  # fmt: skip
    assert ended.code == 0, ended.stderr
    file = tmp_path / "root.key"
    key = read_root_key(file.read_text("utf-8"))

    assert file.stat().st_mode & 0o777 == 0o600
    assert key.verify_key.encode().hex() == told_of(tmp_path)["root"]
    assert ROOT_KEY.search(ended.stdout) is None
    assert f"https://127.0.0.1:{port}/password/" in ended.stdout
    assert "loa init " not in ended.stdout


@pytest.mark.parametrize("again", [OPTIONS, ("--commune", "Khác")])
def test_nothing_is_founded_over_a_station(tmp_path: Path, again: Sequence[str]) -> None:
    """Neither its row nor its keys change, and it is said before anything is asked."""
    assert run_to_end(tmp_path, "found", *OPTIONS).code == 0
    before = (
        told_of(tmp_path),
        sorted((each.name, each.read_bytes()) for each in (tmp_path / "var/keys").glob("*")),
    )
    ended = run_to_end(tmp_path, "found", *again)
    after = (
        told_of(tmp_path),
        sorted((each.name, each.read_bytes()) for each in (tmp_path / "var/keys").glob("*")),
    )

    assert ended.code == 1
    assert "Ở đây đã có một đài rồi" in ended.stderr
    assert after == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--province", "Hà Nội"), "--commune"),
        (OPTIONS[:8], "--villages"),
        ((*OPTIONS[:8], "--villages", "Thôn Một"), "Chưa đọc được cụm và thôn"),
        ((*OPTIONS, "--admin", "Quân!"), "Tên đăng nhập cần"),
        ((*OPTIONS, "--address", "không phải"), "Địa chỉ phải là"),
    ],
)
def test_what_is_missing_or_wrong_leaves_nothing_behind(
    tmp_path: Path, arguments: Sequence[str], said: str
) -> None:
    """No key, no station: the next try begins from nothing."""
    ended = run_to_end(tmp_path, "found", *arguments)

    assert ended.code == 2
    assert said in " ".join(ended.stderr.split())
    assert not (tmp_path / "var/keys/station.key").exists()
    assert not (tmp_path / "loa.toml").exists()
