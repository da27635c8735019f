"""Standing rules: for which severities a leader lets signed alerts go out in their name, alone.

Off until a leader decides. A rule holds only while whoever decided it may order emergencies: it is
their order, on another's word for them, reviewed by another, as if they had typed it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from broadcaster.accounts.roles import Right, Role, rights_of
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.alerts.errors import RuleStands, UnknownRule, UnknownSeverity
from broadcaster.alerts.message import Severity
from broadcaster.alerts.tables import AlertRule
from broadcaster.audit import Act, record
from broadcaster.database import new_id
from broadcaster.emergency.authorising import authorisation_of, held_authorisation

CANCEL = "Cancel"
"""The rule of no severity: that a cancellation ends what runs, in silence."""

DECIDABLE = (
    Severity.EXTREME.value,
    Severity.SEVERE.value,
    Severity.MODERATE.value,
    Severity.MINOR.value,
    CANCEL,
)


def decide_rule(
    session: Session, severity: str, *, station_id: str, by: str, now: datetime
) -> AlertRule:
    """Let alerts of a severity go out in this person's name; their proof was asked for before.

    Raises UnknownSeverity, NotAuthorised or RuleStands.
    """
    if severity not in DECIDABLE:
        raise UnknownSeverity(field="severity")
    authorisation = held_authorisation(session, by, station_id=station_id)
    if any(each.severity == severity for each in rules_of(session, station_id=station_id)):
        raise RuleStands(field="severity")
    rule = AlertRule(
        id=new_id("arl"),
        station_id=station_id,
        severity=severity,
        authorisation_id=authorisation.id,
        decided_by=by,
        decided_at=now,
    )
    session.add(rule)
    session.flush()
    record(
        session, Act.ALERT_RULE_DECIDED, by=by, about=rule.id, at=now,
        details={"severity": severity},
    )  # fmt: skip
    return rule


def revoke_rule(session: Session, rule_id: str, *, station_id: str, by: str, now: datetime) -> None:
    """Ask a person again from now on; raise UnknownRule."""
    rule = session.get(AlertRule, rule_id)
    if rule is None or rule.station_id != station_id:
        raise UnknownRule(rule_id)
    if rule.revoked_at is None:
        rule.revoked_by, rule.revoked_at = by, now
        record(
            session, Act.ALERT_RULE_REVOKED, by=by, about=rule.id, at=now,
            details={"severity": rule.severity},
        )  # fmt: skip


def rules_of(session: Session, *, station_id: str) -> Sequence[AlertRule]:
    """The rules that nobody revoked, in the order in which they were decided."""
    return session.exec(
        select(AlertRule)
        .where(AlertRule.station_id == station_id, col(AlertRule.revoked_at).is_(None))
        .order_by(col(AlertRule.decided_at), col(AlertRule.id))
    ).all()


def rule_in_force(session: Session, severity: str, *, station_id: str) -> AlertRule | None:
    """The rule of a severity, if whoever decided it may still order emergencies."""
    rules = rules_of(session, station_id=station_id)
    found = next((each for each in rules if each.severity == severity), None)
    return found if found is not None and holds(session, found) else None


def holds(session: Session, rule: AlertRule) -> bool:
    """Whether its decider is still there, still oversees, and stands on the same word for them."""
    held = authorisation_of(session, rule.decided_by, station_id=rule.station_id)
    account = session.get(Account, rule.decided_by)
    grants = session.exec(
        select(RoleGrant.role).where(
            RoleGrant.account_id == rule.decided_by, RoleGrant.station_id == rule.station_id
        )
    ).all()
    rights = rights_of(Role(each) for each in grants)
    return (
        account is not None
        and account.active
        and {Right.RAISE_EMERGENCIES, Right.OVERSEE_EMERGENCIES} <= rights
        and held is not None
        and held.id == rule.authorisation_id
    )
