"""What befalls the server: database, broker, clock and certificates, each told with what to do."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from broadcaster.database.columns import to_ms
from broadcaster.ledger.storage import Reason, StorageAway, StorageFile, storage_file
from broadcaster.settings import Settings
from broadcaster.watching import certificates
from broadcaster.watching.certificates import Certificates
from broadcaster.watching.telling import Watch
from tests.authority import DAY, Authority
from tests.broadcaster.watching.conftest import Watched
from tests.brokers import free_port
from tests.tls_brokers import broker_behind_tls

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def away(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the database answers nothing of what a round asks."""

    def nobody(*_: object, **__: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    monkeypatch.setattr(type(watched.database), "reading", nobody)


def test_a_database_that_is_gone_is_told_without_it_and_its_end_as_usual(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once; for somebody who has only the letter, with what to do."""
    watched.round()
    with monkeypatch.context() as gone:
        away(watched, gone)
        soon = watched.round_without_database(timedelta(seconds=44))
        watched.round()
        (begun,) = watched.round_without_database(timedelta(seconds=2))
        again = watched.round_without_database(HOUR)
    (over,) = watched.round(MINUTE)

    assert soon == again == []
    assert "Cơ sở dữ liệu của đài không ghi được: không trả lời / no answer" in begun
    assert "→ Không mất gì" in begun
    assert "Cơ sở dữ liệu của đài lại ghi được" in over
    assert "không ghi được" not in over
    assert watched.round(MINUTE) == []


def test_who_does_not_lead_tells_nothing_of_the_database(watched: Watched) -> None:
    """Another process does."""
    watched.round()
    watched.may = False

    assert watched.round_without_database(HOUR) == []


def test_a_mail_server_that_is_away_as_well_is_tried_again(watched: Watched) -> None:
    """After half a minute."""
    watched.round()
    watched.office.answers = ["451 later"]
    first = watched.round_without_database(MINUTE)
    too_soon = watched.round_without_database(timedelta(seconds=29))
    later = watched.round_without_database(timedelta(seconds=2))

    assert (first, too_soon, len(later)) == ([], [], 1)


def test_a_full_disk_of_which_the_ingest_tells_is_told_once(watched: Watched) -> None:
    """By the usual letter where a row of it still finds room, and then not from memory too."""
    watched.round()
    now = watched.station.clock()
    file = StorageFile(storage_file(watched.settings.state_dir, number=1))
    file.tell(StorageAway(since=now - MINUTE, tried_at=now, reason=Reason.DISK_FULL))
    (begun,) = watched.round()
    from_memory = watched.round_without_database(MINUTE)
    file.tell(None)
    file.close()
    (over,) = watched.round(MINUTE)

    assert "không ghi được: đĩa đầy / the disk is full" in begun
    assert from_memory == []
    assert "lại ghi được" in over


def test_a_broker_is_away_after_a_minute_or_when_orders_wait_as_long(watched: Watched) -> None:
    """A connection that comes back at once is no letter's worth; one that takes nothing is."""
    watched.round()
    watched.connected = False
    at_once = watched.round() + watched.round(timedelta(seconds=59))
    (gone,) = watched.round(timedelta(seconds=2))
    watched.connected = True
    (back,) = watched.round(MINUTE)
    watched.waits_since = watched.station.clock()
    (slow,) = watched.round(MINUTE)

    assert at_once == []
    assert "Máy chủ MQTT không nhận lệnh của đài: không kết nối được" in gone
    assert "lệnh mới và khẩn cấp chưa tới loa" in gone
    assert "Máy chủ MQTT lại nhận lệnh của đài" in back
    assert "lệnh chờ quá lâu / orders wait too long" in slow


@pytest.mark.parametrize(("by", "said"), [(HOUR, "nhảy +1:00:00"), (-DAY, "nhảy −24:00:00")])
def test_a_clock_that_jumps_is_told_and_so_is_its_return(
    watched: Watched, by: timedelta, said: str
) -> None:
    """With what to do where the new time is the right one."""
    watched.round()
    watched.stepped = by
    (jumped,) = watched.round()
    watched.stepped = timedelta(0)
    (returned,) = watched.round(MINUTE)

    assert said in jumped
    assert "khởi động lại đài" in jumped
    assert "đã về đúng giờ" in returned


def test_a_station_that_did_not_run_says_so_when_it_is_back(watched: Watched) -> None:
    """From its last sign of life on; not after a restart, nor where another machine led."""
    watched.round()
    for term, after in ((2, 9 * MINUTE), (3, 6 * HOUR), (5, 6 * HOUR)):
        watched.term = term
        watched.restarted()
        told = "\n".join(watched.round(after))
        assert ("Đài ngừng chạy trong 6:00:00" in told) == (term == 3)
        assert ("Đài chạy lại sau 6:00:00" in told) == (term == 3)


def test_a_beat_that_cannot_be_read_claims_nothing(watched: Watched) -> None:
    """Half written by a disk that was full."""
    watched.round()
    (watched.settings.state_dir / "watching" / "beat.json").write_text('{"at_ms": 1')
    watched.term = 2
    watched.restarted()

    assert "ngừng chạy" not in "\n".join(watched.round(6 * HOUR))


def test_certificates_are_told_thirty_days_ahead_and_on_the_day(
    watched: Watched, tmp_path: Path
) -> None:
    """With the days that are left, and once renewed no more."""
    authority, now = Authority(tmp_path, name="khac"), watched.station.clock()
    shown = authority.issue(begins=now - DAY, lasts=40 * DAY)
    watched.settings = watched.settings.model_copy(
        update={"tls_cert": shown.certificate, "tls_key": shown.key}
    )
    at_first = "\n".join(watched.round())
    ahead = "\n".join(watched.round(10 * DAY))
    ended = "\n".join(watched.round(29 * DAY))
    renewed = authority.issue(begins=now, lasts=100 * DAY)
    shown.certificate.write_bytes(renewed.certificate.read_bytes())
    renewal = "\n".join(watched.round(MINUTE))

    assert "Chứng chỉ" not in at_first
    assert "Chứng chỉ sắp hết hạn: HTTPS" in ahead
    assert "(còn 29 ngày / 29 days left)" in ahead
    assert "Chứng chỉ đã hết hạn, loa không vào được: HTTPS" in ended
    assert "sắp hết hạn" not in ended
    assert "Chứng chỉ đã được thay: HTTPS" in renewal
    assert "Chứng chỉ nay còn hạn: HTTPS" in renewal


def test_a_broker_that_shows_no_certificate_now_changes_nothing(tmp_path: Path) -> None:
    """Asked seldom while all is well, every minute while it is not; what was seen stays."""
    authority = Authority(tmp_path)
    settings = Settings(state_dir=tmp_path, broker=f"mqtts://127.0.0.1:{free_port()}")
    now = authority.certificate.not_valid_before_utc + 400 * DAY
    answers = [None, certificates.read_certificate(authority.issue(lasts=90 * DAY).certificate)]
    asked: list[Settings] = []

    def ask(of: Settings) -> certificates.CertificateFacts | None:
        asked.append(of)
        return answers.pop(0) if answers else None

    found = Certificates(settings, ask_broker=ask)
    unknown = found.ends(now)["MQTT"]
    known = found.ends(now + MINUTE)["MQTT"]
    found.ends(now + 2 * MINUTE)
    still = found.ends(now + 12 * MINUTE)["MQTT"]

    assert unknown is None
    assert known is not None
    assert still == known
    assert len(asked) == 3


def test_the_certificate_of_a_broker_is_the_one_that_it_shows(tmp_path: Path) -> None:
    """Also one that nobody would believe any more."""
    authority = Authority(tmp_path)
    ended = authority.issue(begins=authority.certificate.not_valid_before_utc, lasts=DAY)
    registry = tmp_path / "registry.json"
    registry.write_text('{"users": {}}')
    with broker_behind_tls("embedded", registry, tmp_path, shows=ended) as port:
        settings = Settings(state_dir=tmp_path, broker=f"mqtts://127.0.0.1:{port}")
        facts = certificates.broker_certificate(settings)
    gone = certificates.broker_certificate(settings)

    assert facts is not None
    assert to_ms(facts.ends) == to_ms(certificates.read_certificate(ended.certificate).ends)
    assert gone is None


def test_what_ails_the_server_is_no_question_to_who_does_not_lead(watched: Watched) -> None:
    """It neither looks nor beats."""
    watched.restarted()
    assert watched.absence is not None
    idle = Watch(
        watched.database, watched.settings, station_id="nobody", absence=watched.absence,
        around=watched.absence._around, may=lambda: False,
    )  # fmt: skip
    idle.round()

    assert not (watched.settings.state_dir / "watching").exists()
