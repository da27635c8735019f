"""How this installation runs: environment (`LOA_…`) over one TOML file over defaults.

An invalid setting stops the program with all errors at once. What belongs to the station as an
institution (quiet hours, people, villages) is data in its database, not a setting.
"""

import os
from pathlib import Path

from pydantic import AnyUrl, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from broadcaster.errors import LoaError


class SettingsInvalid(LoaError):
    """A setting cannot be used; all of them are named."""

    code = "settings_invalid"
    message_vi = "Thiết lập không hợp lệ. Hãy sửa các mục sau rồi chạy lại:"
    message_en = "Settings are invalid. Correct these and start again:"


# Piper's own published voices at one revision; what comes from there is proven by its hash.
PUBLISHED_VOICES = (
    "https://huggingface.co/rhasspy/piper-voices/resolve/142ef8f267e1904d9da7cde9df3d7237ac809b1e"
)


class Settings(BaseSettings):
    """All settings; durations in seconds where the name ends in `_s`."""

    model_config = SettingsConfigDict(env_prefix="LOA_", extra="forbid")

    state_dir: Path = Path("var")
    database_url: str = ""
    # No name and password in it: they would stand in the list of processes and in every device's
    # identity. The station has logins of its own in its keys folder.
    broker: str = Field(default="embedded", pattern=r"^(embedded|mqtts?://[^\s/@]+)$")
    broker_port: int = Field(default=18830, ge=0, le=65535)
    # Where devices find the broker, if it is not where the station itself finds it; and the
    # certificates that they are to trust for broker and station beside their system's own.
    device_broker: str = Field(default="", pattern=r"^(|mqtts?://[^\s/@]+)$")
    device_ca: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: AnyUrl | None = None
    confirm_start_within_s: float = Field(default=90.0, gt=0, le=100)
    confirm_end_within_s: float = Field(default=90.0, gt=0, le=600)
    plan_days: int = Field(default=8, ge=1, le=14)
    lead_s: float = Field(default=15.0, ge=1, le=120)
    log_level: str = "INFO"
    voices_dir: Path = Field(
        default_factory=lambda given: Path(given.get("state_dir", "var")) / "voices"
    )
    # A base address or a folder; empty: no voice is ever fetched unasked.
    voice_source: str = PUBLISHED_VOICES
    voice_default: str = "vi_VN-vais1000-medium"
    # Voices of one's own, described as in playlists/speech/voices.toml, instead of those.
    voice_catalogue: Path | None = None

    @property
    def database(self) -> str:
        """The database's URL; SQLite inside the state folder unless another is set."""
        return self.database_url or f"sqlite:///{self.state_dir.resolve() / 'station.sqlite3'}"

    @property
    def audio_dir(self) -> Path:
        """Where rendered audio is kept, by its SHA-256."""
        return self.state_dir / "audio"

    @property
    def keys_dir(self) -> Path:
        """Where the station's secrets are kept, readable by their owner only."""
        return self.state_dir / "keys"

    @property
    def registry_file(self) -> Path:
        """The broker's credentials and grants, written from the device registry."""
        return self.state_dir / "broker" / "registry.json"

    @property
    def embedded_broker(self) -> bool:
        """Whether Loa starts its own broker."""
        return self.broker == "embedded"

    @property
    def broker_url(self) -> str:
        """Where the broker listens."""
        if self.embedded_broker:
            return f"mqtt://127.0.0.1:{self.broker_port}"
        return self.broker

    @property
    def station_url(self) -> str:
        """The address under which devices reach this station's audio."""
        return (
            str(self.public_url).rstrip("/")
            if self.public_url
            else f"http://{self.host}:{self.port}"
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the order of sources is the point
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the TOML file."""
        file = Path(os.environ.get("LOA_CONFIG", "loa.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)


def load_settings(**given: object) -> Settings:
    """Read the settings; raise SettingsInvalid, naming every wrong one."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise SettingsInvalid("; ".join(lines)) from error
