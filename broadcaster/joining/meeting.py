"""What both stations have alike: named before anything is done, decided by a person. Only reads.

A device's code and a person's user name must be one's own. Places may have the same name, as many
do where communes merge; that, too, is somebody's decision and no chance.
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Integer, func, select
from sqlmodel import Session

from broadcaster.accounts.people import is_username
from broadcaster.areas.errors import NameUnusable
from broadcaster.areas.queries import clusters_of, villages_of
from broadcaster.areas.registering import checked_name
from broadcaster.areas.tables import JoinedStation, Station
from broadcaster.audit.facts import table_named
from broadcaster.bulletins.folding import folded
from broadcaster.fleet.errors import DeviceEnrolled, DeviceNameUnusable
from broadcaster.fleet.registry import check_free
from broadcaster.joining.carried import CARRIED
from broadcaster.joining.errors import (
    DecisionsUnreadable,
    DecisionUnusable,
    IdsTaken,
    ItselfJoined,
    JoinedOthers,
    NotAtRest,
    StationUnlike,
)
from broadcaster.joining.other import Other
from broadcaster.ledger.bulk import chunks

AS_IT_IS = "="
"""The decision that a place keeps its name, or that both names are one person's."""

COLUMNS = ("kind", "code", "there", "here", "decision")
_DECISIONS_LIMIT_BYTES = 1_000_000
_SAID_IDS = 10


class Alike(StrEnum):
    """What both stations have."""

    DEVICE = "device"
    PERSON = "person"
    CLUSTER = "cluster"
    VILLAGE = "village"


_TABLES = {Alike.PERSON: "account", Alike.CLUSTER: "cluster", Alike.VILLAGE: "village"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something of the other station that is called as something here is; `there` is its name.

    `here` names what has that name already, by its id.
    """

    kind: Alike
    code: str
    there: str
    here: str


Decisions = Mapping[tuple[Alike, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What joining would bring, and what a person has to decide before it; `counts` by table."""

    other: Station
    questions: Sequence[Question]
    counts: Mapping[str, int]
    roles: Sequence[tuple[str, str]]
    """Who had which role there that does not come along: names and roles."""
    joined: JoinedStation | None = None
    undecided: Sequence[Question] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the decisions come to, as rows are brought."""

    devices: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Codes and user names that nothing else can get; each decision takes one more."""

    codes: set[str] = field(default_factory=set)
    usernames: set[str] = field(default_factory=set)


def meet(session: Session, other: Other, *, station: Station, decisions: Decisions) -> Meeting:
    """Look at both stations; nothing is changed.

    Raises ItselfJoined, StationUnlike, JoinedOthers, NotAtRest, IdsTaken.
    """
    joined = session.get(JoinedStation, other.station.id)
    if joined is not None:
        return Meeting(other=other.station, questions=(), counts={}, roles=(), joined=joined)
    if other.station.id == station.id:
        raise ItselfJoined(station.id)
    for name in ("zone", "rehearsal"):
        if getattr(other.station, name) != getattr(station, name):
            raise StationUnlike(name)
    if next(other.rows("joined_station"), None) is not None:
        raise JoinedOthers(other.station.id)
    _check_at_rest(other)
    _check_ids(session, other)
    questions = list(_questions(session, other, station_id=station.id))
    return Meeting(
        other=other.station,
        questions=questions,
        counts={
            name: other.connection.execute(
                select(func.count()).select_from(table_named(name))
            ).scalar_one()
            for name in CARRIED
        },
        roles=list(_roles_left(other)),
        undecided=[each for each in questions if not decisions.get((each.kind, each.code))],
    )


def decided(
    session: Session, other: Other, meeting: Meeting, decisions: Decisions, *, station_id: str
) -> Decided:
    """Check each decision; raise DecisionsUnreadable for one that cannot be done."""
    devices, people, names = dict[str, str](), dict[str, str](), dict[tuple[str, str], str]()
    taken = taken_there(other)
    for each in meeting.questions:
        said = check_said(
            session, each, decisions[each.kind, each.code], taken, station_id=station_id
        )
        match each.kind:
            case Alike.DEVICE:
                devices[each.code] = said
            case Alike.PERSON if said == AS_IT_IS:
                people[each.code] = each.here
            case _ if said != AS_IT_IS:
                names[_TABLES[each.kind], each.code] = said
    return Decided(devices=devices, people=people, names=names)


def taken_there(other: Other) -> Taken:
    """The codes and user names of the other station: none of them is free for anybody else."""
    return Taken(
        codes=set(other.values("device", "name")),
        usernames=set(other.values("account", "username").values()),
    )


def check_said(
    session: Session, question: Question, said: str, taken: Taken, *, station_id: str
) -> str:
    """One decision as it will be done, and then taken; raise DecisionUnusable.

    The one rule for what stands in a CSV and for what is typed on the page.
    """
    where = f"{question.kind} {question.code}: {said}"
    match question.kind:
        case Alike.DEVICE:
            if said in taken.codes or not _is_free(session, said, station_id=station_id):
                raise DecisionUnusable(where, kind=question.kind)
            taken.codes.add(said)
        case Alike.PERSON if said != AS_IT_IS:
            usernames = {*taken.usernames, *_usernames(session).values()}
            if not is_username(said) or said in usernames:
                raise DecisionUnusable(where, kind=question.kind)
            taken.usernames.add(said)
        case Alike.CLUSTER | Alike.VILLAGE if said != AS_IT_IS:
            try:
                return checked_name(said)
            except NameUnusable as error:
                raise DecisionUnusable(where, kind=question.kind) from error
    return said


def read_decisions(data: bytes) -> Decisions:
    """What a person wrote behind each question; raise DecisionsUnreadable."""
    try:
        text = data[:_DECISIONS_LIMIT_BYTES].decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        return {
            (Alike(row["kind"].strip()), row["code"].strip()): row["decision"].strip()
            for row in rows
        }
    except (ValueError, KeyError, AttributeError, csv.Error) as error:
        raise DecisionsUnreadable(str(error)[:200]) from error


def check_decisions(decisions: Decisions, questions: Collection[Question]) -> None:
    """Raise DecisionsUnreadable for one that answers nothing: it was made for another backup."""
    asked = {(each.kind, each.code) for each in questions}
    for kind, code in decisions:
        if (kind, code) not in asked:
            raise DecisionsUnreadable(f"{kind} {code}")


def questions_told(questions: Sequence[Question], decisions: Decisions) -> str:
    """The questions as a CSV in which a person writes what becomes of each."""
    told = io.StringIO(newline="")
    rows = csv.writer(told)
    rows.writerow(COLUMNS)
    for each in questions:
        said = decisions.get((each.kind, each.code), "")
        rows.writerow([each.kind, each.code, each.there, each.here, said])
    return told.getvalue()


def _check_at_rest(other: Other) -> None:
    """Nothing that had begun there was still to sound, or owed its word, when it was backed up."""
    for row in other.rows("emergency"):
        if row["ended_at"] is None:
            raise NotAtRest(f"emergency {row['id']}")
    for row in other.rows("live_talk"):
        if row["begun_at"] is not None and row["ended_at"] is None:
            raise NotAtRest(f"talk {row['id']}")
    for row in other.rows("broadcast"):
        began = row["starts_at"] <= other.as_of and row["cancelled_at"] is None
        if began and row["not_after"] >= other.as_of:
            raise NotAtRest(f"broadcast {row['id']}")
    for row in other.rows("play"):
        if row["frozen"] and row["end_due_at"] >= other.as_of:
            raise NotAtRest(f"order {row['order_id']}")


def _check_ids(session: Session, other: Other) -> None:
    for name in CARRIED:
        key = list(table_named(name).primary_key)
        is_typed = name == "device"
        is_own = len(key) == 1 and key[0].name == "id"
        if is_typed or not is_own or isinstance(key[0].type, Integer):
            continue
        ids = [row[0] for row in other.connection.execute(select(key[0]))]
        taken = [
            each for some in chunks(ids)
            for each in session.execute(select(key[0]).where(key[0].in_(some))).scalars()
        ]  # fmt: skip
        if taken:
            raise IdsTaken(f"{name}: {', '.join(sorted(taken)[:_SAID_IDS])}")


def _questions(session: Session, other: Other, *, station_id: str) -> Iterator[Question]:
    device = table_named("device").c
    held = {row.id: row.name for row in session.execute(select(device.id, device.name))}
    for code, name in other.values("device", "name").items():
        if code in held or not _is_free(session, code, station_id=station_id):
            yield Question(kind=Alike.DEVICE, code=code, there=name, here=held.get(code, code))
    known = {name: key for key, name in _usernames(session).items()}
    for code, name in other.values("account", "username").items():
        if name in known:
            yield Question(kind=Alike.PERSON, code=code, there=name, here=known[name])
    clusters = {folded(each.name): each.id for each in clusters_of(session, station_id)}
    villages = {folded(each.name): each.id for each in villages_of(session, station_id)}
    for kind, named in ((Alike.CLUSTER, clusters), (Alike.VILLAGE, villages)):
        for code, name in other.values(kind.value, "name").items():
            if folded(name) in named:
                yield Question(kind=kind, code=code, there=name, here=named[folded(name)])


def _roles_left(other: Other) -> Iterator[tuple[str, str]]:
    names = other.values("account", "display_name")
    for row in other.rows("role_grant"):
        if row["village_id"] is None:
            yield names[row["account_id"]], row["role"]


def _usernames(session: Session) -> Mapping[str, str]:
    columns = table_named("account").c
    found = session.execute(select(columns.id, columns.username))
    return {row.id: row.username for row in found}


def _is_free(session: Session, code: str, *, station_id: str) -> bool:
    try:
        check_free(session, code, station_id=station_id)
    except (DeviceEnrolled, DeviceNameUnusable):
        return False
    return True
