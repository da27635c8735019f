"""How devices are to behave: what people may choose is what devices take, and who chose it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey
from sqlmodel import Session, select

from broadcaster.accounts.tables import Account
from broadcaster.areas.tables import Cluster, Station
from broadcaster.database import Database
from broadcaster.errors import BadInput
from broadcaster.fleet.behaviour import (
    USUAL,
    Behaviour,
    behaviour_of,
    checked_hosts,
    checked_stagger,
    checked_volume,
    keep_behaviour,
    keep_relay_hosts,
    relay_hosts_of,
)
from broadcaster.fleet.errors import (
    RelayHostForbidden,
    RelayHostUnusable,
    StaggerUnusable,
    TooManyRelayHosts,
    TooManyVolumeBands,
    UnknownDevice,
    VolumeBandsOverlap,
    VolumeBandUnusable,
)
from broadcaster.fleet.forms import BehaviourForm, RelayHostsForm, form_of
from broadcaster.fleet.registry import enrol, retire
from broadcaster.fleet.tables import DeviceSetting, RelayHost
from devices.protocol.fields import HostName
from devices.protocol.messages import VolumeBand

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
STATION = "xa-an-phu"
clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
bands = st.tuples(clocks, clocks, st.integers(0, 100))


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A station with one device and an admin, in one transaction."""
    with database.writing() as session:
        session.add(
            Station(id=STATION, name="Đài", commune="Xã", province="Tỉnh", public_key="f" * 64)
        )
        session.add(
            Account(id="acc", username="an", display_name="An", password_hash="-", created_at=NOW)
        )
        session.flush()
        session.add(Cluster(id="c1", station_id=STATION, name="c1"))
        session.flush()
        enrol(
            session,
            device_id="loa-1",
            cluster=session.get_one(Cluster, "c1"),
            name="Loa",
            public_key_hex=SigningKey.generate().verify_key.encode().hex(),
            broker_salt="00",
            broker_verifier="00",
            now=NOW,
        )
        yield session


def minutes(band: VolumeBand) -> set[int]:
    """The minutes of the day in which a band holds, told one by one."""
    begins, ends = (int(c[:2]) * 60 + int(c[3:]) for c in (band.begins, band.ends))
    length = (ends - begins) % 1440
    return {(begins + each) % 1440 for each in range(length)}


@given(st.lists(bands, max_size=6))
def test_at_no_minute_two_volumes_hold(given_bands: list[tuple[str, str, int]]) -> None:
    """What is taken is what was given, ordered and free of overlap; else it was refused."""
    try:
        checked = checked_volume(given_bands)
    except (VolumeBandsOverlap, VolumeBandUnusable):
        wished = [VolumeBand(begins=b, ends=e, percent=p) for b, e, p in given_bands]
        covered = [minute for each in wished for minute in minutes(each)]
        assert len(set(covered)) < len(covered) or any(b == e for b, e, _ in given_bands)
        return
    covered = [minute for each in checked for minute in minutes(each)]

    assert len(set(covered)) == len(covered)
    assert sorted((b.begins, b.ends, b.percent) for b in checked) == sorted(given_bands)


@given(st.lists(bands, max_size=4))
def test_a_form_says_again_what_was_kept(given_bands: list[tuple[str, str, int]]) -> None:
    """Whoever opens the form and saves it unchanged changes nothing."""
    try:
        behaviour = Behaviour(checked_volume(given_bands), stagger_ms=120)
    except BadInput:
        return

    assert form_of(behaviour).behaviour() == behaviour


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("20:00–22:00", VolumeBandUnusable),
        ("20:00 40", VolumeBandUnusable),
        ("buổi tối 40", VolumeBandUnusable),
        ("24:00–06:00 40", VolumeBandUnusable),
        ("20:00–22:00 101", VolumeBandUnusable),
        ("20:00–20:00 40", VolumeBandUnusable),
        ("20:00–22:00 40\n21:00–23:00 50", VolumeBandsOverlap),
        ("21:00–05:00 40\n04:00–06:00 50", VolumeBandsOverlap),
        ("\n".join(f"{n // 60:02}:{n % 60:02}–{n // 60:02}:{n % 60 + 1:02} 9" for n in range(25)),
         TooManyVolumeBands),
    ],
)  # fmt: skip
def test_bands_that_no_device_takes_are_refused(typed: str, error: type[BadInput]) -> None:
    """By a sentence at their field."""
    with pytest.raises(error) as refused:
        BehaviourForm(volume=typed).behaviour()

    assert refused.value.field == "volume"


def test_bands_may_be_typed_as_people_write_times() -> None:
    """With a hyphen, an h, a percent sign, without the leading zero, and blank lines."""
    typed = "\n 21h00 - 5h30 30%\n\n5:30–08:00 60 \n"

    assert BehaviourForm(volume=typed, stagger_ms="1.200").behaviour() == Behaviour(
        (
            VolumeBand(begins="05:30", ends="08:00", percent=60),
            VolumeBand(begins="21:00", ends="05:30", percent=30),
        ),
        stagger_ms=1_200,
    )


@pytest.mark.parametrize("typed", ["-1", "10001", "nhanh", "1e3", "9" * 30, "½"])
def test_a_stagger_that_no_device_takes_is_refused(typed: str) -> None:
    """Between nothing and ten seconds."""
    with pytest.raises(StaggerUnusable):
        BehaviourForm(stagger_ms=typed).behaviour()
    assert [checked_stagger(each) for each in (0, 10_000)] == [0, 10_000]


@given(st.lists(st.text(max_size=40), max_size=4))
def test_hosts_that_are_taken_are_hosts(typed: list[str]) -> None:
    """As the contract writes them, each once, in order."""
    try:
        hosts = checked_hosts(typed)
    except (RelayHostForbidden, RelayHostUnusable):
        return

    assert hosts == sorted(set(hosts))
    assert [msgspec.convert(host, HostName) for host in hosts] == hosts


@pytest.mark.parametrize(
    "typed", ["https://vov.vn", "vov.vn/live", "vov vn", "đài.vn", "a" * 300, "vov.vn:8000"]
)
def test_an_address_is_no_host(typed: str) -> None:
    """It is said what belongs into the field."""
    with pytest.raises(RelayHostUnusable) as refused:
        RelayHostsForm(hosts=f"stream.example\n{typed}").checked()

    assert refused.value.field == "hosts"


@pytest.mark.parametrize("host", ["169.254.169.254", "169.254.43518", "0", "239.1.1.1"])
def test_where_no_broadcaster_can_be_is_no_host(host: str) -> None:
    """A receiver in the house may be named, where clouds keep their credentials may not."""
    with pytest.raises(RelayHostForbidden):
        checked_hosts(["stream.example", host])

    assert checked_hosts(["127.0.0.1", "192.168.1.20"]) == ["127.0.0.1", "192.168.1.20"]


def test_a_hundred_hosts_are_enough() -> None:
    """More than that is a mistake, and more than a configuration holds."""
    with pytest.raises(TooManyRelayHosts):
        checked_hosts(f"h{number}.vn" for number in range(101))
    assert len(checked_hosts(f"H{number}.vn. " for number in range(100))) == 100


def test_it_is_kept_who_changed_a_device_and_when(session: Session) -> None:
    """The last change; saving the same again is none."""
    softer = Behaviour((VolumeBand(begins="20:00", ends="06:00", percent=40),), stagger_ms=80)
    usual = behaviour_of(session, "loa-1")
    for pause in (timedelta(), timedelta(hours=1)):
        keep_behaviour(session, "loa-1", softer, station_id=STATION, by="acc", now=NOW + pause)
    row = session.exec(select(DeviceSetting)).one()

    assert (usual, behaviour_of(session, "loa-1")) == (USUAL, softer)
    assert (row.changed_by, row.changed_at) == ("acc", NOW)


@pytest.mark.parametrize(("device", "station"), [("loa-9", STATION), ("loa-1", "xa-khac")])
def test_only_a_device_of_the_station_is_changed(
    session: Session, device: str, station: str
) -> None:
    """Neither an unknown one, nor another station's."""
    with pytest.raises(UnknownDevice):
        keep_behaviour(session, device, USUAL, station_id=station, by=None, now=NOW)


def test_a_retired_device_is_not_changed(session: Session) -> None:
    """Nobody would hear of it."""
    retire(session, "loa-1", now=NOW)

    with pytest.raises(UnknownDevice):
        keep_behaviour(session, "loa-1", USUAL, station_id=STATION, by=None, now=NOW)


def test_it_is_kept_who_allowed_a_host_and_when(session: Session) -> None:
    """A host that stays keeps its first permission; one that is taken away is gone."""
    keep_relay_hosts(session, ["a.vn", "b.vn"], station_id=STATION, by="acc", now=NOW)
    later = NOW + timedelta(days=1)
    keep_relay_hosts(session, ["b.vn", "c.vn"], station_id=STATION, by=None, now=later)
    rows = {row.host: (row.added_by, row.added_at) for row in session.exec(select(RelayHost))}

    assert relay_hosts_of(session, STATION) == ("b.vn", "c.vn")
    assert rows == {"b.vn": ("acc", NOW), "c.vn": (None, later)}
