"""Material of others at the station, each act once: part of the day at the station.

A host on the loopback has the list and the sound for as long as one step lasts.
"""

from collections.abc import Callable

from httpx import Response
from sqlmodel import select

from broadcaster.audit.acts import Act
from broadcaster.materials.tables import MaterialFeed, MaterialItem
from tests.broadcaster.alerts.server import Answer, publishing
from tests.security.day_at_the_station import Day, Step
from tests.security.sounds import spoken

FEED = {
    "name": "Cẩm nang số của tỉnh",
    "url": "http://127.0.0.1:9/cam-nang.xml",
    "licence": "Sở cho phép phát lại, công văn 12",
}
"""The discard port: nothing listens there, so asking it fails at once."""


def item_seen(day: Day, *, number: int = 1, sound_url: str = "https://tep.example/a.mp3") -> str:
    """An item of the feed, as if it had been asked; its sound lies where nobody allowed it."""
    with day.site.station.database.writing() as session:
        feed = session.exec(select(MaterialFeed)).first()
        assert feed is not None
        row = MaterialItem(
            id=f"mti-{number:016}", feed_id=feed.id, guid=f"g-{number}",
            title=f"Cách rửa tay {number}", summary="Rửa tay trước khi ăn.", sound_url=sound_url,
            seen_at=day.site.station.clock(),
        )  # fmt: skip
        session.add(row)
        return row.id


def materials() -> list[Step]:
    """Each of their routes once: on pages, then by programs."""
    return [
        ("POST /materials/feeds", lambda day: day.page("admin", "/materials/feeds", **FEED),
         (Act.MATERIAL_FEED_ADDED,), "admin"),
        ("POST /materials/feeds/{material_feed_id}/asking",
         lambda day: day.page("operator", f"/materials/feeds/{_feed(day)}/asking"),
         (Act.MATERIAL_FEED_ASKED,), "operator"),
        ("POST /api/materials/feeds/{material_feed_id}/asking",
         lambda day: day.program("operator", "POST", f"/api/materials/feeds/{_feed(day)}/asking"),
         (Act.MATERIAL_FEED_ASKED,), "operator"),
        ("POST /materials/items/{material_item_id}/taking", _taken_by_page,
         (Act.BULLETIN_WRITTEN, Act.BULLETIN_RENDERED, Act.MATERIAL_TAKEN), "operator"),
        ("POST /api/materials/items/{material_item_id}/taking", _taken_by_program,
         (Act.BULLETIN_WRITTEN, Act.BULLETIN_RENDERED, Act.MATERIAL_TAKEN), "operator"),
        ("POST /materials/feeds/{material_feed_id}/retirement",
         lambda day: day.page("admin", f"/materials/feeds/{_feed(day)}/retirement"),
         (Act.MATERIAL_FEED_RETIRED,), "admin"),
    ]  # fmt: skip


def _feed(day: Day) -> str:
    return day.one(select(MaterialFeed.id).where(MaterialFeed.retired_at.is_(None)))  # type: ignore[union-attr]


def _taken_by_page(day: Day) -> Response:
    return _taken(day, 2, lambda item: day.page("operator", f"/materials/items/{item}/taking"))


def _taken_by_program(day: Day) -> Response:
    return _taken(
        day, 3,
        lambda item: day.program("operator", "POST", f"/api/materials/items/{item}/taking"),
    )  # fmt: skip


def _taken(day: Day, number: int, act: Callable[[str], Response]) -> Response:
    """Take an item while its host has the sound, and the feed is of that host."""
    with publishing() as host:
        host.has["/a.wav"] = Answer(spoken()["recording"][1], headers={"Content-Type": "audio/wav"})
        with day.site.station.database.writing() as session:
            feed = session.exec(select(MaterialFeed)).one()
            feed.url = host.url("/rss")
        return act(item_seen(day, number=number, sound_url=host.url("/a.wav")))
