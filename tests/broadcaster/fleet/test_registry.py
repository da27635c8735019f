"""The registry: who is enrolled, with which key, reaching whom, and until when."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey
from sqlmodel import Session

from broadcaster.areas.tables import Cluster, Station, Village
from broadcaster.database import Database
from broadcaster.errors import LoaError
from broadcaster.fleet.errors import (
    DeviceEnrolled,
    DeviceKeyUnreadable,
    DeviceNameUnusable,
    SharesExceedVillage,
    SimulatedInService,
    UnknownDevice,
)
from broadcaster.fleet.registry import (
    devices_of,
    enrol,
    enrolled_devices,
    holds_on,
    most_shared,
    retire,
    share_village,
    verify_keys,
)
from broadcaster.fleet.tables import Device, DeviceShare

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
STATION = "xa-an-phu"
DAY = date(2026, 1, 1)


@contextmanager
def registry(database: Database, *, rehearsal: bool = False) -> Iterator[Session]:
    """A station with two clusters and a village, in one transaction."""
    with database.writing() as session:
        session.add(
            Station(
                id=STATION,
                name="Đài",
                commune="Xã",
                province="Tỉnh",
                rehearsal=rehearsal,
                public_key="f" * 64,
            )
        )
        session.flush()
        session.add_all(Cluster(id=each, station_id=STATION, name=each) for each in ("c1", "c2"))
        session.flush()
        session.add(Village(id="v1", cluster_id="c1", name="Thôn Một"))
        session.flush()
        yield session


def add(session: Session, device_id: str, *, cluster: str = "c1", **said: object) -> Device:
    """Enrol a device with a key of its own."""
    given_key = said.pop("key", None) or SigningKey.generate().verify_key.encode(HexEncoder)
    assert isinstance(given_key, bytes)
    return enrol(
        session,
        device_id=device_id,
        cluster=session.get_one(Cluster, cluster),
        name="Loa",
        public_key_hex=given_key.decode(),
        broker_salt="00",
        broker_verifier="00",
        now=NOW,
        **said,  # type: ignore[arg-type]
    )


def test_knows_the_devices_of_clusters(database: Database) -> None:
    """Devices are found by cluster, in a stable order, without those retired."""
    with registry(database) as session:
        for device, cluster in (("loa-3", "c1"), ("loa-1", "c1"), ("loa-2", "c2"), ("loa-4", "c1")):
            add(session, device, cluster=cluster)
        retire(session, "loa-4", now=NOW)

        assert [each.id for each in devices_of(session, ["c1"])] == ["loa-1", "loa-3"]
        assert [each.id for each in enrolled_devices(session, STATION)] == [
            "loa-1",
            "loa-2",
            "loa-3",
        ]


def test_gives_the_keys_of_those_enrolled(database: Database) -> None:
    """A device's key verifies what it signs, and is gone when it is retired."""
    key = SigningKey.generate()
    with registry(database) as session:
        add(session, "loa-1", key=key.verify_key.encode(HexEncoder))
        verified = verify_keys(session, STATION)["loa-1"].verify(key.sign(b"word"))
        retire(session, "loa-1", now=NOW)

        assert verified == b"word"
        assert verify_keys(session, STATION) == {}


def test_a_retirement_keeps_its_first_instant(database: Database) -> None:
    """Retiring twice changes nothing; retiring nobody is an error."""
    with registry(database) as session:
        add(session, "loa-1")
        retire(session, "loa-1", now=NOW)
        again = retire(session, "loa-1", now=datetime(2030, 1, 1, tzinfo=UTC))

        assert again.retired_at == NOW
        with pytest.raises(UnknownDevice):
            retire(session, "loa-9", now=NOW)


@pytest.mark.parametrize(
    ("device_id", "said", "error"),
    [
        ("loa-1", {}, DeviceEnrolled),
        ("loa-2", {"key": b"11" * 32}, DeviceEnrolled),
        ("Loa 2", {}, DeviceNameUnusable),
        ("loa/+", {}, DeviceNameUnusable),
        (f"{STATION}-ingest", {}, DeviceNameUnusable),
        ("loa-2", {"key": b"11"}, DeviceKeyUnreadable),
        ("loa-2", {"key": b"khong"}, DeviceKeyUnreadable),
        ("loa-2", {"simulated": True}, SimulatedInService),
    ],
)
def test_refuses_what_cannot_be_enrolled(
    database: Database, device_id: str, said: dict[str, object], error: type[LoaError]
) -> None:
    """A name or key twice, a name no topic can hold, a simulated device in a real station."""
    with registry(database) as session:
        add(session, "loa-1", key=b"11" * 32)
        with pytest.raises(error):
            add(session, device_id, **said)

        assert len(enrolled_devices(session, STATION)) == 1


def test_a_rehearsal_takes_simulated_devices(database: Database) -> None:
    """Simulated devices are enrolled where everything is rehearsed, and marked."""
    with registry(database, rehearsal=True) as session:
        assert add(session, "loa-1", simulated=True).simulated


def test_a_village_is_shared_out_at_most_once(database: Database) -> None:
    """Shares that would exceed a village on any day are refused; a share that ended is free."""
    with registry(database) as session:
        add(session, "loa-1")
        share_village(
            session,
            village_id="v1",
            share=0.75,
            device_id="loa-1",
            valid_from=DAY,
            valid_until=date(2027, 1, 1),
        )
        share_village(session, village_id="v1", share=0.25, device_id=None, valid_from=DAY)
        with pytest.raises(SharesExceedVillage):
            share_village(session, village_id="v1", share=0.5, device_id=None, valid_from=DAY)
        later = share_village(
            session, village_id="v1", share=0.75, device_id=None, valid_from=date(2027, 1, 1)
        )

        assert later.id is not None


@pytest.mark.parametrize("share", [0.0, -0.1, 1.01])
def test_a_share_is_part_of_a_village(database: Database, share: float) -> None:
    """Nothing, less than nothing and more than all are no shares."""
    with registry(database) as session, pytest.raises(SharesExceedVillage):
        share_village(session, village_id="v1", share=share, device_id=None, valid_from=DAY)


days = st.dates(date(2026, 1, 1), date(2026, 1, 20))
some_shares = st.lists(
    st.builds(
        DeviceShare,
        village_id=st.just("v1"),
        share=st.floats(0.1, 1),
        valid_from=days,
        valid_until=st.none() | days,
    ),
    min_size=1,
)


@given(some_shares, days)
def test_no_day_is_shared_more_than_the_most(shares: list[DeviceShare], day: date) -> None:
    """The most that is shared is an upper bound of every day, not only of first days."""
    on_day = sum(each.share for each in shares if holds_on(each, day=day))

    assert on_day <= most_shared(shares) + 1e-9
