"""What an admin has told to other systems, each thing once: part of the day at the station."""

from sqlalchemy import select

from broadcaster.audit.acts import Act
from broadcaster.webhooks.tables import Webhook, WebhookDelivery
from tests.security.day_at_the_station import Day, Step

NEW = {"name": "Cổng", "url": "https://cong.example/loa", "kinds": ["device.silent"]}


def programs() -> list[Step]:
    """An address added, tried, sent to again and taken off: on the pages, then by programs."""
    return [
        ("POST /webhooks", lambda day: day.page("admin", "/webhooks", **NEW),
         (Act.WEBHOOK_ADDED,), "admin"),
        ("POST /webhooks/{webhook_id}/trial",
         lambda day: day.page("admin", f"/webhooks/{_hook(day)}/trial"),
         (Act.WEBHOOK_TRIED,), "admin"),
        ("POST /webhooks/{webhook_id}/deliveries/{delivery_id}/again",
         lambda day: day.page("admin", f"/webhooks/{_hook(day)}/deliveries/{_sent(day)}/again"),
         (Act.WEBHOOK_SENT_AGAIN,), "admin"),
        ("POST /webhooks/{webhook_id}/retirement",
         lambda day: day.page("admin", f"/webhooks/{_hook(day)}/retirement"),
         (Act.WEBHOOK_RETIRED,), "admin"),
        ("POST /api/webhooks", lambda day: day.program("admin", "POST", "/api/webhooks", json=NEW),
         (Act.WEBHOOK_ADDED,), "admin"),
        ("POST /api/webhooks/{webhook_id}/trial",
         lambda day: day.program("admin", "POST", f"/api/webhooks/{_hook(day)}/trial"),
         (Act.WEBHOOK_TRIED,), "admin"),
        ("POST /api/webhooks/{webhook_id}/deliveries/{delivery_id}/again",
         lambda day: day.program(
             "admin", "POST", f"/api/webhooks/{_hook(day)}/deliveries/{_sent(day)}/again"),
         (Act.WEBHOOK_SENT_AGAIN,), "admin"),
        ("DELETE /api/webhooks/{webhook_id}",
         lambda day: day.program("admin", "DELETE", f"/api/webhooks/{_hook(day)}"),
         (Act.WEBHOOK_RETIRED,), "admin"),
    ]  # fmt: skip


def _hook(day: Day) -> str:
    """The address that is told."""
    return day.one(select(Webhook.id).where(Webhook.retired_at.is_(None)))  # type: ignore[union-attr]


def _sent(day: Day) -> str:
    """What was sent to it."""
    return day.one(select(WebhookDelivery.id).where(WebhookDelivery.webhook_id == _hook(day)))  # type: ignore[arg-type]
