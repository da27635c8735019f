"""The credentials file: what it keeps, what it never holds, and what the running broker sees."""

import base64
import hashlib
import stat
from pathlib import Path

import pytest

from devices.broker.mosquitto import access_of, passwords_of
from devices.errors import WrongAddress
from devices.protocol.credentials import (
    Credentials,
    CredentialsUnreadable,
    Grants,
    credential_for,
    device_grants,
    load_credentials,
    new_secret,
    save_credentials,
    secret_is_right,
    station_grants,
)
from devices.protocol.filters import filter_hears, filter_within
from devices.protocol.registry import LiveRegistry
from devices.protocol.topics import Upward, from_all, from_device

LOA_1 = device_grants(station="xa-an-phu", device="loa-1", cluster="cum-dong")


def _file(path: Path, **users: str) -> Path:
    credentials = Credentials()
    for username, secret in users.items():
        credentials = credentials.with_user(username, credential_for(secret, grants=LOA_1))
    save_credentials(credentials, path)
    return path


def test_only_the_secret_opens(tmp_path: Path) -> None:
    """The right secret is known again after a round through the file, and no other."""
    secret = new_secret()
    credential = load_credentials(_file(tmp_path / "c.json", loa=secret)).users["loa"]

    assert secret_is_right(credential, secret=secret)
    assert not secret_is_right(credential, secret=new_secret())
    assert not secret_is_right(credential, secret="")


def test_the_file_holds_no_secret_and_nobody_else_reads_it(tmp_path: Path) -> None:
    """The secret itself is nowhere on disk; mode 0600; no draft is left behind."""
    secret = new_secret()
    path = _file(tmp_path / "c.json", loa=secret)

    assert secret not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_two_users_with_one_secret_look_different() -> None:
    """Each verifier has a salt of its own."""
    first, second = (credential_for("same", grants=LOA_1) for _ in range(2))

    assert first.pbkdf2_sha512 != second.pbkdf2_sha512


@pytest.mark.parametrize("username", ["", "Loa", "a/b", "a:b", "a+", "#", "a b", "-a", "x" * 129])
def test_a_username_is_safe_in_every_file(username: str) -> None:
    """No sign that means something to a broker's files or topics."""
    with pytest.raises(ValueError, match="not a broker username"):
        Credentials().with_user(username, credential_for("s", grants=LOA_1))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"v":2,"users":{}}',
        b'{"v":1,"users":{"a/b":{"salt":"00","pbkdf2_sha512":"00"}}}',
        b'{"v":1,"users":{"a":{"salt":"zz","pbkdf2_sha512":"00"}}}',
        b'{"v":1,"users":{"a":{"salt":"00","pbkdf2_sha512":"00","publish":["x/#/y"]}}}',
    ],
)
def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, content: bytes) -> None:
    """Malformed JSON, another version, a bad name, hash or filter: nothing of it is used."""
    path = tmp_path / "c.json"
    path.write_bytes(content)

    with pytest.raises(CredentialsUnreadable):
        load_credentials(path)


def test_grants_are_the_topics_of_the_contract_and_no_more() -> None:
    """A device says four things and hears four; a station's filter covers what it listens to."""
    station = station_grants(station="xa-an-phu")

    assert LOA_1.publish == (
        "loa/1/xa-an-phu/from/loa-1/confirm",
        "loa/1/xa-an-phu/from/loa-1/status",
        "loa/1/xa-an-phu/from/loa-1/health",
        "loa/1/xa-an-phu/from/loa-1/ask",
    )
    assert LOA_1.subscribe == (
        "loa/1/xa-an-phu/plan/cum-dong",
        "loa/1/xa-an-phu/now/cum-dong",
        "loa/1/xa-an-phu/live/cum-dong",
        "loa/1/xa-an-phu/config/loa-1",
        "loa/1/xa-an-phu/to/loa-1",
    )
    assert all(
        any(filter_hears(granted, topic) for granted in station.publish)
        for topic in LOA_1.subscribe
    )
    assert filter_within(from_all("xa-an-phu"), granted=station.subscribe[0])
    assert not any(filter_hears(granted, LOA_1.publish[0]) for granted in station.publish)


def test_grants_refuse_names_that_would_widen_them() -> None:
    """A device called `+` would hear everybody."""
    with pytest.raises(WrongAddress):
        device_grants(station="xa-an-phu", device="+", cluster="cum-dong")
    with pytest.raises(WrongAddress):
        station_grants(station="#")


def test_a_running_broker_sees_a_new_file_at_once(tmp_path: Path) -> None:
    """Added users may log in and removed ones may do nothing, from the next question on."""
    path = _file(tmp_path / "c.json", old="secret-1")
    live = LiveRegistry(path)
    topic = from_device("xa-an-phu", "loa-1", Upward.STATUS)
    assert live.may_log_in("old", secret="secret-1")
    assert live.may_publish("old", topic=topic)

    _file(path, new="secret-2")

    assert not live.may_log_in("old", secret="secret-1")
    assert not live.may_publish("old", topic=topic)
    assert not live.may_subscribe("old", topic_filter=LOA_1.subscribe[0])
    assert not live.may_receive("old", topic=LOA_1.subscribe[0])
    assert live.may_log_in("new", secret="secret-2")
    assert live.may_receive("new", topic=LOA_1.subscribe[0])


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("{")])
def test_a_spoilt_file_changes_nothing_for_a_running_broker(tmp_path: Path, spoil: object) -> None:
    """The last good answers stand until a good file is there again."""
    path = _file(tmp_path / "c.json", loa="secret-1")
    live = LiveRegistry(path)

    assert callable(spoil)
    spoil(path)
    assert live.may_log_in("loa", secret="secret-1")
    _file(path, loa="secret-2")

    assert not live.may_log_in("loa", secret="secret-1")
    assert live.may_log_in("loa", secret="secret-2")


def test_strangers_may_do_nothing(tmp_path: Path) -> None:
    """No name, or an unknown one, is granted nothing."""
    live = LiveRegistry(_file(tmp_path / "c.json", loa="s"))

    for stranger in (None, "", "other"):
        assert not live.may_log_in(stranger, secret="s")
        assert not live.may_publish(
            stranger, topic=from_device("xa-an-phu", "loa-1", Upward.STATUS)
        )
        assert not live.may_subscribe(stranger, topic_filter=from_all("xa-an-phu"))
    assert not live.may_log_in("loa", secret=None)


def test_mosquitto_gets_the_same_verifier_and_grants() -> None:
    """Its password line can be checked from the secret; its access list repeats the grants."""
    grants = Grants(publish=("a/+",), subscribe=("b", "c/#"))
    credentials = Credentials().with_user("loa-1", credential_for("geheim", grants=grants))

    name, _, verifier = passwords_of(credentials).strip().partition(":")
    _, kind, rounds, salt, digest = verifier.split("$")
    expected = hashlib.pbkdf2_hmac("sha512", b"geheim", base64.b64decode(salt), int(rounds))

    assert (name, kind) == ("loa-1", "7")
    assert base64.b64decode(digest) == expected
    assert access_of(credentials).splitlines() == [
        "user loa-1",
        "topic write a/+",
        "topic read b",
        "topic read c/#",
    ]
