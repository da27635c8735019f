"""Sự cố, and what of it stands on the board: refused words, lost journals, keys in need."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.keys import founding_keys
from broadcaster.ledger.incident_pages import SHOWN
from broadcaster.ledger.tables import Incident, KnownJournal
from broadcaster.ledger.wording import words_of_incident
from tests.broadcaster.pages.conftest import Browse, Call
from tests.broadcaster.small_station import STATION_ID, SmallStation

DEVICE = "loa-dong-1-1"
DAY = timedelta(days=1)


def note(session: Session, station: SmallStation, *codes: str, device: str | None = DEVICE) -> None:
    """Incidents of one device, one after the other."""
    for number, code in enumerate(codes):
        session.add(
            Incident(
                device_id=device,
                code=code,
                detail=f"chi tiết {number}",
                evidence_sha256=f"{number:064}",
                evidence=b"x",
                at=station.clock(),
            )
        )
        session.flush()


def journals(
    station: SmallStation, *quarantined: bool, ago: timedelta = timedelta(hours=1)
) -> None:
    """Journals that a device has begun, the last of them so long ago."""
    with station.database.writing() as session:
        for number, is_doubted in enumerate(quarantined, start=1):
            session.add(
                KnownJournal(
                    device_id=DEVICE,
                    epoch=f"{number:032}",
                    number=number,
                    first_heard_at=station.clock() - ago,
                    quarantined_at=station.clock() if is_doubted else None,
                )
            )


def found_keys(station: SmallStation, *, ago: timedelta) -> None:
    """Keys on disk that were made so long ago."""
    folder: Path = station.settings.keys_dir
    with founding_keys(folder, station_id=STATION_ID, name="Đài", now=station.clock() - ago) as new:
        new.keep()


def test_what_was_refused_is_said_in_words(afternoon: SmallStation, browse: Browse) -> None:
    """The newest first, with the device that it names; English for whoever chose it."""
    with afternoon.database.writing() as session:
        note(session, afternoon, "new_epoch", "two_live_epochs")
        note(session, afternoon, "wrong_key", device="loa-la")
        note(session, afternoon, "wrong_address", device=None)
    operator = browse("operator")
    page = operator.get("/incidents").text
    operator.cookies.set("loa_language", "en")

    assert page.index("ghi cho đài hoặc loa khác") < page.index("Hai sổ của cùng một loa")
    assert "Loa bắt đầu một sổ mới" in page
    assert "Thôn Bến, cột 1" in page or DEVICE not in page
    assert "<code>loa-la</code>" in page
    assert "Two journals of one loudspeaker" in operator.get("/incidents").text


def test_it_is_turned_over_page_by_page(afternoon: SmallStation, browse: Browse) -> None:
    """As many as fit, then the older ones."""
    with afternoon.database.writing() as session:
        note(session, afternoon, *[f"code_{number}" for number in range(SHOWN + 5)])
    client = browse("admin")
    first = client.get("/incidents").text
    older = first.split('href="/incidents?before=')[1].split('"')[0]
    second = client.get(f"/incidents?before={older}").text

    assert first.count('id="incident-') == SHOWN
    assert second.count('id="incident-') == 5
    assert 'href="/incidents"' in second
    assert "?before=" not in second


@pytest.mark.usefixtures("afternoon")
def test_without_incidents_it_says_what_would_stand_here(browse: Browse) -> None:
    """No empty table."""
    assert "Đài chưa từ chối điều gì" in browse("leader").get("/incidents").text


def test_a_program_reads_them(afternoon: SmallStation, call: Call) -> None:
    """With code, words, and whom it named."""
    with afternoon.database.writing() as session:
        note(session, afternoon, "new_epoch", "equivocation")
    client, header = call("admin")
    told = client.get("/api/incidents?limit=1", headers=header).json()["incidents"]

    assert [(each["code"], each["device_id"]) for each in told] == [("equivocation", DEVICE)]
    assert told[0]["message"] == words_of_incident("equivocation")
    before = client.get(f"/api/incidents?before={told[0]['id']}", headers=header).json()
    assert [each["code"] for each in before["incidents"]] == ["new_epoch"]


@pytest.mark.parametrize(
    "code",
    [
        "two_live_epochs", "equivocation", "broken_chain", "new_epoch", "unknown_device",
        "simulated_in_service", "bad_signature", "wrong_key", "wrong_kind", "wrong_address",
        "malformed", "message_too_large", "unstorable", "storage_away",
    ],
)  # fmt: skip
def test_every_incident_of_the_ledger_has_words(code: str) -> None:
    """A new one needs words before it reaches a page."""
    assert words_of_incident(code) != code


def test_a_device_with_two_live_journals_stands_on_the_board(
    afternoon: SmallStation, browse: Browse
) -> None:
    """Until it begins another one; who sees only their village sees only its devices."""
    journals(afternoon, True, True, ago=9 * DAY)

    assert "Hai sổ của cùng một loa" in browse("operator").get("/").text
    assert "Hai sổ của cùng một loa" not in browse("village_head").get("/").text
    with afternoon.database.writing() as session:
        session.get_one(Device, DEVICE).retired_at = afternoon.clock()
    assert "Hai sổ của cùng một loa" not in browse("operator").get("/").text


def test_a_lost_journal_is_shown_for_a_week(afternoon: SmallStation, browse: Browse) -> None:
    """The first journal of a device is no loss, and one that was mended is one."""
    journals(afternoon, True, True, False, ago=timedelta(hours=1))
    page = browse("operator").get("/").text
    afternoon.clock.move(8 * DAY)

    assert "Loa bắt đầu một sổ mới" in page
    assert "Hai sổ của cùng một loa" not in page
    with afternoon.database.reading() as session:
        assert session.get_one(Device, DEVICE).retired_at is None


def test_a_first_journal_is_nothing_to_look_at(afternoon: SmallStation, browse: Browse) -> None:
    """Every device begins one."""
    journals(afternoon, False)

    assert "Loa bắt đầu một sổ mới" not in browse("operator").get("/").text


@pytest.mark.parametrize(("days", "is_warned"), [(369, False), (371, True), (405, True)])
def test_the_board_warns_thirty_days_before_the_last_day_of_the_key(
    afternoon: SmallStation, browse: Browse, days: int, is_warned: bool
) -> None:
    """After it loudspeakers take no order; it stays there until somebody has rotated."""
    found_keys(afternoon, ago=days * DAY)

    assert ("sắp hết hạn" in browse("operator").get("/").text) == is_warned
    assert "sắp hết hạn" not in browse("village_head").get("/").text


def test_the_board_tells_that_loudspeakers_hold_a_newer_keyring(
    afternoon: SmallStation, browse: Browse
) -> None:
    """The station was restored from an old copy, and they would refuse what it sends."""
    found_keys(afternoon, ago=DAY)
    before = browse("leader").get("/").text
    with afternoon.database.writing() as session:
        session.get_one(DeviceStatus, DEVICE).keyring_serial = 2**45

    assert "cũ hơn khóa mà loa giữ" not in before
    assert "cũ hơn khóa mà loa giữ" in browse("leader").get("/").text


@pytest.mark.usefixtures("afternoon")
def test_a_station_without_keys_on_this_machine_says_nothing_of_them(browse: Browse) -> None:
    """What signs elsewhere is not this page's to judge."""
    assert (
        "Khóa" not in browse("leader").get("/").text.split("look-title")[1].split("</section>")[0]
    )
