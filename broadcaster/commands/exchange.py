"""`loa exchange`: the link to the province's source-information system."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import asked, settings_for, station

exchange = typer.Typer(
    help="Trao đổi với hệ thống thông tin nguồn của tỉnh. / The province's source-information "
    "system.",
    no_args_is_help=True,
)


@exchange.command("show")
def show_exchange(*, as_json: AsJson = False) -> None:
    """Kết nối đang thế nào, còn gì chờ gửi. / How the link stands, and what waits."""
    from broadcaster.exchange.exchange_command import told

    with station() as (database, station_id):
        words = told(database, settings_for(None), station_id=station_id, as_json=as_json)
    sys.stdout.write(words)


@exchange.command("link")
def link_exchange(
    address: Annotated[str, typer.Argument(help="Địa chỉ https. / An https address.")],
    source_id: Annotated[str, typer.Argument(help="NguonID của đài. / The station's NguonID.")],
    *,
    target: Annotated[str, typer.Option("--target", help="DichID của tỉnh.")] = "",
    keep_secret: Annotated[
        bool, typer.Option("--keep-secret", help="Giữ khóa đang có. / Keep the present secret.")
    ] = False,
) -> None:
    """Nhập địa chỉ; khóa gõ vào hoặc đưa qua stdin. / Enter it; the secret is asked for."""
    from broadcaster.exchange.exchange_command import linked

    secret = "" if keep_secret else asked("Khóa truy cập / Secret", True)
    with station() as (database, station_id):
        words = linked(
            database,
            settings_for(None),
            address=address,
            source_id=source_id,
            target_id=target,
            secret=secret,
            station_id=station_id,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)


@exchange.command("test")
def test_exchange() -> None:
    """Hỏi thử hệ thống của tỉnh. / Ask whether it is there and knows us."""
    from broadcaster.exchange.exchange_command import tested

    with station() as (database, station_id):
        words = tested(database, settings_for(None), station_id=station_id, now=datetime.now(UTC))
    sys.stdout.write(words)


@exchange.command("on")
def switch_on() -> None:
    """Bật sau khi kiểm tra được. / Switch it on, once a test was answered."""
    _switch(is_on=True)


@exchange.command("off")
def switch_off() -> None:
    """Tắt; những gì chờ gửi vẫn được giữ. / Switch it off; what waits is kept."""
    _switch(is_on=False)


@exchange.command("send")
def send_now() -> None:
    """Trao đổi ngay một lượt; mã thoát 1 nếu không xong. / One round now; exit 1 if it fails."""
    from broadcaster.exchange.exchange_command import sent

    with station() as (database, station_id):
        words, is_well = sent(
            database, settings_for(None), station_id=station_id, now=datetime.now(UTC)
        )
    sys.stdout.write(words)
    raise typer.Exit(0 if is_well else 1)


def _switch(*, is_on: bool) -> None:
    from broadcaster.exchange.exchange_command import switched

    with station() as (database, station_id):
        words = switched(
            database,
            settings_for(None),
            is_on=is_on,
            station_id=station_id,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)
