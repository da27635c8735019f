"""The station's address and certificate, so that phones and microphones reach it."""

import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.reaching import asked, settings_for, station

Address = Annotated[
    str,
    typer.Option(
        help="Tên máy, địa chỉ IP mà người dùng gõ, cách nhau bằng dấu phẩy. / "
        "Host names and IP addresses that people type, by comma."
    ),
]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Cổng HTTPS. / The HTTPS port.")]
GivenCertificate = Annotated[
    Path | None,
    typer.Option("--cert", help="Chứng chỉ đã có (PEM). / A certificate that you have."),
]
GivenKey = Annotated[Path | None, typer.Option("--key", help="Khóa của nó. / Its key.")]
GivenAuthority = Annotated[
    Path | None,
    typer.Option("--ca", help="CA đã cấp, nếu loa chưa tin. / Its CA, if devices do not know it."),
]
Own = Annotated[
    bool, typer.Option("--own-ca", help="Tự cấp bằng CA của xã. / By the commune's own CA.")
]
Name = Annotated[str, typer.Option(help="Tên đài, ghi vào CA. / The station's name, for the CA.")]


BehindProxy = Annotated[
    bool,
    typer.Option(
        "--behind-proxy",
        help="Máy chủ web trên máy này lo HTTPS. / A proxy on this machine speaks HTTPS for it.",
    ),
]
BrokerPort = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, help="Cổng MQTT bằng TLS cho loa. / Where devices find the broker by TLS."
    ),
]


def set_address(
    *,
    address: str = "",
    name: str = "",
    port: int = 8443,
    own_ca: bool = False,
    cert: Path | None = None,
    key: Path | None = None,
    ca: Path | None = None,
    behind_proxy: bool = False,
    broker_port: int | None = None,
) -> None:
    """Take or make the certificate, write the settings, and say what is to be done by hand."""
    from broadcaster.keys import keep_from_others
    from broadcaster.keys.certificates import read_certificate
    from broadcaster.processes.errors import NotFounded
    from broadcaster.processes.setting_up import (
        Reached,
        made_own,
        read_names,
        record_certificate,
        settings_behind,
        settings_of,
        taken,
        written_settings,
    )

    settings = settings_for(None)
    keep_from_others(settings.state_dir)
    typed = address or asked("Tên máy hoặc địa chỉ IP của đài / Its host name or IP address", False)
    reached = Reached(names=read_names(typed), port=port)
    if not (own_ca or cert):
        given = asked("Tệp chứng chỉ, để trống để tự cấp / Certificate file, empty: own CA", False)
        cert = Path(given) if given.strip() else None
        key = Path(asked("Tệp khóa / Key file", False)) if cert and not key else key
    now = datetime.now(UTC)
    if cert:
        files = taken(cert, key or cert, ca, reached, now=now)
    else:
        files = made_own(settings.state_dir, reached, station=name or _name_of_station(), now=now)
    facts = read_certificate(files.certificate)
    with suppress(NotFounded), station() as (database, _):
        record_certificate(database, facts)
    config = Path(os.environ.get("LOA_CONFIG", "loa.toml"))
    lines = (
        settings_behind(reached, files, broker_port=broker_port)
        if behind_proxy
        else settings_of(reached, files)
    )
    by_hand = written_settings(config, lines)
    sys.stdout.write(f"● {reached.url}\n  {', '.join(facts.names)} → {facts.ends:%d/%m/%Y}\n")
    if files.authority is not None:
        root = read_certificate(files.authority)
        sys.stdout.write(
            f"  Cài tệp này vào điện thoại và máy tính của đài / Install this on phones and "
            f"computers: {files.authority}\n  SHA-256 {root.sha256}\n"
        )
    if behind_proxy:
        sys.stdout.write(
            f"  Cho máy chủ web / For the proxy: {files.certificate.resolve()}, "
            f"{files.key.resolve()}\n"
        )
    if by_hand:
        sys.stdout.write(f"◍ Sửa các dòng này trong {config} / Change these lines in it:\n")
        sys.stdout.writelines(f"  {line}\n" for line in by_hand)
    else:
        sys.stdout.write(f"  {config} ✓  loa serve\n")


def _name_of_station() -> str:
    """What the founded station calls itself; before the founding somebody says it."""
    from broadcaster.areas.queries import the_station
    from broadcaster.processes.errors import NotFounded

    try:
        with station() as (database, _), database.reading() as session:
            return the_station(session).name
    except NotFounded:
        return asked("Tên đài / The station's name", False).strip() or "Loa"
