"""Each device's configuration: signed when what it says has changed, and taken back at the end."""

from datetime import timedelta

import pytest
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.config_signing import config_inputs, sign_changed_configs
from broadcaster.dispatch.tables import SignedConfig
from broadcaster.dispatch.versions import AGAIN_AFTER, BELIEVED_LIMIT
from broadcaster.fleet.registry import retire
from broadcaster.fleet.tables import Device, DeviceSetting, RelayHost
from broadcaster.keys import StationKeys
from devices.protocol.envelope import open_config
from devices.protocol.keyring import NOBODY
from devices.protocol.messages import Config, QuietHours, VolumeBand
from tests.broadcaster.dispatch.fleet import add_device, report
from tests.broadcaster.small_station import NOON, STATION_ID, Clock
from tests.broadcaster.station_keys import ROOT, made_keys

KEYS = made_keys()
URL = "http://station.example:8000"


class Fleet:
    """A station with two devices, whose configurations are signed at the clock's present."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        with database.writing() as session:
            for number, cluster in ((1, "cl-1"), (2, "cl-2")):
                add_device(session, number, cluster=cluster, now=NOON)

    def sign(self, keys: StationKeys = KEYS, *, station_url: str = URL) -> int:
        """Sign what changed; how many it was."""
        with self.database.writing() as session:
            return sign_changed_configs(
                session,
                station=session.get_one(Station, STATION_ID),
                keys=keys,
                station_url=station_url,
                now=self.clock(),
            )

    def newest(self, device: str = "loa-1") -> SignedConfig:
        """The newest of a device as it is kept."""
        with self.database.reading() as session:
            return session.exec(
                select(SignedConfig)
                .where(SignedConfig.device_id == device)
                .order_by(col(SignedConfig.version).desc())
            ).first() or pytest.fail("nothing was signed")

    def config(self, device: str = "loa-1") -> Config:
        """The newest of a device, verified as it verifies it."""
        config, _ = open_config(
            self.newest(device).message.encode(),
            station=STATION_ID,
            device=device,
            root=ROOT.verify_key,
            held=NOBODY,
            now_ms=0,
        )
        return config


@pytest.fixture
def fleet(newsroom: object, database: Database) -> Fleet:
    """Two devices in two clusters."""
    assert newsroom is not None
    return Fleet(database)


def test_a_device_learns_where_it_stands_and_whom_to_believe(fleet: Fleet) -> None:
    """Cluster and rules of the station, its keyring, and where its audio is."""
    assert fleet.sign() == 2

    config = fleet.config()
    assert (config.cluster, fleet.config("loa-2").cluster) == ("cl-1", "cl-2")
    assert config.keyring == KEYS.keyring
    assert config.quiet_hours == QuietHours(begins="21:00", ends="05:30")
    assert (config.longest_play_ms, config.station_url) == (45 * 60_000, URL)
    assert (config.volume, config.relay_hosts, config.stagger_ms) == ((), (), 0)
    assert config.version == config.issued_at_ms == to_ms(NOON)


def test_nothing_is_signed_again_that_says_the_same(fleet: Fleet) -> None:
    """A second look changes nothing, however late."""
    fleet.sign()
    fleet.clock.move(timedelta(days=3))

    assert fleet.sign() == 0


def quiet_earlier(session: Session) -> None:
    """Let the quiet hours begin an hour earlier."""
    session.get_one(Station, STATION_ID).quiet_begins = "20:00"


def shorter(session: Session) -> None:
    """Let no session last longer than a minute."""
    session.get_one(Station, STATION_ID).longest_session_ms = 60_000


def moved(session: Session) -> None:
    """Put one device into another cluster."""
    session.get_one(Device, "loa-1").cluster_id = "cl-2"


def softer(session: Session) -> None:
    """Make one device softer at night, and later."""
    band = {"begins": "20:00", "ends": "06:00", "percent": 40}
    setting = DeviceSetting(device_id="loa-1", volume=[band], stagger_ms=120, changed_at=NOON)
    session.add(setting)


def relaying(session: Session) -> None:
    """Allow a host whose programme may be passed on."""
    session.add(RelayHost(station_id=STATION_ID, host="vov.example", added_at=NOON))


@pytest.mark.parametrize(
    ("change", "signed"),
    [(quiet_earlier, 2), (shorter, 2), (moved, 1), (softer, 1), (relaying, 2)],
)
def test_what_people_change_is_signed_for_whom_it_concerns(
    fleet: Fleet, change: object, signed: int
) -> None:
    """Each change of station or registry makes a new version for those devices, and no other."""
    fleet.sign()
    before = fleet.config()
    fleet.clock.move(timedelta(seconds=1))
    with fleet.database.writing() as session:
        change(session)  # type: ignore[operator]

    assert fleet.sign() == signed
    assert fleet.config().version > before.version
    assert fleet.sign() == 0


def test_what_was_chosen_for_a_device_is_in_its_configuration(fleet: Fleet) -> None:
    """Bands, stagger and hosts arrive as they were chosen."""
    with fleet.database.writing() as session:
        softer(session)
        relaying(session)
    fleet.sign()

    config = fleet.config()
    assert config.volume == (VolumeBand(begins="20:00", ends="06:00", percent=40),)
    assert (config.stagger_ms, config.relay_hosts) == (120, ("vov.example",))
    assert fleet.config("loa-2").volume == ()


@pytest.mark.parametrize(
    "keys", [made_keys(serial=2), made_keys(seed=b"n", serial=2, also=b"k")], ids=["ring", "key"]
)
def test_another_keyring_or_key_signs_all_of_them_again(fleet: Fleet, keys: StationKeys) -> None:
    """What devices hold was signed by the key before, and names the ring before."""
    fleet.sign()

    assert fleet.sign(keys) == 2
    assert fleet.newest().key_id == keys.key_id
    assert fleet.config().keyring == keys.keyring


def test_versions_only_grow_though_the_clock_is_set_back(fleet: Fleet) -> None:
    """The time in milliseconds, or one more than the last."""
    fleet.sign()
    fleet.clock.move(timedelta(hours=-2))
    with fleet.database.writing() as session:
        quiet_earlier(session)
    fleet.sign()

    assert fleet.config().version == to_ms(NOON) + 1


def test_a_restored_station_goes_above_what_a_device_holds(fleet: Fleet) -> None:
    """Yesterday's backup knows an older version; the device would refuse one not above its own."""
    fleet.sign()
    held = to_ms(NOON + timedelta(days=2))
    fleet.clock.move(AGAIN_AFTER)
    with fleet.database.writing() as session:
        report(session, "loa-1", now=fleet.clock(), config_version=held)

    assert fleet.sign() == 1
    assert fleet.config().version == held + 1
    assert fleet.sign() == 0


def test_a_device_that_lies_about_its_version_uses_up_no_numbers(fleet: Fleet) -> None:
    """What no station ever signed is not gone above, and is not signed for again and again."""
    fleet.sign()
    for step in range(5):
        fleet.clock.move(timedelta(seconds=1))
        with fleet.database.writing() as session:
            report(session, "loa-1", now=fleet.clock(), config_version=BELIEVED_LIMIT + step)
        fleet.sign()

    assert fleet.config().version == to_ms(NOON)
    fleet.clock.move(AGAIN_AFTER)
    with fleet.database.writing() as session:
        report(session, "loa-1", now=fleet.clock(), config_version=2**53 - 1)

    assert fleet.sign() == 0


def test_what_a_device_would_refuse_is_not_signed(fleet: Fleet) -> None:
    """The configuration before stays in force, and the others get theirs."""
    fleet.sign()
    with fleet.database.writing() as session:
        bad = [{"begins": "25:00", "ends": "06:00", "percent": 400}]
        session.add(DeviceSetting(device_id="loa-1", volume=bad, changed_at=NOON))
        quiet_earlier(session)

    assert fleet.sign() == 1
    assert fleet.config().quiet_hours.begins == "21:00"
    assert fleet.config("loa-2").quiet_hours.begins == "20:00"


def test_a_retired_device_is_taken_back_once(fleet: Fleet) -> None:
    """What the broker retains for it is emptied; one that never had any leaves nothing."""
    fleet.sign()
    with fleet.database.writing() as session:
        add_device(session, 3, now=NOON)
        retire(session, "loa-1", now=NOON)
        retire(session, "loa-3", now=NOON)
    fleet.sign()
    fleet.sign()
    with fleet.database.reading() as session:
        kept = session.exec(select(SignedConfig).order_by(col(SignedConfig.version).desc())).all()

    assert [(each.device_id, bool(each.message)) for each in kept] == [
        ("loa-1", False),
        ("loa-1", True),
        ("loa-2", True),
    ]


def test_a_thief_of_the_root_of_another_station_signs_nothing_here(fleet: Fleet) -> None:
    """The keyring inside is the one that this station's root signed."""
    fleet.sign()
    other = SigningKey(b"x" * 32).verify_key.encode(HexEncoder).decode()

    assert KEYS.root_public_key != other
    assert fleet.config().keyring == KEYS.keyring


@pytest.mark.parametrize("change", [quiet_earlier, shorter, softer, relaying])
def test_the_next_beat_notices_each_change(fleet: Fleet, change: object) -> None:
    """The fingerprint of what configurations depend on is another one afterwards."""
    with fleet.database.writing() as session:
        before = config_inputs(session)
        assert config_inputs(session) == before
        change(session)  # type: ignore[operator]
        session.flush()

        assert config_inputs(session) != before
