"""A station in which everything that a page can show is there once, and where each thing lies.

`HOW_TO_FILL` is the one table of what stands for a parameter in an address: a new page with a new
parameter says here which thing of the station it is about.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta
from itertools import product

from sqlalchemy import select

from broadcaster.accounts.guard import declared_rights
from broadcaster.accounts.own_password import make_link
from broadcaster.accounts.tables import ApiToken
from broadcaster.alerts.tables import AlertFeed, AlertPlaceCode, AlertRule, ReceivedAlert
from broadcaster.bulletins.tables import BulletinRecording, BulletinTemplate
from broadcaster.campaigns.tables import Campaign
from broadcaster.emergency.tables import Emergency, EmergencyAuthorisation, StoredWarning
from broadcaster.enrolment.tables import EnrolmentCode
from broadcaster.exchange.tables import ReceivedBulletin
from broadcaster.feedback.tables import Feedback, Poster
from broadcaster.hearing.tables import Hearing
from broadcaster.joining.tables import PreparedJoining
from broadcaster.lexicon.tables import LexiconEntry
from broadcaster.live.tables import LivePermit, LiveTalk
from broadcaster.materials.tables import MaterialFeed, MaterialItem
from broadcaster.sources.tables import RelaySource
from broadcaster.webhooks.tables import Webhook, WebhookDelivery
from tests.broadcaster.pages.commune import EPOCH
from tests.broadcaster.station_keys import STATION_ID
from tests.security.conftest import OWN_VILLAGE, Site
from tests.security.day_at_the_station import Day
from tests.security.day_in_alerts import CODE, NOWHERE, as_file, authorised_leader
from tests.security.day_in_materials import FEED, item_seen
from tests.security.day_in_the_exchange import LINK, received
from tests.security.day_of_campaigns import a_campaign
from tests.security.day_of_lists import LOUDSPEAKERS, brought, prepared
from tests.security.sounds import spoken

SCRIPT = (
    "Kính thưa bà con. Sáng thứ Tư, ngày 25/11, từ 7 giờ 30 phút, UBND xã tiếp dân tại nhà văn "
    "hóa thôn. Bà con nhớ mang theo căn cước. Giá điện là 2.103 đ/kWh. Xin cảm ơn."
)
WARNING = "Hồ Suối Đá xả lũ lúc 15 giờ. Bà con hai bên bờ suối lên nơi cao ngay."
_SOURCE = {
    "name": "VOV1",
    "level": "national",
    "kind": "stream",
    "url": "https://vov.example/vov1/nghe-truc-tiep/rat-dai-de-xem-trang-co-vua-dien-thoai-khong",
}
_WEBHOOK = {
    "name": "Cổng thông tin xã",
    "url": "https://cong.example/loa",
    "kinds": ["device.silent", "broadcast.confirmed"],
}
_PARAMETER = re.compile(r"\{[a-z0-9_]+\}")


def live_in(site: Site) -> Day:
    """Do in a commune on its afternoon whatever its people can do, and leave all of it standing."""
    day = Day(site)
    authorised_leader(day)
    received(day)
    prepared(day)
    for role, path, fields in _acts(day):
        answer = day.page(role, path, **fields())
        assert answer.status_code in {200, 201, 303}, (
            path,
            answer.status_code,
            answer.text[-3000:],
        )
        day.site.station.clock.move(timedelta(seconds=1))
    day.asked_with("loa-moi")
    return day


def _acts(day: Day) -> Iterator[tuple[str, str, Callable[[], dict[str, object]]]]:
    """Who sends which form, in an order in which it can be done; its fields are known by then."""

    def known(**fields: object) -> Callable[[], dict[str, object]]:
        return lambda: fields

    tongue = {"language": "Tày", "village_id": OWN_VILLAGE}
    mine = {"title": "Tiếp dân định kỳ ở nhà văn hóa thôn Đông Hạ", "script": SCRIPT}
    order = {"clusters": ["dong"], "hazard": "flood", "mode": "real", "typed": "khan cap"}
    yield "operator", f"/villages/{OWN_VILLAGE}/languages", known(language="Tày")
    yield "operator", "/lexicon", known(written="XQZ", spoken="xuân quý")
    yield "operator", "/bulletins", known(topic="Hành chính", **mine)
    approved = day.newest()
    yield "operator", f"/bulletins/{approved}/submission", known()
    yield "leader", f"/bulletins/{approved}/decision", lambda: _approval_of(approved, day)
    yield "operator", "/playlists", known(title="Chương trình sáng", **_programme(approved))
    yield "operator", "/bulletins", known(topic="Hành chính", **mine)
    yield "operator", "/bulletins/storm/recordings", lambda: {**tongue, "files": spoken()}
    yield "admin", "/relay-sources", known(**_SOURCE)
    yield "operator", "/relays", lambda: {"source_id": _one(RelaySource)(day), "duration": "30"}
    yield "leader", "/live/permits", known(account_id="acc-operator", days="30")
    yield "operator", "/live", known(title="Chủ tịch xã", clusters=["trung"], minutes="5")
    yield "leader", "/emergency/authorisations", known(account_id="acc-operator")
    yield "operator", "/emergency/warnings", known(hazard="flood", words=WARNING)
    yield (
        "admin",
        "/devices/enrolment",
        known(name="Loa mới", village_id=OWN_VILLAGE, share_percent="", device_id="loa-moi"),
    )
    yield "operator", "/bulletins/templates", known(title="Họp [[ngày]]", script="Họp [[ngày]].")
    yield (
        "admin",
        "/import/devices/rows",
        lambda: brought("devices", LOUDSPEAKERS, station=day.site.station),
    )
    yield "admin", "/heads/acc-village_head/phone", known(phone="0912 345 678")
    yield "admin", "/webhooks", known(**_WEBHOOK)
    yield "admin", f"/webhooks/{_one(Webhook)(day)}/trial", known()
    yield "admin", "/tokens", known(name="Cổng thông tin xã", scopes=["devices:read"], days="30")
    heard = f"/thon/{OWN_VILLAGE}/phat/bc-noon/nghe"
    yield "village_head", heard, known(heard="not", note="Loa cột 2 im từ sáng.")
    yield "village_head", f"/thon/{OWN_VILLAGE}/y-kien", known(words="Loa ở chợ rè quá.")
    yield "operator", "/feedback/posters", known(village_id=OWN_VILLAGE)
    yield "leader", "/channels", known(open="true")
    yield "admin", "/outlets/facebook", known(page_id="103070", page_token="EAAG")
    yield "leader", "/channels/power/posts/facebook", known(form="link")
    yield "admin", "/campaigns", known(**a_campaign("Đợt tuyên truyền y tế"))
    said = _one(Feedback)(day)
    yield "leader", f"/feedback/{said}/answer", known(answer="Thứ Năm đài sửa loa ở chợ.")
    yield "operator", "/alerts/import", lambda: {"files": as_file("KTTV-2026-11-22-LU-SONG-CAU-01")}
    yield "admin", "/alerts/feeds", known(name="Đài Khí tượng Thủy văn tỉnh", url=NOWHERE)
    yield "admin", "/alerts/codes", known(value="10051", **CODE)
    yield "admin", "/exchange/link", known(**LINK)
    yield "admin", "/materials/feeds", known(**FEED)
    answer = {"kind": "device", "code": "loa-cho-cu", "said": "loa-binh-hoa-1"}
    yield "admin", "/joined/prj-binh-hoa/decisions", known(**answer)
    item_seen(day)
    yield "leader", "/alerts/rules", known(severity="Extreme")
    yield "operator", "/emergency", known(request_key="key-of-a-page", words=WARNING, **order)


def _approval_of(bulletin_id: str, day: Day) -> dict[str, object]:
    over = {"decision": "approve", "over_warnings": "yes", "over_missing": "yes"}
    return {**day.shown(bulletin_id), **over}


def _programme(bulletin_id: str) -> dict[str, object]:
    return {
        "kind": ["chime", "ident", "bulletin", "closing"],
        "bulletin_id": ["", "", bulletin_id, ""],
        "minutes": ["", "", "", ""],
    }


def _one(table: type) -> Callable[[Day], str]:
    """The newest row's id."""
    return lambda day: day.one(select(table.id).order_by(table.id))  # type: ignore[attr-defined]


def _still_prepared(day: Day) -> str:
    """The joining that is prepared; one of the forms drops it, and then it is prepared anew."""
    with day.site.station.database.reading() as session:
        held = session.execute(select(PreparedJoining.id)).scalar()
    return held or prepared(day)


def _of_kind(kind: str) -> Callable[[Day], str]:
    return lambda day: day.newest(kind)


def _link(day: Day) -> str:
    """A one-time link to a new password, as an admin makes it."""
    station = day.site.station
    with station.database.writing() as session:
        return make_link(session, "acc-inspector", by="acc-admin", now=station.clock())


Filling = Collection[str | Callable[[Day], str]]
HOW_TO_FILL: Mapping[str, Filling] = {
    "{broadcast_id}": ("bc-noon", "bc-now", "bc-evening"),
    "{talk_id}": (_one(LiveTalk),),
    "{rest}": ("none",),
    "{permit_id}": (_one(LivePermit),),
    "{schedule_id}": ("s-bc-tomorrow",),
    "{bulletin_id}": (_of_kind("item"), "storm", "vaccine"),
    "{aired_id}": ("power",),
    "{outlet}": ("facebook", "zalo"),
    "{playlist_id}": (_of_kind("playlist"),),
    "{relay_id}": (_of_kind("relay"),),
    "{source_id}": (_one(RelaySource),),
    "{entry_id}": (_one(LexiconEntry),),
    "{recording_id}": (_one(BulletinRecording),),
    "{village_id}": (OWN_VILLAGE,),
    "{device_id}": ("loa-dong-1-1",),
    "{code_id}": (lambda day: day.one(select(EnrolmentCode.code_id)),),
    "{kind}": ("offline",),
    "{file_kind}": ("csv",),
    "{table}": ("villages", "residents", "people", "contributors", "devices"),
    "{epoch}": (EPOCH,),
    "{seq}": ("3",),
    "{language}": ("vi",),
    "{sha256}": ("0" * 64,),
    "{digest}": ("0" * 64,),
    "{emergency_id}": (_one(Emergency),),
    "{authorisation_id}": (_one(EmergencyAuthorisation),),
    "{alert_id}": (_one(ReceivedAlert),),
    "{feed_id}": (_one(AlertFeed),),
    "{place_code_id}": (_one(AlertPlaceCode),),
    "{rule_id}": (_one(AlertRule),),
    "{received_id}": (_one(ReceivedBulletin),),
    "{joining_id}": (_still_prepared,),
    "{material_feed_id}": (_one(MaterialFeed),),
    "{material_item_id}": (_one(MaterialItem),),
    "{warning_id}": (_one(StoredWarning),),
    "{draft_id}": ("drf-aaaaaaaaaaaaaaaa",),
    "{template_id}": (_one(BulletinTemplate),),
    "{account_id}": ("acc-inspector",),
    "{hearing_id}": (_one(Hearing),),
    "{feedback_id}": (_one(Feedback),),
    "{campaign_id}": (_one(Campaign),),
    "{code}": (lambda day: day.one(select(Poster.code)),),
    "{handle}": (hashlib.sha256(b"inspector").hexdigest()[:24],),
    "{token}": (_link,),
    "{token_id}": (_one(ApiToken),),
    "{webhook_id}": (_one(Webhook),),
    "{delivery_id}": (_one(WebhookDelivery),),
    "{station_id}": (STATION_ID,),
}
NO_PAGES = ("/api/", "/static", "/audio/", "/hearing/", "/reports/", "/kenh/{", "/alerts/exports/",
            "/health/", "/metrics")  # fmt: skip


def page_routes(site: Site) -> list[str]:
    """The path of every route that a browser can open, as it is written in the code."""
    gets = (
        route.removeprefix("GET ") for route in declared_rights(site.app) if route[:4] == "GET "
    )
    return sorted(path for path in gets if not path.startswith(NO_PAGES))


def parameters_of(path: str) -> list[str]:
    """The parameters in a route's path, each with its braces; a converter is no part of it."""
    return _PARAMETER.findall(re.sub(r":\w+\}", "}", path))


def filling_of(name: str, day: Day) -> str:
    """The first thing that a parameter stands for, its name given with braces."""
    first = next(iter(HOW_TO_FILL[name]))
    return first if isinstance(first, str) else first(day)


def filled(path: str, day: Day) -> list[str]:
    """The addresses that a route's path stands for in this station."""
    path = re.sub(r":\w+\}", "}", path)
    named = parameters_of(path)
    ways = [[each if isinstance(each, str) else each(day) for each in HOW_TO_FILL[name]]
            for name in named]  # fmt: skip
    addresses = []
    for way in product(*ways):
        address = path
        for name, value in zip(named, way, strict=True):
            address = address.replace(name, value)
        addresses.append(address)
    return addresses
