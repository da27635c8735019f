"""A joining is prepared at the machine and decided on a page, one question after the other.

The backup and its key stay at the machine. Each decision is kept as soon as it is said, under the
rules of `meeting.check_said`, which are those of the CSV; the joining itself looks at all anew.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog
from sqlmodel import Session, col, delete, select

from broadcaster.accounts.tables import RoleGrant
from broadcaster.audit import Act, record
from broadcaster.database import new_id
from broadcaster.fleet.tables import Device
from broadcaster.joining.errors import DecisionsUnreadable, UnknownJoining
from broadcaster.joining.meeting import (
    AS_IT_IS,
    Alike,
    Decisions,
    Meeting,
    Question,
    Taken,
    check_said,
    taken_there,
)
from broadcaster.joining.other import Other
from broadcaster.joining.sides import Side, side_of
from broadcaster.joining.tables import JoiningDecision, PreparedJoining
from broadcaster.ledger.bulk import connection_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question with both sides as they are known; `ours` is None where a code is reserved."""

    question: Question
    theirs: Side
    ours: Side | None
    said: str

    @property
    def keeps(self) -> bool:
        """Whether the name stays, or both are one person."""
        return self.said == AS_IT_IS


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedShown:
    """A preparation with all its questions in the order in which they were found."""

    row: PreparedJoining
    asked: Sequence[Asked]

    @property
    def decided(self) -> int:
        """How many questions a person has answered."""
        return sum(bool(each.said) for each in self.asked)

    @property
    def is_decided(self) -> bool:
        """Whether nothing stands against the joining any more."""
        return self.decided == len(self.asked)


def prepare(
    session: Session, other: Other, meeting: Meeting, *, station_id: str, now: datetime
) -> PreparedJoining:
    """Lay out what is to be decided; a newer look keeps every decision that still answers one."""
    found = _row(session, other_id=meeting.other.id, station_id=station_id)
    taken = taken_there(other)
    row = found or PreparedJoining(
        id=new_id("prj"), station_id=station_id, other_id=meeting.other.id
    )  # type: ignore[call-arg]
    row.name, row.commune = meeting.other.name, meeting.other.commune
    row.public_key, row.as_of, row.prepared_at = other.root_key, other.as_of, now
    row.questions = [_as_kept(other, each) for each in meeting.questions]
    row.counts = dict(meeting.counts)
    row.taken = {"codes": sorted(taken.codes), "usernames": sorted(taken.usernames)}
    session.add(row)
    session.flush()
    asked = {(each.kind, each.code) for each in meeting.questions}
    for each in _decisions(session, row):
        if (Alike(each.kind), each.code) not in asked:
            session.delete(each)
    record(
        session, Act.JOINING_PREPARED, by=None, about=row.id, at=now,
        details={"other": row.other_id, "questions": len(row.questions)},
    )  # fmt: skip
    log.info("joining_prepared", joining_id=row.id, questions=len(row.questions))
    return row


def prepared_joinings(session: Session, *, station_id: str) -> Sequence[PreparedShown]:
    """All that is prepared, the newest last."""
    rows = session.exec(
        select(PreparedJoining)
        .where(PreparedJoining.station_id == station_id)
        .order_by(col(PreparedJoining.prepared_at), col(PreparedJoining.id))
    ).all()
    return [prepared_shown(session, each) for each in rows]


def find_prepared(session: Session, joining_id: str, *, station_id: str) -> PreparedJoining:
    """A preparation of this station; raise UnknownJoining."""
    row = session.get(PreparedJoining, joining_id)
    if row is None or row.station_id != station_id:
        raise UnknownJoining(joining_id)
    return row


def prepared_shown(session: Session, row: PreparedJoining) -> PreparedShown:
    """A preparation with both sides of each question; ours as they are at this moment."""
    said = {(each.kind, each.code): each.said for each in _decisions(session, row)}
    connection = connection_of(session)
    asked = []
    for kept in row.questions:
        question = _question(kept)
        asked.append(
            Asked(
                question=question,
                theirs=Side(**kept["theirs"]),
                ours=side_of(connection, question.kind, _our_key(question))
                if _is_here(session, question, station_id=row.station_id)
                else None,
                said=said.get((question.kind, question.code), ""),
            )
        )
    return PreparedShown(row=row, asked=asked)


def decide(
    session: Session, joining_id: str, *, kind: str, code: str, said: str,
    station_id: str, by: str, now: datetime,
) -> None:  # fmt: skip
    """Keep what a person said of one question; nothing said takes it back.

    Raises UnknownJoining, DecisionsUnreadable for what nobody asked, DecisionUnusable.
    """
    row = find_prepared(session, joining_id, station_id=station_id)
    question = _asked(row, kind=kind, code=code)
    before = session.get(JoiningDecision, (row.id, question.kind.value, question.code))
    said = said.strip()
    if said:
        others = [each for each in _decisions(session, row) if each is not before]
        taken = _taken(row, others)
        said = check_said(session, question, said, taken, station_id=station_id)
    if said == (before.said if before else ""):
        return
    if before is not None:
        session.delete(before)
        session.flush()
    if said:
        session.add(
            JoiningDecision(
                joining_id=row.id, kind=question.kind, code=question.code, said=said,
                decided_by=by, decided_at=now,
            )
        )  # fmt: skip
    record(
        session, Act.JOINING_DECIDED, by=by, about=row.id, at=now,
        details={"kind": question.kind}, private={"code": question.code, "said": said},
    )  # fmt: skip


def drop(session: Session, joining_id: str, *, station_id: str, by: str, now: datetime) -> None:
    """Forget a preparation with all that was decided; raise UnknownJoining."""
    row = find_prepared(session, joining_id, station_id=station_id)
    record(
        session, Act.JOINING_DROPPED, by=by, about=row.id, at=now,
        details={"other": row.other_id},
    )  # fmt: skip
    _forget(session, row)


def forget_joined(session: Session, *, other_id: str, station_id: str) -> None:
    """What was prepared is done."""
    row = _row(session, other_id=other_id, station_id=station_id)
    if row is not None:
        _forget(session, row)


def decided_on_page(
    session: Session, *, other_id: str, station_id: str, questions: Sequence[Question]
) -> Decisions:
    """What people said there of these questions; what is asked no more is left out."""
    row = _row(session, other_id=other_id, station_id=station_id)
    if row is None:
        return {}
    asked = {(each.kind, each.code) for each in questions}
    said = {(Alike(each.kind), each.code): each.said for each in _decisions(session, row)}
    return {key: each for key, each in said.items() if key in asked}


def _row(session: Session, *, other_id: str, station_id: str) -> PreparedJoining | None:
    return session.exec(
        select(PreparedJoining).where(
            PreparedJoining.station_id == station_id, PreparedJoining.other_id == other_id
        )
    ).first()


def _decisions(session: Session, row: PreparedJoining) -> Sequence[JoiningDecision]:
    return session.exec(
        select(JoiningDecision)
        .where(JoiningDecision.joining_id == row.id)
        .order_by(col(JoiningDecision.kind), col(JoiningDecision.code))
    ).all()


def _forget(session: Session, row: PreparedJoining) -> None:
    session.execute(delete(JoiningDecision).where(col(JoiningDecision.joining_id) == row.id))
    session.delete(row)
    session.flush()


def _as_kept(other: Other, question: Question) -> dict[str, object]:
    theirs = side_of(other.connection, question.kind, question.code)
    if theirs is None:
        raise UnknownJoining(f"{question.kind} {question.code}")
    return {**asdict(question), "theirs": asdict(theirs)}


def _question(kept: dict[str, object]) -> Question:
    values = {name: str(kept[name]) for name in ("code", "there", "here")}
    return Question(kind=Alike(str(kept["kind"])), **values)


def _our_key(question: Question) -> str:
    """A loudspeaker's code is its id; of all else the question names ours."""
    return question.code if question.kind is Alike.DEVICE else question.here


def _is_here(session: Session, question: Question, *, station_id: str) -> bool:
    """Whether ours is this station's: codes and user names are one's own in the whole database."""
    match question.kind:
        case Alike.DEVICE:
            device = session.get(Device, question.code)
            return device is not None and device.station_id == station_id
        case Alike.PERSON:
            grants = select(RoleGrant.station_id).where(RoleGrant.account_id == question.here)
            stations = session.exec(grants).all()
            return not stations or station_id in stations
    return True


def _asked(row: PreparedJoining, *, kind: str, code: str) -> Question:
    for kept in row.questions:
        if (kept["kind"], kept["code"]) == (kind, code):
            return _question(kept)
    raise DecisionsUnreadable(f"{kind} {code}")


def _taken(row: PreparedJoining, others: Sequence[JoiningDecision]) -> Taken:
    """What the other station has, and what was given to its other questions."""
    given = {
        kind: {each.said for each in others if each.kind == kind and each.said != AS_IT_IS}
        for kind in (Alike.DEVICE, Alike.PERSON)
    }
    return Taken(
        codes={*row.taken["codes"], *given[Alike.DEVICE]},
        usernames={*row.taken["usernames"], *given[Alike.PERSON]},
    )
