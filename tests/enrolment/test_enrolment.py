"""A device is let in by a code, a fingerprint and a person; by nothing else."""

import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey
from sqlmodel import select

from broadcaster.areas.tables import Station
from broadcaster.enrolment.desk import forget_expired
from broadcaster.enrolment.tables import EnrolmentCode
from broadcaster.fleet.tables import Device, DeviceShare
from devices.errors import EnrolmentEnded, EnrolmentTimedOut
from devices.protocol.credentials import load_credentials, secret_is_right
from devices.protocol.enrolment import EnrolAnswer
from devices.protocol.identity import load_identity
from tests.broadcaster.small_station import SmallStation, form_token
from tests.clients import TestClient
from tests.enrolment.conftest import ROOT, Door

NEW = {"name": "Thôn Một – loa 1", "village_id": "v-1", "share_percent": "60"}


def made_code(admin: TestClient, **fields: str) -> str:
    """The code that the page tells."""
    token = form_token(admin.get("/devices/enrolment").text)
    page = admin.post("/devices/enrolment", data={"csrf_token": token, **NEW, **fields}).text
    found = re.search(r'class="enrolment-code[^>]*>([0-9A-Z-]+)<', page)
    assert found, page
    return found[1]


def decide(admin: TestClient, what: str) -> None:
    """Press the first button of this kind, if a device is asking."""
    page = admin.get("/devices/enrolment").text
    action = re.search(rf'action="(/devices/enrolment/\w+/{what})"', page)
    if action is None:
        return
    fields = {"csrf_token": form_token(page)}
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', page)
    if fingerprint:
        fields["fingerprint"] = fingerprint[1]
    assert admin.post(action[1], data=fields).status_code == 303


def test_a_device_is_let_in_once_a_person_has_compared_its_fingerprint(
    admin: TestClient, station: SmallStation, door: Door, tmp_path: Path
) -> None:
    """Key and password were made on the device; station and broker know only what proves them."""
    code = made_code(admin)
    door.while_waiting = lambda: decide(admin, "confirmation")
    identity = door.enrol(tmp_path / "box", code)

    assert [status for status, _ in door.answers] == [202, 200]
    assert load_identity(tmp_path / "box") == identity
    assert identity.trusted_root == ROOT.verify_key
    assert identity.rehearsal is True
    with station.database.reading() as session:
        device = session.exec(select(Device)).one()
        share = session.exec(select(DeviceShare)).one()
    own_key = identity.signing_key.verify_key.encode(HexEncoder).decode()
    assert (device.id, device.name, device.public_key) == (
        identity.device,
        "Thôn Một – loa 1",
        own_key,
    )
    assert (share.village_id, share.share) == ("v-1", 0.6)
    users = load_credentials(station.settings.registry_file).users
    assert secret_is_right(users[identity.device], secret=identity.broker_password)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert identity.broker_password.encode() not in kept
    assert code.encode() not in kept


def test_both_sides_show_the_same_fingerprint(
    admin: TestClient, door: Door, tmp_path: Path
) -> None:
    """The device computes it from its own key, the station from the key that came."""
    shown: list[str] = []

    def look() -> None:
        page = admin.get("/devices/enrolment").text
        shown.extend(re.findall(r'class="fingerprint[^>]*>([0-9a-f ]+)<', page))
        assert "hộp số 7" in page
        decide(admin, "confirmation")

    door.while_waiting = look
    door.enrol(tmp_path / "box", made_code(admin))

    assert shown == [" ".join(re.findall("....", door.told[0]))]


def test_who_is_denied_stays_outside(
    admin: TestClient, station: SmallStation, door: Door, tmp_path: Path
) -> None:
    """The device is told so with proof, and nothing of it is in the registry."""
    door.while_waiting = lambda: decide(admin, "denial")

    with pytest.raises(EnrolmentEnded, match="denied"):
        door.enrol(tmp_path / "box", made_code(admin))
    with station.database.reading() as session:
        assert session.exec(select(Device)).all() == []
    assert not (tmp_path / "box" / "identity.json").exists()


def test_a_code_is_good_for_one_device(admin: TestClient, door: Door, tmp_path: Path) -> None:
    """Whoever comes second with the same code is turned away, whatever key they bring."""
    code = made_code(admin)

    def second_comes() -> None:
        second = Door(client=door.client, while_waiting=lambda: None)
        with pytest.raises(EnrolmentEnded, match="code_taken"):
            second.enrol(tmp_path / "thief", code)
        decide(admin, "confirmation")

    door.while_waiting = second_comes
    door.enrol(tmp_path / "box", code)

    assert (tmp_path / "box" / "identity.json").exists()


def test_a_restarted_device_asks_the_very_same_again(
    admin: TestClient, door: Door, tmp_path: Path
) -> None:
    """The power may go between question and answer: the code is not lost by that."""
    code = made_code(admin)

    def power_cut() -> None:
        raise KeyboardInterrupt

    door.while_waiting = power_cut
    with pytest.raises(KeyboardInterrupt):
        door.enrol(tmp_path / "box", code)
    door.while_waiting = lambda: decide(admin, "confirmation")
    identity = door.enrol(tmp_path / "box", code)

    assert [status for status, _ in door.answers] == [202, 202, 200]
    assert identity.device
    assert not (tmp_path / "box" / "enrolment.json").exists()


def test_a_code_of_another_root_is_of_no_use_to_a_false_station(
    admin: TestClient, station: SmallStation, door: Door, tmp_path: Path
) -> None:
    """Even with the code's keys nobody can hand a device another root key than the code's."""
    code = made_code(admin)
    with station.database.writing() as session:
        station_row = session.exec(select(Station)).one()
        station_row.public_key = SigningKey(b"x" * 32).verify_key.encode(HexEncoder).decode()
    door.while_waiting = lambda: decide(admin, "confirmation")

    with pytest.raises(EnrolmentEnded, match="another key"):
        door.enrol(tmp_path / "box", code)
    assert not (tmp_path / "box" / "identity.json").exists()


@pytest.mark.parametrize("field", ["answer", "proof"])
def test_an_answer_that_was_changed_on_the_way_is_no_answer(
    admin: TestClient, door: Door, tmp_path: Path, field: str
) -> None:
    """A man in the middle can make a device wait, and nothing else."""

    def mangle(status: int, body: bytes) -> tuple[int, bytes]:
        if status != 200:
            return status, body
        answer = msgspec.json.decode(body, type=EnrolAnswer)
        if field == "answer":
            text = answer.answer.replace("http://127.0.0.1", "http://127.6.6.6")
            return status, msgspec.json.encode(msgspec.structs.replace(answer, answer=text))
        return status, msgspec.json.encode(msgspec.structs.replace(answer, proof="0" * 64))

    door.mangle = mangle
    decided = iter(["confirmation"])

    def an_hour_passes() -> None:
        for decision in decided:
            decide(admin, decision)
        door.clock_s += 3600

    door.while_waiting = an_hour_passes

    with pytest.raises(EnrolmentTimedOut):
        door.enrol(tmp_path / "box", made_code(admin))
    assert [status for status, _ in door.answers].count(200) >= 5
    assert not (tmp_path / "box" / "identity.json").exists()


def test_after_a_day_a_code_is_forgotten(
    admin: TestClient, station: SmallStation, door: Door, tmp_path: Path
) -> None:
    """An old code is as unknown as one that never was, and its keys are wiped."""
    code = made_code(admin)
    station.clock.move(timedelta(hours=24))

    def an_hour_passes() -> None:
        door.clock_s += 3600

    door.while_waiting = an_hour_passes

    with pytest.raises(EnrolmentTimedOut):
        door.enrol(tmp_path / "box", code)
    assert len(door.answers) >= 20
    assert {status for status, _ in door.answers} <= {404, 429}
    assert {body for _, body in door.answers} == {b""}
    with station.database.writing() as session:
        assert forget_expired(session, now=station.clock()) == 1
        row = session.exec(select(EnrolmentCode)).one()
        assert (row.device_proof_key, row.station_proof_key) == ("", "")


def test_guessing_is_slowed_down(door: Door) -> None:
    """Ten questions a minute from one address; the answer to a wrong one says nothing."""
    body = b'{"v":1,"code_id":"%s","request":"{}","possession":"%s","proof":"%s"}' % (
        b"0" * 32,
        b"0" * 128,
        b"0" * 64,
    )
    for _ in range(12):
        door.post("http://station/enrol", body)

    assert [status for status, _ in door.answers] == [404] * 10 + [429] * 2


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 9_000, "application/json", 413),
        (b"[" * 8_000, "application/json", 400),
    ],
)
def test_what_is_no_request_is_named_by_its_status(
    door: Door, body: bytes, content_type: str, status: int
) -> None:
    """Bounded in size, and read as nothing but what the contract says."""
    answer = door.client.post("/enrol", content=body, headers={"Content-Type": content_type})

    assert (answer.status_code, answer.content) == (status, b"")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": " "}, "Hãy đặt tên cho loa"),
        ({"village_id": "khac"}, "Hãy chọn thôn"),
        ({"share_percent": "ba"}, "từ 1 đến 100"),
        ({"share_percent": "101"}, "từ 1 đến 100"),
        ({"device_id": "Loa 1"}, "chữ thường"),
    ],
)
def test_a_form_that_cannot_be_is_said_beside_its_field(
    admin: TestClient, fields: dict[str, str], told: str
) -> None:
    """What was typed stays, and no code is made."""
    token = form_token(admin.get("/devices/enrolment").text)
    answer = admin.post("/devices/enrolment", data={"csrf_token": token, **NEW, **fields})

    assert answer.status_code == 422
    assert told in answer.text
    assert "enrolment-code" not in answer.text


def test_one_device_id_has_one_open_code(admin: TestClient) -> None:
    """Two codes for one device would be two ways in; the first one is taken back by hand."""
    made_code(admin, device_id="loa-dong-1")
    token = form_token(admin.get("/devices/enrolment").text)
    fields = {"csrf_token": token, **NEW, "device_id": "loa-dong-1"}
    assert admin.post("/devices/enrolment", data=fields).status_code == 409

    decide(admin, "denial")
    assert made_code(admin, device_id="loa-dong-1")
