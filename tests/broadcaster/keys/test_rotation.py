"""Changing and revoking keys: by the root only, whole at every instant, for devices to follow."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey, VerifyKey

from broadcaster.database.columns import to_ms
from broadcaster.keys import (
    KEYRING_FILE,
    NEXT_KEY_FILE,
    SIGNING_KEY_FILE,
    KeyInUse,
    KeyringFull,
    StationKeys,
    UnknownKey,
    WrongRootKey,
    founding_keys,
    id_of,
    load_keys,
    read_root_key,
    revoke_key,
    ring_on_disk,
    rotate_key,
    write_secret,
)
from devices.errors import KeyExpired, WrongKey
from devices.protocol.configuration import Level, Scope
from devices.protocol.envelope import open_plan, seal_message
from devices.protocol.keyring import issuer_of, open_keyring, seal_keyring
from devices.protocol.messages import Plan

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STATION = "xa-an-phu"


class Safe:
    """A station's keys folder, and the root key that lies in the safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with founding_keys(folder, station_id=STATION, name="Đài An Phú", now=NOW) as new:
            new.keep()
        self.founded = new.keys
        self.root = read_root_key(new.root_told)

    def rotate(self, *, now: datetime = NOW + DAY, revoke_old: bool = False) -> StationKeys:
        """Let another key sign."""
        return rotate_key(self.folder, root=self.root, now=now, revoke_old=revoke_old)

    def revoke(self, named: str, *, now: datetime = NOW + 2 * DAY) -> StationKeys:
        """Believe a key no more."""
        return revoke_key(self.folder, named, root=self.root, now=now)

    def lend(self, *keys: SigningKey) -> None:
        """Let the keyring name other keys as well: the province's, say."""
        present = load_keys(self.folder)
        lent = tuple(
            issuer_of(
                key,
                name="Tỉnh",
                level=Level.PROVINCE,
                scopes=[Scope.NOW, Scope.EMERGENCY],
                clusters=["cl-1"],
                not_before_ms=0,
                not_after_ms=to_ms(NOW + 100 * DAY),
            )
            for key in keys
        )
        ring = present.ring
        more = type(ring)(
            station=STATION,
            serial=ring.serial + 1,
            issued_at_ms=ring.issued_at_ms,
            keys=(*ring.keys, *lent),
        )
        write_secret(self.folder / KEYRING_FILE, seal_keyring(more, root=self.root).encode())


@pytest.fixture
def safe(tmp_path: Path) -> Safe:
    """A station that was founded."""
    return Safe(tmp_path / "keys")


def believes(keys: StationKeys, signer: StationKeys, *, at: datetime) -> bool:
    """Whether a device that holds this keyring takes a plan that was signed at that time."""
    root = VerifyKey(keys.root_public_key.encode(), encoder=HexEncoder)
    plan = Plan(station=STATION, cluster="cl-1", version=1, issued_at_ms=to_ms(at), orders=())
    try:
        open_plan(
            seal_message(plan, key=signer.signing_key).encode(),
            station=STATION,
            cluster="cl-1",
            trust=open_keyring(keys.keyring.encode(), station=STATION, root=root),
            now_ms=to_ms(at),
        )
    except (KeyExpired, WrongKey):
        return False
    return True


def test_a_new_key_signs_and_the_old_one_is_believed_for_eight_days(safe: Safe) -> None:
    """Plans last eight days: a device that was away finds one that it still believes."""
    new = safe.rotate()
    turn = NOW + DAY

    assert new == load_keys(safe.folder)
    assert new.signing_key != safe.founded.signing_key
    assert new.root_public_key == safe.founded.root_public_key
    assert new.ring.serial > safe.founded.ring.serial
    assert [believes(new, new, at=turn + each) for each in (DAY, 399 * DAY, 401 * DAY)] == [
        True,
        True,
        False,
    ]
    assert [believes(new, safe.founded, at=turn + each) for each in (7 * DAY, 9 * DAY)] == [
        True,
        False,
    ]


def test_the_old_key_can_be_revoked_with_the_same_stroke(safe: Safe) -> None:
    """A key that was stolen is believed by no device that holds the next keyring."""
    new = safe.rotate(revoke_old=True)

    assert [id_of(each) for each in new.ring.keys] == [new.key_id]
    assert not believes(new, safe.founded, at=NOW + DAY)


def test_a_key_that_ends_sooner_is_not_prolonged(safe: Safe) -> None:
    """Eight days are the most that an old key still gets."""
    end = NOW + 400 * DAY
    new = safe.rotate(now=end - 2 * DAY)

    assert [each.not_after_ms for each in new.ring.keys][1] == to_ms(end)


def test_ended_keys_leave_the_ring(safe: Safe) -> None:
    """A ring that is changed every month does not grow for ever."""
    for month in range(1, 30):
        safe.rotate(now=NOW + month * 30 * DAY)

    assert len(load_keys(safe.folder).ring.keys) == 2


def test_the_serial_grows_though_the_clock_is_set_back(safe: Safe) -> None:
    """Devices refuse an older keyring for ever."""
    first = safe.rotate()
    second = safe.rotate(now=NOW - 30 * DAY)

    assert safe.founded.ring.serial < first.ring.serial < second.ring.serial


def test_a_revoked_key_is_gone_and_the_others_stay(safe: Safe) -> None:
    """Named by its id or the beginning of it, however it is written."""
    new = safe.rotate()
    province = SigningKey.generate()
    safe.lend(province)
    left = safe.revoke(f" {safe.founded.key_id[:10].upper()} ")

    assert not believes(left, safe.founded, at=NOW + 2 * DAY)
    assert believes(left, new, at=NOW + 2 * DAY)
    assert left.ring.serial > new.ring.serial + 1
    assert [each.level for each in left.ring.keys] == [Level.COMMUNE, Level.PROVINCE]


def test_a_rotation_leaves_the_keys_of_others_alone(safe: Safe) -> None:
    """The province's key keeps its scopes, clusters and days."""
    safe.lend(SigningKey.generate())
    before = load_keys(safe.folder).ring.keys[1]

    assert before in safe.rotate(revoke_old=True).ring.keys


def test_the_key_that_signs_is_not_revoked_by_itself(safe: Safe) -> None:
    """The station would fall silent; it is told how to do both at once."""
    with pytest.raises(KeyInUse) as refused:
        safe.revoke(safe.founded.key_id)

    assert "--revoke-old" in refused.value.message_en
    assert load_keys(safe.folder) == safe.founded


@pytest.mark.parametrize("named", ["", "abc", "0" * 32, "khóa"])
def test_a_key_that_is_not_there_is_not_revoked(safe: Safe, named: str) -> None:
    """Nor one that is named by too little to be sure."""
    safe.rotate()
    before = load_keys(safe.folder)

    with pytest.raises(UnknownKey):
        safe.revoke(named)
    assert load_keys(safe.folder) == before


def test_only_the_stations_root_changes_anything(safe: Safe) -> None:
    """Another station's root key is a root key, and not this one's."""
    other = SigningKey.generate()

    for change in (
        lambda: rotate_key(safe.folder, root=other, now=NOW),
        lambda: revoke_key(safe.folder, safe.founded.key_id, root=other, now=NOW),
    ):
        with pytest.raises(WrongRootKey):
            change()
    assert load_keys(safe.folder) == safe.founded


def test_a_full_ring_takes_no_more_and_says_so(safe: Safe) -> None:
    """Nothing is written that devices would refuse."""
    safe.lend(*(SigningKey.generate() for _ in range(19)))
    before = load_keys(safe.folder)

    with pytest.raises(KeyringFull):
        safe.rotate()
    assert load_keys(safe.folder) == before
    assert len(safe.rotate(revoke_old=True).ring.keys) == 20


@pytest.mark.parametrize("revoke_old", [True, False])
def test_the_power_may_go_between_any_two_files(
    safe: Safe, tmp_path: Path, revoke_old: bool
) -> None:
    """Whatever was written until then, the station signs by the old key or by the new one."""
    before = tmp_path / "before"
    shutil.copytree(safe.folder, before)
    new = safe.rotate(revoke_old=revoke_old)
    steps = [
        (NEXT_KEY_FILE, new.signing_key.encode(HexEncoder)),
        (KEYRING_FILE, new.keyring.encode()),
        (SIGNING_KEY_FILE, new.signing_key.encode(HexEncoder)),
    ]
    found = []
    for file, content in steps:
        write_secret(before / file, content)
        found.append(load_keys(before))

    assert found == [safe.founded, new, new]


@pytest.mark.parametrize("steps", [1, 2])
def test_a_rotation_that_broke_off_is_done_again(safe: Safe, tmp_path: Path, steps: int) -> None:
    """What it left behind is cleared up, and another key signs."""
    broken = tmp_path / "broken"
    shutil.copytree(safe.folder, broken)
    new = safe.rotate(revoke_old=True)
    write_secret(broken / NEXT_KEY_FILE, new.signing_key.encode(HexEncoder))
    if steps == 2:
        write_secret(broken / KEYRING_FILE, new.keyring.encode())
    again = rotate_key(broken, root=safe.root, now=NOW + 2 * DAY, revoke_old=True)

    assert load_keys(broken) == again
    assert not (broken / NEXT_KEY_FILE).exists()
    assert len({keys.key_id for keys in (safe.founded, new, again)}) == 3


def test_the_ring_can_be_read_without_the_key_that_signs(safe: Safe) -> None:
    """Pages show its days; a ring that the root did not sign is none."""
    assert ring_on_disk(safe.folder) == safe.founded.ring
    (safe.folder / SIGNING_KEY_FILE).unlink()
    assert ring_on_disk(safe.folder) == safe.founded.ring

    forged = seal_keyring(safe.founded.ring, root=SigningKey.generate())
    write_secret(safe.folder / KEYRING_FILE, forged.encode())

    assert ring_on_disk(safe.folder) is None
