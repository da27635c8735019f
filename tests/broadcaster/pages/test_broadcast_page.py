"""One broadcast: what was heard where, each device's word, and the way to its evidence."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from broadcaster.ledger.queries import broadcast_report
from broadcaster.ledger.tables import Play
from broadcaster.schedule.day import broadcasts_between, day_of
from broadcaster.schedule.today import Tally
from tests.broadcaster.pages.commune import EPOCH, ZONE, add_plays
from tests.broadcaster.pages.conftest import Browse
from tests.broadcaster.pages.test_today_page import version_of
from tests.broadcaster.small_station import SmallStation


@pytest.mark.usefixtures("afternoon")
def test_it_shows_words_sound_and_who_approved(browse: Browse) -> None:
    """The exact spoken words, the audio and the approver stand on the page."""
    page = browse("operator").get("/broadcasts/bc-noon").text

    assert "ngày hai mươi lăm tháng mười một" in page
    assert '<audio controls preload="metadata" src="/audio/' in page
    assert "Leader, 17:01 hôm qua" in page


@pytest.mark.usefixtures("afternoon")
def test_parts_of_coverage_stand_apart(browse: Browse) -> None:
    """Confirmed, partial, failed and not confirmed each have their own number."""
    page = browse("operator").get("/broadcasts/bc-noon").text

    assert "600 trong 7.200 người dân" in page
    assert "<strong>Người dân</strong>" in page
    for part in ("confirmed", "partial", "failed", "not_confirmed"):
        assert f'class="part-{part}"' in page


@pytest.mark.usefixtures("afternoon")
def test_a_device_s_reason_is_said_in_words(browse: Browse) -> None:
    """A failure's code never appears; its meaning does."""
    page = browse("operator").get("/broadcasts/bc-noon").text

    assert "tệp âm thanh tải về không đúng bản đã duyệt" in page
    assert "audio_hash_mismatch" not in page


@pytest.mark.usefixtures("afternoon")
def test_each_confirmation_leads_to_its_evidence(browse: Browse) -> None:
    """The row of a confirmed device links to the signed statement behind it."""
    client = browse("operator")
    address = f"/evidence/loa-dong-1-1/{EPOCH}/3"

    assert f'href="{address}"' in client.get("/broadcasts/bc-morning").text
    assert client.get(address).status_code == 200


@pytest.mark.usefixtures("afternoon")
def test_an_override_of_quiet_hours_names_person_and_reason(browse: Browse) -> None:
    """Who allowed it, and why, is on the page."""
    page = browse("village_head").get("/broadcasts/bc-morning").text

    assert "Leader cho phép phát: Sáng sớm có gió lớn" in page


@pytest.mark.usefixtures("afternoon")
def test_before_any_order_is_signed_it_says_so(browse: Browse) -> None:
    """A broadcast without plays is planned, and no figure is made up."""
    page = browse("operator").get("/broadcasts/bc-tomorrow").text

    assert "Lệnh phát chưa xuống tới loa." in page
    assert "người dân ở nơi loa đã xác nhận" not in page


def test_it_is_live_while_it_runs(afternoon: SmallStation, browse: Browse) -> None:
    """The live part answers 204 until a device says something new."""
    client = browse("operator")
    version = version_of(client.get("/broadcasts/bc-now").text)
    assert client.get(f"/broadcasts/bc-now/live?have={version}").status_code == 204

    with afternoon.database.writing() as session:
        session.exec(select(Play).where(Play.broadcast_id == "bc-now")).all()[0].state = "confirmed"

    assert client.get(f"/broadcasts/bc-now/live?have={version}").status_code == 200


@pytest.mark.usefixtures("afternoon")
def test_a_settled_one_asks_no_more(browse: Browse) -> None:
    """Hours after everything ended the page is still and does not poll."""
    page = browse("operator").get("/broadcasts/bc-noon").text

    assert "hx-get" not in page


@pytest.mark.usefixtures("commune")
def test_an_unknown_broadcast_is_not_found(browse: Browse) -> None:
    """A made-up id gets a page that says so."""
    assert browse("operator").get("/broadcasts/nothing").status_code == 404


@pytest.mark.parametrize("villages", [None, frozenset({"dong-2"}), frozenset({"dong-1", "tay-3"})])
def test_the_board_s_figures_are_the_report_s(
    afternoon: SmallStation, villages: frozenset[str] | None
) -> None:
    """Coverage counted for the board equals that of the report, whoever looks."""
    now = afternoon.clock()
    with afternoon.database.reading() as session:
        airings = broadcasts_between(
            session,
            cluster_ids=["dong", "trung", "tay"],
            begins=now.replace(hour=0) - (now - now),
            ends=now.replace(hour=23),
            villages=villages,
        )
        for airing in airings:
            report = broadcast_report(session, airing.broadcast_id, villages=villages)
            clusters = {each.cluster_id: each for each in report.clusters} if report else {}
            told = clusters.get(airing.cluster_id)
            if told is not None:
                assert airing.tally.coverage == told.coverage
                assert airing.tally.expected == told.counts.planned


def test_a_board_needs_no_tally_of_later_days(afternoon: SmallStation) -> None:
    """It is left out of what starts later, unless a device says that it plays it already."""
    now = afternoon.clock()
    begins, ends = day_of(now, zone=ZONE)

    def shown(tallied_until: datetime | None) -> dict[str, Tally]:
        with afternoon.database.reading() as session:
            airings = broadcasts_between(
                session,
                cluster_ids=["dong", "trung", "tay"],
                begins=begins,
                ends=ends + timedelta(days=2),
                villages=None,
                only_shown=True,
                tallied_until=tallied_until,
            )
        return {f"{each.broadcast_id} {each.cluster_id}": each.tally for each in airings}

    with afternoon.database.writing() as session:
        add_plays(session, "bc-tomorrow", "dong", ("cached",))
        add_plays(session, "bc-tomorrow", "tay", ("cached",))
    waiting, whole = shown(ends), shown(None)
    with afternoon.database.writing() as session:
        for play in session.exec(select(Play).where(Play.order_id == "o-bc-tomorrow-tay")):
            play.state = "started"
    hasty = shown(ends)

    tomorrow = {key for key in whole if key.startswith("bc-tomorrow")}
    assert len(tomorrow) > 1
    assert waiting == {key: Tally() if key in tomorrow else tally for key, tally in whole.items()}
    assert whole["bc-tomorrow dong"].devices == {"cached": whole["bc-tomorrow dong"].expected}
    assert hasty["bc-tomorrow tay"].devices["playing"] > 0
    assert hasty["bc-tomorrow dong"] == Tally()
