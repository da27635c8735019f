"""Enrolment over HTTPS with the station's own CA: the real command against a real server."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.bulletins.studio import Studio
from devices.protocol.identity import load_identity
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.authority import Authority
from tests.broadcaster.small_station import SmallStation, browser
from tests.brokers import free_port
from tests.clients import TestClient
from tests.enrolment.test_enrolment import decide, made_code

pytestmark = pytest.mark.processes

BROKER = "mqtts://dai.xa.example:8883"
PATIENCE_S = 40.0


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The commune's own CA."""
    return Authority(tmp_path)


@pytest.fixture
def secure(
    station: SmallStation, authority: Authority, tmp_path: Path
) -> Iterator[tuple[str, TestClient]]:
    """The station's address behind that CA, and its admin's browser."""
    port = free_port()
    url = f"https://127.0.0.1:{port}"
    station.settings = station.settings.model_copy(
        update={"device_ca": authority.file, "device_broker": BROKER, "public_url": url}
    )
    studio = Studio(voices=OneVoice(ToneEngine()), store=AudioStore(tmp_path / "audio"))
    app = create_app(replace(station.context), studio=studio)
    shown = authority.issue()
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            port=port,
            log_level="error",
            ws="none",
            ssl_certfile=shown.certificate,
            ssl_keyfile=shown.key,
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline_s = time.monotonic() + PATIENCE_S
    while not server.started and time.monotonic() < deadline_s:
        time.sleep(0.02)
    assert server.started
    yield url, browser(app, token=station.session_of("quan-tri", Role.ADMIN))
    server.should_exit = True
    thread.join(timeout=PATIENCE_S)


def enrolling(home: Path, *, url: str, code: str, more: tuple[str, ...]) -> subprocess.Popen[str]:
    """The command at the box."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "devices.controller", "enrol", "--home", str(home)),
            *("--station", url, "--code", code, *more),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def test_a_box_enrols_over_the_communes_own_tls(
    secure: tuple[str, TestClient], authority: Authority, tmp_path: Path
) -> None:
    """It is told the station's CA by hand, and gets it with its identity for broker and audio."""
    url, admin = secure
    home = tmp_path / "box"
    box = enrolling(home, url=url, code=made_code(admin), more=("--ca", str(authority.file)))
    deadline_s = time.monotonic() + PATIENCE_S
    while box.poll() is None and time.monotonic() < deadline_s:
        decide(admin, "confirmation")
        time.sleep(0.2)
    told, said = box.communicate(timeout=PATIENCE_S)
    identity = load_identity(home)

    assert box.returncode == 0, said
    assert told == f"{identity.station} {identity.device}\n"
    assert (identity.station_url, identity.broker_url) == (url, BROKER)
    assert identity.ca_pem == authority.pem


def test_a_box_that_does_not_know_the_ca_asks_nothing(
    secure: tuple[str, TestClient], tmp_path: Path
) -> None:
    """It says why, and keeps its code for when it does."""
    url, admin = secure
    code = made_code(admin)
    box = enrolling(tmp_path / "box", url=url, code=code, more=())
    assert box.stderr is not None
    lines = iter(box.stderr)
    said = next(line for line in lines if line.startswith("…"))
    box.kill()
    box.communicate()

    assert "certificate verify failed" in said
    assert not (tmp_path / "box" / "identity.json").exists()
    assert not re.search(r"/confirmation", admin.get("/devices/enrolment").text)


def test_a_file_without_certificates_is_named(authority: Authority, tmp_path: Path) -> None:
    """Before anything is asked, in both languages."""
    box = enrolling(
        tmp_path / "box",
        url="https://127.0.0.1:1",
        code="x",
        more=("--ca", str(authority.issue().key)),
    )
    _, said = box.communicate(timeout=PATIENCE_S)

    assert box.returncode == 2
    assert said.startswith("Không đọc được chứng chỉ (PEM) trong tệp --ca. / No certificates (PEM)")
