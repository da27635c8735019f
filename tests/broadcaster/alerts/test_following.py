"""What goes out without a person: nothing, unless a leader's rule and every condition hold."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from broadcaster.accounts.tables import Account
from broadcaster.alerts.errors import RuleStands, UnknownSeverity
from broadcaster.alerts.message import (
    Alert,
    Area,
    Certainty,
    Circle,
    Info,
    MsgType,
    Status,
    Urgency,
)
from broadcaster.alerts.rules import decide_rule, revoke_rule
from broadcaster.alerts.standing import Shown
from broadcaster.audit.tables import ENTRIES
from broadcaster.emergency.authorising import authorisation_of, revoke
from broadcaster.emergency.ending import review
from broadcaster.emergency.errors import NotAuthorised, OwnEmergency
from tests.broadcaster.alerts.conftest import PLACES, Desk
from tests.broadcaster.alerts.made import alert, info
from tests.broadcaster.small_station import NOON, STATION_ID

HERE = Area(description="Lưu vực sông Cầu", circles=(Circle(PLACES["v-1"], 1.0),))


def sure(identifier: str = "S-1", **given: object) -> Alert:
    """An alert of which all is sure, for one village by its place."""
    return alert(identifier, said=info(areas=(HERE,), **given))


def comes(
    desk: Desk, made: Alert, *, signer: str = "CN=kttv", feed: str | None = "afd-kttv"
) -> str:
    """It comes by a feed, signed, and the station follows it where it may."""
    return desk.take(made, feed=feed, signer=signer, follows=True)


@pytest.fixture
def ruled(desk: Desk) -> Desk:
    """A station that follows severe alerts and cancellations in the leader's name."""
    desk.place_villages()
    desk.feed()
    desk.rule("Severe")
    with desk.room.database.writing() as session:
        decide_rule(
            session, "Cancel", station_id=STATION_ID, by=desk.room.leader, now=desk.room.now()
        )
    return desk


def test_without_a_rule_a_person_is_asked(desk: Desk) -> None:
    """However sure it is."""
    desk.place_villages()
    desk.feed()
    alert_id = comes(desk, sure())

    assert desk.state(alert_id) == Shown.WAITING


def test_by_a_rule_it_is_the_leaders_order(ruled: Desk) -> None:
    """Through the same door: on another's word for them, said by poles, reviewed by another."""
    alert_id = comes(ruled, sure())
    emergency = ruled.emergency(alert_id)

    assert emergency is not None
    assert (emergency.given_by, emergency.drill) == (ruled.room.leader, False)
    assert emergency.words.startswith("Lũ trên sông Cầu lên nhanh.")
    assert ruled.state(alert_id) == Shown.RUNNING
    ruled.room.make_all()
    ruled.room.hurry()
    assert set(ruled.room.said_now()) == {"order"}
    with pytest.raises(OwnEmergency), ruled.room.database.writing() as session:
        review(session, emergency.id, verdict="right", remark="", station_id=STATION_ID,
               by=ruled.room.leader, now=ruled.room.now())  # fmt: skip
    assert acts(ruled)[-2:] == ["emergency_ordered", "alert_followed"]


def acts(desk: Desk) -> list[str]:
    """What the trail says was done, the oldest first."""
    with desk.room.database.reading() as session:
        return list(session.execute(select(ENTRIES.c.act).order_by(ENTRIES.c.number)).scalars())


def _not_so_sure() -> dict[str, Alert]:
    two = sure()
    both = replace(two, infos=(two.infos[0], info(event="Sạt lở đất", areas=(HERE,))))
    return {
        "another severity": sure(severity="Extreme"),
        "a drill": replace(sure(), status=Status.EXERCISE),
        "not urgent": sure(urgency=Urgency.FUTURE),
        "only possible": sure(certainty=Certainty.POSSIBLE),
        "without an end": sure(expires=None),
        "expired": sure(expires=NOON),
        "old": replace(sure(), sent=NOON - timedelta(hours=7)),
        "from the future": replace(sure(), sent=NOON + timedelta(minutes=11)),
        "not yet": sure(effective=NOON + timedelta(minutes=1)),
        "no hazard of ours": sure(event="Động đất"),
        "found by a name alone": alert(said=info()),
        "elsewhere": alert(said=info(areas=(replace(HERE, circles=(Circle((9, 105), 5),)),))),
        "in English": sure(language="en-US"),
        "two parts": both,
        "too long to be said": sure(description="Nước lên rất nhanh. " * 200),
    }


def test_what_lacks_one_thing_waits_for_a_person(ruled: Desk) -> None:
    """Each alone; and with nothing lacking it goes."""
    for number, (lack, made) in enumerate(_not_so_sure().items()):
        alert_id = comes(ruled, replace(made, identifier=f"L-{number}"))
        assert ruled.emergency(alert_id) is None, lack

    assert ruled.emergency(comes(ruled, sure())) is not None


def test_only_a_trusted_signature_by_a_feed_counts(ruled: Desk) -> None:
    """An unsigned one waits; so does a signed file that somebody brought."""
    assert ruled.state(comes(ruled, sure("U-1"), signer="")) == Shown.WAITING
    assert ruled.state(comes(ruled, sure("U-2"), feed=None)) == Shown.WAITING


def test_a_rule_ends_with_what_it_stands_on(ruled: Desk) -> None:
    """With the word of the other leader, and with the leader's account."""
    with ruled.room.database.writing() as session:
        session.get_one(Account, ruled.room.leader).active = False
    assert ruled.state(comes(ruled, sure("R-1"))) == Shown.WAITING
    with ruled.room.database.writing() as session:
        session.get_one(Account, ruled.room.leader).active = True
        held = authorisation_of(session, ruled.room.leader, station_id=STATION_ID)
        assert held is not None
        revoke(session, held.id, station_id=STATION_ID, by=ruled.room.second_leader,
               now=ruled.room.now())  # fmt: skip
    assert ruled.state(comes(ruled, sure("R-2"))) == Shown.WAITING


def test_a_revoked_rule_asks_again(desk: Desk) -> None:
    """From that moment on."""
    desk.place_villages()
    desk.feed()
    rule = desk.rule("Severe")
    with desk.room.database.writing() as session:
        revoke_rule(session, rule, station_id=STATION_ID, by=desk.room.second_leader,
                    now=desk.room.now())  # fmt: skip

    assert desk.state(comes(desk, sure())) == Shown.WAITING


def test_no_feed_speaks_oftener_than_three_times_an_hour(ruled: Desk) -> None:
    """The fourth waits for a person."""
    states = [ruled.state(comes(ruled, sure(f"N-{number}"))) for number in range(4)]

    assert states == [Shown.RUNNING] * 3 + [Shown.WAITING]
    ruled.room.newsroom.clock.move(timedelta(hours=1, seconds=1))
    again = replace(sure("N-5"), sent=ruled.room.now())
    assert ruled.state(comes(ruled, again)) == Shown.RUNNING


def test_an_update_of_what_runs_waits_for_a_person(ruled: Desk) -> None:
    """Two of the same event never sound at once by themselves."""
    first = comes(ruled, sure())
    update = replace(sure("S-2"), msg_type=MsgType.UPDATE, references=(sure().identity,), sent=NOON)
    second = comes(ruled, update)

    assert ruled.state(first) == Shown.RUNNING
    assert ruled.state(second) == Shown.WAITING
    assert len(ruled.shown(second).line.still_running) == 1


def test_a_cancellation_ends_what_runs_where_a_leader_decided_it(ruled: Desk) -> None:
    """In silence, in the leader's name; of an alert that was updated in between as well."""
    first = comes(ruled, sure())
    update = replace(sure("S-2"), msg_type=MsgType.UPDATE, references=(sure().identity,), sent=NOON)
    comes(ruled, update)
    comes(ruled, cancel_of(update, "S-3"))

    emergency = ruled.emergency(first)
    assert emergency is not None
    assert (emergency.ending, emergency.ended_by) == ("silence", ruled.room.leader)
    assert acts(ruled)[-2:] == ["emergency_silenced", "alert_followed"]


def test_a_stranger_ends_nothing(ruled: Desk) -> None:
    """Nor does an unsigned cancellation."""
    first = comes(ruled, sure())
    comes(ruled, cancel_of(sure(), "C-1"), signer="CN=thief")
    comes(ruled, cancel_of(sure(), "C-2"), signer="")

    assert ruled.state(first) == Shown.RUNNING


def test_only_who_may_order_decides_a_rule(desk: Desk) -> None:
    """And each severity once."""
    with pytest.raises(NotAuthorised), desk.room.database.writing() as session:
        decide_rule(
            session, "Severe", station_id=STATION_ID, by=desk.room.leader, now=desk.room.now()
        )
    desk.rule("Severe")
    for severity, error in (("Severe", RuleStands), ("Unknown", UnknownSeverity)):
        with pytest.raises(error), desk.room.database.writing() as session:
            decide_rule(
                session, severity, station_id=STATION_ID, by=desk.room.leader, now=desk.room.now()
            )


def cancel_of(made: Alert, identifier: str) -> Alert:
    """The cancellation of an alert, a moment after it."""
    nothing: tuple[Info, ...] = ()
    return replace(
        made,
        identifier=identifier,
        msg_type=MsgType.CANCEL,
        references=(made.identity,),
        sent=NOON + timedelta(seconds=30),
        infos=nothing,
    )
