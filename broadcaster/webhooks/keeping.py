"""The list of addresses: kept by admins, each with a secret that is told once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from sqlmodel import Session, col, select

from broadcaster.accounts.sealing import open_seed, seal_seed
from broadcaster.audit import Act, record
from broadcaster.database import new_id
from broadcaster.webhooks.addresses import checked_url
from broadcaster.webhooks.errors import (
    NAME_LIMIT_CHARACTERS,
    NoKind,
    UnknownWebhook,
    WebhookNameUnusable,
)
from broadcaster.webhooks.kinds import Kind
from broadcaster.webhooks.signing import new_secret
from broadcaster.webhooks.tables import Webhook

log = structlog.get_logger()

KEY_FILE = "webhooks.key"


def add_webhook(
    session: Session,
    *,
    name: str,
    url: str,
    kinds: Collection[str],
    station_id: str,
    keys_dir: Path,
    by: str | None,
    now: datetime,
) -> tuple[Webhook, str]:
    """Have an address told of these kinds from now on, and say its secret this once.

    Raises WebhookNameUnusable, WebhookUrlUnusable, NoKind.
    """
    name, url = name.strip(), checked_url(url)
    if not 1 <= len(name) <= NAME_LIMIT_CHARACTERS or not name.isprintable():
        raise WebhookNameUnusable(field="name")
    chosen = [each for each in Kind if each in kinds]
    if not chosen or len(chosen) != len(set(kinds)):
        raise NoKind(", ".join(Kind), field="kinds")
    secret = new_secret()
    row = Webhook(
        id=new_id("whk"),
        station_id=station_id,
        name=name,
        url=url,
        kinds=" ".join(chosen),
        sealed_secret=seal_seed(secret, keys_dir=keys_dir, key_file=KEY_FILE),
        added_by=by,
        added_at=now,
    )
    session.add(row)
    session.flush()
    record(
        session, Act.WEBHOOK_ADDED, by=by, about=row.id, at=now,
        details={"kinds": row.kinds, "host": urlsplit(url).hostname or ""},
        private={"name": name, "url": url},
    )  # fmt: skip
    log.info("webhook_added", webhook_id=row.id)
    return row, secret


def retire_webhook(
    session: Session, webhook_id: str, *, station_id: str, by: str | None, now: datetime
) -> None:
    """Tell it nothing more, not even what waits; raise UnknownWebhook."""
    row = find_webhook(session, webhook_id, station_id=station_id)
    row.retired_at = now
    record(session, Act.WEBHOOK_RETIRED, by=by, about=row.id, at=now)


def find_webhook(session: Session, webhook_id: str, *, station_id: str) -> Webhook:
    """A webhook in use; raise UnknownWebhook."""
    row = session.get(Webhook, webhook_id)
    if row is None or row.station_id != station_id or row.retired_at is not None:
        raise UnknownWebhook(webhook_id)
    return row


def webhooks_of(session: Session, *, station_id: str) -> Sequence[Webhook]:
    """The webhooks in use, by name."""
    return session.exec(
        select(Webhook)
        .where(Webhook.station_id == station_id, col(Webhook.retired_at).is_(None))
        .order_by(col(Webhook.name), col(Webhook.id))
    ).all()


def secret_of(row: Webhook, *, keys_dir: Path) -> str:
    """What its deliveries are signed with; raise SeedsUnreadable."""
    return open_seed(row.sealed_secret, keys_dir=keys_dir, key_file=KEY_FILE)


def kinds_of(row: Webhook) -> list[Kind]:
    """What it is told of; a kind that there is no more is none."""
    words = set(row.kinds.split())
    return [each for each in Kind if each in words]
