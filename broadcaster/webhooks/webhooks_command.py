"""What `loa webhook` does and prints, for whoever may read the station's files."""

import json
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from broadcaster.database import Database
from broadcaster.webhooks.keeping import (
    add_webhook,
    find_webhook,
    kinds_of,
    retire_webhook,
    webhooks_of,
)
from broadcaster.webhooks.listing import counts_by_webhook, deliveries_of
from broadcaster.webhooks.queueing import queue_trial, send_again


def added(
    database: Database,
    name: str,
    url: str,
    *,
    kinds: Collection[str],
    station_id: str,
    keys_dir: Path,
    now: datetime,
) -> str:
    """Add an address and say its id and its secret; raises as `add_webhook`."""
    with database.writing() as session:
        row, secret = add_webhook(
            session, name=name, url=url, kinds=kinds, station_id=station_id, keys_dir=keys_dir,
            by=None, now=now,
        )  # fmt: skip
        return f"{row.id}\n{secret}\n"


def listed(database: Database, *, station_id: str, as_json: bool) -> str:
    """The addresses, one in a line, with how their deliveries stand."""
    with database.reading() as session:
        rows = webhooks_of(session, station_id=station_id)
        counts = counts_by_webhook(session, [each.id for each in rows])
    if as_json:
        told = [
            {
                "id": each.id,
                "name": each.name,
                "url": each.url,
                "kinds": list(kinds_of(each)),
                "deliveries": {state.value: count for state, count in counts[each.id].items()},
            }
            for each in rows
        ]
        return json.dumps(told, ensure_ascii=False) + "\n"
    return "".join(
        f"{each.id}  {each.name}  {each.url}  "
        f"{' '.join(f'{state}={count}' for state, count in counts[each.id].items())}\n"
        for each in rows
    )


def deliveries_told(database: Database, webhook_id: str, *, station_id: str) -> str:
    """The newest deliveries to an address, one in a line; raise UnknownWebhook."""
    with database.reading() as session:
        find_webhook(session, webhook_id, station_id=station_id)
        lines = deliveries_of(session, webhook_id)
    return "".join(
        f"{each.id}  {each.made_at:%Y-%m-%dT%H:%M:%SZ}  {each.kind}  {each.state}  "
        f"{each.attempts}  {each.trouble or '-'}\n"
        for each in lines
    )


def tried(database: Database, webhook_id: str, *, station_id: str, now: datetime) -> str:
    """Queue a trial; the running station sends it. Raises UnknownWebhook."""
    with database.writing() as session:
        delivery = queue_trial(session, webhook_id, station_id=station_id, by=None, now=now)
        return f"{delivery.id}\n"


def sent_again(
    database: Database, webhook_id: str, delivery_id: str, *, station_id: str, now: datetime
) -> str:
    """Queue a delivery once more; raise UnknownWebhook or UnknownDelivery."""
    with database.writing() as session:
        send_again(session, webhook_id, delivery_id, station_id=station_id, by=None, now=now)
    return "✓ Đài sẽ gửi lại trong vài giây.\n  It is sent again within seconds.\n"


def retired(database: Database, webhook_id: str, *, station_id: str, now: datetime) -> str:
    """Tell an address nothing more; raise UnknownWebhook."""
    with database.writing() as session:
        retire_webhook(session, webhook_id, station_id=station_id, by=None, now=now)
    return f"✓ Thôi báo tới {webhook_id}.\n  Told nothing more.\n"
