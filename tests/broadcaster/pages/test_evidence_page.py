"""The signed statement behind a figure: its bytes, and whether it holds at this moment."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select

from broadcaster.areas.tables import Station
from broadcaster.ledger.ingest import store
from broadcaster.ledger.tables import ConfirmationBatch, ConfirmationRow, Play
from devices.protocol.messages import Cue, Item, Kind
from tests.broadcaster.ledger.commune import Pole
from tests.broadcaster.pages.commune import EPOCH, key_of
from tests.broadcaster.pages.conftest import Browse, Call
from tests.broadcaster.small_station import STATION_ID, SmallStation

STATEMENT = f"/evidence/loa-dong-1-1/{EPOCH}/3"
PROGRAMME = Item(
    sha256="0" * 64,
    size_bytes=1,
    duration_ms=92_000,
    title="Chương trình sáng",
    cues=(
        Cue(at_ms=0, kind="chime"),
        Cue(at_ms=5_000, kind="bulletin", title="Tin giá lúa <cập nhật>"),
        Cue(at_ms=40_000, kind="weather", title=""),
    ),
)
RECORDING = Item(sha256="1" * 64, size_bytes=1, duration_ms=9_000, title="Tiếng Mông")


@pytest.fixture
def programme(afternoon: SmallStation) -> str:
    """Where a device's word stands that it began three parts and a recording, and was cut.

    The address lacks the number: 2 to 4 are the parts, 5 is the recording, 6 the cut.
    """
    device_id = "loa-dong-1-1"
    pole = Pole(device_id, station=STATION_ID, key=key_of(device_id))
    with afternoon.database.writing() as session:
        play = session.exec(
            select(Play).where(Play.device_id == device_id, Play.broadcast_id == "bc-noon")
        ).one()
        at_ms = round(play.starts_at.timestamp() * 1_000)
        pole.say(Kind.STARTED, order=play.order_id, at_ms=at_ms)
        for item, cue, after_ms in ((0, 0, 0), (0, 1, 5_000), (0, 2, 40_000), (1, None, 92_000)):
            pole.say(
                Kind.ITEM_STARTED,
                order=play.order_id,
                at_ms=at_ms + after_ms,
                item=item,
                cue=cue,
                first_sample_at_us=(at_ms + after_ms) * 1_000,
            )
        pole.say(Kind.CUT, order=play.order_id, at_ms=at_ms + 93_000, item=1, code="emergency")
        store(
            session,
            [pole.batch()],
            now=play.starts_at + timedelta(seconds=94),
            keys={device_id: pole.key.verify_key},
            station=session.get_one(Station, STATION_ID),
        )
    return f"/evidence/{device_id}/{pole.epoch}/"


def test_it_says_which_part_began_by_the_title_of_its_order(
    app: FastAPI, browse: Browse, programme: str
) -> None:
    """As the order was planned; a part without a title by its kind, even one nobody knows."""
    app.state.order_items = lambda _session, _order_id: (PROGRAMME, RECORDING)
    client = browse("operator")
    pages = [client.get(f"{programme}{number}").text for number in range(2, 7)]

    assert "đã bắt đầu mục 1: nhạc báo mở đầu<" in pages[0]
    assert "đã bắt đầu mục 2: Tin giá lúa &lt;cập nhật&gt;<" in pages[1]
    assert "đã bắt đầu mục 3: weather<" in pages[2]
    assert "đã bắt đầu tệp âm thanh 2: Tiếng Mông<" in pages[3]
    assert "Mục cuối đã bắt đầu</dt><dd>tệp âm thanh 2: Tiếng Mông<" in pages[4]


def test_without_the_order_it_says_the_number(browse: Browse, programme: str) -> None:
    """What the device said can be read even where nobody knows what was planned."""
    page = browse("operator").get(f"{programme}3").text

    assert "đã bắt đầu mục 2<" in page


def test_each_part_of_the_play_leads_to_its_own_evidence(browse: Browse, programme: str) -> None:
    """All that began in this play, with the second at which it did."""
    page = browse("operator").get(f"{programme}6").text
    listed = page.split('id="begun"')[1].split("</section>")[0]

    assert [f'href="{programme}{number}"' in listed for number in range(1, 7)] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    assert listed.count("mục ") == 4


def test_the_part_is_told_in_english(browse: Browse, programme: str) -> None:
    """To whoever chose it."""
    client = browse("operator")
    client.cookies.set("loa_language", "en")

    assert "began item 2<" in client.get(f"{programme}3").text


def test_it_shows_what_was_said_and_the_bytes(afternoon: SmallStation, browse: Browse) -> None:
    """Meaning, bytes, hash and the neighbour stand on the page, checked for this view."""
    with afternoon.database.reading() as session:
        row = session.get_one(ConfirmationRow, ("loa-dong-1-1", EPOCH, 3))

    page = browse("operator").get(STATEMENT).text

    assert 'id="begun"' not in page
    assert "đã phát xong" in page
    assert "1 phút 32 giây" in page
    assert row.entry_sha256 in page
    assert f'href="/evidence/loa-dong-1-1/{EPOCH}/2"' in page
    assert page.count("<strong>Đúng</strong>") == 2


@pytest.mark.parametrize("tampered", ["entry", "batch"])
def test_a_changed_byte_is_shown_as_broken(
    afternoon: SmallStation, browse: Browse, tampered: str
) -> None:
    """When stored bytes no longer match the signature, the page warns and shows no approval."""
    with afternoon.database.writing() as session:
        row = session.get_one(ConfirmationRow, ("loa-dong-1-1", EPOCH, 3))
        if tampered == "entry":
            row.entry = row.entry.replace("2028600", "2028601")
        else:
            batch = session.exec(select(ConfirmationBatch)).one()
            batch.message = batch.message[:-4] + b"AAAA"

    page = browse("operator").get(STATEMENT).text

    assert "Xác nhận này không khớp" in page
    assert "<strong>Không đúng</strong>" in page


@pytest.mark.usefixtures("afternoon")
def test_there_is_none_for_a_number_nobody_signed(browse: Browse) -> None:
    """A number beyond the journal is not found; one that is no number is refused."""
    client = browse("operator")

    assert client.get(f"/evidence/loa-dong-1-1/{EPOCH}/4").status_code == 404
    assert client.get(f"/evidence/loa-dong-1-1/{EPOCH}/nine").status_code == 422
    assert client.get(f"/evidence/loa-dong-1-1/{EPOCH}/{2**70}").status_code == 422


@pytest.mark.usefixtures("afternoon")
def test_a_village_head_sees_only_their_own_devices_word(browse: Browse) -> None:
    """Evidence of a device that does not reach their village is not found."""
    assert browse("village_head").get(STATEMENT).status_code == 404


@pytest.mark.usefixtures("afternoon")
def test_the_api_gives_the_same(call: Call) -> None:
    """The statement as JSON, with the batch and the outcome of examining it."""
    client, header = call("operator")

    told = client.get(f"/api{STATEMENT}", headers=header).json()

    assert (told["signature_holds"], told["chain_holds"]) == (True, True)
    assert told["statement"]["kind"] == "finished"
    assert told["batch"].count(".") == 2
