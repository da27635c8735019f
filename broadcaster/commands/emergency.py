"""`loa emergency`: from a terminal of the station, for when the browser or the site is down."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from broadcaster.commands.reaching import asked, console, settings_for, station

if TYPE_CHECKING:
    from broadcaster.processes.emergency_at_terminal import Desk

emergency = typer.Typer(
    help="Lệnh khẩn cấp từ dòng lệnh, cả khi trang web hỏng. / "
    "Emergencies from this terminal, also when the site is down.",
    no_args_is_help=True,
)

Giver = Annotated[
    str, typer.Option("--as", help="Tên đăng nhập của người ra lệnh. / Whose order it is.")
]
Clusters = Annotated[
    str,
    typer.Option(
        help="Mã cụm loa, cách nhau bằng dấu phẩy; everywhere là toàn xã. / Cluster ids, by comma."
    ),
]
HazardKey = Annotated[str, typer.Option("--hazard", help="storm, flood, … / What it is about.")]
Words = Annotated[
    str, typer.Option(help="Lời đọc; để trống là lời soạn sẵn. / The words; empty: those offered.")
]
CadenceKey = Annotated[
    str, typer.Option("--cadence", help="often, usual, slow, once; để trống theo loại nguy hiểm.")
]
Yes = Annotated[
    bool, typer.Option("--yes", help="Không hỏi chữ xác nhận; cần --reason. / Needs --reason.")
]
Reason = Annotated[str, typer.Option(help="Vì sao dùng --yes. / Why --yes.")]
WatchFor = Annotated[
    float,
    typer.Option("--watch", min=0, help="Xem bảng bao nhiêu giây. / Watch for so many seconds."),
]
OneEmergency = Annotated[
    str, typer.Argument(help="Mã lệnh; để trống khi chỉ có một. / Its id, if there are several.")
]


@emergency.command("order")
def order_emergency(
    *,
    giver: Giver,
    clusters: Clusters = "",
    hazard: HazardKey = "",
    words: Words = "",
    cadence: CadenceKey = "",
    yes: Yes = False,
    reason: Reason = "",
    watch: WatchFor = 600,
) -> None:
    """Ra lệnh khẩn cấp THẬT. / Order a REAL emergency."""
    with _desk(giver, yes=yes, reason=reason, watch_s=watch) as desk:
        _order(desk, mode="real", clusters=clusters, hazard=hazard, words=words, cadence=cadence)


@emergency.command("drill")
def order_drill(
    *,
    giver: Giver,
    clusters: Clusters = "",
    hazard: HazardKey = "",
    words: Words = "",
    cadence: CadenceKey = "",
    yes: Yes = False,
    reason: Reason = "",
    watch: WatchFor = 600,
) -> None:
    """Diễn tập; loa nói rõ là diễn tập. / Hold a drill, which says so aloud."""
    with _desk(giver, yes=yes, reason=reason, watch_s=watch) as desk:
        _order(desk, mode="drill", clusters=clusters, hazard=hazard, words=words, cadence=cadence)


@emergency.command("status")
def show_emergencies(emergency_id: OneEmergency = "", *, watch: WatchFor = 0) -> None:
    """Từng loa đã làm gì. / What each device has done."""
    from broadcaster.processes.emergency_at_terminal import shown

    with _desk(watch_s=watch) as desk:
        shown(desk, emergency_id)


@emergency.command("final")
def end_by_notice(
    emergency_id: OneEmergency = "",
    *,
    giver: Giver,
    words: Words = "",
    yes: Yes = False,
    reason: Reason = "",
    watch: WatchFor = 120,
) -> None:
    """Hết nguy hiểm: đọc thông báo cuối cùng. / The danger is over: the final notice."""
    with _desk(giver, yes=yes, reason=reason, watch_s=watch) as desk:
        _end(desk, emergency_id, ending="over", words=words)


@emergency.command("cancel")
def cancel_emergency(
    emergency_id: OneEmergency = "",
    *,
    giver: Giver,
    words: Words = "",
    silent: Annotated[
        bool, typer.Option("--silent", help="Im ngay, không đọc gì. / Silence, without a word.")
    ] = False,
    yes: Yes = False,
    reason: Reason = "",
    watch: WatchFor = 120,
) -> None:
    """Báo nhầm: im ngay và đính chính. / Silence it at once and correct it."""
    with _desk(giver, yes=yes, reason=reason, watch_s=watch) as desk:
        _end(desk, emergency_id, ending="silence" if silent else "mistake", words=words)


def _order(
    desk: "Desk", *, mode: str, clusters: str, hazard: str, words: str, cadence: str
) -> None:
    from broadcaster.emergency.forms import EmergencyForm
    from broadcaster.processes.emergency_at_terminal import ordered

    form = EmergencyForm(
        clusters=tuple(each.strip() for each in clusters.split(",") if each.strip()),
        hazard=hazard,
        mode=mode,
        words=words,
        cadence=cadence,
    )
    ordered(desk, form)


def _end(desk: "Desk", emergency_id: str, *, ending: str, words: str) -> None:
    from broadcaster.emergency.ending import Ending
    from broadcaster.processes.emergency_at_terminal import ended

    ended(desk, emergency_id, ending=Ending(ending), words=words)


@contextmanager
def _desk(
    giver: str = "", *, yes: bool = False, reason: str = "", watch_s: float = 0
) -> "Iterator[Desk]":
    from broadcaster.processes.emergency_at_terminal import Desk

    with station() as (database, station_id):
        yield Desk(
            settings=settings_for(None),
            database=database,
            station_id=station_id,
            username=giver,
            ask=asked,
            console=console(),
            yes=yes,
            reason=reason,
            watch_s=watch_s,
        )
