"""What a person or a program sees of a rehearsal: a live table, plain lines, or lines of JSON."""

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

import msgspec
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from devices.simulation.rehearsal.rehearsal import Report
from devices.simulation.rehearsal.standing import Row

COLUMNS = (
    ("Cụm / Cluster", "cluster"),
    ("Loa / Devices", "devices"),
    ("Nối / Online", "connected"),
    ("Im / Silent", "silent"),
    ("Kế hoạch / Plan", "planned"),
    ("Có tệp / Cached", "cached"),
    ("Đang phát / Playing", "playing"),
    ("Xong / Finished", "finished"),
    ("Hỏng / Failed", "failed"),
    ("Câm / Muted", "muted"),
    ("Từ chối / Refused", "refused"),
)
EVERYBODY = "Tất cả / All"


class Display(Protocol):
    """Shows a rehearsal for as long as its block runs."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Show no longer."""
        ...

    def show(self, report: Report) -> None:
        """How it stands now."""
        ...

    def tell(self, event: str, **facts: object) -> None:
        """Something happened."""
        ...


class JsonLines:
    """For a program: every event a line, and how it stands whenever that changed."""

    def __init__(self) -> None:
        self._shown: Row | None = None

    def __enter__(self) -> Self:
        """Nothing to open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def show(self, report: Report) -> None:
        """Print what changed."""
        if report.total != self._shown:
            self._shown = report.total
            self.tell("standing", **msgspec.to_builtins(report))

    def tell(self, event: str, **facts: object) -> None:
        """Print it."""
        sys.stdout.write(msgspec.json.encode({"event": event, **facts}).decode() + "\n")
        sys.stdout.flush()


class PlainLines:
    """For a log: one line whenever something changed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: Row | None = None

    def __enter__(self) -> Self:
        """Nothing to open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def show(self, report: Report) -> None:
        """Print what changed."""
        if report.total != self._shown:
            self._shown = report.total
            self._console.print(_line(report), highlight=False, soft_wrap=True)

    def tell(self, event: str, **facts: object) -> None:
        """Print it."""
        said = " ".join(f"{name}={value}" for name, value in facts.items())
        self._console.print(f"» {event} {said}".rstrip(), highlight=False, soft_wrap=True)


class LiveTable:
    """For a terminal: a table that stands still, and the last events under it."""

    def __init__(self, console: Console, *, events: int = 5) -> None:
        self._live = Live(console=console, refresh_per_second=4, transient=False)
        self._events: list[str] = []
        self._kept = events

    def __enter__(self) -> Self:
        """Take the terminal."""
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the terminal back, with the table as it was last."""
        self._live.stop()

    def show(self, report: Report) -> None:
        """Draw it."""
        words = [Text(each, style="dim") for each in self._events]
        self._live.update(Group(table_of(report), Text(_machine(report), style="dim"), *words))

    def tell(self, event: str, **facts: object) -> None:
        """Keep it under the table."""
        said = " ".join(f"{name}={value}" for name, value in facts.items())
        self._events = [*self._events, f"» {event} {said}".rstrip()][-self._kept :]


def display_for(console: Console, *, as_json: bool) -> Display:
    """What fits where the output goes."""
    if as_json:
        return JsonLines()
    return LiveTable(console) if console.is_terminal else PlainLines(console)


def table_of(report: Report) -> Table:
    """A row for each cluster, the sums below, and the faults that hold."""
    table = Table(title=_title(report), caption=_faults(report.total), title_justify="left")
    for heading, name in COLUMNS:
        table.add_column(heading, justify="left" if name == "cluster" else "right")
    for row in report.clusters:
        table.add_row(*_cells(row, row.cluster))
    table.add_section()
    table.add_row(*_cells(report.total, EVERYBODY), style="bold")
    return table


def _cells(row: Row, name: str) -> Sequence[str]:
    return [name, *(f"{getattr(row, field):,}" for _, field in COLUMNS[1:])]


def _title(report: Report) -> str:
    state = "đang chạy / running" if report.running else "đã tắt / switched off"
    return f"Diễn tập: thiết bị mô phỏng / Rehearsal: simulated devices — {state}"


def _faults(row: Row) -> str:
    said = ", ".join(f"{kind} {count}" for kind, count in row.faults.items())
    return f"Sự cố / Faults: {said or '–'}"


def _machine(report: Report) -> str:
    return (
        f"{report.elapsed_s:.0f} s · {report.processes} tiến trình / processes · "
        f"{report.resident_bytes / 1e6:,.0f} MB · CPU {report.cpu_s:.0f} s"
    )


def _line(report: Report) -> str:
    row = report.total
    return (
        f"{report.elapsed_s:6.0f} s  {row.connected}/{row.devices} nối/online · "
        f"{row.cached} có tệp/cached · {row.playing} đang phát/playing · "
        f"{row.finished} xong/finished · {row.failed} hỏng/failed · {row.muted} câm/muted · "
        f"{row.refused} từ chối/refused · {_faults(row)}"
    )
