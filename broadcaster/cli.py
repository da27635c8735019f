"""The program `loa`: opens the command's door, and says in one sentence what a person can act on.

`loa read` has a door of its own: it must answer at once, and neither the other commands nor the
library that parses them are loaded for it.
"""

import io
import sys
from collections.abc import Sequence

from broadcaster.errors import BadInput, LoaError

READ = "read"


def main() -> None:
    """Run the command; whatever a person can act on is said in one sentence, not as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    try:
        sys.exit(_run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except LoaError as error:
        _say(error)
        sys.exit(2 if isinstance(error, BadInput) else 1)
    except Exception as error:
        from broadcaster.processes.machine_faults import of_the_machine

        known = of_the_machine(error)
        if known is None:
            raise
        _say(known)
        sys.exit(1)


def _run(arguments: Sequence[str]) -> int | None:
    if arguments[:1] == [READ]:
        from broadcaster.lexicon.reading_command import read_command

        return read_command(arguments[1:])
    from broadcaster.commands import app
    from broadcaster.logs import configure_logs

    # What a command prints is its answer; a log line between would spoil it for a program.
    configure_logs("WARNING")
    app()
    return None


def _say(error: LoaError) -> None:
    from rich.console import Console

    errors = Console(stderr=True)
    errors.print(f"✕ {error.message_vi}", style="bold red", markup=False, highlight=False)
    errors.print(f"  {error.message_en}", style="dim", markup=False, highlight=False)
    if error.detail and error.detail not in (error.message_vi, error.message_en):
        errors.print(f"  ({error.detail})", style="dim", markup=False, highlight=False)
