"""Whoever asks the ledger sees what is theirs: ids of others give nothing, at the query."""

import pytest
from sqlmodel import Session

from broadcaster.database import Database
from broadcaster.fleet.registry import share_village
from broadcaster.ledger.alert_queries import open_alerts
from broadcaster.ledger.broadcast_lines import plays_today
from broadcaster.ledger.evidence import device_evidence
from broadcaster.ledger.item_queries import items_reached
from broadcaster.ledger.period_queries import By, covered
from broadcaster.ledger.periods import month_of, one_year
from broadcaster.ledger.queries import broadcast_report
from broadcaster.ledger.share_queries import village_shares
from broadcaster.ledger.timelines import timelines
from broadcaster.ledger.village_history import village_month
from tests.broadcaster.ledger.air import EAST, HANOI, WEST, Air, noon
from tests.broadcaster.ledger.commune import FIRST_DAY, found, raise_pole

YEAR = one_year(2026)
MARCH = month_of(noon(3, 1).date())
OWN, NOBODY = frozenset({"thon-3"}), frozenset[str]()


@pytest.fixture
def air(database: Database) -> Air:
    """One broadcast in the east, played; one in the west, of which nobody said anything."""
    with database.writing() as session:
        found(session)
        poles = {
            "loa-a": raise_pole(session, "loa-a", thon_1=1.0),
            "loa-d": raise_pole(session, "loa-d", cluster="cum-tay", thon_3=1.0),
        }
    air = Air(database, poles)
    air.broadcast(noon(3, 1), played=["loa-a"], cluster=EAST)
    air.broadcast(noon(3, 2), cluster=WEST)
    return air


def answers(session: Session, air: Air, villages: frozenset[str] | None) -> dict[str, bool]:
    """Whether each question about the east's broadcast is answered with anything at all."""
    begins, ends = MARCH.instants(zone=HANOI)
    epoch = air.poles["loa-a"].epoch
    shares = village_shares(session, "thon-1", YEAR, zone=HANOI, villages=villages)
    lines = plays_today(session, since=begins, until=ends, villages=villages)
    alerts = open_alerts(session, villages=villages, limit=10)
    return {
        "report": broadcast_report(session, "bc-1", villages=villages) is not None,
        "day": any(line.broadcast_id == "bc-1" for line in lines),
        "items": bool(items_reached(session, "bc-1", villages=villages)),
        "timeline": bool(timelines(session, "bc-1", villages=villages)),
        "evidence": device_evidence(session, "loa-a", epoch, 1, villages=villages) is not None,
        "history": bool(village_month(session, "thon-1", MARCH, zone=HANOI, villages=villages)),
        "shares": bool(shares),
        "year": any(
            each.key == "thon-1"
            for each in covered(session, YEAR, villages=villages, by=By.VILLAGE)
        ),
        "alerts": any(alert.device_id == "loa-d" for alert in alerts),
    }


def test_the_station_sees_all(air: Air) -> None:
    """Every question has its answer; items are told only by poles that said them."""
    with air.database.reading() as session:
        told = answers(session, air, None)

    assert told == {**dict.fromkeys(told, True), "items": False}


def test_others_see_nothing_of_it(air: Air) -> None:
    """Whoever sees the western village gets its alert, and nothing of the east by its ids."""
    with air.database.reading() as session:
        told = answers(session, air, OWN)

    assert told == {**dict.fromkeys(told, False), "alerts": True}


def test_whoever_sees_no_village_sees_nothing(air: Air) -> None:
    """No village is not all villages."""
    with air.database.reading() as session:
        assert set(answers(session, air, NOBODY).values()) == {False}


def test_a_village_is_followed_down_to_its_statements(air: Air) -> None:
    """Village, share, device, play, signed statement: each step leads to the next."""
    with air.database.reading() as session:
        (year,) = covered(session, YEAR, villages=frozenset({"thon-1"}))
        (pole,) = village_shares(session, "thon-1", YEAR, zone=HANOI, villages=None)
        play = pole.plays[0]
        assert play.evidence_epoch is not None
        assert play.evidence_seq is not None
        proof = device_evidence(
            session, pole.device_id, play.evidence_epoch, play.evidence_seq, villages=None
        )
        told = timelines(session, play.broadcast_id, villages=None)

    assert year.reach.reached == 1_000
    assert (pole.share, pole.asked, pole.confirmed) == (1.0, 1, 1)
    assert proof is not None
    assert (proof.statement.kind, proof.signature_holds, proof.chain_holds) == (
        "finished",
        True,
        True,
    )
    assert [each.kind for each in told["ord-1", 0, "loa-a"]] == [
        "received",
        "cached",
        "started",
        "finished",
    ]


def test_wired_poles_are_told_as_what_they_are(air: Air) -> None:
    """A share without a device has no play and no evidence, and is told all the same."""
    with air.database.writing() as session:
        share_village(session, village_id="thon-2", share=0.3, device_id=None, valid_from=FIRST_DAY)
    air.broadcast(noon(4, 1), cluster=EAST)
    with air.database.reading() as session:
        (wired,) = village_shares(session, "thon-2", YEAR, zone=HANOI, villages=None)

    assert (wired.device_id, wired.share, wired.asked, wired.plays) == ("", 0.3, 0, [])
