"""The station's keys: made once, of a piece, private, never replaced by another founding."""

import stat
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey
from structlog.testing import capture_logs

from broadcaster.database.columns import to_ms
from broadcaster.keys import (
    KEYRING_FILE,
    NEXT_KEY_FILE,
    ROOT_FILE,
    SIGNING_KEY_FILE,
    KeysPresent,
    KeyUnreadable,
    KeyWatch,
    NewKeys,
    StationKeys,
    founding_keys,
    load_keys,
    read_root_key,
    write_secret,
)
from devices.protocol.configuration import Level, Scope
from devices.protocol.keyring import open_keyring
from tests.broadcaster.station_keys import made_keys

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
STATION = "xa-an-phu"
FILES = {SIGNING_KEY_FILE, KEYRING_FILE, ROOT_FILE}


def found(folder: Path, *, fails: Exception | None = None) -> NewKeys:
    """The keys of a station that was founded, or whose founding failed at the very end."""
    with founding_keys(folder, station_id=STATION, name="Đài An Phú", now=NOW) as new:
        new.keep()
        if fails is not None:
            raise fails
    return new


def watch(folder: Path, keys: StationKeys) -> KeyWatch:
    """Watch the keys of this station."""
    return KeyWatch(folder, station_id=STATION, root_public_key=keys.root_public_key)


def write(folder: Path, keys: StationKeys, *, signing_file: str = SIGNING_KEY_FILE) -> None:
    """Put these keys into the folder."""
    write_secret(folder / signing_file, keys.signing_key.encode(HexEncoder))
    write_secret(folder / KEYRING_FILE, keys.keyring.encode())
    write_secret(folder / ROOT_FILE, keys.root_public_key.encode())


def test_a_founding_keeps_all_but_the_root(tmp_path: Path) -> None:
    """On disk there is no trace of the root's secret half; each file is its owner's alone."""
    new = found(tmp_path / "keys")
    files = list((tmp_path / "keys").iterdir())
    kept = b"".join(file.read_bytes() for file in files)
    root = read_root_key(new.root_told)

    assert load_keys(tmp_path / "keys") == new.keys
    assert {file.name for file in files} == FILES
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert root.verify_key.encode(HexEncoder).decode() == new.keys.root_public_key
    assert root.encode(HexEncoder) not in kept
    assert new.root_told.encode() not in kept


def test_the_first_keyring_lets_one_key_sign_everything(tmp_path: Path) -> None:
    """A commune's key, all scopes, from now on for 400 days; the root vouches for it."""
    new = found(tmp_path)
    root = read_root_key(new.root_told).verify_key
    trust = open_keyring(new.keys.keyring.encode(), station=STATION, root=root)
    issuer = trust.issuers[new.keys.key_id]

    assert list(trust.issuers) == [new.keys.key_id]
    assert new.keys.issuer == issuer
    assert (issuer.level, set(issuer.scopes), issuer.clusters) == (Level.COMMUNE, set(Scope), ())
    assert issuer.not_before_ms == to_ms(NOW) == trust.serial
    assert issuer.not_after_ms == to_ms(NOW + timedelta(days=400))


@pytest.mark.parametrize("file", sorted(FILES))
def test_no_founding_replaces_a_key(tmp_path: Path, file: str) -> None:
    """Another root would orphan every device that pinned this one; it is said what to do."""
    (tmp_path / file).write_bytes(b"whatever")

    with pytest.raises(KeysPresent):
        found(tmp_path)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"whatever"]


def test_a_founding_that_fails_leaves_no_keys(tmp_path: Path) -> None:
    """A full disk in its middle does not stand against the next one."""
    with pytest.raises(OSError, match="full"):
        found(tmp_path, fails=OSError("full"))

    assert list(tmp_path.iterdir()) == []


def test_of_two_founders_the_second_changes_nothing(tmp_path: Path) -> None:
    """A key that is there is never replaced, also where both looked before either wrote."""
    with founding_keys(tmp_path, station_id="xa-khac", name="Đài", now=NOW) as late:
        first = found(tmp_path)
        with pytest.raises(KeysPresent):
            late.keep()

    assert load_keys(tmp_path) == first.keys


def test_the_second_takes_nothing_away_when_it_fails(tmp_path: Path) -> None:
    """What it did not write is not its own."""
    with (
        suppress(KeysPresent),
        founding_keys(tmp_path, station_id="xa-khac", name="Đài", now=NOW) as late,
    ):
        first = found(tmp_path)
        late.keep()

    assert load_keys(tmp_path) == first.keys


@pytest.mark.parametrize("file", sorted(FILES))
@pytest.mark.parametrize("damage", [None, b"", b"zz" * 32, b"00" * 31, b"a.b.c"])
def test_damage_stops_the_station_with_a_sentence(
    tmp_path: Path, file: str, damage: bytes | None
) -> None:
    """Whichever file is gone or broken is named, and nothing is made in its place."""
    found(tmp_path)
    (tmp_path / file).unlink()
    if damage is not None:
        (tmp_path / file).write_bytes(damage)
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}

    with pytest.raises(KeyUnreadable) as unreadable:
        load_keys(tmp_path)

    assert file in unreadable.value.detail
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


@pytest.mark.parametrize("file", sorted(FILES))
def test_files_of_two_stations_are_not_of_a_piece(tmp_path: Path, file: str) -> None:
    """One file from elsewhere is noticed before anything is signed that no device believes."""
    found(tmp_path / "ours")
    found(tmp_path / "theirs")
    (tmp_path / "theirs" / file).replace(tmp_path / "ours" / file)

    with pytest.raises(KeyUnreadable):
        load_keys(tmp_path / "ours")


def test_the_next_key_counts_once_the_keyring_names_it(tmp_path: Path) -> None:
    """Whatever the power does between the files of a rotation, one set of them is whole."""
    old, new = made_keys(STATION), made_keys(STATION, seed=b"n", serial=2)
    write(tmp_path, old)
    write_secret(tmp_path / NEXT_KEY_FILE, new.signing_key.encode(HexEncoder))
    before = load_keys(tmp_path)
    write_secret(tmp_path / KEYRING_FILE, new.keyring.encode())

    assert before == old
    assert load_keys(tmp_path) == new


def test_changed_keys_are_noticed_without_a_restart(tmp_path: Path) -> None:
    """What signs from now on is what stands on disk now."""
    old, new = made_keys(STATION), made_keys(STATION, seed=b"n", serial=2)
    write(tmp_path, old)
    keys = watch(tmp_path, old)
    first = keys()
    write(tmp_path, new)

    assert (first, keys()) == (old, new)


@pytest.mark.parametrize("broken", [KEYRING_FILE, ROOT_FILE, SIGNING_KEY_FILE])
def test_keys_that_break_while_it_runs_are_gone_on_with_and_logged(
    tmp_path: Path, broken: str
) -> None:
    """The poles must not fall silent because somebody overwrote a file; it is said once."""
    keys = made_keys(STATION)
    write(tmp_path, keys)
    watching = watch(tmp_path, keys)
    (tmp_path / broken).write_bytes(b"oops")
    with capture_logs() as logged:
        found_keys = [watching(), watching()]

    assert found_keys == [keys, keys]
    assert [each["event"] for each in logged] == ["changed_keys_unreadable"]


@pytest.mark.parametrize("station", ["xa-khac", STATION])
def test_keys_of_another_station_do_not_sign_for_this_one(tmp_path: Path, station: str) -> None:
    """Its devices pinned another root, or its keyring carries another name."""
    keys = made_keys("xa-khac")
    write(tmp_path, keys)
    root = keys.root_public_key if station == STATION else "00" * 32

    with pytest.raises(KeyUnreadable):
        KeyWatch(tmp_path, station_id=station, root_public_key=root)


def test_a_key_is_one_of_ed25519(tmp_path: Path) -> None:
    """The root's public half is what a device is given to pin."""
    new = found(tmp_path)

    assert len(bytes.fromhex(new.keys.root_public_key)) == 32
    assert SigningKey(bytes(new.keys.signing_key)).verify_key == new.keys.signing_key.verify_key


def test_the_first_of_two_writers_wins(tmp_path: Path) -> None:
    """Without leave to replace, a secret that is there stays."""
    write_secret(tmp_path / "secret", b"first", replace=False)
    write_secret(tmp_path / "secret", b"second", replace=False)
    kept = (tmp_path / "secret").read_bytes()
    write_secret(tmp_path / "secret", b"third")

    assert kept == b"first"
    assert (tmp_path / "secret").read_bytes() == b"third"
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]
