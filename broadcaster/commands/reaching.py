"""What most commands need first: the settings, the founded station, a place to print."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from broadcaster.database import Database
    from broadcaster.settings import Settings


@contextmanager
def station(*, as_it_is: bool = False) -> "Iterator[tuple[Database, str]]":
    """The founded station's database, and its id; raise NotFounded."""
    from broadcaster.processes.opening import founded_station

    with founded_station(settings_for(None), as_it_is=as_it_is) as found:
        yield found


def root_key() -> str:
    """The root key, typed where nobody sees it, or handed in by another program."""
    if not sys.stdin.isatty():
        return sys.stdin.read()
    typed: str = typer.prompt("Khóa gốc / Root key", hide_input=True, err=True)
    return typed


def asked(words: str, hidden: bool) -> str:
    """A line from whoever sits there, or the next one from another program."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    typed: str = typer.prompt(words, hide_input=hidden, err=True)
    return typed


def asked_beside_sound(words: str, _hidden: bool) -> str:
    """A line from the terminal while sound comes by stdin; without one, stdin's next line.

    It is read in octets: what follows the line is sound, and nothing of it may be lost.
    """
    try:
        with Path("/dev/tty").open("r+b", buffering=0):
            pass
    except OSError:
        return sys.stdin.buffer.readline().decode("utf-8", "replace").rstrip("\r\n")
    # Both are typed unseen there: a code serves once, and the sound's program shares the screen.
    return getpass.getpass(f"{words}: ")


def settings_for(broker: str | None) -> "Settings":
    """What a command that touches the station needs first."""
    from broadcaster.settings import load_settings

    return load_settings() if broker is None else load_settings(broker=broker)


def console(*, stderr: bool = False) -> "Console":
    """Where a person reads what a command says."""
    from rich.console import Console

    return Console(stderr=stderr)
