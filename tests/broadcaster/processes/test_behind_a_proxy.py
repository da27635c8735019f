"""A proxy's word on where a request came from counts from named addresses, and from nobody else."""

from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request

from broadcaster.processes.front_door import front_door
from broadcaster.settings import Settings, SettingsInvalid, load_settings
from tests.broadcaster.processes.served import PATIENCE_S, served

SAID = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


def heard(settings: Settings) -> dict[str, str]:
    """What the site believes of a request over a real socket, with a proxy's headers."""
    app = FastAPI()

    @app.get("/")
    def who(request: Request) -> dict[str, str]:
        assert request.client is not None
        return {"from": request.client.host, "by": request.url.scheme}

    server = uvicorn.Server(front_door(settings, app))
    with served(server) as address, httpx.Client(trust_env=False, timeout=PATIENCE_S) as client:
        told: dict[str, str] = client.get(f"http://{address}/", headers=SAID).json()
    return told


@pytest.mark.parametrize("trusted", ["", "192.0.2.1", "10.0.0.0/8"])
def test_by_default_and_from_others_it_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: str
) -> None:
    """Whoever writes such headers themselves stays who they are, whatever the environment says."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    settings = Settings(state_dir=tmp_path, trusted_proxies=trusted)

    assert heard(settings) == {"from": "127.0.0.1", "by": "http"}


@pytest.mark.parametrize("trusted", ["127.0.0.1", "192.0.2.1, 127.0.0.0/8"])
def test_from_a_named_proxy_it_is(tmp_path: Path, trusted: str) -> None:
    """Sessions then show the person's address, and a promise of TLS is made."""
    settings = Settings(state_dir=tmp_path, trusted_proxies=trusted)

    assert heard(settings) == {"from": "203.0.113.9", "by": "https"}


@pytest.mark.parametrize("given", ["*", "proxy.example.vn", "300.1.1.1"])
def test_everybody_is_no_proxy(tmp_path: Path, given: str) -> None:
    """Addresses only: a name or a star stops the program."""
    with pytest.raises(SettingsInvalid, match="trusted_proxies"):
        load_settings(state_dir=tmp_path, trusted_proxies=given)
