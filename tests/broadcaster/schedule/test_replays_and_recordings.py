"""Later broadcasts tell when a bulletin was issued, and villages hear it in their own language."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from broadcaster.areas.tables import Station, Village, VillageLanguage
from broadcaster.bulletins import desk
from broadcaster.bulletins.delivery import Delivery
from broadcaster.bulletins.errors import (
    LanguageNotSpoken,
    OwnBulletin,
    RecordingsUnaccepted,
    ScriptChanged,
    SoundOverLimit,
)
from broadcaster.bulletins.recordings import (
    confirm_recording,
    keep_recording,
    missing_recordings,
    retire_recording,
    wanted_recordings,
)
from broadcaster.bulletins.tables import BulletinRecording
from broadcaster.bulletins.texts import checked
from broadcaster.dispatch.plans import PlannedBroadcast, orders_of
from broadcaster.dispatch.signing import approved_broadcasts
from broadcaster.schedule.errors import TooManyRecordings
from broadcaster.schedule.tables import Broadcast
from tests.broadcaster.bulletins.newsroom import SCRIPT, decide, made_sound
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.trail import look_at

TELLS = Delivery(tells_issue=True, issued_at=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))


@dataclass(frozen=True)
class Khmer:
    """A recording in the audio store."""

    sha256: str = "ab" * 32
    size_bytes: int = 30_000
    duration_ms: int = 4_000


def speak_khmer(newsroom: Newsroom, *village_ids: str) -> None:
    """Let people of these villages need Khmer."""
    with newsroom.small.database.writing() as session:
        session.add_all(
            VillageLanguage(village_id=village_id, language="Khmer") for village_id in village_ids
        )


def record(
    newsroom: Newsroom, bulletin_id: str, village_id: str, *, by: str = "acc-hanh"
) -> BulletinRecording:
    """Somebody's recording for one village."""
    with newsroom.small.database.writing() as session:
        return keep_recording(
            session,
            bulletin_id,
            village_id=village_id,
            language="Khmer",
            sound=Khmer(),
            by=by,
            now=newsroom.now(),
        )


def submit(newsroom: Newsroom, bulletin_id: str) -> None:
    """Ask the leader."""
    with newsroom.small.database.writing() as session:
        desk.submit(session, bulletin_id, by=newsroom.operator, now=newsroom.now())


def decided(newsroom: Newsroom, bulletin_id: str, *, over_missing: bool = False) -> None:
    """Let the leader approve."""
    with newsroom.small.database.writing() as session:
        decide(
            session,
            newsroom.rendition(session, bulletin_id),
            approved=True,
            by=newsroom.leader,
            now=newsroom.now(),
            over_missing=over_missing,
        )


def wished(newsroom: Newsroom, delivery: Delivery) -> str:
    """A bulletin that is to be said like this."""
    with newsroom.small.database.writing() as session:
        return desk.write_bulletin(
            session,
            station_id=STATION_ID,
            written=checked(title="Tin bão", script=SCRIPT, delivery=delivery),
            by=newsroom.operator,
            now=newsroom.now(),
        ).id


def telling(newsroom: Newsroom) -> str:
    """An approved bulletin whose later broadcasts tell when it was issued."""
    with newsroom.small.database.writing() as session:
        written = checked(title="Tin bão", script=SCRIPT, delivery=TELLS)
        bulletin_id = desk.write_bulletin(
            session,
            station_id=STATION_ID,
            written=written,
            by=newsroom.operator,
            now=newsroom.now(),
        ).id
        sound = made_sound(SCRIPT, delivery=TELLS, replay="phát hành lúc mười một giờ")
        desk.attach_rendition(session, bulletin_id, sound=sound, now=newsroom.now())
        desk.submit(session, bulletin_id, by=newsroom.operator, now=newsroom.now())
    decided(newsroom, bulletin_id)
    return bulletin_id


def test_only_later_broadcasts_tell_when_a_bulletin_was_issued(newsroom: Newsroom) -> None:
    """The first plays the words alone; those after it the other approved sound."""
    newsroom.queue(telling(newsroom), at="2026-11-24T17:00", recurrence="FREQ=DAILY;COUNT=3")

    first, *later = newsroom.plan()

    assert (first.is_replay, first.duration_ms) == (False, 6_000)
    assert [(each.is_replay, each.duration_ms) for each in later] == [(True, 9_000), (True, 9_000)]
    assert {each.audio_sha256 for each in later}.isdisjoint({first.audio_sha256})


def test_both_approved_sounds_are_signed_and_no_third(newsroom: Newsroom) -> None:
    """A broadcast whose sound is neither the first nor the later one stays off the plan."""
    newsroom.queue(telling(newsroom), at="2026-11-24T17:00", recurrence="FREQ=DAILY;COUNT=3")
    first, second, third = newsroom.plan()
    with newsroom.small.database.writing() as session:
        session.get_one(Broadcast, third.id).audio_sha256 = "66" * 32

    with newsroom.small.database.reading() as session:
        planned = approved_broadcasts(
            session, "cl-1", look=look_at(session, now=newsroom.now()), now=newsroom.now()
        )

    assert {each.broadcast.id for each in planned} == {first.id, second.id}


def test_a_sound_made_for_other_wishes_is_not_attached(newsroom: Newsroom) -> None:
    """Somebody chose to tell the time of issue while the sound was being made."""
    with newsroom.small.database.writing() as session:
        written = checked(title="Tin bão", script=SCRIPT, delivery=TELLS)
        bulletin_id = desk.write_bulletin(
            session,
            station_id=STATION_ID,
            written=written,
            by=newsroom.operator,
            now=newsroom.now(),
        ).id

    with newsroom.small.database.writing() as session, pytest.raises(ScriptChanged):
        desk.attach_rendition(session, bulletin_id, sound=made_sound(SCRIPT), now=newsroom.now())


def test_changing_how_it_is_said_voids_the_approval(newsroom: Newsroom) -> None:
    """Not a word was changed, but what will be heard was."""
    bulletin_id = newsroom.bulletin()
    with newsroom.small.database.writing() as session:
        slower = checked(title="Lịch tiêm", script=SCRIPT, delivery=Delivery(rate=0.8))
        desk.edit(session, bulletin_id, written=slower, by=newsroom.operator, now=newsroom.now())

    with newsroom.small.database.reading() as session:
        assert desk.approved_rendition(session, bulletin_id) is None


def test_a_missing_recording_must_be_accepted_in_so_many_words(newsroom: Newsroom) -> None:
    """Silence about a village's language is no approval."""
    speak_khmer(newsroom, "v-2")
    bulletin_id = newsroom.bulletin(approved=False)

    with pytest.raises(RecordingsUnaccepted):
        decided(newsroom, bulletin_id)

    decided(newsroom, bulletin_id, over_missing=True)
    with newsroom.small.database.reading() as session:
        assert desk.approved_rendition(session, bulletin_id) is not None


def test_a_bulletin_for_vietnamese_only_waits_for_no_recording(newsroom: Newsroom) -> None:
    """Its author said so, and the leader sees it."""
    speak_khmer(newsroom, "v-2")
    with newsroom.small.database.writing() as session:
        written = checked(title="Tin", script=SCRIPT, delivery=Delivery(vietnamese_only=True))
        bulletin = desk.write_bulletin(
            session,
            station_id=STATION_ID,
            written=written,
            by=newsroom.operator,
            now=newsroom.now(),
        )

        assert missing_recordings(session, bulletin) == []


def test_a_recording_voids_the_approval_and_its_speaker_cannot_approve(newsroom: Newsroom) -> None:
    """What was approved is not what would be heard; and nobody approves their own voice."""
    speak_khmer(newsroom, "v-2")
    bulletin_id = newsroom.bulletin(approved=False)
    decided(newsroom, bulletin_id, over_missing=True)
    record(newsroom, bulletin_id, "v-2", by=newsroom.leader)

    with newsroom.small.database.reading() as session:
        assert desk.approved_rendition(session, bulletin_id) is None
    submit(newsroom, bulletin_id)
    with pytest.raises(OwnBulletin):
        decided(newsroom, bulletin_id)


def test_a_recording_is_for_a_language_of_its_village(newsroom: Newsroom) -> None:
    """A village that speaks no Khmer gets none."""
    speak_khmer(newsroom, "v-2")
    bulletin_id = newsroom.bulletin(approved=False)

    with pytest.raises(LanguageNotSpoken):
        record(newsroom, bulletin_id, "v-1")


def test_an_edited_script_puts_its_recordings_in_doubt(newsroom: Newsroom) -> None:
    """It was spoken for other words; somebody may say that it still holds."""
    speak_khmer(newsroom, "v-2")
    bulletin_id = newsroom.bulletin(approved=False)
    old = record(newsroom, bulletin_id, "v-2")
    with newsroom.small.database.writing() as session:
        edited = checked(title="Lịch tiêm", script="Sáng mai, trạm y tế nghỉ.")
        desk.edit(session, bulletin_id, written=edited, by=newsroom.operator, now=newsroom.now())

    with newsroom.small.database.writing() as session:
        bulletin = desk.find_bulletin(session, bulletin_id, station_id=STATION_ID)
        assert [each.is_missing for each in wanted_recordings(session, bulletin)] == [True]
        confirm_recording(session, bulletin_id, old.id, by=newsroom.operator, now=newsroom.now())
        assert [each.is_missing for each in wanted_recordings(session, bulletin)] == [False]


def test_a_recording_taken_away_is_missing_again(newsroom: Newsroom) -> None:
    """What was approved with it is void, and whoever took it away cannot approve the rest."""
    speak_khmer(newsroom, "v-2")
    bulletin_id = newsroom.bulletin(approved=False)
    kept = record(newsroom, bulletin_id, "v-2")
    submit(newsroom, bulletin_id)
    decided(newsroom, bulletin_id)
    with newsroom.small.database.writing() as session:
        retire_recording(session, bulletin_id, kept.id, by="acc-thanh", now=newsroom.now())

    with newsroom.small.database.reading() as session:
        bulletin = desk.find_bulletin(session, bulletin_id, station_id=STATION_ID)
        assert len(missing_recordings(session, bulletin)) == 1
        assert desk.approved_rendition(session, bulletin_id) is None
    submit(newsroom, bulletin_id)
    with pytest.raises(OwnBulletin):
        decided(newsroom, bulletin_id, over_missing=True)


def test_a_recording_follows_the_words_only_where_its_language_is_spoken(
    newsroom: Newsroom,
) -> None:
    """Two villages of one cluster share a recording, which is then played once."""
    with newsroom.small.database.writing() as session:
        session.add(Village(id="v-3", cluster_id="cl-2", name="Thôn Ba"))
    speak_khmer(newsroom, "v-1", "v-2")
    bulletin_id = newsroom.bulletin(approved=False)
    for village_id in ("v-1", "v-2"):
        record(newsroom, bulletin_id, village_id)
    submit(newsroom, bulletin_id)
    decided(newsroom, bulletin_id)
    newsroom.queue(bulletin_id)

    (broadcast,) = newsroom.plan()

    assert (broadcast.duration_ms, broadcast.slot_ms) == (6_000, 10_000)
    with newsroom.small.database.reading() as session:
        here, there = (_order(session, newsroom, cluster) for cluster in ("cl-1", "cl-2"))
    assert [item.duration_ms for item in here.items] == [6_000, 4_000]
    assert [item.title for item in here.items][1].startswith("Khmer")
    assert [item.duration_ms for item in there.items] == [6_000]
    assert (here.asked_ms, there.asked_ms) == (10_000, 6_000)


def test_a_slot_is_as_long_as_its_longest_cluster(newsroom: Newsroom) -> None:
    """The next bulletin waits for the recording, not only for the words."""
    speak_khmer(newsroom, "v-1")
    bulletin_id = newsroom.bulletin(approved=False)
    record(newsroom, bulletin_id, "v-1")
    submit(newsroom, bulletin_id)
    decided(newsroom, bulletin_id)
    newsroom.queue(bulletin_id)
    next_id = newsroom.bulletin("Chiều nay, nhà văn hóa mở cửa cho bà con.", approved=False)
    decided(newsroom, next_id, over_missing=True)
    newsroom.queue(next_id)

    first, second = newsroom.plan()

    assert second.starts_at - first.starts_at >= timedelta(milliseconds=10_000)


def _order(session: Session, newsroom: Newsroom, cluster_id: str) -> PlannedBroadcast:
    (planned,) = approved_broadcasts(
        session, cluster_id, look=look_at(session, now=newsroom.now()), now=newsroom.now()
    )
    assert orders_of([planned], now=newsroom.now(), days=8)[0].items == planned.items
    return planned


def test_nobody_is_asked_about_what_is_longer_than_a_session(newsroom: Newsroom) -> None:
    """Every device would refuse it, so the author learns it before the leader listens."""
    bulletin_id = newsroom.bulletin(approved=False)
    with newsroom.small.database.writing() as session:
        session.get_one(Station, STATION_ID).longest_session_ms = 5_999

    with newsroom.small.database.writing() as session, pytest.raises(SoundOverLimit):
        desk.submit(session, bulletin_id, by=newsroom.operator, now=newsroom.now())


def test_what_grew_over_a_session_is_not_planned(newsroom: Newsroom) -> None:
    """A recording came after it was queued."""
    speak_khmer(newsroom, "v-1")
    bulletin_id = newsroom.bulletin(approved=False)
    newsroom.queue(bulletin_id)
    record(newsroom, bulletin_id, "v-1")
    with newsroom.small.database.writing() as session:
        session.get_one(Station, STATION_ID).longest_session_ms = 9_000
    submit(newsroom, bulletin_id)
    decided(newsroom, bulletin_id)

    assert newsroom.plan() == []


def test_more_recordings_than_an_order_holds_are_refused_when_queued(newsroom: Newsroom) -> None:
    """The person who queues can share recordings; a pole could only refuse the order."""
    bulletin_id = newsroom.bulletin(approved=False)
    with newsroom.small.database.writing() as session:
        newsroom.rendition(session, bulletin_id).recordings = [
            {
                "village_id": "v-1",
                "village": "Thôn Một",
                "language": f"tiếng {number}",
                "audio_sha256": f"{number:064x}",
                "audio_size_bytes": 1_000,
                "duration_ms": 1_000,
            }
            for number in range(50)
        ]

    with pytest.raises(TooManyRecordings):
        newsroom.queue(bulletin_id)
    newsroom.queue(bulletin_id, clusters=("cl-2",))
