"""Our own emergencies as CAP: by the schema, each step once, and read by another station."""

from datetime import timedelta
from pathlib import Path

import pytest

from broadcaster.alerts.alerts_command import (
    exported,
    feed_added,
    feed_retired,
    feeds_polled,
    feeds_told,
    imported,
)
from broadcaster.alerts.errors import CertificateUnusable
from broadcaster.alerts.exporting import messages_of
from broadcaster.alerts.feeds import certificates_folder, feeds_of
from broadcaster.alerts.hazards import hazard_of
from broadcaster.alerts.message import (
    Alert,
    MsgType,
    ResponseType,
    Severity,
    Status,
)
from broadcaster.alerts.parsing import read_alert
from broadcaster.alerts.standing import Shown
from broadcaster.alerts.writing import write_alert
from broadcaster.areas.tables import Station
from broadcaster.emergency.ending import end_emergency, find_emergency, prolong
from broadcaster.emergency.hazards import HAZARDS
from tests.broadcaster.alerts.cap_schema import wrong_with
from tests.broadcaster.alerts.conftest import Desk
from tests.broadcaster.alerts.made import alert, pem, signed
from tests.broadcaster.alerts.server import Answer, publishing
from tests.broadcaster.emergency.conftest import WORDS
from tests.broadcaster.small_station import STATION_ID


@pytest.fixture
def real(desk: Desk) -> Desk:
    """A station that is no rehearsal, whose operator may order."""
    with desk.room.database.writing() as session:
        session.get_one(Station, STATION_ID).rehearsal = False
    desk.room.authorise()
    return desk


def messages(desk: Desk, emergency_id: str) -> list[Alert]:
    """What is handed out of an emergency, each valid by the schema and read as it was written."""
    with desk.room.database.reading() as session:
        found = find_emergency(session, emergency_id, station_id=STATION_ID)
        made = list(messages_of(session, found))
    for each in made:
        assert wrong_with(write_alert(each)) == []
        assert read_alert(write_alert(each)) == each
    return made


def test_an_order_is_an_alert(real: Desk) -> None:
    """In its own words, for its clusters by name, with nothing guessed."""
    (made,) = messages(real, real.room.raise_(hazard="flood"))
    info = made.infos[0]

    assert (made.status, made.msg_type) == (Status.ACTUAL, MsgType.ALERT)
    assert (made.sent, info.expires) == (
        real.room.now(), real.room.now() + timedelta(hours=24),
    )  # fmt: skip
    assert made.sent.utcoffset() == timedelta(hours=7)
    assert (info.description, info.severity) == (WORDS, Severity.UNKNOWN)
    assert [area.description for area in info.areas] == ["Cụm Đông: Thôn Một, Thôn Hai", "Cụm Tây"]


def test_a_drill_says_that_it_is_one(real: Desk) -> None:
    """In its status, and in the words."""
    (made,) = messages(real, real.room.raise_(drill=True))

    assert made.status == Status.EXERCISE
    assert made.infos[0].headline.startswith("Diễn tập: ")
    assert made.infos[0].description.startswith("Diễn tập! Diễn tập!")


def test_a_rehearsal_hands_out_exercises_only(desk: Desk) -> None:
    """Its poles are simulated, and so is its emergency."""
    desk.room.authorise()
    (made,) = messages(desk, desk.room.raise_())

    assert made.status == Status.EXERCISE


@pytest.mark.parametrize("hazard", list(HAZARDS))
def test_each_hazard_is_read_again_as_the_same(hazard: str, real: Desk) -> None:
    """By another station of the same kind; what we call *other* is a question there too."""
    (made,) = messages(real, real.room.raise_(hazard=hazard))

    assert hazard_of(made.infos[0]) == ("" if hazard == "other" else hazard)


def test_it_goes_on_and_ends_with_references_to_all_before(real: Desk) -> None:
    """Prolonged is an update, ended a cancel; earlier messages stay as they were."""
    emergency = real.room.raise_()
    before = messages(real, emergency)
    real.room.newsroom.clock.move(timedelta(hours=20))
    with real.room.database.writing() as session:
        prolong(session, emergency, station_id=STATION_ID, by=real.room.giver, now=real.room.now())
    real.room.newsroom.clock.move(timedelta(hours=1))
    with real.room.database.writing() as session:
        end_emergency(
            session, emergency, ending="over", words="Hết nguy hiểm.", station_id=STATION_ID,
            by=real.room.giver, oversees=False, now=real.room.now(),
        )  # fmt: skip
    first, update, cancel = messages(real, emergency)

    assert [first] == before
    assert [each.msg_type for each in (first, update, cancel)] == [
        MsgType.ALERT, MsgType.UPDATE, MsgType.CANCEL,
    ]  # fmt: skip
    assert update.references == (first.identity,)
    assert cancel.references == (first.identity, update.identity)
    assert update.infos[0].expires == update.sent + timedelta(hours=24)
    assert cancel.infos[0].description == "Hết nguy hiểm."
    assert cancel.infos[0].responses == (ResponseType.ALL_CLEAR,)
    assert len({each.identifier for each in (first, update, cancel)}) == 3


def test_another_station_takes_them_in(real: Desk) -> None:
    """Our messages do there what they say: offered by our villages' names, then withdrawn."""
    emergency = real.room.raise_()
    with real.room.database.writing() as session:
        end_emergency(
            session, emergency, ending="silence", words="", station_id=STATION_ID,
            by=real.room.giver, oversees=False, now=real.room.now() + timedelta(minutes=1),
        )  # fmt: skip
    first, cancel = messages(real, emergency)
    taken = real.take(first)
    assert real.state(taken) == Shown.WAITING
    assert real.shown(taken).proposal.clusters == ("cl-1",)

    real.take(cancel)
    assert real.state(taken) == Shown.WITHDRAWN


def test_the_commands_of_files(real: Desk, state_dir: Path, tmp_path: Path) -> None:
    """Imported with its signature, known the second time, exported as it is on the page."""
    database, settings = real.room.database, real.room.newsroom.small.settings
    file = tmp_path / "canh-bao.xml"
    file.write_bytes(signed(alert()))
    folder = certificates_folder(state_dir, None)
    folder.mkdir(parents=True)
    (folder / "kttv.pem").write_bytes(pem())
    given = {"station_id": STATION_ID, "now": real.room.now()}
    told = imported(database, settings, file, **given)  # type: ignore[arg-type]

    assert "Alert Actual verified → waiting" in told
    assert "known already" in imported(database, settings, file, **given)  # type: ignore[arg-type]
    emergency = real.room.raise_()
    ((name, content),) = exported(database, emergency, station_id=STATION_ID)
    assert name == f"{emergency}.0"
    assert wrong_with(content) == []


def test_the_commands_of_feeds(real: Desk, state_dir: Path, tmp_path: Path) -> None:
    """Added with a certificate, told, asked, removed; a bad certificate adds nothing."""
    database, settings = real.room.database, real.room.newsroom.small.settings
    now = real.room.now()
    good, bad = tmp_path / "kttv.crt", tmp_path / "bad.crt"
    good.write_bytes(pem())
    bad.write_bytes(b"?")
    with publishing() as publisher:
        publisher.has["/cap"] = Answer(signed(alert()))
        given = {"name": "KTTV", "url": publisher.url("/cap"), "must_be_signed": True}
        more = {"station_id": STATION_ID, "now": now}
        with pytest.raises(CertificateUnusable):
            feed_added(database, settings, certificates=[bad], **given, **more)  # type: ignore[arg-type]
        with database.reading() as session:
            assert feeds_of(session, station_id=STATION_ID) == []
        told = feed_added(database, settings, certificates=[good], **given, **more)  # type: ignore[arg-type]
        feed = told.split()[0]
        assert (certificates_folder(state_dir, feed) / "kttv.pem").exists()
        assert feeds_polled(database, settings, "", **more) == (f"{feed} KTTV: +1\n", True)  # type: ignore[arg-type]
    assert "KTTV [phải ký / signed]" in feeds_told(database, station_id=STATION_ID)
    told, is_well = feeds_polled(database, settings, feed, **more)  # type: ignore[arg-type]
    assert (is_well, "feed_unreachable" in told) == (False, True)
    feed_retired(database, feed, station_id=STATION_ID, now=now)
    assert "No feeds" in feeds_told(database, station_id=STATION_ID)
