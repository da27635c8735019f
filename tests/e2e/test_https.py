"""The site over HTTPS under the commune's own CA, as `loa init` sets it up; and no other way."""

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from broadcaster.audit.acts import Act
from broadcaster.audit.tables import ENTRIES
from broadcaster.demo.state import open_demo
from broadcaster.processes.station import environment, free_port, station_programs
from broadcaster.processes.supervisor import Supervisor
from broadcaster.settings import Settings, load_settings
from tests.authority import Authority
from tests.e2e.commands import run_to_end

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


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


def founded(folder: Path) -> None:
    """A founded station in a folder."""
    database, _ = open_demo(load_settings(state_dir=folder / "var"))
    database.dispose()


def in_folder(folder: Path, monkeypatch: pytest.MonkeyPatch, **more: object) -> Settings:
    """The settings as a command in this folder reads them."""
    monkeypatch.chdir(folder)
    for name in [each for each in os.environ if each.startswith("LOA_")]:
        if name != "LOA_NOTHING_LEFT_OUT":
            monkeypatch.delenv(name)
    return load_settings(**more)


def test_after_init_the_site_speaks_https_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trusted by the CA alone, for this address alone; cookies Secure, HSTS; an entry of it."""
    founded(tmp_path)
    port = free_port()
    ended = run_to_end(
        tmp_path, "init", "--address", "127.0.0.1, dai.example", "--own-ca", "--port", str(port)
    )
    assert ended.code == 0, ended.stderr
    settings = in_folder(tmp_path, monkeypatch)
    assert settings.station_url == f"https://127.0.0.1:{port}"
    assert settings.host == "0.0.0.0"  # noqa: S104
    assert settings.device_ca is not None
    assert (tmp_path / "var/tls/site.key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "var/tls/ca.key").stat().st_mode & 0o077 == 0
    trusting = ssl.create_default_context(cafile=settings.device_ca)

    with site_of(settings), httpx.Client(verify=trusting, base_url=settings.station_url) as client:
        page = client.get("/sign-in")
        assert page.status_code == 200
        assert page.headers["strict-transport-security"].startswith("max-age=")
        assert "secure" in page.headers["set-cookie"].lower()
        with pytest.raises(httpx.ConnectError), httpx.Client() as stranger:
            stranger.get(f"{settings.station_url}/sign-in")
        with pytest.raises(httpx.RemoteProtocolError), httpx.Client() as plain:
            plain.get(f"http://127.0.0.1:{port}/sign-in")
    database, _ = open_demo(load_settings(state_dir=tmp_path / "var", host="127.0.0.1"))
    with database.reading() as session:
        entry = session.execute(
            select(ENTRIES.c.act).where(ENTRIES.c.act == Act.CERTIFICATE_CHOSEN)
        ).all()
    database.dispose()
    assert len(entry) == 1


def test_a_given_certificate_is_used_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One for another name is refused before anything is written; the right one is served."""
    authority = Authority(tmp_path)
    founded(tmp_path)
    port = free_port()
    wrong, right = authority.issue("khac.example"), authority.issue("127.0.0.1")

    def init(certificate: Path, key: Path) -> int:
        told = ["--address", "127.0.0.1", "--port", str(port), "--cert", str(certificate)]
        return run_to_end(
            tmp_path, "init", *told, "--key", str(key), "--ca", str(authority.file)
        ).code

    assert init(wrong.certificate, wrong.key) == 2
    assert init(right.certificate, wrong.key) == 1
    assert not (tmp_path / "loa.toml").exists()
    assert init(right.certificate, right.key) == 0
    settings = in_folder(tmp_path, monkeypatch)
    assert settings.tls_cert == right.certificate
    trusting = ssl.create_default_context(cafile=authority.file)
    with site_of(settings), httpx.Client(verify=trusting, base_url=settings.station_url) as client:
        assert client.get("/sign-in").status_code == 200
    assert environment(settings)["LOA_TLS_KEY"] == str(right.key)


def test_without_tls_no_other_machine_is_served(tmp_path: Path) -> None:
    """`loa serve` says what to do and ends; nothing listens."""
    founded(tmp_path)
    port = free_port()
    ended = run_to_end(tmp_path, "serve", LOA_HOST="0.0.0.0", LOA_PORT=str(port))  # noqa: S104

    assert ended.code == 1
    assert "loa init" in ended.stderr
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
