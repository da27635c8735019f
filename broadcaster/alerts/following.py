"""What the station does by itself on an alert, where a leader's rule lets it; else nothing.

An order goes through `raise_emergency` in the name of the leader whose rule it is, and is reviewed
by another. Only what is signed by a trusted key, real, new, public, sure, in Vietnamese, about a
hazard that we know and a place found by figures or a code may go alone; the rest waits.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session, col, select

from broadcaster.alerts.intake import content_of, emergency_of, key_of, predecessors
from broadcaster.alerts.matching import Proposal, proposal_of
from broadcaster.alerts.message import (
    Alert,
    Certainty,
    Info,
    MsgType,
    Status,
    Urgency,
)
from broadcaster.alerts.rules import CANCEL, rule_in_force
from broadcaster.alerts.signatures import Signed
from broadcaster.alerts.standing import Standing
from broadcaster.alerts.tables import AlertRule, ReceivedAlert
from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.emergency.ending import Ending, end_emergency
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.emergency.raising import checked_wish, raise_emergency
from broadcaster.emergency.tables import Emergency

log = structlog.get_logger()

ALONE_IN_AN_HOUR = 3
"""No feed, however trusted, speaks oftener than this without a person."""

NEW_FOR = timedelta(hours=6)
AHEAD_OF_US = timedelta(minutes=10)
"""How far a sender's clock may be before ours."""


def follow(session: Session, row: ReceivedAlert, *, now: datetime) -> Emergency | None:
    """Order or end what a rule lets this alert order or end; the emergency, or None."""
    if row.signed != Signed.VERIFIED or row.feed_id is None:
        return None
    alert = content_of(row)
    if alert.status != Status.ACTUAL:
        return None
    if alert.msg_type == MsgType.CANCEL:
        return _end_what_runs(session, row, now=now)
    station = session.get_one(Station, row.station_id)
    day = now.astimezone(ZoneInfo(station.zone)).date()
    proposal = proposal_of(session, alert, station_id=row.station_id, day=day)
    against = why_not_alone(alert, proposal, row=row, now=now)
    rule = None
    if not against and proposal.info is not None:
        rule = rule_in_force(session, proposal.info.severity.value, station_id=row.station_id)
        against = _why_not_now(session, row, rule, now=now)
    if rule is None or against:
        log.info("alert_waits_for_a_person", alert_id=row.id, why=against)
        return None
    return _order(session, row, proposal, rule=rule, station=station, now=now)


def why_not_alone(alert: Alert, proposal: Proposal, *, row: ReceivedAlert, now: datetime) -> str:
    """The first thing that an alert lacks to go out unconfirmed; empty for nothing. Pure."""
    info = proposal.info
    if row.standing != Standing.PROPOSED or info is None:
        return "not proposed"
    checks = {
        "not one part in Vietnamese": _is_the_only_one(alert, info),
        "not urgent": info.urgency in {Urgency.IMMEDIATE, Urgency.EXPECTED},
        "not certain": info.certainty in {Certainty.OBSERVED, Certainty.LIKELY},
        "expired or without an end": row.expires_at is not None and row.expires_at > now,
        "not new": now - NEW_FOR <= alert.sent <= now + AHEAD_OF_US,
        "not yet": info.effective is None or info.effective <= now,
        "no hazard of ours": proposal.hazard in HAZARDS,
        "no place found by figures or a code": bool(proposal.sure_clusters),
        "no words": bool(proposal.offered.words) and not proposal.offered.shortened,
    }
    return next((why for why, holds in checks.items() if not holds), "")


def _is_the_only_one(alert: Alert, info: Info) -> bool:
    """Several parts may hold in several places: a person tells them apart."""
    spoken = [each for each in alert.infos if each.language.lower().split("-")[0] == "vi"]
    return spoken == [info]


def _why_not_now(
    session: Session, row: ReceivedAlert, rule: AlertRule | None, *, now: datetime
) -> str:
    if rule is None or rule.decided_at > row.received_at:
        return "no rule"
    if _running_before(session, row):
        return "an earlier one runs"
    lately = session.exec(
        select(Emergency.id).where(
            Emergency.station_id == row.station_id,
            col(Emergency.request_key).startswith("cap-"),
            col(Emergency.raised_at) > now - timedelta(hours=1),
        )
    ).all()
    return "too many in an hour" if len(lately) >= ALONE_IN_AN_HOUR else ""


def _order(
    session: Session,
    row: ReceivedAlert,
    proposal: Proposal,
    *,
    rule: AlertRule,
    station: Station,
    now: datetime,
) -> Emergency:
    wish = checked_wish(
        cluster_ids=proposal.sure_clusters,
        hazard=proposal.hazard,
        drill=False,
        words=proposal.offered.words,
        cadence=HAZARDS[proposal.hazard].cadence,
    )
    emergency = raise_emergency(
        session, wish, request_key=key_of(row), station=station, by=rule.decided_by, now=now
    )
    _record(session, row, rule, did="ordered", emergency=emergency, now=now)
    return emergency


def _end_what_runs(session: Session, row: ReceivedAlert, *, now: datetime) -> Emergency | None:
    rule = rule_in_force(session, CANCEL, station_id=row.station_id)
    if rule is None or rule.decided_at > row.received_at:
        return None
    ended = None
    for emergency in _running_before(session, row):
        ended = end_emergency(
            session,
            emergency.id,
            ending=Ending.SILENCE,
            words="",
            station_id=row.station_id,
            by=rule.decided_by,
            oversees=True,
            now=now,
        )
        _record(session, row, rule, did="ended", emergency=ended, now=now)
    return ended


def _running_before(session: Session, row: ReceivedAlert) -> Sequence[Emergency]:
    """What runs on the word of alerts that this one ended."""
    found = (emergency_of(session, each) for each in predecessors(session, row))
    return [each for each in found if each is not None and each.ended_at is None]


def _record(
    session: Session,
    row: ReceivedAlert,
    rule: AlertRule,
    *,
    did: str,
    emergency: Emergency,
    now: datetime,
) -> None:
    """Beside the order or its end: that no person looked, by which alert and which rule."""
    record(
        session,
        Act.ALERT_FOLLOWED,
        by=rule.decided_by,
        about=emergency.id,
        at=now,
        details={"did": did, "alert": row.id, "rule": rule.id, "severity": rule.severity},
    )
