"""How an emergency stands: each device by its furthest word, and nothing that it did not say."""

from datetime import timedelta

import pytest

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.emergency.ending import end_emergency, find_emergency
from broadcaster.emergency.raising import PartKind
from broadcaster.emergency.standing import Heard, Stage, Standing, final_of, stage_of
from broadcaster.emergency.standing_queries import asked_of, standing_of
from devices.protocol.messages import Confirmation, Kind
from tests.broadcaster.emergency.conftest import WatchRoom
from tests.broadcaster.emergency.words_of_devices import let_say
from tests.broadcaster.small_station import STATION_ID, browser

ALARM, MESSAGE, FINAL = PartKind.ALARM, PartKind.MESSAGE, PartKind.FINAL


def heard(part: PartKind, *kinds: Kind, code: str | None = None) -> list[Heard]:
    """Words of a device on a part."""
    return [
        Heard(part=part, said=Confirmation(seq=n, prev="0" * 64, kind=kind, at_ms=n, code=code))
        for n, kind in enumerate(kinds, start=1)
    ]


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        ([], Stage.SILENT),
        (heard(ALARM, Kind.RECEIVED), Stage.RECEIVED),
        (heard(ALARM, Kind.RECEIVED, Kind.TONE_STARTED), Stage.ALARM),
        (heard(ALARM, Kind.TONE_STARTED, Kind.STARTED, Kind.FINISHED), Stage.ALARM),
        (heard(ALARM, Kind.TONE_STARTED) + heard(MESSAGE, Kind.RECEIVED), Stage.ALARM),
        (heard(MESSAGE, Kind.RECEIVED, Kind.TONE_STARTED), Stage.ALARM),
        (heard(MESSAGE, Kind.TONE_STARTED, Kind.STARTED), Stage.SPEAKING),
        (heard(MESSAGE, Kind.STARTED, Kind.FINISHED), Stage.FINISHED),
        (heard(MESSAGE, Kind.STARTED, Kind.STOPPED), Stage.STOPPED),
        (heard(MESSAGE, Kind.RECEIVED, Kind.FAILED), Stage.FAILED),
        (heard(MESSAGE, Kind.REJECTED), Stage.FAILED),
        (heard(ALARM, Kind.FAILED) + heard(MESSAGE, Kind.STARTED), Stage.SPEAKING),
        (heard(ALARM, Kind.FINISHED) + heard(MESSAGE, Kind.SKIPPED), Stage.FAILED),
    ],
)
def test_the_furthest_word_tells(words: list[Heard], stage: Stage) -> None:
    """An alarm that was said is no message that was said; a bad end is no silence."""
    assert stage_of(words)[0] is stage


def standing(room: WatchRoom, emergency_id: str) -> Standing:
    """How it stands now."""
    with room.database.reading() as session:
        row = find_emergency(session, emergency_id, station_id=STATION_ID)
        return standing_of(session, row, ["cl-1", "cl-2"], today=room.now().date())


def leaders_page(room: WatchRoom, emergency_id: str) -> str:
    """The board as a leader sees it."""
    small = room.newsroom.small
    app = create_app(small.context, studio=room.studio)
    return (
        browser(app, token=small.session_of("hoa", Role.LEADER))
        .get(f"/emergency/{emergency_id}")
        .text
    )


def test_a_device_is_silent_until_it_has_spoken(room: WatchRoom) -> None:
    """Every device of the chosen clusters is there from the beginning."""
    room.authorise()
    found = standing(room, room.raise_())

    assert [(each.device_id, each.word.stage) for each in found.devices] == [
        ("loa-0", Stage.SILENT),
        ("loa-1", Stage.SILENT),
    ]
    assert (found.with_order, found.sounded, found.last_tone_after_s) == (0, 0, None)


def test_what_devices_said_is_counted_each_once(room: WatchRoom) -> None:
    """The tone is timed from the order; a repeat that was heard is counted as one."""
    room.authorise()
    emergency_id = room.raise_()
    at = room.now() + timedelta(milliseconds=1_250)
    with room.database.writing() as session:
        let_say(session, "loa-0", emergency_id, Kind.RECEIVED, Kind.TONE_STARTED, at=at)
        let_say(session, "loa-0", emergency_id, Kind.STARTED, Kind.FINISHED, at=at)
        let_say(session, "loa-0", emergency_id, Kind.FINISHED, at=at, repeat=1)
        let_say(session, "loa-1", emergency_id, Kind.REJECTED, at=at, code="issuer_scope")
    found = standing(room, emergency_id)
    first, second = found.devices

    assert (first.word.stage, first.word.repeats) == (Stage.FINISHED, 1)
    assert found.last_tone_after_s == 1.25
    assert (second.word.stage, second.word.code) == (Stage.FAILED, "issuer_scope")
    assert (found.with_order, found.sounded) == (1, 1)


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        (heard(MESSAGE, Kind.STARTED, Kind.FINISHED), Stage.SILENT),
        (heard(FINAL, Kind.RECEIVED), Stage.RECEIVED),
        (heard(FINAL, Kind.RECEIVED, Kind.TONE_STARTED), Stage.SPEAKING),
        (heard(FINAL, Kind.STARTED, Kind.FINISHED), Stage.FINISHED),
        (heard(FINAL, Kind.STARTED, Kind.CUT), Stage.FAILED),
    ],
)
def test_a_final_notice_has_a_stage_of_its_own(words: list[Heard], stage: Stage) -> None:
    """What was said of the message is nothing said of the notice, whose tone is no alarm."""
    assert final_of(words)[0] is stage


def test_the_board_tells_who_heard_the_correction(room: WatchRoom) -> None:
    """A pole that was silenced and then said the correction has said both; the other has not."""
    room.authorise()
    emergency_id = room.raise_()
    room.make_all()
    with room.database.writing() as session:
        end_emergency(
            session, emergency_id, ending="mistake", words="Báo nhầm.", station_id=STATION_ID,
            by=room.giver, oversees=False, now=room.now(),
        )  # fmt: skip
        at = room.now()
        let_say(session, "loa-0", emergency_id, Kind.STARTED, Kind.STOPPED, at=at)
        let_say(session, "loa-0", emergency_id, Kind.TONE_STARTED, at=at, part="final")
        let_say(session, "loa-0", emergency_id, Kind.FINISHED, at=at, part="final")
    found = standing(room, emergency_id)

    assert [(each.word.stage, each.word.final) for each in found.devices] == [
        (Stage.STOPPED, Stage.FINISHED),
        (Stage.SILENT, Stage.SILENT),
    ]
    assert (found.final_said, found.sounded) == (1, 0)

    page = leaders_page(room, emergency_id)
    assert "Đã nghe thông báo cuối cùng" in page
    assert page.count("Đính chính:") == 2


def test_a_part_begins_with_those_who_heard_nothing(room: WatchRoom) -> None:
    """However a long list is cut, all are in it once, and the figures are of all."""
    room.authorise()
    emergency_id = room.raise_()
    with room.database.writing() as session:
        let_say(session, "loa-0", emergency_id, Kind.STARTED, at=room.now())
    with room.database.reading() as session:
        row = find_emergency(session, emergency_id, station_id=STATION_ID)
        asked = asked_of(session, row, ["cl-1", "cl-2"], today=room.now().date())
    whole = asked.standing()
    first, second = (asked.standing(slice(at, at + 1)) for at in range(2))

    assert [each.device_id for each in whole.devices] == ["loa-0", "loa-1"]
    assert [each.device_id for each in (*first.devices, *second.devices)] == ["loa-1", "loa-0"]
    assert asked.standing(slice(2, 3)).devices == []
    assert {each.asked for each in (whole, first, second)} == {asked.total} == {2}
    assert first.stages == second.stages == whole.stages
    assert (whole.stages[Stage.SILENT], whole.stages[Stage.SPEAKING]) == (1, 1)
