"""`loa run`: the demonstration commune alive, with its site, until Ctrl-C.

The first start founds the commune, prints its passwords once, and lets a first bulletin play; a
later start finds all of it again and changes nothing.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from sqlmodel import select

from broadcaster.accounts.authenticator import in_groups
from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Station
from broadcaster.bulletins.studio import open_studio
from broadcaster.bulletins.tables import Bulletin
from broadcaster.database import Database
from broadcaster.demo.commune import ADMIN, LEADER, OPERATOR
from broadcaster.demo.newsroom import (
    TITLE,
    account_id,
    approve,
    compose,
    demo_script,
    queue_everywhere,
    write_and_render,
)
from broadcaster.demo.state import fleet_folder, open_demo
from broadcaster.emergency.authorising import authorise
from broadcaster.emergency.ready import make_ready
from broadcaster.founding import FirstPassword
from broadcaster.processes.serve import running, stop_signal, tried_broker, voices_told, watch
from broadcaster.processes.station import broker_answers, check_room, fleet_program
from broadcaster.settings import Settings
from broadcaster.voices.station_house import StationHouse

_WAITING_TITLE = "Lịch tiêm chủng sởi - rubella"
_PROGRAMME_TITLE = "Chương trình 17 giờ"
_WORKING_DAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA"


def run_demonstration(settings: Settings, *, console: Console) -> int:
    """Run the demonstration until Ctrl-C or SIGTERM; raise a LoaError that says what is missing."""
    check_room(settings)
    with suppress(KeyboardInterrupt), stop_signal() as stopping:
        console.print("» Mở dữ liệu của xã trình diễn / Opening the demonstration commune")
        database, founded = open_demo(settings)
        if founded is not None:
            _tell_passwords(founded.passwords, console=console)
            _tell_root_key(founded.root_told, console=console)
        trial = tried_broker(settings, console=console)
        console.print("» Mở máy chủ MQTT, sổ độ phủ, trang web, lịch phát / Starting the station")
        with (
            running(settings, console=console) as supervisor,
            voices_told(settings, console=console),
        ):
            console.print("» Mở 24 cụm loa mô phỏng / Starting 24 simulated devices")
            fleet = supervisor.launch(fleet_program(fleet_folder(settings)))
            if settings.embedded_broker or broker_answers(settings):
                supervisor.wait_ready(fleet)
            if _has_no_bulletin(database):
                console.print("» Dựng bản tin đầu tiên / Rendering the first bulletin")
                _first_bulletins(database, settings)
                _authorise_the_operator(database)
            database.dispose()
            console.print(f"● [bold]{settings.station_url}[/bold]  Ctrl-C để dừng / Ctrl-C to stop")
            watch(supervisor, until=stopping, beat=trial.beat)
    console.print("» Đã dừng. Dữ liệu được giữ lại. / Stopped; everything is kept.")
    return 0


def _tell_passwords(passwords: Sequence[FirstPassword], *, console: Console) -> None:
    console.print("» Mật khẩu đầu tiên, chỉ in một lần / First passwords, printed once")
    for each in passwords:
        console.print(
            f"    {each.username:<11}{each.password}  {each.display_name}",
            highlight=False,
            no_wrap=True,
            overflow="ignore",
        )
    console.print("» Mã xác thực: nhập dãy này vào ứng dụng / Second factors, for an app")
    for each in passwords:
        if each.seed:
            console.print(
                f"    {each.username:<11}{in_groups(each.seed)}",
                highlight=False,
                no_wrap=True,
                overflow="ignore",
            )
    console.print(
        "  Không có ứng dụng? Mã hiện giờ: / Without an app, the present code:\n"
        f"    loa people code {ADMIN}",
        highlight=False,
    )


def _tell_root_key(told: str, *, console: Console) -> None:
    console.print("» Khóa gốc của đài, chỉ in một lần / The station's root key, printed once")
    console.print(f"    {told}", highlight=False, no_wrap=True, overflow="ignore")
    console.print(
        "  Hãy chép ra giấy, cất vào két: chỉ khóa này mới đổi hoặc thu hồi được khóa ký của đài.\n"
        "  Write it down and keep it in a safe: only this key changes or revokes the signing key.",
        highlight=False,
    )


def _has_no_bulletin(database: Database) -> bool:
    with database.reading() as session:
        return session.exec(select(Bulletin.id)).first() is None


def _first_bulletins(database: Database, settings: Settings) -> None:
    """One plays now and in every working day's programme at 17:00, one waits for the leader."""
    with database.reading() as session:
        station_id = the_station(session).id
    house = StationHouse(database, station_id=station_id, voices_dir=settings.voices_dir)
    with open_studio(settings, house=house) as studio, ThreadPoolExecutor(1) as beside:
        first = write_and_render(database, studio, script=demo_script(), title=TITLE)
        queue_everywhere(database, first)
        approve(database, first)
        # Two sounds at once: nobody shall wait for the programme before the site is shown.
        waiting = beside.submit(
            write_and_render,
            database,
            studio,
            script=demo_script("waiting"),
            title=_WAITING_TITLE,
            topic="Y tế",
        )
        programme = compose(database, studio, bulletin_id=first, title=_PROGRAMME_TITLE)
        queue_everywhere(
            database, programme, starts_local=_tomorrow_at_five(database), recurrence=_WORKING_DAYS
        )
        approve(database, programme)
        queue_everywhere(database, waiting.result())


def _authorise_the_operator(database: Database) -> None:
    """Let the operator order emergencies, as a leader does beforehand; every pole is simulated."""
    now = datetime.now(UTC)
    with database.writing() as session:
        station = the_station(session)
        authorise(
            session,
            account_id(session, OPERATOR),
            station_id=station.id,
            by=account_id(session, LEADER),
            now=now,
        )
        make_ready(session, station=station, now=now)


def _tomorrow_at_five(database: Database) -> str:
    with database.reading() as session:
        zone = ZoneInfo(session.exec(select(Station.zone)).one())
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).astimezone(zone)
    return f"{tomorrow:%Y-%m-%d}T17:00"
