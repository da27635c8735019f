"""Every route that changes anything leaves a signed entry of who did it: each is called for real.

`story` is a day at the station in which each such route is used once. A route that is added is
added here as well, or to `CHANGES_NOTHING` with the reason.
"""

from collections.abc import Iterator

import pytest
from httpx import Response
from sqlalchemy import func, select

from broadcaster.accounts.guard import declared_rights
from broadcaster.audit.acts import Act
from broadcaster.audit.entries import open_entry
from broadcaster.audit.tables import ENTRIES
from broadcaster.rehearsal.director import Director
from broadcaster.schedule.tables import Broadcast
from tests.broadcaster.rehearsal.test_director import stand_in
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import trust_of
from tests.security.conftest import OWN_VILLAGE, Site
from tests.security.day_at_the_station import Day, Step
from tests.security.day_in_alerts import alerts
from tests.security.day_in_channels import channels
from tests.security.day_in_emergencies import emergencies
from tests.security.day_in_materials import materials
from tests.security.day_in_the_exchange import exchanges
from tests.security.day_in_villages import villages
from tests.security.day_of_accounts import own_accounts
from tests.security.day_of_campaigns import campaigns
from tests.security.day_of_lists import lists
from tests.security.day_of_programs import programs
from tests.security.day_on_air import rehearsals, relays, talks
from tests.security.sounds import spoken
from tests.trail import keys_of

CHANGES_NOTHING = {
    "POST /stations/{station_id}": "which station one looks at; nothing of any is changed",
    "PUT /api/me/station": "which station one looks at; nothing of any is changed",
    "POST /enrol": "a device's knock; the person's decision on it is the act",
    "POST /bulletins/drafts/{draft_id}": "what its writer alone sees; saving it is the act",
    "POST /bulletins/drafts/{draft_id}/removal": "throws away what nobody else ever saw",
    "POST /bulletins/templates/{template_id}": "fills a form; what is kept of it is a bulletin",
    "POST /bulletins/preview": "reads aloud what is being written; nothing is kept",
    "POST /bulletins/import": "fills a form; what is kept of it is a bulletin that is written",
    "POST /api/bulletins/import": "answers with a draft; nothing is kept",
    "POST /campaigns/draft": "fills a form; what is kept of it is a campaign",
    "POST /import/{table}": "checks a file; keeping its rows is the act",
    "POST /import/schedules": "checks a file; keeping its rows is the act",
    "POST /emergency/form": "shows a form once more as it was filled in",
    "POST /emergency/check": "asks whether an order is meant; only its sound is made beforehand",
    "POST /relay-sources/{source_id}/trial": "listens for some seconds; what it heard is a note",
    "POST /api/relay-sources/{source_id}/trial": "listens for some seconds; its answer is a note",
    "SOCKET /live/{talk_id}/sound": "a microphone; opening its talk and the end of it are acts",
    "POST /account/second-factor/offer": "shows a seed; that it is taken into use is the act",
    "POST /channels/{aired_id}/card": "makes a file of what is public; posting it is the act",
    "POST /api/channels/items/{bulletin_id}/card": "makes a file of what is public",
    "POST /lexicon/trial": "reads a sentence once; nothing is kept",
    "POST /api/lexicon/trial": "reads a sentence once; nothing is kept",
    "POST /voices/trial": "reads a sentence once; nothing is kept",
    "POST /api/broker/emqx/authentication": "a broker's question",
    "POST /api/broker/emqx/authorization": "a broker's question",
    "POST /api/broker/mosquitto/user": "a broker's question",
    "POST /api/broker/mosquitto/superuser": "a broker's question",
    "POST /api/broker/mosquitto/acl": "a broker's question",
}
SCRIPT = "Kính mời bà con đến nhà văn hóa thôn họp lúc bảy giờ tối."
ROWS = {"kind": ["chime", "closing"], "bulletin_id": ["", ""], "minutes": ["", ""]}
PARTS = [{"kind": "chime"}, {"kind": "closing"}]


def story() -> list[Step]:
    """Each route once, in an order in which it can be used; what it leaves, and who did it."""
    return [
        *_bulletins(),
        *_programs_bulletins(),
        *emergencies(),
        *alerts(),
        *exchanges(),
        *materials(),
        *talks(),
        *relays(),
        *rehearsals(),
        *channels(),
        *villages(),
        *campaigns(),
        *lists(),
        *programs(),
        *_villages(),
        *_others(),
        *_programs_others(),
        *own_accounts(),
        *_leaving(),
    ]


def _bulletins() -> list[Step]:
    mine = {"title": "Họp thôn", "script": SCRIPT, "vietnamese_only": "yes"}
    return [
        ("POST /bulletins", lambda day: day.page("operator", "/bulletins", **mine),
         (Act.BULLETIN_WRITTEN, Act.BULLETIN_RENDERED), "operator"),
        ("POST /bulletins/{bulletin_id}",
         lambda day: day.page("operator", f"/bulletins/{day.newest()}",
                              **mine | {"script": SCRIPT + " Xin cảm ơn."}),
         (Act.BULLETIN_EDITED, Act.BULLETIN_RENDERED), "operator"),
        ("POST /bulletins/{bulletin_id}/sound",
         lambda day: day.page("operator", f"/bulletins/{day.newest()}/sound", files=spoken()),
         (Act.BULLETIN_RENDERED,), "operator"),
        ("POST /bulletins/{bulletin_id}/submission",
         lambda day: day.page("operator", f"/bulletins/{day.newest()}/submission"),
         (Act.BULLETIN_SUBMITTED,), "operator"),
        ("POST /bulletins/{bulletin_id}/comments",
         lambda day: day.page("leader", f"/bulletins/{day.newest()}/comments",
                              comment="Nên phát trước 18 giờ."),
         (Act.BULLETIN_COMMENTED,), "leader"),
        ("POST /bulletins/{bulletin_id}/decision",
         lambda day: day.page("leader", f"/bulletins/{day.newest()}/decision",
                              decision="approve", over_warnings="yes", over_missing="yes",
                              **day.shown(day.newest())),
         (Act.BULLETIN_APPROVED,), "leader"),
        ("POST /bulletins/{bulletin_id}/queue",
         lambda day: day.page("operator", f"/bulletins/{day.newest()}/queue",
                              clusters=["dong"], when="at", starts_local="2026-11-24T09:10"),
         (Act.SCHEDULED,), "operator"),
        ("POST /schedule/slot",
         lambda day: day.page("operator", "/schedule/slot", bulletin_id=day.newest(),
                              clusters=["dong"], starts_local="2026-11-26T09:50"),
         (Act.SCHEDULED,), "operator"),
        ("POST /schedules/{schedule_id}/move",
         lambda day: day.page("operator", f"/schedules/{day.schedule_at('2026-11-24T09:10')}/move",
                              at="2026-11-24T09:10", starts_local="2026-11-24T09:30"),
         (Act.SCHEDULE_MOVED,), "operator"),
        ("POST /schedule/copy",
         lambda day: day.page("operator", "/schedule/copy", source="2026-11-24",
                              target="2026-11-25", view="day"),
         (Act.DAYS_COPIED,), "operator"),
        ("POST /schedules/{schedule_id}/skip",
         lambda day: day.page("leader", f"/schedules/{day.schedule_at('2026-11-25T09:30')}/skip",
                              at="2026-11-25T09:30"),
         (Act.OCCURRENCE_LEFT_OUT,), "leader"),
        ("POST /schedule/rules",
         lambda day: day.page("leader", "/schedule/rules", sessions_a_day="24"),
         (Act.AIR_RULES_DECIDED,), "leader"),
        ("POST /schedules/{schedule_id}/cancel",
         lambda day: day.page("leader",
                              f"/schedules/{day.schedule_at('2026-11-24T09:30')}/cancel"),
         (Act.SCHEDULE_WITHDRAWN,), "leader"),
        ("POST /bulletins/templates",
         lambda day: day.page("operator", "/bulletins/templates", title="Họp [[ngày]]",
                              script="Họp ngày [[ngày]]."),
         (Act.TEMPLATE_KEPT,), "operator"),
        ("POST /bulletins/templates/{template_id}/retirement",
         lambda day: day.page("operator", f"/bulletins/templates/{day.template()}/retirement"),
         (Act.TEMPLATE_RETIRED,), "operator"),
        ("POST /villages/{village_id}/languages",
         lambda day: day.page("operator", f"/villages/{OWN_VILLAGE}/languages", language="Tày"),
         (Act.LANGUAGES_CHANGED,), "operator"),
        ("POST /bulletins/{bulletin_id}/recordings",
         lambda day: day.page("operator", "/bulletins/storm/recordings", language="Tày",
                              village_id=OWN_VILLAGE, files=spoken()),
         (Act.RECORDING_KEPT,), "operator"),
        ("POST /bulletins/{bulletin_id}/recordings/{recording_id}/confirmation",
         lambda day: day.page(
             "operator", f"/bulletins/storm/recordings/{day.recording()}/confirmation"),
         (Act.RECORDING_CONFIRMED,), "operator"),
        ("POST /bulletins/{bulletin_id}/recordings/{recording_id}/removal",
         lambda day: day.page("operator", f"/bulletins/storm/recordings/{day.recording()}/removal"),
         (Act.RECORDING_RETIRED,), "operator"),
        ("POST /bulletins/{bulletin_id}/rendition",
         lambda day: day.page("operator", "/bulletins/storm/rendition"),
         (Act.BULLETIN_RENDERED,), "operator"),
        ("POST /playlists",
         lambda day: day.page("operator", "/playlists", title="Sáng", **ROWS),
         (Act.BULLETIN_WRITTEN, Act.BULLETIN_RENDERED), "operator"),
        ("POST /playlists/{playlist_id}",
         lambda day: day.page("operator", f"/playlists/{day.newest('playlist')}", title="Chiều",
                              kind=["ident", "closing"]),
         (Act.BULLETIN_EDITED, Act.PARTS_CHANGED, Act.BULLETIN_RENDERED), "operator"),
    ]  # fmt: skip


def _programs_bulletins() -> list[Step]:
    mine = {"title": "Họp", "script": SCRIPT, "vietnamese_only": True}
    return [
        ("POST /api/bulletins",
         lambda day: day.program("operator", "POST", "/api/bulletins", json=mine),
         (Act.BULLETIN_WRITTEN,), "operator"),
        ("PUT /api/bulletins/{bulletin_id}",
         lambda day: day.program("operator", "PUT", f"/api/bulletins/{day.newest()}",
                                 json=mine | {"title": "Họp tối"}),
         (Act.BULLETIN_EDITED,), "operator"),
        ("POST /api/bulletins/{bulletin_id}/rendition",
         lambda day: day.program("operator", "POST", f"/api/bulletins/{day.newest()}/rendition"),
         (Act.BULLETIN_RENDERED,), "operator"),
        ("POST /api/bulletins/{bulletin_id}/sound",
         lambda day: day.program("operator", "POST", f"/api/bulletins/{day.newest()}/sound",
                                 files=spoken()),
         (Act.BULLETIN_RENDERED,), "operator"),
        ("POST /api/bulletins/{bulletin_id}/submission",
         lambda day: day.program("operator", "POST", f"/api/bulletins/{day.newest()}/submission"),
         (Act.BULLETIN_SUBMITTED,), "operator"),
        ("POST /api/bulletins/{bulletin_id}/comments",
         lambda day: day.program("operator", "POST", f"/api/bulletins/{day.newest()}/comments",
                                 json={"comment": "Xin duyệt sớm."}),
         (Act.BULLETIN_COMMENTED,), "operator"),
        ("POST /api/bulletins/{bulletin_id}/decisions",
         lambda day: day.program("leader", "POST", f"/api/bulletins/{day.newest()}/decisions",
                                 json=day.shown(day.newest()) | {
                                     "approved": False, "comment": "Thiếu ngày."}),
         (Act.BULLETIN_RETURNED,), "leader"),
        ("POST /api/schedules",
         lambda day: day.program("operator", "POST", "/api/schedules", json={
             "bulletin_id": day.newest(), "cluster_ids": ["tay"],
             "starts_local": "2026-11-24T10:10"}),
         (Act.SCHEDULED, Act.BULLETIN_SUBMITTED), "operator"),
        ("DELETE /api/schedules/{schedule_id}",
         lambda day: day.program("operator", "DELETE", f"/api/schedules/{day.schedule()}"),
         (Act.SCHEDULE_WITHDRAWN,), "operator"),
        ("POST /api/bulletins/{bulletin_id}/recordings",
         lambda day: day.program("operator", "POST", "/api/bulletins/storm/recordings",
                                 data={"language": "Tày", "village_id": OWN_VILLAGE},
                                 files=spoken()),
         (Act.RECORDING_KEPT,), "operator"),
        ("POST /api/bulletins/{bulletin_id}/recordings/{recording_id}/confirmation",
         lambda day: day.program(
             "operator", "POST",
             f"/api/bulletins/storm/recordings/{day.recording()}/confirmation", json={}),
         (Act.RECORDING_CONFIRMED,), "operator"),
        ("DELETE /api/bulletins/{bulletin_id}/recordings/{recording_id}",
         lambda day: day.program(
             "operator", "DELETE", f"/api/bulletins/storm/recordings/{day.recording()}"),
         (Act.RECORDING_RETIRED,), "operator"),
        ("POST /api/playlists",
         lambda day: day.program("operator", "POST", "/api/playlists",
                                 json={"title": "Trưa", "items": PARTS}),
         (Act.BULLETIN_WRITTEN,), "operator"),
        ("POST /api/playlists/{playlist_id}/rendition",
         lambda day: day.program(
             "operator", "POST", f"/api/playlists/{day.newest('playlist')}/rendition"),
         (Act.BULLETIN_RENDERED,), "operator"),
        ("PUT /api/playlists/{playlist_id}",
         lambda day: day.program("operator", "PUT", f"/api/playlists/{day.newest('playlist')}",
                                 json={"title": "Trưa nay", "items": PARTS}),
         (Act.BULLETIN_EDITED,), "operator"),
        ("POST /playlists/{playlist_id}/rendition",
         lambda day: day.page("operator", f"/playlists/{day.newest('playlist')}/rendition"),
         (Act.BULLETIN_RENDERED,), "operator"),
    ]  # fmt: skip


def _villages() -> list[Step]:
    since, people = "2027-01-01", {"households": "100", "residents": "400"}
    counted = {"households": 90, "residents": 350, "since": since}
    pole = [{"device_id": "loa-dong-2-1", "share": 0.5}, {"device_id": None, "share": 0.5}]
    return [
        ("POST /villages/clusters",
         lambda day: day.page("admin", "/villages/clusters", cluster_name="Cụm Bắc"),
         (Act.CLUSTER_ADDED,), "admin"),
        ("POST /villages/new",
         lambda day: day.page("admin", "/villages/new", name="Thôn Bắc", cluster_id="dong",
                              since=since, **people),
         (Act.VILLAGE_ADDED,), "admin"),
        ("POST /villages/{village_id}/residents",
         lambda day: day.page("admin", "/villages/dong-2/residents", since=since, **people),
         (Act.RESIDENTS_ENTERED,), "admin"),
        ("POST /villages/{village_id}/place",
         lambda day: day.page("admin", "/villages/dong-2/place", place="21.02, 105.84"),
         (Act.VILLAGE_PLACED,), "admin"),
        ("POST /villages/{village_id}/shares",
         lambda day: day.page("admin", "/villages/dong-2/shares", shares_since=since,
                              device=["loa-dong-2-1", ""], percent=["60", "40"]),
         (Act.SHARES_CHANGED,), "admin"),
        ("POST /api/clusters",
         lambda day: day.program("admin", "POST", "/api/clusters", json={"name": "Cụm Nam"}),
         (Act.CLUSTER_ADDED,), "admin"),
        ("POST /api/villages",
         lambda day: day.program("admin", "POST", "/api/villages",
                                 json=counted | {"name": "Thôn Nam", "cluster_id": "tay"}),
         (Act.VILLAGE_ADDED,), "admin"),
        ("PUT /api/villages/{village_id}/residents",
         lambda day: day.program("admin", "PUT", "/api/villages/dong-2/residents", json=counted),
         (Act.RESIDENTS_ENTERED,), "admin"),
        ("PUT /api/villages/{village_id}/register/shares",
         lambda day: day.program("admin", "PUT", "/api/villages/dong-2/register/shares",
                                 json={"since": since, "shares": pole}),
         (Act.SHARES_CHANGED,), "admin"),
        ("POST /villages/mergers",
         lambda day: day.page("admin", "/villages/mergers", village_ids=["dong-2", day.village(0)],
                              merged_name="Thôn Mới", merged_cluster_id="dong",
                              merged_since=since),
         (Act.VILLAGES_MERGED,), "admin"),
        ("POST /api/villages/mergers",
         lambda day: day.program("admin", "POST", "/api/villages/mergers", json={
             "village_ids": ["tay-1", day.village(1)], "name": "Thôn Mới Nữa",
             "cluster_id": "tay", "since": since}),
         (Act.VILLAGES_MERGED,), "admin"),
    ]  # fmt: skip


def _others() -> list[Step]:
    device = {"name": "Loa mới", "village_id": OWN_VILLAGE, "share_percent": ""}
    return [
        ("POST /villages/{village_id}/languages/removal",
         lambda day: day.page("admin", f"/villages/{OWN_VILLAGE}/languages/removal",
                              language="Tày"),
         (Act.LANGUAGES_CHANGED,), "admin"),
        ("POST /broadcasts/{broadcast_id}/cancel",
         lambda day: day.page("operator", "/broadcasts/bc-evening/cancel"),
         (Act.BROADCAST_WITHDRAWN,), "operator"),
        ("POST /broadcasts/{broadcast_id}/stop",
         lambda day: day.page("leader", "/broadcasts/bc-now/stop"),
         (Act.BROADCAST_STOPPED,), "leader"),
        ("POST /lexicon",
         lambda day: day.page("operator", "/lexicon", written="XQZ", spoken="xuân quý"),
         (Act.WORD_TAUGHT,), "operator"),
        ("POST /lexicon/{entry_id}/retirement",
         lambda day: day.page("leader", f"/lexicon/{day.word()}/retirement"),
         (Act.WORD_RETIRED,), "leader"),
        ("POST /voices", lambda day: day.page("operator", "/voices", rate="1.1", fallback="yes"),
         (Act.VOICE_CHOSEN,), "operator"),
        ("POST /devices/{device_id}",
         lambda day: day.page("admin", "/devices/loa-dong-1-1", stagger_ms="20"),
         (Act.DEVICE_CHANGED,), "admin"),
        ("POST /devices/{device_id}/place",
         lambda day: day.page("admin", "/devices/loa-dong-1-1/place", place="21.03, 105.85"),
         (Act.DEVICE_PLACED,), "admin"),
        ("POST /devices/{device_id}/move",
         lambda day: day.page("admin", "/devices/loa-tay-1-1/move", name="Loa suối",
                              cluster_id="tay"),
         (Act.DEVICE_MOVED,), "admin"),
        ("POST /devices/{device_id}/self-test",
         lambda day: day.page("admin", "/devices/loa-tay-1-1/self-test"),
         (Act.SELF_TEST_ASKED,), "admin"),
        ("POST /api/devices/{device_id}/move",
         lambda day: day.program("admin", "POST", "/api/devices/loa-tay-1-1/move", json={
             "name": "Loa suối", "cluster_id": "tay", "shares": {}}),
         (Act.DEVICE_MOVED,), "admin"),
        ("POST /api/devices/{device_id}/self-test",
         lambda day: day.program("admin", "POST", "/api/devices/loa-tay-1-1/self-test"),
         (Act.SELF_TEST_ASKED,), "admin"),
        ("POST /api/devices/{device_id}/succession",
         lambda day: day.program("admin", "POST", "/api/devices/loa-trung-2-1/succession",
                                 json={"into": "loa-trung-1-1"}),
         (Act.DEVICE_MERGED,), "admin"),
        ("POST /devices/{device_id}/succession",
         lambda day: day.page("admin", "/devices/loa-tay-2-1/succession", into="loa-tay-1-1",
                              sure_of_it="yes"),
         (Act.DEVICE_MERGED,), "admin"),
        ("POST /devices/{device_id}/retirement",
         lambda day: day.page("admin", "/devices/loa-tay-1-1/retirement", sure="yes"),
         (Act.DEVICE_RETIRED,), "admin"),
        ("POST /relay-hosts", lambda day: day.page("admin", "/relay-hosts", hosts="vov.vn"),
         (Act.RELAY_HOSTS_CHANGED,), "admin"),
        ("POST /devices/enrolment",
         lambda day: day.page("admin", "/devices/enrolment", **device | {"device_id": "loa-a"}),
         (Act.ENROLMENT_OFFERED,), "admin"),
        ("POST /devices/enrolment/{code_id}/confirmation", _confirmed_on_a_page,
         (Act.DEVICE_ENROLLED,), "admin"),
        ("POST /api/enrolments",
         lambda day: day.program("admin", "POST", "/api/enrolments",
                                 json=device | {"device_id": "loa-bcd"}),
         (Act.ENROLMENT_OFFERED,), "admin"),
        ("POST /devices/enrolment/{code_id}/denial",
         lambda day: day.page("admin", f"/devices/enrolment/{day.asked_with('loa-bcd')[0]}/denial"),
         (Act.ENROLMENT_DENIED,), "admin"),
    ]  # fmt: skip


def _confirmed_on_a_page(day: Day) -> Response:
    code, fingerprint = day.asked_with("loa-a")
    path = f"/devices/enrolment/{code}/confirmation"
    return day.page("admin", path, fingerprint=fingerprint)


def _confirmed_by_a_program(day: Day) -> Response:
    offered = {"name": "Loa", "village_id": OWN_VILLAGE, "device_id": "loa-ef", "share_percent": ""}
    assert day.program("admin", "POST", "/api/enrolments", json=offered).status_code == 201
    code, fingerprint = day.asked_with("loa-ef")
    path = f"/api/enrolments/{code}/confirmation"
    return day.program("admin", "POST", path, json={"fingerprint": fingerprint})


def _denied_by_a_program(day: Day) -> Response:
    offered = {"name": "Loa", "village_id": OWN_VILLAGE, "device_id": "loa-ghi"}
    code = day.program("admin", "POST", "/api/enrolments", json=offered).json()["code_id"]
    return day.program("admin", "POST", f"/api/enrolments/{code}/denial")


def _programs_others() -> list[Step]:
    wish = {
        "engine": "",
        "voice": "",
        "accent": "south",
        "rate": 1.0,
        "pitch": 50,
        "gaps": "normal",
        "loudspeaker": "horn",
        "ident_words": "",
        "closing_words": "",
    }
    return [
        ("POST /api/enrolments/{code_id}/confirmation", _confirmed_by_a_program,
         (Act.ENROLMENT_OFFERED, Act.DEVICE_ENROLLED), "admin"),
        ("POST /api/enrolments/{code_id}/denial", _denied_by_a_program,
         (Act.ENROLMENT_OFFERED, Act.ENROLMENT_DENIED), "admin"),
        ("PUT /api/villages/{village_id}/languages",
         lambda day: day.program("operator", "PUT", f"/api/villages/{OWN_VILLAGE}/languages",
                                 json={"languages": ["Nùng"]}),
         (Act.LANGUAGES_CHANGED,), "operator"),
        ("POST /api/broadcasts/{broadcast_id}/stop",
         lambda day: day.program("operator", "POST", "/api/broadcasts/bc-later/stop"),
         (Act.BROADCAST_STOPPED,), "operator"),
        ("PATCH /api/devices/{device_id}",
         lambda day: day.program("admin", "PATCH", "/api/devices/loa-dong-1-2",
                                 json={"stagger_ms": 30}),
         (Act.DEVICE_CHANGED,), "admin"),
        ("PUT /api/devices/{device_id}/place",
         lambda day: day.program("admin", "PUT", "/api/devices/loa-dong-1-2/place",
                                 json={"latitude": 21.04, "longitude": 105.86}),
         (Act.DEVICE_PLACED,), "admin"),
        ("DELETE /api/devices/{device_id}",
         lambda day: day.program("admin", "DELETE", "/api/devices/loa-tay-1-2"),
         (Act.DEVICE_RETIRED,), "admin"),
        ("PUT /api/station/relay-hosts",
         lambda day: day.program("admin", "PUT", "/api/station/relay-hosts",
                                 json={"hosts": ["vov.vn", "vov2.vn"]}),
         (Act.RELAY_HOSTS_CHANGED,), "admin"),
        ("POST /api/lexicon",
         lambda day: day.program("leader", "POST", "/api/lexicon",
                                 json={"written": "XQY", "spoken": "xuân quý"}),
         (Act.WORD_TAUGHT,), "leader"),
        ("DELETE /api/lexicon/{entry_id}",
         lambda day: day.program("leader", "DELETE", f"/api/lexicon/{day.word()}"),
         (Act.WORD_RETIRED,), "leader"),
        ("PUT /api/station/voice",
         lambda day: day.program("operator", "PUT", "/api/station/voice", json=wish),
         (Act.VOICE_CHOSEN,), "operator"),
        ("POST /sign-in",
         lambda day: day.page("operator", "/sign-in", username="leader", password="sai"),
         (Act.SIGN_IN_FAILED,), ""),
        ("POST /api/sessions",
         lambda day: day.program("operator", "POST", "/api/sessions",
                                 json={"username": "nobody-here", "password": "sai"}),
         (Act.SIGN_IN_FAILED,), ""),
    ]  # fmt: skip


def _leaving() -> list[Step]:
    return [
        ("POST /sign-out", lambda day: day.page("operator", "/sign-out"),
         (Act.SIGNED_OUT,), "operator"),
        ("DELETE /api/sessions", lambda day: day.program("leader", "DELETE", "/api/sessions"),
         (Act.SIGNED_OUT,), "leader"),
    ]  # fmt: skip


def test_each_route_that_may_change_something_is_in_the_story(site: Site) -> None:
    """Or it stands among those that change nothing, with the reason."""
    unsafe = {
        route
        for route in declared_rights(site.app)
        if route.split(" ")[0] not in {"GET", "HEAD", "OPTIONS"}
    }
    told = [route for route, *_ in story()]

    assert {*told, *CHANGES_NOTHING} == unsafe
    assert len(told) == len(set(told))


@pytest.fixture
def rehearsing(site: Site) -> Iterator[Site]:
    """The site with a stand-in for the simulator."""
    director = Director(site.station.settings, command=stand_in())
    site.app.state.director = director
    yield site
    director.close()


@pytest.mark.processes
def test_each_leaves_the_entry_of_who_did_it(rehearsing: Site) -> None:
    """Signed by the station, in the order in which it was done."""
    day = Day(rehearsing)
    _put_on_air(day)
    trusted = trust_of(keys_of(STATION_ID)).keys
    odd: dict[str, object] = {}
    for route, step, acts, role in story():
        before = _last(day)
        answer = step(day)
        with rehearsing.station.database.reading() as session:
            rows = session.execute(
                select(ENTRIES).where(ENTRIES.c.number > before).order_by(ENTRIES.c.number)
            ).all()
        said = [open_entry(row.message, trusted=trusted).entry for row in rows]
        left = [each for each in said if each.act in acts]
        by = f"acc-{role}" if role else ""
        if [each.act for each in left] != list(acts) or {each.by for each in left} != {by}:
            odd[route] = (answer.status_code, answer.text[:200], [each.act for each in said])

    assert odd == {}


def _put_on_air(day: Day) -> None:
    """One more broadcast that can be stopped."""
    with day.site.station.database.writing() as session:
        on_air = session.get_one(Broadcast, "bc-now")
        values = on_air.model_dump() | {"id": "bc-later", "occurs_at": on_air.not_after}
        session.add(Broadcast(**values))


def _last(day: Day) -> int:
    with day.site.station.database.reading() as session:
        return int(session.execute(select(func.max(ENTRIES.c.number))).scalar_one())


@pytest.mark.parametrize("path", ["/api/audit", "/audit"])
def test_reading_leaves_none(site: Site, path: str) -> None:
    """Looking through the trail does not make it longer."""
    before = _last(Day(site))
    role = "admin"
    answer = site.program(role).get(path) if "/api/" in path else site.browser(role).get(path)

    assert answer.status_code == 200
    assert _last(Day(site)) == before
