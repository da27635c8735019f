"""The first page as an operator has it open all day: it tells by itself what is new."""

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from broadcaster.accounts.tables import SignInSession
from broadcaster.bulletins import desk
from broadcaster.bulletins.deciding import decide
from broadcaster.bulletins.sound import NewSound
from broadcaster.bulletins.standing import current_rendition, identity
from broadcaster.bulletins.studio import sound_of_bulletin
from broadcaster.bulletins.tables import Bulletin
from broadcaster.bulletins.texts import checked
from broadcaster.fleet.tables import DeviceStatus
from tests.broadcaster.pages.commune import add_afternoon
from tests.broadcaster.small_station import STATION_ID
from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = pytest.mark.browser
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
PATIENCE_MS = 30_000


def written(site: Site, title: str) -> Bulletin:
    """A bulletin that somebody else wrote just now, with its sound."""
    now = site.station.clock()
    with site.station.database.writing() as session:
        row = desk.write_bulletin(
            session,
            station_id=STATION_ID,
            written=checked(title=title, script="Kính mời bà con họp thôn."),
            by=site.accounts["operator"],
            now=now,
        )
    sound: NewSound = sound_of_bulletin(site.app.state.studio, row, zone=site.station.context.zone)
    with site.station.database.writing() as session:
        desk.attach_rendition(session, row.id, sound=sound, now=now)
        desk.submit(session, row.id, by=site.accounts["operator"], now=now)
    return row


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_the_board_tells_by_itself_and_ends_with_the_session(
    site: Site, visit: Visit, complaints: list[str], width: int, dark: bool
) -> None:
    """What waits appears and goes; sent back it says why; revoked, the page asks who is there."""
    station = site.station
    with station.database.writing() as session:
        add_afternoon(
            session,
            operator=site.accounts["operator"],
            leader=site.accounts["leader"],
            now=station.clock(),
        )
        silent = session.exec(select(DeviceStatus)).first()
        assert silent is not None
    page = visit("operator", width=width, dark=dark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    expect(page.get_by_role("heading", name="Hôm nay")).to_be_visible()

    row = written(site, "Họp thôn tối nay")
    waiting = page.get_by_role("link", name="Họp thôn tối nay")
    expect(waiting).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("chờ duyệt, Operator gửi lúc").first).to_be_visible()
    with station.database.writing() as session:
        rendition = current_rendition(session, session.get_one(Bulletin, row.id))
        assert rendition is not None
        id_, spoken, audio = identity(rendition)
        decide(
            session,
            row.id,
            rendition_id=id_,
            spoken_sha256=spoken,
            audio_sha256=audio,
            approved=False,
            comment="Thiếu giờ họp.",
            by=site.accounts["leader"],
            now=station.clock(),
        )
    expect(page.get_by_text("bị trả lại: Thiếu giờ họp.")).to_be_visible(timeout=PATIENCE_MS)
    assert page.evaluate(FITS)
    keep_picture(page, f"today-{width}{'-dark' if dark else ''}")
    assert any("/today/events" in each for each in asked)
    assert not any("/today/board" in each for each in asked)

    with station.database.writing() as session:
        for each in session.exec(select(SignInSession)):
            session.delete(each)
    page.wait_for_url("**/sign-in*", timeout=PATIENCE_MS)
    assert complaints == []
