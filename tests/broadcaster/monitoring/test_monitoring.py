"""Health checks and metrics: what they say, that the document says the same, who reads it."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

import broadcaster.monitoring
from broadcaster.accounts.api_tokens import make_token
from broadcaster.accounts.guard import SESSION_COOKIE
from broadcaster.accounts.roles import Role
from broadcaster.accounts.scopes import Scope
from broadcaster.database import Database
from broadcaster.dispatch.tables import SignedConfig
from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.ledger.tables import PLAYS
from broadcaster.monitoring import routes
from broadcaster.monitoring.exposition import Family, Sample, written
from broadcaster.monitoring.measuring import families
from broadcaster.settings import Settings
from broadcaster.webhooks.keeping import add_webhook
from broadcaster.webhooks.queueing import queue_trial
from tests.broadcaster.pages.commune import add_afternoon, found_commune
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.clients import TestClient
from tests.trail import connect

README = Path(broadcaster.monitoring.__file__).parent / "README.md"
LINE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*)\})? (-?[0-9.e+]+)')


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """A commune on its afternoon."""
    station = found_commune(database, state_dir=tmp_path)
    people = [station.member("bien-tap", Role.OPERATOR), station.member("lanh-dao", Role.LEADER)]
    with database.writing() as session:
        add_afternoon(session, operator=people[0], leader=people[1], now=station.clock())
    return station


def client_of(station: SmallStation, *scopes: Scope) -> TestClient:
    """A program with a token of these scopes."""
    with station.database.writing() as session:
        _, token = make_token(
            session, name="Prometheus", scopes=scopes, days=7, station_id=STATION_ID, by=None,
            now=station.clock(),
        )  # fmt: skip
    return TestClient(
        station.app(routes.router), headers={"Authorization": f"Bearer {token}"},
        follow_redirects=False, raise_server_exceptions=False,
    )  # fmt: skip


def scraped(station: SmallStation) -> Mapping[str, float]:
    """Every sample of a scrape, by its name with its labels."""
    answer = client_of(station, Scope.READ_METRICS).get("/metrics")
    assert answer.status_code == 200, answer.text
    lines = [each for each in answer.text.splitlines() if not each.startswith("#")]
    found = [LINE.fullmatch(each) for each in lines]
    assert None not in found, lines
    return {
        f"{each[1]}{{{each[2]}}}" if each[2] else each[1]: float(each[3]) for each in found if each
    }


def test_every_metric_is_documented_and_every_documented_one_exists(station: SmallStation) -> None:
    """By name, with the values of its labels; and the unit is in the name where there is one."""
    rows = re.findall(
        r"^\| `([a-z_]+)` \| ([^|]+) \|.*\| ([^|]*)\|$", README.read_text(), re.MULTILINE
    )
    with station.database.reading() as session:
        told = list(
            families(
                session, station_id=STATION_ID, state_dir=station.settings.state_dir,
                now=station.clock(),
            )
        )  # fmt: skip

    assert [name for name, *_ in rows] == [each.name for each in told]
    for (name, unit, labels), each in zip(rows, told, strict=True):
        values = {value for one in each.samples for value in one.labels.values()}
        if ":" in labels:
            assert set(re.findall(r"`([a-z_]+)`", labels.partition(":")[2])) == values, name
        for word, ending in (("bytes", "_bytes"), ("seconds", "_seconds")):
            assert (word in unit) == name.endswith(ending), name


def test_the_afternoon_in_figures(station: SmallStation) -> None:
    """As the pages tell it: one broadcast whole, one short, one still going on."""
    found = scraped(station)

    assert found['loa_broadcasts_last_day{outcome="confirmed"}'] == 1
    assert found['loa_broadcasts_last_day{outcome="short"}'] == 1
    assert found['loa_broadcasts_last_day{outcome="pending"}'] == 1
    assert found['loa_plays_last_day{outcome="confirmed"}'] >= 18
    assert found['loa_devices{state="online"}'] == 16
    assert found['loa_devices{state="silent"}'] == 1
    assert found['loa_devices{state="never_heard"}'] == 1
    assert found["loa_alerts_open"] == 1
    assert found["loa_schedule_led"] == 0
    assert found["loa_publishing_lag_seconds"] == 0
    assert found["loa_disk_size_bytes"] > found["loa_disk_free_bytes"] > 0
    assert found["process_resident_memory_bytes"] > 1_000_000


def test_what_waits_is_told_by_how_long(station: SmallStation) -> None:
    """A configuration for the broker, a deadline that nobody looked at, a webhook that is due."""
    now = station.clock()
    with station.database.writing() as session:
        session.add(
            SignedConfig(
                device_id="loa-dong-1-1", version=1, config_sha256="0", key_id="k", message="m",
                signed_at=now - timedelta(seconds=90),
            )
        )  # fmt: skip
        session.execute(
            PLAYS.update()
            .where(PLAYS.c.broadcast_id == "bc-now", PLAYS.c.cluster_id == "tay")
            .values(start_due_at=now - timedelta(seconds=30))
        )
        hook, _ = add_webhook(
            session, name="Cổng", url="https://cong.example", kinds=["device.silent"],
            station_id=STATION_ID, keys_dir=station.settings.keys_dir, by=None, now=now,
        )  # fmt: skip
        queue_trial(
            session, hook.id, station_id=STATION_ID, by=None, now=now - timedelta(seconds=7)
        )
    found = scraped(station)

    assert found["loa_publishing_lag_seconds"] == 90
    assert found["loa_ledger_lag_seconds"] == 30
    assert found["loa_webhook_lag_seconds"] == 7
    assert found['loa_webhook_deliveries{state="waiting"}'] == 1


def test_there_are_as_many_series_whatever_the_number_of_poles(station: SmallStation) -> None:
    """And none names a person, a village or a device."""
    before = scraped(station)
    with station.database.writing() as session:
        pattern = session.exec(select(Device)).first()
        assert pattern is not None
        for number in range(30):
            another = {"id": f"loa-them-{number}", "public_key": f"{number:064x}"}
            session.add(Device(**pattern.model_dump() | another))
            session.flush()
            session.add(
                DeviceStatus(
                    device_id=f"loa-them-{number}", online=True, boot="cd" * 16, software="x",
                    plan_version=1, said_at=station.clock(), received_at=station.clock(),
                )
            )  # fmt: skip
    after = scraped(station)

    assert before.keys() == after.keys()
    assert after['loa_devices{state="online"}'] == 46
    assert not re.search(r"dong|loa-|Thôn|bien|lanh", "".join(after))


def test_only_a_token_of_that_scope_reads_them(station: SmallStation) -> None:
    """Not one of another scope, nobody, and no page's cookie."""
    other = client_of(station, *(each for each in Scope if each is not Scope.READ_METRICS))
    admin = station.session_of("quan-tri", Role.ADMIN)
    stranger = TestClient(station.app(routes.router), follow_redirects=False)
    by_cookie = TestClient(station.app(routes.router), follow_redirects=False)
    by_cookie.cookies.set(SESSION_COOKIE, admin)
    by_session = stranger.get("/metrics", headers={"Authorization": f"Bearer {admin}"})

    assert other.get("/metrics").status_code == 403
    assert stranger.get("/metrics").status_code == 401
    assert by_cookie.get("/metrics").status_code == 401
    assert by_session.status_code == 200
    assert by_session.headers["Content-Type"].startswith("text/plain; version=0.0.4")


def test_the_text_is_what_prometheus_reads() -> None:
    """Help and type before the samples; quotes, backslashes and line ends escaped."""
    family = Family("loa_x", "Two\nlines \\.", [Sample(1, {"a": 'say "x\\y"\n'}), Sample(0.5)])

    assert written([family]) == (
        "# HELP loa_x Two\\nlines \\\\.\n"
        "# TYPE loa_x gauge\n"
        'loa_x{a="say \\"x\\\\y\\"\\n"} 1\n'
        "loa_x 0.5\n"
    )


def test_anybody_may_ask_whether_it_lives_and_is_ready(station: SmallStation) -> None:
    """Without a sign-in, and without learning anything else."""
    client = TestClient(station.app(routes.router))
    live, ready = client.get("/health/live"), client.get("/health/ready")

    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    assert {each.headers["Cache-Control"] for each in (live, ready)} == {"no-store"}


def test_a_site_whose_database_is_gone_lives_and_is_not_ready(tmp_path: Path) -> None:
    """Restarting it would not bring the database back."""
    folder = tmp_path / "state"
    folder.mkdir()
    database = connect(f"sqlite:///{folder / 'none.sqlite3'}")
    station = found_nowhere(database, folder)
    client = TestClient(station.app(routes.router), raise_server_exceptions=False)

    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "not_ready"})
    database.dispose()


def found_nowhere(database: Database, folder: Path) -> SmallStation:
    """A station whose database has no tables."""
    return SmallStation(database, Settings(state_dir=folder))
