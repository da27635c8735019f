"""Settings: environment over file over defaults, and all errors at once."""

from pathlib import Path

import pytest

from broadcaster.settings import SettingsInvalid, load_settings


def test_defaults_serve_one_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without any setting everything is local: SQLite, embedded broker, loopback."""
    monkeypatch.chdir(tmp_path)

    settings = load_settings()

    assert settings.database == f"sqlite:///{tmp_path}/var/station.sqlite3"
    assert settings.broker_url == "mqtt://127.0.0.1:18830"
    assert settings.station_url == "http://127.0.0.1:8000"


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file sets two, the environment one of them again."""
    file = tmp_path / "loa.toml"
    file.write_text('port = 8100\nbroker = "mqtts://broker.example:8883"\n')
    monkeypatch.setenv("LOA_CONFIG", str(file))
    monkeypatch.setenv("LOA_PORT", "8200")

    settings = load_settings()

    assert settings.port == 8200
    assert settings.broker_url == "mqtts://broker.example:8883"
    assert not settings.embedded_broker


def test_all_errors_are_named_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two wrong settings, one sentence that names both."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_PORT", "eighty")
    monkeypatch.setenv("LOA_PLAN_DAYS", "0")

    with pytest.raises(SettingsInvalid) as invalid:
        load_settings()

    assert "port" in invalid.value.detail
    assert "plan_days" in invalid.value.detail
