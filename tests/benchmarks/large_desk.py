"""One of everything that people write at a large station, made through its own pages.

Each thing goes as far as it can: an emergency to every cluster, a talk to every cluster, a
campaign about the topic that is spoken of most. `desk_of` says where each of them lies.
"""

import json
from collections.abc import Mapping, Sequence

from fastapi import FastAPI
from sqlmodel import Session, SQLModel, col, func, select

from broadcaster.accounts.guard import CSRF_FIELD, SESSION_COOKIE
from broadcaster.accounts.own_password import make_link
from broadcaster.alerts.tables import ReceivedAlert
from broadcaster.bulletins.tables import Bulletin, BulletinKind, BulletinTemplate
from broadcaster.campaigns.tables import Campaign
from broadcaster.database import Database
from broadcaster.emergency.tables import Emergency, EmergencyAuthorisation
from broadcaster.exchange.mapping import V1, ForeignBulletin
from broadcaster.exchange.standing import Standing
from broadcaster.exchange.tables import ReceivedBulletin
from broadcaster.feedback.tables import Poster
from broadcaster.live.tables import LiveTalk
from broadcaster.materials.tables import MaterialFeed, MaterialItem
from broadcaster.schedule.tables import Schedule
from broadcaster.sources.tables import RelaySource
from broadcaster.webhooks.tables import Webhook
from tests.benchmarks.large_station import CSRF_TOKEN, NOW, STATION, LargeStation
from tests.clients import TestClient
from tests.security.day_in_alerts import as_file
from tests.security.day_of_campaigns import a_campaign

_NOWHERE = "http://127.0.0.1:9/nguon"
"""The discard port: nothing is asked there, it only stands in a form."""

_WARNING = "Hồ Suối Đá xả lũ lúc 15 giờ. Bà con hai bên bờ suối lên nơi cao ngay."


def desk_of(station: LargeStation) -> Mapping[str, Sequence[str]]:
    """Write one of everything; what may stand for each parameter in an address."""
    app = station.app
    database: Database = app.state.context.database
    clusters = [f"c-{number}" for number in range(len(station.heads))]
    order_everywhere(station)
    for who, path, form in _acts(clusters):
        send(app, who, path, form)
    with database.reading() as session:
        relay = {"source_id": _newest(session, RelaySource), "duration": "30"}
        programme = _of_kind(session, BulletinKind.PLAYLIST)
    send(app, "operator", "/relays", relay)
    at = {"clusters": ["c-0"], "when": "at", "starts_local": "2026-11-26T12:00"}
    send(app, "operator", f"/bulletins/{programme}/queue", at)
    with database.writing() as session:
        _receive(session)
        _tell_of_materials(session)
        link = make_link(session, "acc-inspector", by="acc-admin", now=NOW)
    with database.reading() as session:
        made = {name: [_newest(session, table)] for name, table in _MADE.items()}
        written = select(Bulletin.id).where(
            Bulletin.kind == BulletinKind.ITEM, col(Bulletin.id).startswith("bul-")
        )
        return made | {
            "{account_id}": ["acc-inspector"],
            "{aired_id}": ["b-50"],
            "{broadcast_id}": ["on-0"],
            "{bulletin_id}": ["b-60", *session.exec(written)],
            "{code}": session.exec(select(Poster.code)).all(),
            "{device_id}": ["d-0-0"],
            "{file_kind}": ["csv"],
            "{playlist_id}": [programme],
            "{relay_id}": [_of_kind(session, BulletinKind.RELAY)],
            "{table}": ["villages"],
            "{token}": [link],
            "{village_id}": ["v-0-0"],
        }


def order_everywhere(station: LargeStation) -> str:
    """An emergency for every cluster, on another's word; its id."""
    database: Database = station.app.state.context.database
    with database.writing() as session:
        _authorise(session)
    order = {"hazard": "flood", "mode": "real", "typed": "khan cap", "words": _WARNING}
    clusters = [f"c-{number}" for number in range(len(station.heads))]
    form = {"request_key": "key-of-a-page", "clusters": clusters, **order}
    send(station.app, "operator", "/emergency", form)
    with database.reading() as session:
        return session.exec(select(Emergency.id)).one()


_MADE: Mapping[str, type[SQLModel]] = {
    "{alert_id}": ReceivedAlert,
    "{campaign_id}": Campaign,
    "{emergency_id}": Emergency,
    "{received_id}": ReceivedBulletin,
    "{schedule_id}": Schedule,
    "{source_id}": RelaySource,
    "{talk_id}": LiveTalk,
    "{template_id}": BulletinTemplate,
    "{webhook_id}": Webhook,
}


def _acts(clusters: Sequence[str]) -> list[tuple[str, str, dict[str, object]]]:
    """Who sends which form, in an order in which it can be done."""
    village = "v-0-0"
    everywhere = {"clusters": list(clusters)}
    item = {"kind": ["chime", "ident", "closing"], "bulletin_id": ["", "", ""], "minutes": [""] * 3}
    return [
        ("operator", "/playlists", {"title": "Chương trình sáng", **item}),
        ("operator", "/bulletins", {"title": "Mời họp", "topic": "y tế", "script": _WARNING}),
        ("admin", "/relay-sources",
         {"name": "VOV1", "level": "national", "kind": "stream",
          "url": "https://vov.example/vov1"}),
        ("leader", "/live/permits", {"account_id": "acc-operator", "days": "30"}),
        ("operator", "/live", {"title": "Chủ tịch xã", "minutes": "5", **everywhere}),
        ("operator", "/emergency/warnings", {"hazard": "flood", "words": _WARNING}),
        ("operator", "/bulletins/templates", {"title": "Họp", "script": "Họp [[ngày]]."}),
        ("admin", "/webhooks",
         {"name": "Cổng tin", "url": "https://cong.example/loa", "kinds": ["device.silent"]}),
        ("admin", "/tokens", {"name": "Cổng tin", "scopes": ["devices:read"], "days": "30"}),
        ("head-0", f"/thon/{village}/y-kien", {"words": "Loa ở chợ rè quá."}),
        ("operator", "/feedback/posters", {"village_id": village}),
        ("leader", "/channels", {"open": "true"}),
        ("admin", "/campaigns", a_campaign("Đợt y tế")),
        ("operator", "/alerts/import", {"files": as_file("KTTV-1")}),
        ("admin", "/alerts/feeds", {"name": "KTTV", "url": _NOWHERE}),
        ("admin", "/alerts/codes", {"value": "10051", "list_name": "maxa", "village_id": village}),
        ("leader", "/alerts/rules", {"severity": "Extreme"}),
        ("admin", "/exchange/link",
         {"address": _NOWHERE, "source_id": "XA-1", "secret": "khoa-thu-nghiem"}),
        ("admin", "/materials/feeds",
         {"name": "Cẩm nang", "url": _NOWHERE, "licence": "Công văn 12"}),
    ]  # fmt: skip


def send(app: FastAPI, who: str, path: str, form: Mapping[str, object]) -> None:
    """A form that somebody sends, with a file where it has one; it is taken."""
    fields = {CSRF_FIELD: CSRF_TOKEN, **form}
    files = fields.pop("files", None)
    with TestClient(
        app,
        follow_redirects=False,
        headers={"Accept": "text/html", "X-CSRF-Token": CSRF_TOKEN},
        cookies={SESSION_COOKIE: who},
    ) as browser:
        answer = browser.post(path, data=fields, files=files)  # type: ignore[arg-type]
    assert answer.status_code in {200, 201, 303}, (path, answer.status_code)


def _authorise(session: Session) -> None:
    """Who orders emergencies does it on another's word."""
    for number, who in enumerate(("operator", "leader")):
        session.add(
            EmergencyAuthorisation(
                id=f"emu-{number:016}", station_id=STATION, account_id=f"acc-{who}",
                granted_by="acc-admin", granted_at=NOW,
            )
        )  # fmt: skip


def _receive(session: Session) -> None:
    """A bulletin of the province that waits."""
    foreign = ForeignBulletin(
        remote_id="BT-1", source_name="Trung tâm tỉnh", title="Tin của tỉnh", words=_WARNING,
        priority=2, topic=5,
    )  # fmt: skip
    session.add(
        ReceivedBulletin(
        id="exb-0000000000000001", station_id=STATION, remote_id="BT-1", version=1,
        content=json.dumps(V1.write_bulletin(foreign)), mapping=1, title=foreign.title,
        priority=2, received_at=NOW, standing=Standing.WAITING,
    ))  # fmt: skip


def _tell_of_materials(session: Session) -> None:
    """What a feed has told of, as many as a year of it."""
    feed = session.exec(select(MaterialFeed.id)).one()
    for number in range(200):
        session.add(
            MaterialItem(
                id=f"mti-{number:016}", feed_id=feed, guid=f"g-{number}", title=f"Rửa tay {number}",
                summary="Rửa tay trước khi ăn.", sound_url="https://tep.example/a.mp3", seen_at=NOW,
            )
        )  # fmt: skip


def _newest(session: Session, table: type[SQLModel]) -> str:
    """The id of the one that a page made: ids of pages are random letters behind a prefix."""
    made = select(table.id).where(table.id.contains("-"))  # type: ignore[attr-defined]
    return str(session.exec(made.order_by(func.length(table.id).desc()).limit(1)).one())  # type: ignore[attr-defined]


def _of_kind(session: Session, kind: BulletinKind) -> str:
    return session.exec(select(Bulletin.id).where(Bulletin.kind == kind)).one()
