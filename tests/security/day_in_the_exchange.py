"""The exchange with a province at the station, each act once: part of the day at the station."""

import json

from httpx import Response
from sqlmodel import select

from broadcaster.audit.acts import Act
from broadcaster.exchange.mapping import V1, ForeignBulletin
from broadcaster.exchange.standing import Standing
from broadcaster.exchange.tables import ExchangeLink, ReceivedBulletin
from tests.broadcaster.station_keys import STATION_ID
from tests.security.day_at_the_station import Day, Step

NOWHERE = "http://127.0.0.1:9/nguon"
"""The discard port: nothing listens there, so a test of it fails at once."""

LINK = {"address": NOWHERE, "source_id": "XA-10051", "secret": "khoa-thu-nghiem"}
WORDS = "Kính mời bà con đến nhà văn hóa thôn họp lúc bảy giờ tối."


def received(day: Day, *, number: int = 1, priority: int = 2) -> str:
    """A bulletin of the province that waits; its id."""
    foreign = ForeignBulletin(
        remote_id=f"BT-{number}", source_name="Trung tâm tỉnh", title=f"Tin số {number} của tỉnh",
        words=WORDS, priority=priority, topic=5,
    )  # fmt: skip
    with day.site.station.database.writing() as session:
        row = ReceivedBulletin(
            id=f"exb-{number:016}", station_id=STATION_ID, remote_id=foreign.remote_id, version=1,
            content=json.dumps(V1.write_bulletin(foreign)), mapping=1, title=foreign.title,
            priority=priority, received_at=day.site.station.clock(), standing=Standing.WAITING,
        )  # fmt: skip
        session.add(row)
        return row.id


def exchanges() -> list[Step]:
    """Each of their routes once: on pages, then by programs."""
    return [
        ("POST /exchange/link", lambda day: day.page("admin", "/exchange/link", **LINK),
         (Act.EXCHANGE_LINKED,), "admin"),
        ("POST /exchange/test", lambda day: day.page("admin", "/exchange/test"),
         (Act.EXCHANGE_TESTED,), "admin"),
        ("POST /exchange/switch", _switched_on,
         (Act.EXCHANGE_OPENED,), "admin"),
        ("POST /exchange/resending", lambda day: day.page("admin", "/exchange/resending"),
         (Act.EXCHANGE_RESENT,), "admin"),
        ("POST /exchange/received/{received_id}/taking",
         lambda day: day.page(
             "operator", f"/exchange/received/{received(day, number=2)}/taking"),
         (Act.BULLETIN_WRITTEN, Act.BULLETIN_RENDERED, Act.EXCHANGE_TAKEN), "operator"),
        ("POST /exchange/received/{received_id}/dismissal",
         lambda day: day.page(
             "leader", f"/exchange/received/{received(day, number=3)}/dismissal", reason="Đã có."),
         (Act.EXCHANGE_DISMISSED,), "leader"),
        ("POST /api/exchange/received/{received_id}/taking",
         lambda day: day.program(
             "operator", "POST", f"/api/exchange/received/{received(day, number=4)}/taking"),
         (Act.BULLETIN_WRITTEN, Act.BULLETIN_RENDERED, Act.EXCHANGE_TAKEN), "operator"),
        ("POST /api/exchange/received/{received_id}/dismissal",
         lambda day: day.program(
             "operator", "POST", f"/api/exchange/received/{received(day, number=5)}/dismissal",
             json={}),
         (Act.EXCHANGE_DISMISSED,), "operator"),
    ]  # fmt: skip


def _switched_on(day: Day) -> Response:
    """As after a test that a province answered."""
    with day.site.station.database.writing() as session:
        link = session.exec(select(ExchangeLink)).one()
        link.tested_at = day.site.station.clock()
    return day.page("admin", "/exchange/switch", on="true")
