"""The station's keys: made once, private, never replaced."""

import stat
from pathlib import Path

import pytest

from broadcaster.keys import (
    SIGNING_KEY_FILE,
    KeyUnreadable,
    load_keys,
    load_or_generate_keys,
    write_secret,
)


def test_a_key_is_made_once(tmp_path: Path) -> None:
    """The second start finds the key of the first, readable by its owner only."""
    made = load_or_generate_keys(tmp_path / "keys")
    found = load_or_generate_keys(tmp_path / "keys")
    file = tmp_path / "keys" / SIGNING_KEY_FILE

    assert load_keys(tmp_path / "keys").public_key == made.public_key == found.public_key
    assert len(bytes.fromhex(made.public_key)) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == [SIGNING_KEY_FILE]


@pytest.mark.parametrize("damage", [b"", b"zz" * 32, b"00" * 31])
def test_a_damaged_key_is_not_replaced(tmp_path: Path, damage: bytes) -> None:
    """A key that cannot be read stops the station; making another would orphan every device."""
    (tmp_path / SIGNING_KEY_FILE).write_bytes(damage)

    with pytest.raises(KeyUnreadable):
        load_or_generate_keys(tmp_path)
    assert (tmp_path / SIGNING_KEY_FILE).read_bytes() == damage


def test_no_key_is_said_so(tmp_path: Path) -> None:
    """A process that only reads the key never makes one."""
    with pytest.raises(KeyUnreadable):
        load_keys(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_first_of_two_founders_wins(tmp_path: Path) -> None:
    """Without leave to replace, a secret that is there stays."""
    write_secret(tmp_path / "secret", b"first", replace=False)
    write_secret(tmp_path / "secret", b"second", replace=False)
    kept = (tmp_path / "secret").read_bytes()
    write_secret(tmp_path / "secret", b"third")

    assert kept == b"first"
    assert (tmp_path / "secret").read_bytes() == b"third"
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]
