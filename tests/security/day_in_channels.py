"""What a station shares with the world, each thing once: part of the day at the station."""

from broadcaster.audit.acts import Act
from tests.security.day_at_the_station import Step

NOON = "power"


def channels() -> list[Step]:
    """A leader opens, somebody keeps one bulletin back: on the pages, then by programs."""
    return [
        ("POST /channels", lambda day: day.page("leader", "/channels", open="true"),
         (Act.PUBLIC_CHANNEL_OPENED,), "leader"),
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
