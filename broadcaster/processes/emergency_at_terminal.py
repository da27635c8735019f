"""`loa emergency`: ordered, watched and ended at the station's machine, site or no site."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from sqlmodel import Session

from broadcaster.accounts.at_the_machine import Ask, code_asked, password_asked
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.dispatch.leading import is_led
from broadcaster.emergency.at_terminal import (
    Meant,
    check_authorised,
    end_at_terminal,
    meant_because,
    meant_by_word,
    order_at_terminal,
    proven,
    the_one,
    wish_of,
    word_for,
)
from broadcaster.emergency.ending import Ending, offered_words, running, says_own_words
from broadcaster.emergency.forms import DRILL, EmergencyForm
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.emergency.terminal_board import Board, board_of, drawn, watch
from broadcaster.emergency.wording import CADENCES
from broadcaster.emergency.words import message_script
from broadcaster.processes.standing_in import standing_in
from broadcaster.schedule.choices import cluster_choices
from broadcaster.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A person at the station's machine: who they say they are, and how they are asked."""

    settings: Settings
    database: Database
    station_id: str
    username: str
    ask: Ask
    console: Console
    yes: bool = False
    reason: str = ""
    watch_s: float = 0.0

    def station(self, session: Session) -> Station:
        """The station's row."""
        return session.get_one(Station, self.station_id)

    def say(self, words: str, *, style: str = "") -> None:
        """Print a line as it is."""
        self.console.print(words, style=style, markup=False, highlight=False, soft_wrap=True)


def ordered(desk: Desk, form: EmergencyForm) -> None:
    """Order an emergency or a drill, and watch it; raise what stands against it."""
    now = _now()
    with desk.database.reading() as session:
        station = desk.station(session)
        today = now.astimezone(ZoneInfo(station.zone)).date()
        choices = cluster_choices(session, station_id=desk.station_id, day=today)
    wish, chosen = wish_of(form, choices=choices, commune=station.commune)
    asks_code = not (wish.drill and station.rehearsal)
    giver = _giver(desk, asks_code=asks_code)
    with desk.database.reading() as session:
        check_authorised(session, giver, station_id=desk.station_id)
    desk.say(f"{word_for(drill=wish.drill)}: {HAZARDS[wish.hazard].name}", style="bold red")
    for each in chosen:
        desk.say(f"  {each.name}: {', '.join(each.villages)} ({each.residents})")
    desk.say(f"  {CADENCES[wish.cadence]}")
    desk.say(message_script(wish.words, drill=wish.drill))
    _say_if_nobody_leads(desk)
    meant = _meant(desk, drill=form.mode == DRILL)
    with standing_in(desk.settings, desk.database, station_id=desk.station_id) as hands_out:
        with desk.database.writing() as session:
            emergency = order_at_terminal(
                session, wish, meant=meant, station=desk.station(session), by=giver.account_id,
                now=_now(),
            )  # fmt: skip
            emergency_id = emergency.id
        desk.say(f"● Đã ra lệnh / Ordered: {emergency_id}")
        _watched(desk, emergency_id, hands_out=hands_out)


def ended(desk: Desk, emergency_id: str, *, ending: Ending, words: str) -> None:
    """End one: by its final notice, by a correction, or in silence."""
    with desk.database.reading() as session:
        emergency = the_one(session, emergency_id, station_id=desk.station_id)
        station = desk.station(session)
    hazard = HAZARDS[emergency.hazard]
    offered = offered_words(ending, emergency.hazard, commune=station.commune)
    said = words.strip() or offered
    is_own = says_own_words(ending, said, hazard=emergency.hazard, commune=station.commune)
    # Silence and a correction must not wait for a telephone.
    giver = _giver(desk, asks_code=is_own and not (emergency.drill and station.rehearsal))
    desk.say(f"{emergency.id}: {hazard.name}", style="bold")
    if said:
        desk.say(message_script(said, drill=emergency.drill))
    _say_if_nobody_leads(desk)
    meant = _meant(desk, drill=emergency.drill)
    with standing_in(desk.settings, desk.database, station_id=desk.station_id) as hands_out:
        with desk.database.writing() as session:
            end_at_terminal(
                session, emergency.id, ending=ending, words=said, meant=meant,
                station_id=desk.station_id, by=giver, now=_now(),
            )  # fmt: skip
        desk.say(f"● Đã kết thúc / Ended: {emergency.id}")
        _watched(desk, emergency.id, hands_out=hands_out and bool(said))


def shown(desk: Desk, emergency_id: str) -> None:
    """Every emergency that lasts, or the one that is named; watched for as long as was asked."""
    with desk.database.reading() as session:
        found = (
            [the_one(session, emergency_id, station_id=desk.station_id)]
            if emergency_id
            else running(session, station_id=desk.station_id)
        )
    if not found:
        desk.say("Không có lệnh khẩn cấp nào đang chạy. / No emergency lasts.")
    for each in found:
        if desk.watch_s and len(found) == 1:
            _watched(desk, each.id, hands_out=False)
        else:
            desk.console.print(drawn(_look(desk, each.id)))
    _say_if_nobody_leads(desk)


def _giver(desk: Desk, *, asks_code: bool) -> Viewer:
    second_step = code_asked(desk.database, ask=desk.ask, keys_dir=desk.settings.keys_dir, now=_now)
    return proven(
        desk.database,
        username=desk.username,
        password=password_asked(desk.ask),
        now=_now(),
        second_step=second_step if asks_code else None,
    )


def _meant(desk: Desk, *, drill: bool) -> Meant:
    if desk.yes:
        return meant_because(desk.reason)
    word = word_for(drill=drill)
    return meant_by_word(desk.ask(f"Gõ / type “{word}”", False), drill=drill)


def _say_if_nobody_leads(desk: Desk) -> None:
    with desk.database.reading() as session:
        led = is_led(session, station_id=desk.station_id)
    if not led:
        desk.say(
            "◍ Bộ phận phát lệnh của đài không chạy: lệnh được ghi lại nhưng CHƯA tới loa nào cho "
            "đến khi chạy `loa serve`.",
            style="bold yellow",
        )
        desk.say("  Nothing leads the schedule: orders wait until `loa serve` runs.", style="dim")


def _watched(desk: Desk, emergency_id: str, *, hands_out: bool) -> None:
    if hands_out:
        desk.say(
            "◍ Trang web của đài không chạy; lệnh này tự trao âm thanh cho loa. Hãy để cửa sổ này "
            "mở cho đến khi loa đọc xong.",
            style="bold yellow",
        )
        desk.say("  The site is down; this command serves the sound. Leave it open.", style="dim")
    # Ctrl-C ends the looking, not the emergency.
    with suppress(KeyboardInterrupt):
        board = watch(lambda: _look(desk, emergency_id), console=desk.console, for_s=desk.watch_s)
        if desk.watch_s and not board.at_rest:
            desk.say("Thôi xem. / No longer watching: loa emergency status --watch 600")


def _look(desk: Desk, emergency_id: str) -> Board:
    with desk.database.reading() as session:
        return board_of(session, emergency_id, station_id=desk.station_id, now=_now())


def _now() -> datetime:
    return datetime.now(UTC)
