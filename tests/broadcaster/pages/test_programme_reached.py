"""The broadcast page of a programme: how many devices have said that they began each part."""

import hashlib
import re
from datetime import timedelta

import pytest
from sqlmodel import Session

from broadcaster.bulletins.tables import Rendition
from broadcaster.ledger.tables import ConfirmationBatch, ConfirmationRow
from devices.protocol.messages import Confirmation, Kind, encode
from tests.broadcaster.pages.commune import EPOCH
from tests.broadcaster.pages.conftest import Browse
from tests.broadcaster.pages.test_today_page import version_of
from tests.broadcaster.small_station import SmallStation

PARTS = [
    {"kind": kind, "title": title, "start_ms": start, "end_ms": end, "bulletin_id": bulletin,
     "rendition_id": f"r-{bulletin}" if bulletin else ""}
    for kind, title, start, end, bulletin in (
        ("chime", "Nhạc hiệu mở đầu", 0, 4_000, ""),
        ("bulletin", "Lịch tiêm", 4_000, 50_000, "vaccine"),
        ("closing", "Lời kết thúc", 50_000, 92_000, ""),
    )
]  # fmt: skip


@pytest.fixture
def programme(afternoon: SmallStation) -> SmallStation:
    """What plays now is a programme; of its twelve devices two are in the bulletin, one before."""
    with afternoon.database.writing() as session:
        session.get_one(Rendition, "r-cccd").parts = PARTS
        say(session, "loa-dong-1-1", cue=1, station=afternoon)
        say(session, "loa-dong-1-2", cue=1, station=afternoon)
        say(session, "loa-dong-2-1", cue=0, station=afternoon)
    return afternoon


def say(session: Session, device_id: str, *, cue: int, station: SmallStation) -> None:
    """A device's statement that it began a part, as the ledger keeps it."""
    now = station.clock()
    digest = hashlib.sha256(device_id.encode() + bytes([cue])).hexdigest()
    said = Confirmation(
        seq=10 + cue,
        prev="0" * 64,
        kind=Kind.ITEM_STARTED,
        at_ms=int((now - timedelta(seconds=30)).timestamp() * 1000),
        order="o-bc-now-dong",
        item=0,
        cue=cue,
        simulated=True,
    )
    session.add(
        ConfirmationBatch(sha256=digest, device_id=device_id, message=b"-", received_at=now)
    )
    session.flush()
    session.add(
        ConfirmationRow(
            device_id=device_id,
            epoch=EPOCH,
            seq=said.seq,
            prev_sha256=said.prev,
            entry_sha256=digest,
            entry=encode(said).decode(),
            kind=Kind.ITEM_STARTED.value,
            order_id="o-bc-now-dong",
            batch_sha256=digest,
            received_at=now,
        )
    )


def counts_on(page: str) -> list[tuple[str, str]]:
    """Part and count, as a person reads them."""
    section = page.split('id="programme-title"')[1].split("</section>", maxsplit=1)[0]
    lines = re.findall(r"<li>(.*?)</li>", section, flags=re.DOTALL)
    words = [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]
    found = [re.fullmatch(r"(.+?) (\d+/\d+ loa đã bắt đầu)", line) for line in words]
    return [(each[1], each[2]) for each in found if each]


@pytest.mark.usefixtures("programme")
def test_each_part_tells_how_many_devices_said_they_began_it(browse: Browse) -> None:
    """Three of twelve began the chime, two the bulletin, nobody the end."""
    page = browse("operator").get("/broadcasts/bc-now").text

    assert counts_on(page) == [
        ("Nhạc hiệu mở đầu", "3/12 loa đã bắt đầu"),
        ("Bản tin: Lịch tiêm", "2/12 loa đã bắt đầu"),
        ("Lời kết thúc", "0/12 loa đã bắt đầu"),
    ]


def test_the_page_moves_on_with_a_device(programme: SmallStation, browse: Browse) -> None:
    """The live part is exchanged when one more device begins a part."""
    client = browse("operator")
    version = version_of(client.get("/broadcasts/bc-now").text)
    address = f"/broadcasts/bc-now/live?have={version}"
    assert client.get(address).status_code == 204

    with programme.database.writing() as session:
        say(session, "loa-dong-2-1", cue=1, station=programme)

    assert ("Bản tin: Lịch tiêm", "3/12 loa đã bắt đầu") in counts_on(client.get(address).text)


@pytest.mark.usefixtures("programme")
def test_a_village_head_sees_their_own_devices_only(browse: Browse) -> None:
    """Of the village's two devices one began the chime."""
    page = browse("village_head").get("/broadcasts/bc-now").text

    assert counts_on(page)[0] == ("Nhạc hiệu mở đầu", "1/2 loa đã bắt đầu")


@pytest.mark.usefixtures("programme")
def test_a_single_bulletin_has_no_parts(browse: Browse) -> None:
    """Nothing is said of parts where there are none."""
    assert "programme-title" not in browse("operator").get("/broadcasts/bc-noon").text
