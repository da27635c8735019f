"""The lines of a week, added up by the database: each says what the broadcast's report says."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert

from broadcaster.database import Database
from broadcaster.ledger.broadcast_lines import BroadcastLine, plays_today
from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.play_state import OPEN, PlayState, Reached
from broadcaster.ledger.queries import Villages, broadcast_report
from broadcaster.ledger.tables import PLAYS, SHARES
from tests.broadcaster.ledger.commune import AUDIO, STARTS, found, raise_pole

EAST, WEST = "cum-dong", "cum-tay"
VILLAGES = {"thon-1": (EAST, 1_000), "thon-2": (EAST, 500), "thon-3": (WEST, 800)}
POLES = {"loa-1": EAST, "loa-2": EAST, "loa-3": EAST, "loa-4": WEST, "loa-5": WEST}
BROADCASTS = 12
UNTIL = STARTS + timedelta(days=1)
VIEWS: tuple[Villages, ...] = (
    None,
    frozenset(VILLAGES),
    frozenset({"thon-1"}),
    frozenset({"thon-3"}),
    frozenset(),
)


def plays_of(number: int, cluster: str, chance: Random) -> Iterator[dict[str, Any]]:
    """The plays of one order: some poles have several, as where an alarm is said in a row."""
    for pole in (each for each, place in POLES.items() if place == cluster):
        for repeat in range(chance.choice((0, 1, 1, 1, 3)) if number else 3):
            at = STARTS + timedelta(hours=number, minutes=repeat)
            yield {
                "order_id": f"ord-{number}-{cluster}", "repeat": repeat, "device_id": pole,
                "broadcast_id": f"bc-{number}", "cluster_id": cluster, "device_name": pole,
                "title": f"Tin {number}", "topic": "y tế", "audio_sha256": AUDIO,
                "asked_ms": 60_000, "relay": number % 5 == 0, "starts_at": at,
                "start_due_at": at, "end_due_at": at, "frozen": True,
                "state": str(chance.choice(list(PlayState))),
                "reached": str(chance.choice(list(Reached))),
                "played_ms": chance.choice((0, 0, 30_000)), "simulated": chance.random() < 0.3,
            }  # fmt: skip


def shares_of(number: int, cluster: str, chance: Random) -> Iterator[dict[str, Any]]:
    """Whom an order reaches: its villages have a row of their own, others only those of poles."""
    for village, (home, residents) in VILLAGES.items():
        there = [each for each, place in POLES.items() if place == cluster]
        reached = chance.sample(there, k=chance.randint(0, len(there)))
        for pole in [*([""] if home == cluster else []), *reached]:
            yield {
                "order_id": f"ord-{number}-{cluster}", "device_id": pole, "village_id": village,
                "broadcast_id": f"bc-{number}", "cluster_id": home,
                "cluster_name": f"{home} ngày ấy", "village_name": village, "topic": "y tế",
                "households": 1, "residents": residents,
                "share": chance.choice((0.0, 0.125, 0.25, 0.75)),
                "starts_at": STARTS + timedelta(hours=number), "frozen": True,
            }  # fmt: skip


@pytest.fixture
def week(database: Database) -> Database:
    """Broadcasts with whatever can become of their plays."""
    chance = Random(7)
    with database.writing() as session:
        found(session)
        for pole, cluster in POLES.items():
            raise_pole(session, pole, cluster=cluster)
        connection = session.connection()
        for number in range(BROADCASTS):
            for cluster in chance.choice(((EAST,), (WEST,), (EAST, WEST))):
                for table, rows in (
                    (PLAYS, list(plays_of(number, cluster, chance))),
                    (SHARES, list(shares_of(number, cluster, chance))),
                ):
                    if rows:
                        connection.execute(insert(table), rows)
    return database


def told(coverage: Coverage) -> list[float]:
    """Its parts, as far as sums can be the same in another order."""
    return [
        round(float(part), 6)
        for part in (
            coverage.asked, coverage.confirmed, coverage.relayed, coverage.partial,
            coverage.failed, coverage.not_confirmed, coverage.unverifiable, coverage.pending,
        )
    ]  # fmt: skip


def by_reports(database: Database, villages: Villages) -> dict[tuple[str, str], list[object]]:
    """What the reports of all broadcasts say, one by one."""
    with database.reading() as session:
        reports = [
            broadcast_report(session, f"bc-{number}", villages=villages)
            for number in range(BROADCASTS)
        ]
    return {
        (report.broadcast_id, cluster.cluster_id): [
            cluster.name, report.title, report.relay, cluster.counts, told(cluster.coverage),
            any(play.simulated for play in cluster.devices),
            any(play.state is PlayState.STARTED for play in cluster.devices),
            all(play.state not in OPEN for play in cluster.devices),
        ]
        for report in reports
        if report is not None
        for cluster in report.clusters
    }  # fmt: skip


def as_told(line: BroadcastLine) -> list[object]:
    """The same of a line."""
    return [
        line.cluster_name, line.title, line.relay, line.counts, told(line.coverage),
        line.simulated, line.playing, line.settled,
    ]  # fmt: skip


@pytest.mark.parametrize("villages", VIEWS)
def test_a_line_says_what_the_report_says(week: Database, villages: Villages) -> None:
    """Every state, repeats, wired poles, poles that reach across, in every scope."""
    with week.reading() as session:
        lines = plays_today(session, since=STARTS, until=UNTIL, villages=villages)
    reported = by_reports(week, villages)

    assert {(each.broadcast_id, each.cluster_id): as_told(each) for each in lines} == reported
    assert len(lines) == len(reported)
    assert bool(lines) is (villages != frozenset())


def test_a_time_outside_the_span_does_not_count(week: Database) -> None:
    """Of what is said in a row only the times within it, and the last of them names the line."""
    with week.reading() as session:
        since = STARTS + timedelta(minutes=1)
        whole = plays_today(session, since=STARTS, until=UNTIL, villages=None)
        later = plays_today(session, since=since, until=UNTIL, villages=None)

    of_first = [sum(each.counts.planned for each in lines if each.broadcast_id == "bc-0")
                for lines in (whole, later)]  # fmt: skip
    assert of_first[0] > of_first[1] > 0
    assert max(each.starts_at for each in later if each.broadcast_id == "bc-0") > STARTS
