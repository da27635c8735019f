"""How this installation runs: environment (`LOA_…`) over one TOML file over defaults.

An invalid setting stops the program with all errors at once. What belongs to the station as an
institution (quiet hours, people, villages) is data in its database, not a setting.
"""

import os
import ssl
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import AnyUrl, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
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


MOST_INGESTS = 4

OWED_AUDIO = "audio-owed"
"""The folder of what an S3 store has not taken yet."""

CA_LIMIT_CHARACTERS = 16_384
"""As much as the contract hands to a device (CONTRACT.md, section 21.5)."""


_API = r"^(https://[^\s/?#]+|http://(127\.0\.0\.1|localhost)(:\d+)?)(/[^\s?#]*[^\s?#/])?$"
"""By TLS, or on this machine; without a slash at its end."""


_MAIL = r"[^\s@<>,]+@[^\s@<>,]+"
"""An address of e-mail; whether it is anybody's shows a trial."""


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
    # certificates (PEM) that devices are to trust for broker and station, and the station for its
    # broker, beside the system's own.
    device_broker: str = Field(default="", pattern=r"^(|mqtts?://[^\s/@]+)$")
    device_ca: Path | None = None
    # More than one share what devices say; that takes a broker with MQTT 5.
    ingest_processes: int = Field(default=1, ge=1, le=MOST_INGESTS)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: AnyUrl | None = None
    # Beyond this machine pages are served by TLS, or to a proxy that is named below.
    tls_cert: Path | None = None
    tls_key: Path | None = None
    # Whose word on where a request came from, and over TLS or not, is taken (X-Forwarded-…): the
    # addresses or networks of a proxy in front, by comma. Of nobody else, and by default of none.
    trusted_proxies: str = Field(default="", pattern=r"^[0-9a-fA-F.:/, ]*$")
    # Faults show within 100 s (EN 54-16): the beat that raises the alert needs its share of them.
    confirm_start_within_s: float = Field(default=90.0, gt=0, le=95)
    confirm_end_within_s: float = Field(default=90.0, gt=0, le=600)
    plan_days: int = Field(default=8, ge=1, le=14)
    lead_s: float = Field(default=15.0, ge=1, le=120)
    # A province's OpenID Connect provider: off while there is no issuer. A client's secret lies in
    # the keys folder (`openid.secret`). The claim is what admins name people by.
    openid_issuer: str = Field(default="", pattern=r"^(|https?://[^\s]+)$")
    openid_client_id: str = ""
    openid_claim: str = "email"
    openid_name: str = "tài khoản tỉnh"
    # How long a second factor, once proven, lets its person order emergencies: a shift.
    shift_h: float = Field(default=8.0, gt=0, le=12)
    # Where the networks' APIs are: off until an admin enters an account. Another address is for
    # tests, and for a newer version of an API.
    facebook_api: str = Field(default="https://graph.facebook.com/v24.0", pattern=_API)
    zalo_api: str = Field(default="https://openapi.zalo.me", pattern=_API)
    zalo_oauth: str = Field(default="https://oauth.zaloapp.com", pattern=_API)
    # Who is told by e-mail of trouble: off while there is no server. The account's password lies in
    # the keys folder (`loa mail password`); in the clear only to a mail server of this machine.
    mail_server: str = Field(
        default="",
        pattern=r"^(|(smtps|starttls)://[^\s/@:]+(:\d+)?|smtp://(127\.0\.0\.1|localhost)(:\d+)?)$",
    )
    mail_user: str = ""
    mail_from: str = Field(default="", pattern=rf"^(|{_MAIL})$")
    mail_to: str = Field(default="", pattern=rf"^(|{_MAIL}(, ?{_MAIL})*)$")
    # An S3-compatible store for audio: off while there is no endpoint. The key's secret lies in a
    # file: the keys folder's (`loa audio secret`), or another. In the clear only on this machine;
    # `s3_ca` are certificates (PEM) to trust beside the system's own.
    s3_endpoint: str = Field(default="", pattern=rf"^$|{_API}")
    s3_bucket: str = Field(default="", pattern=r"^(|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$")
    s3_region: str = Field(default="us-east-1", pattern=r"^[A-Za-z0-9-]+$")
    s3_key_id: str = ""
    s3_secret_file: Path | None = None
    s3_ca: Path | None = None
    log_level: str = "INFO"
    voices_dir: Path = Field(
        default_factory=lambda given: Path(given.get("state_dir", "var")) / "voices"
    )
    # A base address or a folder; empty: no voice is ever fetched unasked.
    voice_source: str = PUBLISHED_VOICES
    voice_default: str = "vi_VN-vais1000-medium"
    # Voices of one's own, described as in playlists/speech/voices.toml, instead of those.
    voice_catalogue: Path | None = None

    @model_validator(mode="after")
    def _shares_only_what_can_be_shared(self) -> Self:
        if self.ingest_processes > 1 and self.embedded_broker:
            message = "ingest_processes: the embedded broker knows no shared subscriptions"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _shuts_the_plain_door(self) -> Self:
        """Passwords and microphones never cross a network in the clear."""
        if (self.tls_cert is None) != (self.tls_key is None):
            message = "tls_cert, tls_key: one is of no use without the other"
            raise ValueError(message)
        if self.tls_cert is not None and self.tls_key is not None:
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.tls_cert, self.tls_key)
            except (OSError, ValueError) as error:
                message = (
                    "tls_cert, tls_key: không khớp nhau, hoặc không đọc được / they do not belong "
                    f"together, or cannot be read ({error})"
                )
                raise ValueError(message) from error
        if self.on_loopback:
            return self
        if not self.speaks_tls and not self.trusted_proxies:
            message = (
                f"host: {self.host} is reached from other machines, which takes tls_cert and "
                "tls_key (run “loa init”) or trusted_proxies that speak TLS"
            )
            raise ValueError(message)
        if not self.pages_by_tls:
            message = "public_url: must be https where trusted_proxies speak TLS for the station"
            raise ValueError(message)
        nowhere = _is_ip_address(self.host) and ip_address(self.host).is_unspecified
        if self.public_url is None and nowhere:
            message = f"public_url: is needed, because nobody reaches {self.host} by that name"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _asks_only_providers_that_can_be_trusted(self) -> Self:
        parts = urlsplit(self.openid_issuer)
        if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
            message = "openid_issuer: only by https, or on this machine"
            raise ValueError(message)
        if self.openid_issuer and not self.openid_client_id:
            message = "openid_client_id: the provider gives one to this station"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _knows_who_writes_to_whom(self) -> Self:
        if self.mail_server and not (self.mail_from and self.mail_to):
            message = "mail_from, mail_to: a letter needs both"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _knows_which_bucket(self) -> Self:
        if self.s3_endpoint and not (self.s3_bucket and self.s3_key_id):
            message = "s3_bucket, s3_key_id: an S3 store needs both"
            raise ValueError(message)
        return self

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, given: str) -> str:
        """Refuse what is no address, rather than trust a proxy that is never found."""
        return ",".join(
            str(ip_network(each.strip(), strict=False)) for each in given.split(",") if each.strip()
        )

    @field_validator("device_ca", "s3_ca")
    @classmethod
    def _is_of_certificates(cls, file: Path | None) -> Path | None:
        """Refuse what devices could not read: they would get it with their enrolment, for good."""
        if file is None:
            return None
        try:
            certificates = file.read_text("ascii")
            ssl.create_default_context().load_verify_locations(cadata=certificates)
        except (OSError, ValueError) as error:
            message = f"no certificates in PEM can be read from it ({error})"
            raise ValueError(message) from error
        if len(certificates) > CA_LIMIT_CHARACTERS:
            message = f"longer than {CA_LIMIT_CHARACTERS} characters"
            raise ValueError(message)
        return file

    @property
    def shift(self) -> timedelta:
        """How long a second factor, once proven, serves for emergencies."""
        return timedelta(hours=self.shift_h)

    @property
    def mail_recipients(self) -> Sequence[str]:
        """Who is told by e-mail of trouble."""
        return [each.strip() for each in self.mail_to.split(",") if each.strip()]

    @property
    def database(self) -> str:
        """The database's URL; SQLite inside the state folder unless another is set."""
        return self.database_url or f"sqlite:///{self.state_dir.resolve() / 'station.sqlite3'}"

    @property
    def audio_dir(self) -> Path:
        """Where rendered audio is kept, by its SHA-256; with an S3 store, what was used here."""
        return self.state_dir / "audio"

    @property
    def owed_audio_dir(self) -> Path:
        """What an S3 store has not taken yet; shared by all processes, unlike `audio_dir`."""
        return self.state_dir / OWED_AUDIO

    @property
    def keys_dir(self) -> Path:
        """Where the station's secrets are kept, readable by their owner only."""
        return self.state_dir / "keys"

    @property
    def registry_file(self) -> Path:
        """The broker's credentials and grants, written from the device registry."""
        return self.state_dir / "broker" / "registry.json"

    @property
    def on_loopback(self) -> bool:
        """Whether the site is reached from this machine alone."""
        return self.host == "localhost" or (
            _is_ip_address(self.host) and ip_address(self.host).is_loopback
        )

    @property
    def proxies(self) -> Sequence[IPv4Network | IPv6Network]:
        """The machines whose word on a visitor is believed."""
        return [ip_network(each) for each in self.trusted_proxies.split(",") if each]

    @property
    def speaks_tls(self) -> bool:
        """Whether the site itself speaks TLS."""
        return self.tls_cert is not None

    @property
    def pages_by_tls(self) -> bool:
        """Whether people reach the pages by HTTPS, by the site's own or by a proxy's."""
        return self.speaks_tls or (
            self.public_url is not None and self.public_url.scheme == "https"
        )

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
    def device_ca_pem(self) -> str | None:
        """The certificates that devices are to trust beside their system's own."""
        return self.device_ca.read_text("ascii") if self.device_ca is not None else None

    @property
    def station_url(self) -> str:
        """The address under which devices reach this station's audio."""
        if self.public_url:
            return str(self.public_url).rstrip("/")
        return f"{'https' if self.speaks_tls else 'http'}://{self.host}:{self.port}"

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


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _line_of(error: ErrorDetails) -> str:
    """Which setting, and what is wrong with it; a rule over several names them itself."""
    said = error["msg"].removeprefix("Value error, ")
    where = ".".join(map(str, error["loc"]))
    return f"{where}: {said}" if where else said


def load_settings(**given: object) -> Settings:
    """Read the settings; raise SettingsInvalid, naming every wrong one."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [_line_of(each) for each in error.errors()]
        raise SettingsInvalid("; ".join(lines)) from error
