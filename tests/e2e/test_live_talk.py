"""Somebody speaks live to a running station's whole fleet, from a file, by the command.

One station for the whole file; every test speaks a talk of its own.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from broadcaster.accounts.passwords import hash_password
from broadcaster.accounts.people import account_named
from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Cluster
from broadcaster.bulletins.desk import authors_of, find_bulletin, state_of
from broadcaster.bulletins.tables import Rendition
from broadcaster.demo.commune import LEADER, OPERATOR
from broadcaster.ledger.reports import BroadcastReport
from broadcaster.live.permits import grant_permit
from broadcaster.live.tables import LiveTalk
from broadcaster.live.talks import stop_talk
from broadcaster.processes.station import environment
from playlists.audio.audio_store import AudioStore
from tests.chain import DEVICES, Chain, running_chain
from tests.chain_evidence import assert_whole
from tests.devices.sounds import tone

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]
ATTEMPTS = 3
PASSWORD = "bo-ke-xa-lu"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A running station with its fleet, whose leader lets the operator speak, also at night."""
    with running_chain(tmp_path_factory.mktemp("live")) as chain:
        with chain.database.writing() as session:
            operator, leader = (account_named(session, name) for name in (OPERATOR, LEADER))
            assert operator is not None
            assert leader is not None
            operator.password_hash = hash_password(PASSWORD)
            grant_permit(
                session,
                station_id=the_station(session).id,
                account_id=operator.id,
                days=1,
                quiet_reason="Kiểm thử",
                by=leader.id,
                now=datetime.now(UTC),
            )
        yield chain


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds of a tone, as a file that somebody has."""
    path = tmp_path_factory.mktemp("speech") / "noi.mp3"
    path.write_bytes(tone(20_000).mp3)
    return path


def command(chain: Chain, *arguments: str, title: str) -> "subprocess.Popen[bytes]":
    """Begin to speak to all clusters; a rehearsal asks for the password alone."""
    with chain.database.reading() as session:
        clusters = session.exec(select(Cluster.id).order_by(Cluster.id)).all()
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "broadcaster", "live", "--as", OPERATOR, "--title", title),
            *("--clusters", ",".join(clusters), "--minutes", "1", *arguments),
        ],
        env={**environment(chain.settings), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Without a terminal of its own: what is asked is answered by the first line of stdin.
        start_new_session=True,
    )
    assert running.stdin is not None
    running.stdin.write(f"{PASSWORD}\n".encode())
    running.stdin.flush()
    return running


def talk_of(chain: Chain, title: str) -> LiveTalk:
    """The talk of this title."""
    with chain.database.reading() as session:
        return session.exec(select(LiveTalk).where(LiveTalk.title == title)).one()


def report_of(chain: Chain, talk: LiveTalk) -> BroadcastReport:
    """What the ledger says of it once every device's word is in."""
    return chain.settled(talk.id)


def without_gaps(
    chain: Chain, about: str, speak: Callable[[str], None]
) -> tuple[LiveTalk, BroadcastReport]:
    """A talk in which no device lost a frame: on a machine with too much to do, the third at most.

    Speech cannot wait for a machine. That a gap is told as one is the ledger's business and tested
    there; here it is that nothing is lost on the way.
    """
    for attempt in range(1, ATTEMPTS + 1):
        title = f"{about}, lần {attempt}"
        speak(title)
        talk = talk_of(chain, title)
        report = report_of(chain, talk)
        if {play.state for play in report.devices} == {"confirmed"}:
            break
    return talk, report


def speak_a_file(chain: Chain, speech: Path, *, title: str) -> None:
    """Send a whole file, which the command ends by itself."""
    running = command(chain, "--file", str(speech), title=title)
    _, told = running.communicate(timeout=90)
    assert running.returncode == 0, told.decode()


def test_what_is_said_is_heard_by_all_and_kept(chain: Chain, speech: Path) -> None:
    """Every device confirms what was sent; the sound waits as a bulletin for a second person."""
    talk, report = without_gaps(
        chain, "Mời họp thôn", lambda title: speak_a_file(chain, speech, title=title)
    )
    journals = chain.wait_until_receipted()

    assert (talk.ended_because, talk.stopped_at) == ("finished", None)
    assert 19_000 <= talk.said_ms <= 21_000
    assert {(play.state, play.code) for play in report.devices} == {("confirmed", "live")}
    assert report.counts.planned == DEVICES
    assert all(play.played_ms >= 0.95 * talk.said_ms for play in report.devices)
    assert_whole(chain.database, journals)
    with chain.database.reading() as session:
        assert talk.bulletin_id is not None
        bulletin = find_bulletin(session, talk.bulletin_id, station_id=talk.station_id)
        rendition = session.get_one(Rendition, bulletin.rendition_id)
        assert state_of(session, bulletin) == "rendered"
        assert authors_of(session, bulletin) == {talk.speaker_id}
    assert AudioStore(chain.settings.audio_dir).exists(rendition.audio_sha256)
    assert 18_000 <= rendition.duration_ms <= 21_000


def test_a_stop_silences_it_everywhere(chain: Chain, speech: Path) -> None:
    """By the fast path; the sender ends by itself, and what was heard until then is counted."""
    running = command(chain, "--file", str(speech), title="Bị dừng")
    chain.wait_for(lambda: _has_said(chain, "Bị dừng", ms=5_000), "five seconds were said")
    with chain.database.writing() as session:
        talk = session.exec(select(LiveTalk).where(col(LiveTalk.title) == "Bị dừng")).one()
        stop_talk(session, talk.id, by=talk.speaker_id, now=datetime.now(UTC))
    running.communicate(timeout=60)
    report = report_of(chain, talk_of(chain, "Bị dừng"))

    assert talk_of(chain, "Bị dừng").ended_because == "stopped"
    assert {(play.state, play.code) for play in report.devices} == {("cut", "stopped")}
    assert all(3_000 <= play.played_ms <= 12_000 for play in report.devices)


def test_a_sender_that_is_killed_leaves_silence(chain: Chain, speech: Path) -> None:
    """Devices fall silent by themselves, and the talk is closed without it."""
    running = command(chain, "--file", str(speech), title="Bị mất")
    chain.wait_for(lambda: _has_said(chain, "Bị mất", ms=4_000), "four seconds were said")
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=30)
    chain.wait_for(lambda: talk_of(chain, "Bị mất").ended_at, "it is closed")
    report = report_of(chain, talk_of(chain, "Bị mất"))

    assert talk_of(chain, "Bị mất").ended_because == "lost"
    assert {play.code for play in report.devices} == {"live"}
    assert all(play.played_ms > 2_000 for play in report.devices)


def test_a_microphone_on_stdin(chain: Chain) -> None:
    """Samples as they come; it ends when they do."""
    talk, report = without_gaps(chain, "Micro", lambda title: speak_samples(chain, title=title))

    assert talk.ended_because == "finished"
    assert 7_000 <= talk.said_ms <= 8_500
    assert {play.state for play in report.devices} == {"confirmed"}


def speak_samples(chain: Chain, *, title: str) -> None:
    """Eight seconds of samples, a tenth of a second at a time."""
    running = command(chain, "--rate", "16000", title=title)
    assert running.stdin is not None
    chain.wait_for(lambda: _is_on_air(chain, title), "it is on air")
    tenth = b"\x00\x20\x00\xe0" * 800
    begun_s = time.monotonic()
    for number in range(80):
        time.sleep(max(0.0, begun_s + number / 10 - time.monotonic()))
        running.stdin.write(tenth)
        running.stdin.flush()
    running.stdin.close()
    running.stdin = None
    running.communicate(timeout=60)


def _has_said(chain: Chain, title: str, *, ms: int) -> bool | None:
    with chain.database.reading() as session:
        said = session.exec(select(LiveTalk.said_ms).where(LiveTalk.title == title)).first()
    return (said or 0) >= ms or None


def _is_on_air(chain: Chain, title: str) -> bool | None:
    with chain.database.reading() as session:
        starts_at = session.exec(select(LiveTalk.starts_at).where(LiveTalk.title == title)).first()
    return (starts_at is not None and datetime.now(UTC) > starts_at) or None
