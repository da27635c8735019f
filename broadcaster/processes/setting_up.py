"""`loa init`: the address and the certificate under which a station is reached from other machines.

With a CA of the commune's own, or with a certificate that somebody else issued. It writes what it
found out into the settings file, so that `loa serve` speaks HTTPS from then on.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from broadcaster.audit import Act, record
from broadcaster.database import Database
from broadcaster.keys.certificates import (
    TLS_FOLDER,
    CertificateFacts,
    CertificateFiles,
    check_pair,
    own_certificate,
    read_certificate,
)
from broadcaster.processes.errors import AddressUnusable, CertificateUnfit

BEHIND_PORT = 8000
_NAME_LIMIT = 253


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Under which names the station is reached, on which port, and where it listens."""

    names: Sequence[str]
    port: int
    host: str = "0.0.0.0"  # noqa: S104 - by TLS only

    @property
    def url(self) -> str:
        """The address that people and devices use: the first of the names."""
        name = f"[{self.names[0]}]" if ":" in self.names[0] else self.names[0]
        return f"https://{name}" if self.port == 443 else f"https://{name}:{self.port}"


def read_names(typed: str) -> list[str]:
    """Names and IP addresses as somebody typed them, by comma; raise AddressUnusable."""
    names = [each.strip().lower().rstrip(".") for each in typed.split(",") if each.strip()]
    if not names:
        raise AddressUnusable(typed, field="address")
    for name in names:
        if not (_is_ip(name) or _is_host_name(name)):
            raise AddressUnusable(name, field="address")
    return list(dict.fromkeys(names))


def made_own(state_dir: Path, reached: Reached, *, station: str, now: datetime) -> CertificateFiles:
    """A certificate under the commune's own CA, in the state folder."""
    return own_certificate(state_dir / TLS_FOLDER, station=station, names=reached.names, now=now)


def taken(
    certificate: Path, key: Path, authority: Path | None, reached: Reached, *, now: datetime
) -> CertificateFiles:
    """A given certificate, where it is; raise CertificateUnreadable or CertificateUnfit."""
    files = CertificateFiles(
        certificate.resolve(), key.resolve(), authority.resolve() if authority else None
    )
    check_pair(files)
    facts = read_certificate(files.certificate)
    if facts.has_ended(now) or now < facts.begins:
        raise CertificateUnfit(f"{facts.begins:%d/%m/%Y} – {facts.ends:%d/%m/%Y}")
    strangers = [each for each in reached.names if not _covers(facts, each)]
    if strangers:
        raise CertificateUnfit(", ".join(strangers))
    return files


def settings_of(reached: Reached, files: CertificateFiles) -> dict[str, str | int]:
    """The lines that make the station speak HTTPS under this address."""
    lines: dict[str, str | int] = {
        "host": reached.host,
        "port": reached.port,
        "public_url": reached.url,
        "tls_cert": str(files.certificate.resolve()),
        "tls_key": str(files.key.resolve()),
    }
    if files.authority is not None:
        lines["device_ca"] = str(files.authority.resolve())
    return lines


def settings_behind(
    reached: Reached, files: CertificateFiles, *, broker_port: int | None
) -> dict[str, str | int]:
    """The lines that make the station listen to a proxy on this machine, which speaks TLS for it.

    With `broker_port` loudspeakers find the broker by TLS under the same name.
    """
    lines: dict[str, str | int] = {
        "host": "127.0.0.1",
        "port": BEHIND_PORT,
        "trusted_proxies": "127.0.0.1",
        "public_url": reached.url,
    }
    if broker_port is not None:
        name = reached.url.removeprefix("https://").removesuffix(f":{reached.port}")
        lines["device_broker"] = f"mqtts://{name}:{broker_port}"
    if files.authority is not None:
        lines["device_ca"] = str(files.authority.resolve())
    return lines


def written_settings(file: Path, lines: Mapping[str, str | int]) -> list[str]:
    """Add the lines to the settings file; the lines that somebody must change by hand instead.

    A setting that stands there with another value is a person's own: it is told, not overwritten.
    """
    there = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    missing = {name: value for name, value in lines.items() if name not in there}
    if missing:
        text = file.read_text("utf-8").rstrip("\n") + "\n" if file.exists() else ""
        file.write_text(text + "".join(_line(*each) for each in missing.items()), "utf-8")
    return [
        _line(name, value).rstrip() for name, value in lines.items()
        if name in there and there[name] != value
    ]  # fmt: skip


def record_certificate(database: Database, facts: CertificateFacts) -> None:
    """Write into the trail which certificate the station shows from now on."""
    with database.writing() as session:
        record(
            session,
            Act.CERTIFICATE_CHOSEN,
            by=None,
            about=facts.sha256,
            at=datetime.now(UTC),
            details={"names": " ".join(facts.names), "until": f"{facts.ends:%Y-%m-%d}"},
        )


def _line(name: str, value: str | int) -> str:
    if isinstance(value, int):
        return f"{name} = {value}\n"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} = "{escaped}"\n'


def _covers(facts: CertificateFacts, name: str) -> bool:
    wild = "*." + name.partition(".")[2]
    return name in facts.names or (not _is_ip(name) and wild in facts.names)


def _is_ip(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_host_name(name: str) -> bool:
    labels = name.split(".")
    return len(name) <= _NAME_LIMIT and all(
        0 < len(each) <= 63
        and each.isascii()
        and each.replace("-", "a").isalnum()
        and not each.startswith("-")
        and not each.endswith("-")
        for each in labels
    )
