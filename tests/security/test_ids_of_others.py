"""Whoever guesses an id of another village or another station is told that there is no such thing.

Routes are walked, not listed: a new one with a new parameter says in `ELSEWHERE` what stands for it
in another village, or in `OF_NO_PLACE` that it belongs to none.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from httpx import Response
from sqlmodel import Session, SQLModel, select

from broadcaster.accounts.tables import Account, ApiToken
from broadcaster.alerts.tables import AlertFeed, AlertPlaceCode, AlertRule, ReceivedAlert
from broadcaster.areas.tables import Cluster, Station, Village
from broadcaster.bulletins.tables import Bulletin
from broadcaster.emergency.tables import Emergency
from broadcaster.exchange.tables import ReceivedBulletin
from broadcaster.feedback.tables import Feedback
from broadcaster.fleet.tables import Device
from broadcaster.hearing.tables import Hearing
from broadcaster.joining.tables import PreparedJoining
from broadcaster.live.tables import LiveTalk
from broadcaster.materials.tables import MaterialFeed, MaterialItem
from broadcaster.schedule.tables import Broadcast, Schedule
from broadcaster.sources.tables import RelaySource
from broadcaster.webhooks.tables import Webhook, WebhookDelivery
from tests.broadcaster.pages.commune import EPOCH, add_broadcast
from tests.security.conftest import CSRF, fill, open_site
from tests.security.day_at_the_station import Day
from tests.security.test_one_table_of_routes import TABLE
from tests.security.whole_station import WARNING, filling_of, live_in, parameters_of
from tests.trail import connect

HEAD = "village_head"
OTHER = "st-other"
ALERTS: Mapping[type[SQLModel], str] = {
    ReceivedAlert: "cap-other",
    AlertFeed: "afd-other",
    AlertPlaceCode: "apc-other",
    AlertRule: "arl-other",
    ReceivedBulletin: "exb-other",
    MaterialFeed: "mtf-other",
    PreparedJoining: "prj-other",
}
KINDS = {"item": "bul-other", "playlist": "pl-other", "relay": "rel-other"}
OF_THE_OTHER_STATION = {
    "{village_id}": "v-other",
    "{device_id}": "loa-other",
    "{bulletin_id}": KINDS["item"],
    "{aired_id}": KINDS["item"],
    "{playlist_id}": KINDS["playlist"],
    "{relay_id}": KINDS["relay"],
    "{schedule_id}": "s-other",
    "{broadcast_id}": "bc-other",
    "{source_id}": "src-other",
    "{alert_id}": "cap-other",
    "{feed_id}": "afd-other",
    "{place_code_id}": "apc-other",
    "{rule_id}": "arl-other",
    "{received_id}": "exb-other",
    "{material_feed_id}": "mtf-other",
    "{joining_id}": "prj-other",
    "{material_item_id}": "mti-other",
    "{token_id}": "tok-other",
    "{webhook_id}": "whk-other",
    "{delivery_id}": "dlv-other",
}
# A bulletin in the public channels is everybody's, once a leader has opened them.
OF_NO_PLACE = {
    "{epoch}": EPOCH,
    "{seq}": "3",
    "{recording_id}": "rec-none",
    "{bulletin_id}": "bul-none",
    "{aired_id}": "bul-none",
}
LET_BE = {
    "{language}",
    "{sha256}",
    "{digest}",
    "{kind}",
    "{rest}",
    "{code}",
    "{token}",
    "{handle}",
    "{file_kind}",
    "{table}",
    "{outlet}",
}
"""A language, a hash that must be known, a kind of fault: nobody's, and nothing to guess. And an
old name of a talk, which only leads to the talk's page.
A poster's code hangs in the street; a link and a session are known to one person."""


@pytest.fixture
def day(sqlite_url: str, tmp_path: Path) -> Iterator[Day]:
    """A station in which everything was done once, another one beside it in the same database."""
    database = connect(sqlite_url)
    fill(database, folder=tmp_path)
    day = live_in(open_site(database, folder=tmp_path))
    with database.writing() as session:
        add_broadcast(
            session, "bc-elsewhere", bulletin_id="vaccine", by="acc-operator", clusters=("tay",),
            starts_at=day.site.station.clock(), planned_at=day.site.station.clock(),
        )  # fmt: skip
        hearing = session.exec(select(Hearing)).one()
        session.add(
            _like(hearing, id="hear-elsewhere", village_id="tay-1", account_id="acc-operator")
        )
        said = session.exec(select(Feedback)).first()
        assert said is not None
        session.add(_like(said, id="fb-elsewhere", village_id="tay-1", poster_code=None))
    with database.writing() as session:
        _found_another(session)
    yield day
    database.dispose()


def _found_another(session: Session) -> None:
    """One thing of each kind, like ours, that belongs to another station."""
    session.add(_like(session.exec(select(Station)).one(), id=OTHER))
    session.flush()
    session.add(Cluster(id="cl-other", station_id=OTHER, name="Cụm khác"))
    session.flush()
    session.add(Village(id="v-other", cluster_id="cl-other", name="Thôn khác"))
    device = session.get_one(Device, "loa-dong-1-1")
    of_other = {"station_id": OTHER, "cluster_id": "cl-other", "public_key": "ff" * 32}
    session.add(_like(device, id="loa-other", **of_other))
    vaccine = session.get_one(Bulletin, "vaccine")
    for kind, name in KINDS.items():
        session.add(_like(vaccine, id=name, kind=kind, station_id=OTHER))
    source = session.exec(select(RelaySource)).one()
    session.add(_like(source, id="src-other", station_id=OTHER))
    for table, name in ALERTS.items():
        row = session.exec(select(table)).one()
        session.add(_like(row, id=name, station_id=OTHER))
    hook = session.exec(select(Webhook)).one()
    delivery = session.exec(select(WebhookDelivery)).one()
    session.add(_like(hook, id="whk-other", station_id=OTHER))
    session.flush()
    session.add(_like(delivery, id="dlv-other", webhook_id="whk-other"))
    token = session.exec(select(ApiToken)).one()
    program = session.get_one(Account, token.id)
    session.add(_like(program, id="tok-other", username="T-tok-other"))
    session.flush()
    session.add(_like(token, id="tok-other", station_id=OTHER, token_sha256="ff" * 32))
    schedule = session.get_one(Schedule, "s-bc-tomorrow")
    session.flush()
    item = session.exec(select(MaterialItem)).one()
    session.add(_like(item, id="mti-other", feed_id="mtf-other"))
    session.add(_like(schedule, id="s-other", station_id=OTHER, bulletin_id=KINDS["item"]))
    session.flush()
    broadcast = session.get_one(Broadcast, "bc-tomorrow")
    about = {"schedule_id": "s-other", "bulletin_id": KINDS["item"]}
    session.add(_like(broadcast, id="bc-other", **about))


def _like(
    row: SQLModel,
    **other: str | None,
) -> object:
    return type(row)(**{**row.model_dump(), **other})


def asked(day: Day, route: str, role: str, places: Mapping[str, str]) -> Response:
    """Call a route with these in its path, with all that a page or a program would send."""
    method, path = route.split(" ", 1)
    for place, value in places.items():
        path = path.replace(place, value)
    if path.startswith("/api/"):
        given: dict[str, object] = {} if method in {"GET", "DELETE"} else {"json": {}}
        return day.site.program(role).request(method, path, **given)  # type: ignore[arg-type]
    headers = {"X-CSRF-Token": CSRF}
    return day.site.browser(role).request(method, path, headers=headers)


def test_a_village_head_finds_nothing_of_another_village(day: Day) -> None:
    """Whatever a village head may ask about their own, an id from elsewhere is not found."""
    order = {"clusters": ["tay"], "hazard": "flood", "mode": "real", "typed": "khan cap"}
    day.page("operator", "/emergency", request_key="key-of-another", words=WARNING, **order)
    elsewhere = {
        "{station_id}": OTHER,
        "{village_id}": "tay-1",
        "{broadcast_id}": "bc-elsewhere",
        "{device_id}": "loa-tay-1-1",
        "{talk_id}": day.one(select(LiveTalk.id)),
        "{hearing_id}": "hear-elsewhere",
        "{feedback_id}": "fb-elsewhere",
        "{emergency_id}": day.one(select(Emergency.id).order_by(Emergency.raised_at)),
    }
    told = {}
    for route, who in TABLE.items():
        named = set(parameters_of(route))
        if HEAD not in who or not named or named & LET_BE:
            continue
        assert named <= elsewhere.keys() | OF_NO_PLACE.keys(), f"say what stands for {named}"
        answer = asked(day, route, HEAD, elsewhere | OF_NO_PLACE)
        if answer.status_code not in {401, 403, 404, 422}:
            told[route] = answer.status_code

    assert told == {}


def test_nobody_finds_anything_of_another_station(day: Day) -> None:
    """One database may hold a province: what is not this station's is not there."""
    told, tried = {}, 0
    for route, who in TABLE.items():
        named = set(parameters_of(route))
        if not named & OF_THE_OTHER_STATION.keys() or not who:
            continue
        own = {name: filling_of(name, day) for name in named - OF_THE_OTHER_STATION.keys()}
        role = next(each for each in ("operator", "leader", "admin", HEAD) if each in who)
        answer = asked(day, route, role, OF_THE_OTHER_STATION | own)
        tried += 1
        if answer.status_code not in {400, 401, 403, 404, 422}:
            told[route] = answer.status_code

    assert told == {}
    assert tried > 40


def test_a_complete_form_does_nothing_to_another_station(day: Day) -> None:
    """An empty form is refused for what it lacks; one with all that it asks for, for its id."""
    with day.site.station.database.writing() as session:
        talk = session.exec(select(LiveTalk)).first()
        assert talk is not None
        session.add(_like(talk, id="talk-other", station_id=OTHER))
    with day.site.station.database.reading() as session:
        before = session.exec(select(Schedule.id)).all()
    queued = day.page(
        "operator", f"/bulletins/{KINDS['item']}/queue", clusters="dong", when="approved"
    )
    stopped = day.page("operator", "/live/talk-other/stop")

    assert (queued.status_code, stopped.status_code) == (404, 404)
    with day.site.station.database.reading() as session:
        assert session.exec(select(Schedule.id)).all() == before
