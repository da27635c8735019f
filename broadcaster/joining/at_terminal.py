"""What `loa join` and `loa joined` say to whoever sits there."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from broadcaster.areas.queries import the_station
from broadcaster.database import Database
from broadcaster.joining.bringing import Brought, join
from broadcaster.joining.meeting import (
    Decisions,
    Meeting,
    check_decisions,
    meet,
    questions_told,
    read_decisions,
)
from broadcaster.joining.other import Other
from broadcaster.joining.preparing import decided_on_page, prepare
from broadcaster.joining.standing import JoinedShown, evidence_holds, joined_stations
from broadcaster.settings import Settings
from broadcaster.sounds.opening import open_sounds

_TOLD = (
    ("village", "thôn", "villages"),
    ("account", "người", "people"),
    ("device", "loa", "loudspeakers"),
    ("bulletin", "bản tin", "bulletins"),
    ("broadcast", "lần phát", "broadcasts"),
    ("confirmation", "xác nhận", "confirmations"),
)
_WHAT = {
    "device": ("trùng mã loa", "a loudspeaker's code"),
    "person": ("trùng tên đăng nhập", "a user name"),
    "cluster": ("trùng tên cụm", "a cluster's name"),
    "village": ("trùng tên thôn", "a village's name"),
}


def decisions_in(file: Path | None) -> Decisions:
    """The decisions that a person wrote into a file; none without one."""
    return read_decisions(file.read_bytes()) if file else {}


def tried(
    database: Database,
    other: Other,
    decisions: Decisions,
    *,
    write_to: Path | None,
) -> tuple[str, bool]:
    """What joining would bring and what is to be decided; whether nothing stands against it."""
    with database.reading() as session:
        decisions = _with_those_of_the_page(session, other, decisions)
        meeting = meet(session, other, station=the_station(session), decisions=decisions)
        if meeting.joined is not None:
            return _already(meeting.joined.commune, meeting.joined.joined_at), True
    check_decisions(decisions, meeting.questions)
    if write_to is not None:
        with write_to.open("x", encoding="utf-8-sig", newline="") as file:
            file.write(questions_told(meeting.questions, decisions))
    return _met(meeting, decisions), not meeting.undecided


def prepared(database: Database, other: Other, *, now: datetime) -> str:
    """Lay out on the page what is to be decided, and say where; raise what `meet` raises."""
    with database.writing() as session:
        station = the_station(session)
        decisions = _with_those_of_the_page(session, other, {})
        meeting = meet(session, other, station=station, decisions=decisions)
        if meeting.joined is not None:
            return _already(meeting.joined.commune, meeting.joined.joined_at)
        row = prepare(session, other, meeting, station_id=station.id, now=now)
        told = _met(meeting, decisions)
        return (
            f"{told}» Quyết định ở trang “Đài đã nhập”, /joined/{row.id}; xong thì chạy lại lệnh "
            "này không có “--prepare”.\n"
            f"  Decide on the page /joined/{row.id}, then run this without “--prepare”.\n"
        )


def brought(
    database: Database, other: Other, settings: Settings, decisions: Decisions, *, now: datetime
) -> str:
    """Join, and say what came of it; raise what `join` raises."""
    with database.reading() as session:
        decisions = _with_those_of_the_page(session, other, decisions)
    done = join(
        database,
        other,
        state_dir=settings.state_dir,
        sounds=open_sounds(settings),
        decisions=decisions,
        by=None,
        now=now,
    )
    return _brought(done)


def listed(database: Database, settings: Settings, *, station_id: str) -> tuple[str, bool]:
    """The stations that were joined, and whether the evidence of each is what it was."""
    with database.reading() as session:
        shown = joined_stations(session, station_id=station_id)
    if not shown:
        return "Chưa nhập đài nào. / No station was joined.\n", True
    held = {each.station_id: evidence_holds(each, settings.state_dir) for each in shown}
    return "".join(_line(each, holds=held[each.station_id]) for each in shown), all(held.values())


def _with_those_of_the_page(session: Session, other: Other, decisions: Decisions) -> Decisions:
    """What was decided on the page, and above it what stands in the file."""
    station = the_station(session)
    meeting = meet(session, other, station=station, decisions=decisions)
    kept = decided_on_page(
        session, other_id=other.station.id, station_id=station.id, questions=meeting.questions
    )
    return {**kept, **{key: said for key, said in decisions.items() if said or key not in kept}}


def _already(commune: str, at: datetime) -> str:
    return (
        f"● Đã nhập {commune} lúc {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC; không làm gì thêm.\n"
        f"  {commune} was joined before; nothing was done.\n"
    )


def _met(meeting: Meeting, decisions: Decisions) -> str:
    other = meeting.other
    lines = [f"● {other.name}, {other.commune} ({other.id})", *_counted(meeting.counts)]
    lines += [
        f"◍ {name}: {role} — vai trò này không theo sang; quản trị của đài này cấp lại. / "
        "This role does not come along; an admin here gives it."
        for name, role in meeting.roles
    ]
    for each in meeting.questions:
        said = decisions.get((each.kind, each.code))
        vi, en = _WHAT[each.kind]
        mark = "●" if said else "✕"
        lines.append(f"{mark} {each.kind} {each.code} “{each.there}” ≡ {each.here}: {vi} / {en}")
        lines.append(f"    → {said}" if said else f"    → {_choices(each.kind)}")
    if meeting.undecided:
        lines.append(
            f"✕ {len(meeting.undecided)} điều chưa quyết định; chưa nhập gì. / "
            f"{len(meeting.undecided)} to be decided; nothing was joined."
        )
    else:
        lines.append("● Nhập được; đây mới là chạy thử. / It can be joined; this was a dry run.")
    return "\n".join(lines) + "\n"


def _choices(kind: str) -> str:
    match kind:
        case "device":
            return "mã mới ở đài này / its code here"
        case "person":
            return "tên đăng nhập mới, hoặc “=” nếu cùng một người / a new name, or “=”: one person"
    return "tên mới, hoặc “=” để giữ tên trùng / a new name, or “=” to keep it"


def _counted(known: Mapping[str, int]) -> Sequence[str]:
    vi = ", ".join(f"{known.get(table, 0):,} {word}" for table, word, _ in _TOLD)
    en = ", ".join(f"{known.get(table, 0):,} {word}" for table, _, word in _TOLD)
    return [f"  {vi}", f"  {en}"]


def _brought(done: Brought) -> str:
    if not done.rows:
        return _already(done.station.commune, done.station.joined_at)
    lines = [
        f"● Đã nhập {done.station.name}, {done.station.commune}. / Joined.",
        *_counted(done.rows),
        f"  Sổ gốc / its own ledger: joined/{done.station.id}, SHA-256 "
        f"{done.station.evidence_sha256}",
        "» Việc tiếp theo: nhận lại từng loa và cho nó thay loa cũ (trang “Đài đã nhập”, /joined),",
        "  làm liên kết mật khẩu cho người, cấp lại vai trò, duyệt lại bản tin muốn phát.",
        "  Next: enrol each pole anew and let it take the old one's place (page /joined), make",
        "  people links to a password, give roles, approve the bulletins that are to play.",
    ]
    return "\n".join(lines) + "\n"


def _line(each: JoinedShown, *, holds: bool) -> str:
    mark = "●" if holds else "✕"
    word = (
        "sổ gốc còn nguyên / its ledger is as it was"
        if holds
        else "sổ gốc mất hoặc bị sửa; hãy lấy lại từ bản sao lưu / its ledger is gone or altered; "
        "take it from a backup"
    )
    return (
        f"{mark} {each.name}, {each.commune} ({each.station_id}), "
        f"{each.joined_at.astimezone(UTC):%Y-%m-%d}: {word}\n"
        f"  {each.taken_over}/{len(each.devices)} loa đã thay / loudspeakers taken over\n"
        f"  loa ledger verify --export {each.evidence} --root-key {each.public_key}\n"
    )
