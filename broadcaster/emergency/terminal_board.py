"""The board of an emergency in a terminal, second by second, from the devices' own words."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text
from sqlmodel import Session, select

from broadcaster.areas.tables import Station
from broadcaster.emergency.ending import clusters_of_emergency, find_emergency
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.emergency.raising import PartKind
from broadcaster.emergency.standing import Stage, Standing, ToCall
from broadcaster.emergency.standing_queries import standing_of
from broadcaster.emergency.tables import Emergency, EmergencyPart
from broadcaster.emergency.wording import ENDINGS, STAGES
from broadcaster.ledger.wording import words_of_code

EVERY_S = 1.0
_SIGNS = {
    Stage.SILENT: ("◍", "bold yellow"),
    Stage.RECEIVED: ("◔", "cyan"),
    Stage.ALARM: ("◉", "bold red"),
    Stage.SPEAKING: ("◉", "red"),
    Stage.FINISHED: ("●", "green"),
    Stage.STOPPED: ("✂", "dim"),
    Stage.FAILED: ("✕", "bold red"),
}
_AT_REST = {Stage.FINISHED, Stage.STOPPED, Stage.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One emergency at one moment; `final_said` counts who said its final notice, if any."""

    emergency: Emergency
    standing: Standing
    zone: ZoneInfo
    waits_for_sound: bool
    final_said: int | None = None

    @property
    def at_rest(self) -> bool:
        """Whether no device is on its way any more: each has said it, failed or was stopped."""
        if self.final_said is not None:
            return self.final_said >= self.standing.asked
        return all(each.word.stage in _AT_REST for each in self.standing.devices)


class Pause(Protocol):
    """How time passes between two looks."""

    def __call__(self, seconds: float, /) -> None:
        """Wait."""
        ...


def board_of(session: Session, emergency_id: str, *, station_id: str, now: datetime) -> Board:
    """How it stands now; raise UnknownEmergency."""
    emergency = find_emergency(session, emergency_id, station_id=station_id)
    zone = ZoneInfo(session.get_one(Station, station_id).zone)
    parts = session.exec(
        select(EmergencyPart).where(EmergencyPart.emergency_id == emergency_id)
    ).all()
    has_final = any(each.kind == PartKind.FINAL for each in parts)
    standing = standing_of(
        session,
        emergency,
        clusters_of_emergency(session, emergency_id),
        today=now.astimezone(zone).date(),
    )
    return Board(
        emergency=emergency,
        standing=standing,
        zone=zone,
        waits_for_sound=any(
            each.starts_at is None
            and (each.kind == PartKind.FINAL) == (emergency.ended_at is not None)
            for each in parts
        ),
        final_said=standing.final_said if has_final else None,
    )


def drawn(board: Board) -> Group:
    """The board, drawn: the sums above, each device below with its mark and its own word."""
    table = Table(show_edge=False, pad_edge=False, expand=False)
    for title in ("Loa / device", "Cụm / cluster", "Tình trạng / state", "Nhắc / repeats"):
        table.add_column(title)
    for device in board.standing.devices:
        sign, style = _SIGNS[device.word.stage]
        state = Text(f"{sign} {STAGES[device.word.stage].words}", style=style)
        if device.word.code:
            state.append(f" ({words_of_code(device.word.code)})")
        if device.word.stage in {Stage.SILENT, Stage.FAILED} and device.heads:
            state.append(f" – trưởng thôn: {', '.join(_called(each) for each in device.heads)}")
        table.add_row(Text(device.name), Text(device.cluster), state, str(device.word.repeats))
    return Group(Text(headline(board), style="bold"), Text(sums(board)), table)


def _called(head: ToCall) -> str:
    return f"{head.name} {head.phone}".rstrip()


def headline(board: Board) -> str:
    """Which it is, since when, by whom, and whether it has ended."""
    emergency = board.emergency
    kind = "DIỄN TẬP" if emergency.drill else "KHẨN CẤP"
    at = emergency.raised_at.astimezone(board.zone)
    line = f"{kind} {HAZARDS[emergency.hazard].name} – {emergency.id}, {emergency.giver_name}"
    ended = f" – {ENDINGS[emergency.ending]}" if emergency.ended_at and emergency.ending else ""
    return f"{line}, {at:%H:%M:%S %d/%m/%Y}{ended}"


def sums(board: Board) -> str:
    """How many have the order, sounded, finished; how many are silent."""
    standing = board.standing
    asked, stages = standing.asked, standing.stages
    line = (
        f"đã nhận {standing.with_order}/{asked} · đã báo động {standing.sounded}/{asked} · "
        f"đã đọc xong {stages[Stage.FINISHED]}/{asked} · chưa trả lời {stages[Stage.SILENT]} · "
        f"không phát được {stages[Stage.FAILED]}"
    )
    if board.final_said is not None:
        line += f" · thông báo cuối cùng {board.final_said}/{asked}"
    return f"{line} · lời đang được tạo tiếng" if board.waits_for_sound else line


def watch(
    look: Callable[[], Board],
    *,
    console: Console,
    for_s: float,
    now_s: Callable[[], float] = time.monotonic,
    pause: Pause = time.sleep,
) -> Board:
    """Show the board every second until all is at rest or the time is over; the last one.

    In a terminal the board stands and changes; elsewhere a line is printed whenever it does.
    """
    until_s = now_s() + for_s
    board = look()
    if not console.is_terminal:
        said = ""
        while True:
            if sums(board) != said:
                said = sums(board)
                console.print(said, markup=False, highlight=False, soft_wrap=True)
            if board.at_rest or now_s() >= until_s:
                return board
            pause(EVERY_S)
            board = look()
    with Live(drawn(board), console=console, auto_refresh=False) as live:
        while not board.at_rest and now_s() < until_s:
            pause(EVERY_S)
            board = look()
            live.update(drawn(board), refresh=True)
    return board
