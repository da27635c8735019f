"""Trouble is told once by e-mail, and so is its end; what the mail server missed is told later."""

import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
from sqlmodel import col, select, update
from structlog.testing import capture_logs

from broadcaster.audit import Act, record
from broadcaster.fleet.tables import DeviceStatus
from broadcaster.kept_clock import kernels_clock
from broadcaster.ledger.tables import ALERTS
from broadcaster.settings import Settings, SettingsInvalid, load_settings
from broadcaster.watching import machine
from broadcaster.watching.errors import MailNotSent, MailOff, MailPasswordUnusable
from broadcaster.watching.letters import MOST_LINES, trial_letter
from broadcaster.watching.mail_command import tried
from broadcaster.watching.posting import PASSWORD_FILE, keep_password, mailbox_of, post
from broadcaster.watching.tables import WatchedTrouble
from tests.authority import Authority
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.watching.conftest import ADRIFT, KEPT, Watched, mail_settings
from tests.broadcaster.watching.post_office import open_post_office

MINUTE = timedelta(minutes=1)
Usage = namedtuple("Usage", "total used free")


def of_loudspeakers(watched: Watched, *, online: bool, ago: timedelta = MINUTE * 5) -> None:
    """What all loudspeakers' connections say, and since when."""
    with watched.database.writing() as session:
        session.execute(
            update(DeviceStatus).values(online=online, received_at=watched.station.clock() - ago)
        )


def test_a_broadcast_and_a_loudspeaker_are_told_once_and_so_is_their_end(
    watched_on_either: Watched,
) -> None:
    """Both in one letter, with what to do; nothing more until something changes."""
    watched = watched_on_either
    (begun,) = watched.round()
    silence = [each for number in range(5) for each in watched.round(MINUTE * number)]
    with watched.database.writing() as session:
        session.execute(ALERTS.update().values(resolved_at=watched.station.clock()))
    of_loudspeakers(watched, online=True)
    (over,) = watched.round(MINUTE)

    assert "Có loa quá hạn chưa xác nhận: Cắt điện để sửa đường dây ngày 24/11 (1 loa" in begun
    assert "Loa mất liên lạc: " in begun
    assert "→ Mở trang Hôm nay" in begun
    assert silence == []
    assert "Mọi loa nay đã xác nhận: Cắt điện" in over
    assert "Loa liên lạc lại: " in over
    assert "Mới" not in over
    assert watched.round(MINUTE) == []


def test_a_letter_says_from_whom_to_whom_and_whether_it_is_a_rehearsal(watched: Watched) -> None:
    """By TLS, as what a machine wrote, so that no absence note answers it."""
    watched.round()
    (letter,) = watched.office.got

    assert letter["From"] == "dai@xa.example"
    assert letter["To"] == "an@xa.example, binh@xa.example"
    assert watched.office.recipients == [["an@xa.example", "binh@xa.example"]]
    assert letter["Subject"].startswith("[DIỄN TẬP · Đài truyền thanh xã Thượng] 2 sự cố mới")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert watched.office.over_tls == [True]


def test_what_the_mail_server_does_not_take_is_told_later(watched: Watched) -> None:
    """After a while that grows, its end beside its begin, and neither is lost or told twice."""
    watched.office.answers = ["451 later", "451 later"]
    first = watched.round()
    too_soon = watched.round(timedelta(seconds=20))
    second = watched.round(timedelta(seconds=11))
    of_loudspeakers(watched, online=True)
    (letter,) = watched.round(MINUTE * 2)

    assert (first, too_soon, second) == ([], [], [])
    assert letter.index("Loa mất liên lạc") < letter.index("Loa liên lạc lại")
    assert watched.round(MINUTE * 60) == []


def test_what_was_posted_and_not_written_down_is_the_same_letter_again(watched: Watched) -> None:
    """At least once: a mail program knows it by its Message-ID, also after a restart."""
    watched.round()
    with watched.database.writing() as session:
        session.execute(update(WatchedTrouble).values(began_told_at=None))
    watched.restarted()
    watched.round(MINUTE)
    first, again = watched.office.got

    assert first["Message-ID"] == again["Message-ID"]


def test_a_connection_that_comes_back_at_once_is_no_letters_worth(watched: Watched) -> None:
    """Two minutes of silence are."""
    watched.round()
    of_loudspeakers(watched, online=True)
    watched.round()
    of_loudspeakers(watched, online=False, ago=timedelta(0))
    at_once = watched.round(MINUTE)
    (later,) = watched.round(MINUTE)

    assert at_once == []
    assert later.count("Loa mất liên lạc") == 17


def test_a_storm_is_one_letter_that_counts_what_it_does_not_write_out(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of loudspeakers fill no mailbox."""
    monkeypatch.setattr("broadcaster.watching.letters.MOST_LINES", 10)
    of_loudspeakers(watched, online=False)
    (letter,) = watched.round()

    assert MOST_LINES == 40
    assert letter.count("mất liên lạc") + letter.count("chưa xác nhận") == 10
    assert "… và 8 nữa / and 8 more" in letter


def test_a_disk_that_fills_is_told_and_is_not_well_at_the_very_edge(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk around its limit is told once, not every round."""
    watched.round()
    said = []
    for free in (1.9, 2.1, 1.9, 2.9, 3.1):
        usage = Usage(100, 0, int(free * 1024**3))
        monkeypatch.setattr(shutil, "disk_usage", lambda _, usage=usage: usage)
        said.append(watched.round(MINUTE))

    assert [len(each) for each in said] == [1, 0, 0, 0, 1]
    assert "Ổ đĩa của đài sắp đầy: 2.0 GB" in said[0][0]
    assert "Ổ đĩa của đài đã đủ chỗ: 3.3 GB" in said[4][0]


def test_a_clock_that_nobody_keeps_is_told_and_one_that_says_nothing_is_not(
    watched: Watched,
) -> None:
    """What cannot be known stays as it was."""
    watched.kernel = None
    first = watched.round()
    watched.kernel = ADRIFT
    (adrift,) = watched.round(MINUTE)
    watched.kernel = None
    unknown = watched.round(MINUTE)
    watched.kernel = KEPT
    (kept,) = watched.round(MINUTE)

    assert "Đồng hồ" not in first[0]
    assert "Đồng hồ máy của đài không được giữ đúng giờ." in adrift
    assert unknown == []
    assert "Đồng hồ máy của đài lại được giữ đúng giờ." in kept


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (None, None), ((0, 10), False), ((0x2001, 10), False), ((0x40, 10), True),
        ((0, 5_000_001), True),
    ],
)  # fmt: skip
def test_what_the_kernel_says_of_its_clock(
    told: tuple[int, int] | None, wrong: bool | None
) -> None:
    """Unsynchronised, or nothing set it for hours; where it does not tell, nothing is claimed."""
    assert machine.clock_stands(told).wrong is wrong


def test_the_kernel_is_asked_as_it_wants_to_be() -> None:
    """Where it answers: a status of known bits, and an error that is none below zero."""
    told = kernels_clock()

    assert told is None or (0 <= told[0] < 0x10000 and told[1] >= 0)


def test_a_backup_that_is_late_is_told_and_so_is_the_next(watched: Watched) -> None:
    """One night may go wrong, two may not."""
    watched.round()
    one_night = watched.round(timedelta(hours=47))
    (late,) = watched.round(timedelta(hours=2))
    with watched.database.writing() as session:
        now = watched.station.clock()
        record(session, Act.STATION_BACKED_UP, by=None, about=STATION_ID, at=now)
    (made,) = watched.round(MINUTE)

    assert one_night == []
    assert "Bản sao lưu bị trễ: 22/11/2026" in late
    assert "Đài đã được sao lưu: 24/11/2026" in made


def test_nothing_is_told_before_a_mailbox_is_set_and_what_is_over_by_then_never(
    watched: Watched,
) -> None:
    """Whoever sets it up is told of what is wrong then."""
    with_mail = watched.settings
    watched.settings = Settings(state_dir=with_mail.state_dir)
    watched.round()
    of_loudspeakers(watched, online=True)
    off = watched.round(MINUTE)
    watched.settings = with_mail
    watched.restarted()
    (letter,) = watched.round(MINUTE)

    assert off == []
    assert "chưa xác nhận" in letter
    assert "liên lạc" not in letter


def test_late_word_after_three_days_is_told_to_nobody(watched: Watched) -> None:
    """And what ended a month ago is forgotten."""
    watched.round()
    of_loudspeakers(watched, online=True)
    watched.round(MINUTE)
    watched.round(timedelta(days=4))
    with watched.database.reading() as session:
        kept = set(session.exec(select(WatchedTrouble.kind)))
    of_loudspeakers(watched, online=False)
    watched.round(timedelta(days=30))
    with watched.database.reading() as session:
        silences = session.exec(
            select(col(WatchedTrouble.ended_at)).where(WatchedTrouble.kind == "device_silent")
        ).all()

    assert not any("nay đã xác nhận" in each for each in watched.office.bodies)
    assert kept == {"device_silent", "backup_late"}
    assert set(silences) == {None}


def test_no_secret_is_said_whatever_the_server_answers(watched: Watched) -> None:
    """A server may repeat the password in its refusal: what it said is not kept."""
    keep_password("sai-mat-khau", keys_dir=watched.settings.keys_dir)
    with capture_logs() as logged:
        told = watched.round()
    mailbox = mailbox_of(watched.settings)

    assert told == []
    assert [each["trouble"] for each in logged if each["event"] == "mail_not_sent"] == [
        "refused_login"
    ]
    assert "sai-mat-khau" not in str(logged) + repr(mailbox)
    assert (watched.settings.keys_dir / PASSWORD_FILE).stat().st_mode & 0o777 == 0o600


def test_a_recipient_who_is_refused_does_not_keep_the_others_from_it(watched: Watched) -> None:
    """How many were refused is logged, and not who."""
    watched.office.refuses = "an@xa.example"
    with capture_logs() as logged:
        watched.round()

    assert watched.office.recipients == [["binh@xa.example"]]
    assert [each["refused_recipients"] for each in logged if each["event"] == "mail_sent"] == [1]
    assert "xa.example" not in str(logged)


def test_a_certificate_that_does_not_hold_gets_no_letter(watched: Watched) -> None:
    """Nor the password."""
    mailbox = mailbox_of(watched.settings)
    assert mailbox is not None
    now = watched.station.clock()
    letter = trial_letter(station_name="Đài", rehearsal=False, mailbox=mailbox, now=now)
    with pytest.raises(MailNotSent) as refused:
        post(letter, mailbox)

    assert refused.value.detail == "unreachable"
    assert watched.office.got == []


def test_tls_from_the_first_octet_serves_as_well(watched: Watched) -> None:
    """Port 465 as many providers have it."""
    folder = watched.settings.state_dir
    with open_post_office(Authority(folder).issue(), at_once=True) as office:
        watched.settings = mail_settings(folder, port=office.port, scheme="smtps")
        watched.trust.load_verify_locations(folder / "CA của xã.pem")
        watched.restarted()
        watched.round()

        assert office.over_tls == [True]


def test_a_trial_goes_out_at_once_or_says_why_not(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`loa mail try`, and what it says where there is no mailbox."""
    now = watched.station.clock()
    monkeypatch.setattr("ssl.create_default_context", lambda: watched.trust)
    words = tried(watched.database, watched.settings, station_id=STATION_ID, now=now)
    with pytest.raises(MailOff):
        tried(
            watched.database, Settings(state_dir=watched.settings.state_dir),
            station_id=STATION_ID, now=now,
        )  # fmt: skip

    assert "nhận thư cho 2 người" in words
    assert "gửi thử" in watched.office.got[0]["Subject"]


@pytest.mark.parametrize("typed", ["", "hai\ndong"])
def test_what_is_no_password_is_not_kept(watched: Watched, typed: str) -> None:
    """Neither an empty line nor two."""
    with pytest.raises(MailPasswordUnusable):
        keep_password(typed, keys_dir=watched.settings.keys_dir)


@pytest.mark.parametrize(
    "given",
    [
        {"mail_server": "smtp://thu.example"},
        {"mail_server": "smtps://dai:mat-khau@thu.example"},
        {"mail_server": "smtps://thu.example", "mail_from": "dai@xa.example"},
        {"mail_server": "smtps://thu.example", "mail_from": "dai", "mail_to": "an@xa.example"},
        {"mail_server": "smtps://thu.example", "mail_from": "a@x", "mail_to": "b@x\nBcc: c@x"},
    ],
)
def test_a_mailbox_that_would_speak_in_the_clear_or_to_nobody_is_refused(
    given: dict[str, str],
) -> None:
    """In the clear only to this machine; a password stands in no setting."""
    with pytest.raises(SettingsInvalid):
        load_settings(**given)
