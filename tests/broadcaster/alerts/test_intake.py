"""What an alert does as it comes: waits, is only kept, replaces, withdraws; kept once."""

from datetime import timedelta, timezone
from itertools import permutations

import pytest

from broadcaster.alerts.desk import check_still_waits, dismiss
from broadcaster.alerts.errors import AlertNotWaiting
from broadcaster.alerts.intake import alert_of_key
from broadcaster.alerts.message import Alert, MsgType, ResponseType, Scope, Status
from broadcaster.alerts.standing import Shown
from tests.broadcaster.alerts.conftest import Desk
from tests.broadcaster.alerts.made import alert, info
from tests.broadcaster.small_station import NOON, STATION_ID


def series(name: str = "A") -> tuple[Alert, Alert, Alert]:
    """An alert, its update, and the cancellation of both."""
    first = alert(f"{name}-1", sent=NOON - timedelta(minutes=30))
    update = alert(
        f"{name}-2",
        msg_type=MsgType.UPDATE,
        sent=NOON - timedelta(minutes=20),
        references=(first.identity,),
    )
    cancel = alert(
        f"{name}-3",
        msg_type=MsgType.CANCEL,
        sent=NOON - timedelta(minutes=10),
        references=(first.identity, update.identity),
    )
    return first, update, cancel


FIRST, UPDATE, CANCEL = series()


def test_a_real_alert_waits_for_a_person_and_nothing_is_ordered(desk: Desk) -> None:
    """And is said with where it would be here."""
    alert_id = desk.take(alert())
    shown = desk.shown(alert_id)

    assert desk.state(alert_id) == Shown.WAITING
    assert desk.emergency(alert_id) is None
    assert shown.proposal.clusters == ("cl-1",)
    assert shown.proposal.villages == ("Thôn Một", "Thôn Hai")
    assert shown.proposal.hazard == "flood"


def test_it_is_kept_once_however_often_it_comes(desk: Desk) -> None:
    """Sender, identifier and instant are its identity, whatever offset the instant is in."""
    elsewhere = alert(sent=alert().sent.astimezone(timezone(timedelta(hours=7))))
    first = desk.take(alert())

    assert desk.take(alert()) == desk.take(elsewhere) == first
    assert desk.take(alert(sent=NOON)) != first
    assert desk.take(alert(sender="khac@kttv.example")) != first


def test_what_is_not_for_the_air_is_kept_and_never_offered(desk: Desk) -> None:
    """Tests, drafts, restricted ones, and messages about messages."""
    about = {"references": (alert("none").identity,)}
    for made in (
        alert("1", status=Status.TEST),
        alert("2", status=Status.SYSTEM),
        alert("3", status=Status.DRAFT),
        alert("4", scope=Scope.RESTRICTED),
        alert("5", scope=Scope.PRIVATE),
        alert("6", msg_type=MsgType.ACK, **about),
        alert("7", msg_type=MsgType.ERROR, **about),
        alert("8", msg_type=MsgType.CANCEL, **about),
        alert("9", said=info(responses=(ResponseType.ALL_CLEAR,))),
    ):
        alert_id = desk.take(made)

        assert desk.state(alert_id) == Shown.KEPT, made
        assert desk.kept(alert_id) == made


def test_an_exercise_waits_as_a_drill(desk: Desk) -> None:
    """It may be held, and says that it is one."""
    alert_id = desk.take(alert(status=Status.EXERCISE))

    assert desk.state(alert_id) == Shown.WAITING
    assert desk.shown(alert_id).line.drill


def test_the_end_is_the_same_in_whatever_order_they_come(desk: Desk) -> None:
    """An alert, its update and its cancellation: nothing is left to order."""
    for order in permutations(range(3)):
        made = series("".join(map(str, order)))
        ids = {each: desk.take(made[each]) for each in order}

        assert [desk.state(ids[each]) for each in range(3)] == [
            Shown.WITHDRAWN, Shown.WITHDRAWN, Shown.KEPT,
        ], order  # fmt: skip


def test_an_update_takes_the_place_of_what_waits(desk: Desk) -> None:
    """Only the newest is offered, in whatever order they come."""
    for order in permutations(range(2)):
        made = series("".join(map(str, order)))
        ids = {each: desk.take(made[each]) for each in order}

        assert [desk.state(ids[each]) for each in range(2)] == [Shown.REPLACED, Shown.WAITING]
        assert desk.shown(ids[0]).ended_by is not None


def test_nobody_cancels_the_alert_of_somebody_else(desk: Desk) -> None:
    """Nor does a test or a drill, nor one from before it."""
    first = desk.take(FIRST)
    others: list[dict[str, object]] = [
        {"sender": "ke-gian@khac.example"},
        {"status": Status.TEST},
        {"status": Status.EXERCISE},
        {"sent": NOON - timedelta(minutes=31)},
    ]
    for number, other in enumerate(others):
        given = {"msg_type": MsgType.CANCEL, "references": (FIRST.identity,), "sent": NOON}
        desk.take(alert(f"X-{number}", **given | other))  # type: ignore[arg-type]

        assert desk.state(first) == Shown.WAITING, other


def test_what_was_signed_is_cancelled_by_the_same_signer_only(desk: Desk) -> None:
    """An unsigned word cannot take back a signed one."""
    feed = desk.feed()
    first = desk.take(FIRST, feed=feed, signer="CN=kttv")
    desk.take(alert("C-1", msg_type=MsgType.CANCEL, references=(FIRST.identity,)), feed=feed)
    desk.take(
        alert("C-2", msg_type=MsgType.CANCEL, references=(FIRST.identity,)),
        feed=feed, signer="CN=thief",
    )  # fmt: skip
    assert desk.state(first) == Shown.WAITING

    desk.take(
        alert("C-3", msg_type=MsgType.CANCEL, references=(FIRST.identity,)),
        feed=feed, signer="CN=kttv",
    )  # fmt: skip
    assert desk.state(first) == Shown.WITHDRAWN


def test_another_feed_cannot_cancel_and_a_person_with_a_file_can(desk: Desk) -> None:
    """Whoever brings a file stands for it by name."""
    first = desk.take(FIRST, feed=desk.feed("KTTV"))
    cancel = {"msg_type": MsgType.CANCEL, "references": (FIRST.identity,)}
    desk.take(alert("C-1", **cancel), feed=desk.feed("KHAC"))  # type: ignore[arg-type]
    assert desk.state(first) == Shown.WAITING

    desk.take(alert("C-2", **cancel), by=desk.room.giver)  # type: ignore[arg-type]
    assert desk.state(first) == Shown.WITHDRAWN


def test_it_expires_while_it_waits(desk: Desk) -> None:
    """From the instant that it names, and nobody can order it any more."""
    alert_id = desk.take(alert(said=info(expires=NOON + timedelta(minutes=5))))
    desk.room.newsroom.clock.move(timedelta(minutes=4, seconds=59))
    assert desk.state(alert_id) == Shown.WAITING
    desk.room.newsroom.clock.move(timedelta(seconds=1))

    assert desk.state(alert_id) == Shown.EXPIRED
    with pytest.raises(AlertNotWaiting):
        ordering(desk, alert_id)


def ordering(desk: Desk, alert_id: str, *, fresh: bool = False) -> None:
    """What is asked before an order for this alert."""
    key = desk.shown(alert_id).request_key
    with desk.room.database.reading() as session:
        assert alert_of_key(session, key) is not None
        check_still_waits(session, key, station_id=STATION_ID, fresh=fresh, now=desk.room.now())


def test_what_is_ordered_is_ordered_once(desk: Desk) -> None:
    """The alert's own key raises one emergency; a cancellation in between stops the order."""
    desk.room.authorise()
    alert_id = desk.take(FIRST)
    ordering(desk, alert_id, fresh=True)
    key = desk.shown(alert_id).request_key
    emergency = desk.room.raise_(key=key)

    assert desk.room.raise_(key=key) == emergency
    assert desk.state(alert_id) == Shown.RUNNING
    ordering(desk, alert_id)
    with pytest.raises(AlertNotWaiting):
        ordering(desk, alert_id, fresh=True)


def test_what_runs_is_not_silenced_but_shown_to_a_person(desk: Desk) -> None:
    """A cancellation or an update of what sounds already asks for somebody."""
    desk.room.authorise()
    first = desk.take(FIRST)
    emergency = desk.room.raise_(key=desk.shown(first).request_key)
    update, cancel = desk.take(UPDATE), desk.take(CANCEL)

    assert desk.room.emergency(emergency).ended_at is None
    assert desk.state(first) == Shown.RUNNING
    assert [each.id for each in desk.shown(cancel).line.still_running] == [emergency]
    assert desk.state(update) == Shown.WITHDRAWN


def test_a_dismissed_alert_stays_dismissed(desk: Desk) -> None:
    """By name, once; its update is a new question."""
    first = desk.take(FIRST)
    with desk.room.database.writing() as session:
        dismiss(session, first, reason="Ở xã khác", station_id=STATION_ID, by=desk.room.giver,
                now=desk.room.now())  # fmt: skip
    assert desk.state(first) == Shown.DISMISSED
    with pytest.raises(AlertNotWaiting), desk.room.database.writing() as session:
        dismiss(session, first, reason="", station_id=STATION_ID, by=desk.room.giver,
                now=desk.room.now())  # fmt: skip

    update = desk.take(UPDATE)
    assert (desk.state(first), desk.state(update)) == (Shown.DISMISSED, Shown.WAITING)
