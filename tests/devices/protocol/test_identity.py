"""A controller's identity is written whole, for its owner's eyes, and read back as it was."""

from pathlib import Path

import msgspec
import pytest
from nacl.signing import SigningKey

from devices.errors import IdentityMissing
from devices.protocol.identity import Identity, load_identity, save_identity

DEVICE_KEY, ROOT_KEY = SigningKey(b"d" * 32), SigningKey(b"r" * 32)


def make_identity() -> Identity:
    """A device as its station provisions it."""
    return Identity(
        station="binh-an",
        device="loa-01",
        device_key=bytes(DEVICE_KEY).hex(),
        root_key=bytes(ROOT_KEY.verify_key).hex(),
        broker_url="mqtt://127.0.0.1:1883",
        broker_username="loa-01",
        broker_password="mật khẩu",
        station_url="http://127.0.0.1:8000",
    )


def test_an_identity_is_read_as_it_was_saved(tmp_path: Path) -> None:
    """With usable keys and cautious defaults."""
    save_identity(make_identity(), tmp_path / "loa-01")
    identity = load_identity(tmp_path / "loa-01")

    assert identity == make_identity()
    assert identity.signing_key == DEVICE_KEY
    assert identity.trusted_root == ROOT_KEY.verify_key
    assert identity.rehearsal is False


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """It holds a private key; nothing else is left in the folder."""
    save_identity(make_identity(), tmp_path)
    save_identity(make_identity(), tmp_path)

    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content", [None, b"", b"{}", b"\xff\xfe", b'{"station": "Binh An"}', b'{"\xd0": 1}']
)
def test_no_identity_is_an_error_with_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    """Absent, empty, incomplete or not text: the same error, which says what to do."""
    if content is not None:
        (tmp_path / "identity.json").write_bytes(content)

    with pytest.raises(IdentityMissing) as raised:
        load_identity(tmp_path)
    assert raised.value.code == "identity_missing"
    assert "đăng ký thiết bị" in raised.value.message_vi


def test_an_identity_names_no_key_in_its_representation_of_the_station(tmp_path: Path) -> None:
    """The station's private key is nowhere in a device's folder."""
    save_identity(make_identity(), tmp_path)
    stored = msgspec.json.decode((tmp_path / "identity.json").read_bytes())

    assert bytes(ROOT_KEY).hex() not in stored.values()
