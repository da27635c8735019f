"""Settings: environment over file over defaults, and all errors at once."""

import re
from pathlib import Path

import pytest

from broadcaster.processes.station import environment
from broadcaster.settings import CA_LIMIT_CHARACTERS, SettingsInvalid, load_settings
from playlists.speech.catalogue import shipped_catalogue
from tests.authority import Authority


def test_defaults_serve_one_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without any setting everything is local: SQLite, embedded broker, loopback."""
    monkeypatch.chdir(tmp_path)

    settings = load_settings()

    assert settings.database == f"sqlite:///{tmp_path}/var/station.sqlite3"
    assert settings.broker_url == "mqtt://127.0.0.1:18830"
    assert settings.station_url == "http://127.0.0.1:8000"


def test_voices_stand_in_the_state_folder_and_come_from_where_they_are_published(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Unless they are kept elsewhere; an empty source is none, not the published one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_STATE_DIR", "state")
    usual = load_settings()
    monkeypatch.setenv("LOA_VOICES_DIR", "/srv/voices")
    monkeypatch.setenv("LOA_VOICE_SOURCE", "")
    other = load_settings()

    assert usual.voices_dir == Path("state/voices")
    assert re.fullmatch(r"https://\S+/[0-9a-f]{40}", usual.voice_source)
    assert usual.voice_default in {voice.name for voice in shipped_catalogue().voice}
    assert (other.voices_dir, other.voice_source) == (Path("/srv/voices"), "")


def test_the_processes_of_a_station_share_its_voices(tmp_path: Path) -> None:
    """Whatever folder they are started in."""
    settings = load_settings(
        state_dir=tmp_path, voice_source="", voice_default="x", voice_catalogue=tmp_path / "v.toml"
    )

    shared = environment(settings)

    assert shared["LOA_VOICES_DIR"] == str(tmp_path / "voices")
    assert (shared["LOA_VOICE_SOURCE"], shared["LOA_VOICE_DEFAULT"]) == ("", "x")
    assert shared["LOA_VOICE_CATALOGUE"] == str(tmp_path / "v.toml")


def test_what_devices_are_to_trust_is_read_before_they_get_it(tmp_path: Path) -> None:
    """With an enrolment it goes to a device for good: a key, or a file that is away, is refused."""
    authority = Authority(tmp_path)
    settings = load_settings(state_dir=tmp_path, device_ca=authority.file)
    unusable = [authority.issue().key, tmp_path / "away.pem", tmp_path]

    assert settings.device_ca_pem == authority.pem
    assert environment(settings)["LOA_DEVICE_CA"] == str(authority.file)
    for file in unusable:
        with pytest.raises(SettingsInvalid, match=r"device_ca: .*no certificates in PEM"):
            load_settings(state_dir=tmp_path, device_ca=file)
    long = tmp_path / "long.pem"
    long.write_text(authority.pem * (1 + CA_LIMIT_CHARACTERS // len(authority.pem)))
    with pytest.raises(SettingsInvalid, match="longer than 16384 characters"):
        load_settings(state_dir=tmp_path, device_ca=long)


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
