"""`loa import`: a list is checked or kept at the station's machine, and said row by row."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from broadcaster.accounts.errors import NobodyOfThatName
from broadcaster.accounts.people import account_named, person_line
from broadcaster.accounts.roles import Right, rights_of
from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.errors import NotAllowed
from broadcaster.intake.bringing import Outcome, check_file, keep_file
from broadcaster.intake.checking import Doer, Line, Verdict
from broadcaster.intake.columns import laid_out
from broadcaster.intake.errors import ListUnknown
from broadcaster.intake.kinds import ALL_KINDS
from broadcaster.intake.reading import read_tables
from broadcaster.intake.shapes import OutcomeOut
from broadcaster.intake.wording import VERDICTS

_ENGLISH = {
    Verdict.PROBLEM: "problem",
    Verdict.NEW: "new",
    Verdict.CHANGED: "changed",
    Verdict.SAME: "same",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks of the command; `username` is who answers for it, '' for the machine."""

    kind: str
    data: bytes
    dry_run: bool
    only_good: bool = False
    username: str = ""


def brought(database: Database, wish: Wish, *, station_id: str, now: datetime) -> Outcome:
    """Check a file, or keep it.

    Raises ListUnknown, NobodyOfThatName, NotAllowed, and what reading and keeping raise.
    """
    kind = ALL_KINDS.get(wish.kind)
    if kind is None:
        raise ListUnknown(wish.kind[:40], field="kind")
    with database.reading() as session:
        zone = ZoneInfo(session.get_one(Station, station_id).zone)
        by = _somebody(session, wish.username, kind.right, station_id=station_id)
    doer = Doer(station_id=station_id, today=now.astimezone(zone).date(), now=now, by=by)
    sheet = laid_out(read_tables(wish.data), kind.columns)
    if wish.dry_run:
        return check_file(database, kind, sheet, doer)
    return keep_file(database, kind, sheet, doer, only_good=wish.only_good)


def told(outcome: Outcome, *, as_json: bool) -> str:
    """An outcome for people, what needs a hand first; or one JSON object."""
    if as_json:
        return OutcomeOut.of(outcome).model_dump_json() + "\n"
    order = list(VERDICTS)
    lines = sorted(outcome.lines, key=lambda each: order.index(each.verdict))
    counts = ", ".join(
        f"{VERDICTS[each]} / {_ENGLISH[each]} {outcome.count(each)}" for each in order
    )
    end = (
        "✓ Đã ghi. / Kept."
        if outcome.kept
        else "Chưa ghi gì: đây là kiểm tra. / Nothing was kept: this is a check."
    )
    unknown = ", ".join(outcome.unknown)
    return (
        "".join(_line(each) for each in lines if each.verdict is not Verdict.SAME)
        + (f"Không dùng các cột / Unknown columns: {unknown}\n" if unknown else "")
        + f"{counts}\n{end}\n"
    )


def _line(line: Line) -> str:
    mark = "✕" if line.problems else "·"
    head = f"{mark} {line.number}\t{VERDICTS[line.verdict]}\t{line.about}\n"
    problems = "".join(
        f"    {each.cell} ({each.heading}): {each.refused.message_vi} / {each.refused.message_en}\n"
        for each in line.problems
    )
    changes = "".join(
        f"    {each.name}: {each.before or '–'} → {each.after or '–'}\n" for each in line.changes
    )
    return head + problems + changes


def _somebody(session: Session, username: str, right: Right, *, station_id: str) -> str | None:
    """The account that answers for what is brought in; None for the machine itself."""
    if not username:
        return None
    account = account_named(session, username)
    if account is None or not account.active:
        raise NobodyOfThatName(username[:40], field="username")
    person = person_line(session, account.id, station_id=station_id)
    if right not in rights_of(person.roles):
        raise NotAllowed(username[:40])
    return account.id
