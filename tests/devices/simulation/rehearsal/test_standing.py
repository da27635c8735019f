"""How a rehearsal stands: rows that add up to what each device was told to be."""

from devices.simulation.crowd.standing import SeatState
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.rehearsal.standing import NO_CLUSTER, Standing

SEATS = [
    SeatState("loa-1", "cum-1", True, True, 5, 2, "bao", 3, 1, 0, 1, 4, 0, (FaultKind.OFFLINE,)),
    SeatState("loa-2", "cum-1", True, False, 4, 0, "", 1),
    SeatState("loa-3", "cum-2", True, True, 9, 1, "", 0, 0, 2, 0, 0, 0, (FaultKind.OFFLINE,)),
    SeatState("loa-4"),
]


def test_each_cluster_has_its_row_and_strangers_come_last() -> None:
    """Planned are those who follow the newest plan of their own cluster."""
    standing = Standing()
    standing.take(SEATS)
    one, two, none = standing.rows()

    assert (one.cluster, one.devices, one.connected, one.silent) == ("cum-1", 2, 1, 1)
    assert (one.planned, one.plan_version, one.cached, one.playing) == (1, 5, 1, 1)
    assert (one.finished, one.failed, one.muted, one.refused) == (4, 1, 1, 4)
    assert (two.planned, two.rejected, two.faults) == (1, 2, {"offline": 1})
    assert (none.cluster, none.devices, none.silent, none.planned) == (NO_CLUSTER, 1, 1, 0)


def test_the_total_is_the_sum_of_the_clusters() -> None:
    """Also of those who follow their cluster's newest plan."""
    standing = Standing()
    standing.take(SEATS)
    total = standing.total()

    assert (total.devices, total.connected, total.silent, total.planned) == (4, 2, 2, 2)
    assert (total.finished, total.faults) == (4, {"offline": 2})


def test_the_newest_word_of_a_device_counts() -> None:
    """What it was told before is forgotten."""
    standing = Standing()
    standing.take(SEATS)
    standing.take([SeatState("loa-4", "cum-2", True, True, 9)])

    assert standing.total().connected == 3
    assert [row.cluster for row in standing.rows()] == ["cum-1", "cum-2"]


def test_a_rehearsal_without_devices_stands_at_nothing() -> None:
    """Before anybody was told of."""
    assert Standing().total().devices == 0
    assert list(Standing().rows()) == []
