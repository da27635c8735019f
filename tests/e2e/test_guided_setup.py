"""`loa init`: station, villages, HTTPS and first people in one go, at a terminal or unattended."""

import re
import tomllib
from pathlib import Path

import pytest

from broadcaster.keys.root_key import read_root_key
from broadcaster.processes.errors import PersonUnreadable
from broadcaster.processes.first_people import read_person
from tests.e2e.commands import run_to_end
from tests.e2e.test_founding import OPTIONS, ROOT_KEY, at_a_terminal, told_of

LINKS = re.compile(r"^\s+(\S+)  (https?://\S+/password/\S+)$", re.MULTILINE)
PEOPLE = (
    "--person", "hanh: Trần Thị Hạnh: operator, leader",
    "--person", "tu: Lê Văn Tư: village_head: Thôn Ba",
)  # fmt: skip


def test_unattended_it_founds_all_that_a_machine_behind_a_proxy_needs(tmp_path: Path) -> None:
    """One command: station, certificate for the proxy and the broker, settings, three people."""
    ended = run_to_end(
        tmp_path, "init", *OPTIONS, *PEOPLE, "--root-key-file", "root.key",
        "--address", "dai.example, 192.168.1.10", "--port", "443", "--own-ca",
        "--behind-proxy", "--broker-port", "8883",
    )  # fmt: skip
    assert ended.code == 0, ended.stderr
    told = told_of(tmp_path)
    tls = tmp_path / "var/tls"

    assert (
        read_root_key((tmp_path / "root.key").read_text()).verify_key.encode().hex()
        == (told["root"])
    )
    assert tomllib.loads((tmp_path / "loa.toml").read_text("utf-8")) == {
        "host": "127.0.0.1", "port": 8000, "trusted_proxies": "127.0.0.1",
        "public_url": "https://dai.example", "device_broker": "mqtts://dai.example:8883",
        "device_ca": str(tls / "ca.pem"),
    }  # fmt: skip
    assert (tls / "site.pem").exists()
    assert (tls / "site.key").stat().st_mode & 0o077 == 0
    assert str(tls / "site.pem") in ended.stdout
    assert sorted(told["people"]) == [
        ("hanh", "leader", True), ("hanh", "operator", True), ("quan", "admin", True),
        ("tu", "village_head", True),
    ]  # fmt: skip
    links = dict(LINKS.findall(ended.stdout))
    assert set(links) == {"hanh", "tu"}
    assert len(set(links.values())) == 2
    assert all(each.startswith("https://dai.example/password/") for each in links.values())
    assert "loa init " not in ended.stdout


def test_somebody_at_a_terminal_is_led_from_nothing_to_people(tmp_path: Path) -> None:
    """What cannot be read is said and asked again; the address may wait."""
    code, printed = at_a_terminal(
        tmp_path,
        [
            "Sông Mây", "Hà Nội", "", "Cụm Đông: Thôn Một", "", "quan", "", "",
            "hanh: Trần Thị Hạnh: boss", "hanh: Trần Thị Hạnh: operator", "",
        ],
        command="init",
    )  # fmt: skip
    assert code == 0, printed

    assert sorted(told_of(tmp_path)["people"]) == [
        ("hanh", "operator", True),
        ("quan", "admin", True),
    ]
    assert ROOT_KEY.search(printed.replace("\r", "")) is not None
    assert "Chưa đọc được người này" in printed
    assert [name for name, _ in LINKS.findall(printed.replace("\r", ""))] == ["hanh"]
    assert not (tmp_path / "loa.toml").exists()


@pytest.mark.parametrize(
    "wrong", ["hanh", "hanh: Hạnh: boss", "hanh: Hạnh: operator: Thôn Một: nữa", "hanh::operator"]
)
def test_who_cannot_be_read_is_refused(wrong: str) -> None:
    """Login, name, roles that there are, villages; nothing more and nothing less."""
    with pytest.raises(PersonUnreadable):
        read_person(wrong)


def test_people_that_cannot_be_read_leave_nothing_behind(tmp_path: Path) -> None:
    """It is seen before anything is founded."""
    ended = run_to_end(tmp_path, "init", *OPTIONS, "--person", "hanh: Hạnh: boss")

    assert ended.code == 2
    assert "Chưa đọc được người này" in ended.stderr
    assert not (tmp_path / "var").exists()


def test_at_a_station_that_is_there_all_are_let_in_or_none(tmp_path: Path) -> None:
    """A village that nobody founded stops those before it too; with all right it asks nothing."""
    assert run_to_end(tmp_path, "init", *OPTIONS).code == 0
    strange = run_to_end(tmp_path, "init", *PEOPLE, "--person", "an: An: village_head: Thôn Chín")
    before = told_of(tmp_path)["people"]
    right = run_to_end(tmp_path, "init", *PEOPLE)

    assert (strange.code, right.code) == (2, 0), (strange.stderr, right.stderr)
    assert "Thôn Chín" in strange.stderr
    assert before == [("quan", "admin", True)]
    assert len(told_of(tmp_path)["people"]) == 4
