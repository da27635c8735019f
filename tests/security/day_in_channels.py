"""What a station shares with the world, each thing once: part of the day at the station."""

from broadcaster.audit.acts import Act
from tests.security.day_at_the_station import Step

NOON = "power"


PAGE = {"page_id": "103070", "page_token": "EAAG"}
ZALO = {"public_name": "2718", "token": "refresh", "secret": "secret"}


def channels() -> list[Step]:
    """A leader opens, somebody keeps one bulletin back: on the pages, then by programs."""
    item = f"/api/channels/items/{NOON}"
    return [
        ("POST /channels", lambda day: day.page("leader", "/channels", open="true"),
         (Act.PUBLIC_CHANNEL_OPENED,), "leader"),
        ("POST /outlets/{outlet}", lambda day: day.page("admin", "/outlets/facebook", **PAGE),
         (Act.OUTLET_ENTERED,), "admin"),
        ("POST /channels/{aired_id}/posts/{outlet}",
         lambda day: day.page("leader", f"/channels/{NOON}/posts/facebook", form="link"),
         (Act.SHARE_DECIDED,), "leader"),
        ("POST /channels/{aired_id}/posts/{outlet}/withdrawal",
         lambda day: day.page("leader", f"/channels/{NOON}/posts/facebook/withdrawal"),
         (Act.SHARE_WITHDRAWN,), "leader"),
        ("POST /outlets/{outlet}/removal",
         lambda day: day.page("admin", "/outlets/facebook/removal"),
         (Act.OUTLET_REMOVED,), "admin"),
        ("PUT /api/channels/outlets/{outlet}",
         lambda day: day.program("admin", "PUT", "/api/channels/outlets/zalo", json=ZALO),
         (Act.OUTLET_ENTERED,), "admin"),
        ("PUT /api/channels/items/{bulletin_id}/posts/{outlet}",
         lambda day: day.program("leader", "PUT", f"{item}/posts/zalo", json={"form": "article"}),
         (Act.SHARE_DECIDED,), "leader"),
        ("DELETE /api/channels/items/{bulletin_id}/posts/{outlet}",
         lambda day: day.program("leader", "DELETE", f"{item}/posts/zalo"),
         (Act.SHARE_WITHDRAWN,), "leader"),
        ("DELETE /api/channels/outlets/{outlet}",
         lambda day: day.program("admin", "DELETE", "/api/channels/outlets/zalo"),
         (Act.OUTLET_REMOVED,), "admin"),
        ("POST /channels/{bulletin_id}",
         lambda day: day.page("operator", f"/channels/{NOON}", withheld="true"),
         (Act.BULLETIN_WITHHELD,), "operator"),
        ("PUT /api/channels/items/{bulletin_id}",
         lambda day: day.program("leader", "PUT", f"/api/channels/items/{NOON}",
                                 json={"withheld": False}),
         (Act.BULLETIN_RELEASED,), "leader"),
        ("PUT /api/channels",
         lambda day: day.program("leader", "PUT", "/api/channels", json={"open": False}),
         (Act.PUBLIC_CHANNEL_CLOSED,), "leader"),
    ]  # fmt: skip
