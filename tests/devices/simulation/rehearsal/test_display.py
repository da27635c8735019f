"""What a person or a program sees: lines of JSON, plain lines, or a table that stands still."""

import io
import json

import pytest
from rich.console import Console

from devices.simulation.rehearsal.display import (
    JsonLines,
    LiveTable,
    PlainLines,
    display_for,
    table_of,
)
from devices.simulation.rehearsal.rehearsal import Report
from devices.simulation.rehearsal.standing import Row


def report(*, connected: int = 3, running: bool = True) -> Report:
    """Four devices in two clusters."""
    one = Row(cluster="cum-1", devices=3, connected=connected, silent=3 - connected)
    two = Row(cluster="cum-2", devices=1, connected=0, silent=1, faults={"offline": 1})
    total = Row(
        cluster="", devices=4, connected=connected, silent=4 - connected, faults={"offline": 1}
    )
    return Report(
        devices=4,
        running=running,
        elapsed_s=12.0,
        total=total,
        clusters=(one, two),
        processes=2,
        restarts=0,
        resident_bytes=150_000_000,
        cpu_s=3.5,
    )


def console(*, terminal: bool) -> Console:
    """A console that writes into memory."""
    return Console(file=io.StringIO(), force_terminal=terminal, width=180, color_system=None)


def text_of(console: Console) -> str:
    """What was written."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_program_gets_lines_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Each event, and how it stands whenever that changed."""
    with JsonLines() as display:
        display.tell("act", name="warning 1")
        display.show(report())
        display.show(report())
        display.show(report(connected=2))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert [line["event"] for line in lines] == ["act", "standing", "standing"]
    assert lines[0]["name"] == "warning 1"
    assert [line["total"]["connected"] for line in lines[1:]] == [3, 2]
    assert lines[1]["clusters"][1]["faults"] == {"offline": 1}


def test_a_log_gets_one_line_a_change() -> None:
    """Without a table, in both languages."""
    output = console(terminal=False)
    with PlainLines(output) as display:
        display.tell("act", name="stop")
        display.show(report())
        display.show(report())
    act, line = text_of(output).splitlines()

    assert act == "» act name=stop"
    assert "3/4 nối/online" in line
    assert "offline 1" in line


def test_a_terminal_gets_a_table() -> None:
    """A row a cluster, the sum below, the faults, and what happened last."""
    output = console(terminal=True)
    with LiveTable(output, events=1) as display:
        display.tell("act", name="first")
        display.tell("act", name="second")
        display.show(report(running=False))
    drawn = text_of(output)

    for part in ("cum-1", "cum-2", "Tất cả / All", "offline 1", "150 MB", "» act name=second"):
        assert part in drawn
    assert "name=first" not in drawn
    assert "đã tắt / switched off" in drawn


def test_the_table_has_a_row_for_each_cluster_and_the_sum() -> None:
    """In columns that both languages name."""
    assert table_of(report()).row_count == 3


def test_the_output_decides_what_is_shown() -> None:
    """JSON where asked for, a table on a terminal, else lines."""
    assert isinstance(display_for(console(terminal=True), as_json=True), JsonLines)
    assert isinstance(display_for(console(terminal=True), as_json=False), LiveTable)
    assert isinstance(display_for(console(terminal=False), as_json=False), PlainLines)
