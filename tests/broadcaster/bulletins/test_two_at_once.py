"""Two people at one bulletin in the same moment: one waits, and nothing is decided on old words."""

import threading

from broadcaster.accounts.roles import Role
from broadcaster.bulletins import desk
from broadcaster.bulletins.errors import RenditionChanged
from broadcaster.bulletins.texts import checked
from tests.broadcaster.bulletins.newsroom import decide, made_sound, write
from tests.broadcaster.small_station import NOON, SmallStation

LONG_ENOUGH_TO_GO_WRONG_S = 0.3


def test_a_decision_waits_for_an_edit_and_then_sees_it(station: SmallStation) -> None:
    """The leader approves while the author's save is not yet committed."""
    an, binh = station.member("an", Role.OPERATOR), station.member("binh", Role.LEADER)
    with station.database.writing() as session:
        bulletin = write(session, by=an, now=NOON)
        sound = made_sound(bulletin.script)
        rendition = desk.attach_rendition(session, bulletin.id, sound=sound, now=NOON)
        desk.submit(session, bulletin.id, by=an, now=NOON)
    told: list[str] = []

    def approve() -> None:
        try:
            with station.database.writing() as session:
                decide(session, rendition, approved=True, by=binh, now=NOON)
            told.append("approved")
        except RenditionChanged as changed:
            told.append(changed.code)

    leader = threading.Thread(target=approve)
    with station.database.writing() as session:
        written = checked(title="Lịch tiêm", script="Lời mới.")
        desk.edit(session, bulletin.id, written=written, by=an, now=NOON)
        leader.start()
        leader.join(timeout=LONG_ENOUGH_TO_GO_WRONG_S)
        assert told == []
    leader.join(timeout=30)

    assert told == ["rendition_changed"]
    with station.database.reading() as session:
        assert desk.approved_rendition(session, bulletin.id) is None
