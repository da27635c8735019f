"""The signed statement behind a figure: its bytes, and whether it holds at this moment."""

import pytest
from sqlmodel import select

from broadcaster.ledger.tables import ConfirmationBatch, ConfirmationRow
from tests.broadcaster.pages.commune import EPOCH
from tests.broadcaster.pages.conftest import Browse, Call
from tests.broadcaster.small_station import SmallStation

STATEMENT = f"/evidence/loa-dong-1-1/{EPOCH}/3"


def test_it_shows_what_was_said_and_the_bytes(afternoon: SmallStation, browse: Browse) -> None:
    """Meaning, bytes, hash and the neighbour stand on the page, checked for this view."""
    with afternoon.database.reading() as session:
        row = session.get_one(ConfirmationRow, ("loa-dong-1-1", EPOCH, 3))

    page = browse("operator").get(STATEMENT).text

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
