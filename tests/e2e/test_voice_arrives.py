"""The default voice comes to a running station, and the next bulletin is read by it."""

import json
import re
import urllib.request
from pathlib import Path

import pytest

from tests.broadcaster.voices.joe import NAME, joe_in
from tests.brokers import free_port
from tests.e2e.commands import started

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

OPERATOR = re.compile(r"bientap\s+(\S+)")
SCRIPT = {"title": "Họp thôn", "script": "Sáng mai họp thôn."}


def call(port: str, path: str, given: object, *, token: str = "") -> dict[str, object]:
    """One call of the running station's API."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/{path}", data=json.dumps(given).encode(), headers=headers
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        told: dict[str, object] = json.load(answer)
    return told


def test_it_runs_without_a_network_and_speaks_better_once_the_voice_is_here(
    tmp_path: Path,
) -> None:
    """Offline it starts, says one line, and ends at once; later the running site just uses it."""
    port = str(free_port())
    joe = joe_in(tmp_path)
    settings = {
        "LOA_STATE_DIR": "state",
        "LOA_PORT": port,
        "LOA_BROKER_PORT": str(free_port()),
        "LOA_VOICE_DEFAULT": NAME,
        "LOA_VOICE_CATALOGUE": str(joe.catalogue_file),
    }
    with started(tmp_path, "run", **settings, LOA_VOICE_SOURCE="http://127.0.0.1:9/") as offline:
        offline.wait_for_words("không tải được (không có mạng)")
        code, said = offline.interrupt(), offline.said

    with started(tmp_path, "serve", **settings, LOA_VOICE_SOURCE=str(joe.source)) as online:
        online.wait_for_words("Giọng đọc: Giọng thử Joe, CC0 1.0 – Joe")
        online.wait_for_words("●")
        password = OPERATOR.findall(said)[0]
        session = call(port, "sessions", {"username": "bientap", "password": password})
        token = str(session["token"])
        bulletin = call(port, "bulletins", SCRIPT, token=token)
        read = call(port, f"bulletins/{bulletin['id']}/rendition", {}, token=token)
        online.interrupt()

    assert code == 0
    assert said.count("Giọng đọc: eSpeak NG (máy). Giọng hay hơn đang tải về…") == 1
    assert f"loa voice install {NAME} --from THƯ_MỤC" in said
    assert "en_US-joe-medium" in json.dumps(read)
