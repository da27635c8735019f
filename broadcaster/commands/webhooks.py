"""`loa webhook`: other systems that are told what happens here."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import settings_for, station

webhook = typer.Typer(
    help="Báo cho hệ thống khác khi có việc. / Other systems that are told what happens here.",
    no_args_is_help=True,
)

WebhookId = Annotated[str, typer.Argument(help="Mã, như whk-…. / Its id, whk-….")]


@webhook.command("add")
def add_one(
    name: Annotated[str, typer.Argument(help="Hệ thống nào nhận. / Which system is told.")],
    url: Annotated[str, typer.Argument(help="https://… / https://…")],
    *,
    kind: Annotated[
        list[str],
        typer.Option(help="Việc gì, nhiều lần được, như device.silent. / An event; may repeat."),
    ],
) -> None:
    """Thêm địa chỉ, in mã và khóa ký một lần. / Add an address; print its secret, this once."""
    from broadcaster.webhooks.webhooks_command import added

    settings = settings_for(None)
    with station() as (database, station_id):
        words = added(
            database,
            name,
            url,
            kinds=kind,
            station_id=station_id,
            keys_dir=settings.keys_dir,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)


@webhook.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """Các địa chỉ, và bao nhiêu tin chờ gửi. / The addresses, and how many deliveries wait."""
    from broadcaster.webhooks.webhooks_command import listed

    with station() as (database, station_id):
        words = listed(database, station_id=station_id, as_json=as_json)
    sys.stdout.write(words)


@webhook.command("deliveries")
def list_deliveries(webhook_id: WebhookId) -> None:
    """Các lần gửi gần đây. / The newest deliveries."""
    from broadcaster.webhooks.webhooks_command import deliveries_told

    with station() as (database, station_id):
        words = deliveries_told(database, webhook_id, station_id=station_id)
    sys.stdout.write(words)


@webhook.command("try")
def try_one(webhook_id: WebhookId) -> None:
    """Gửi thử một tin. / Send a trial."""
    from broadcaster.webhooks.webhooks_command import tried

    with station() as (database, station_id):
        words = tried(database, webhook_id, station_id=station_id, now=datetime.now(UTC))
    sys.stdout.write(words)


@webhook.command("again")
def send_one_again(
    webhook_id: WebhookId,
    delivery_id: Annotated[str, typer.Argument(help="Lần gửi, như dlv-…. / A delivery, dlv-….")],
) -> None:
    """Gửi lại một tin. / Send one delivery again."""
    from broadcaster.webhooks.webhooks_command import sent_again

    with station() as (database, station_id):
        words = sent_again(
            database, webhook_id, delivery_id, station_id=station_id, now=datetime.now(UTC)
        )
    sys.stdout.write(words)


@webhook.command("remove")
def retire_one(webhook_id: WebhookId) -> None:
    """Thôi báo tới một địa chỉ. / Tell an address nothing more."""
    from broadcaster.webhooks.webhooks_command import retired

    with station() as (database, station_id):
        words = retired(database, webhook_id, station_id=station_id, now=datetime.now(UTC))
    sys.stdout.write(words)
