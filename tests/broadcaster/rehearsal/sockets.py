"""A control port that answers what a test tells it to, behind a real socket."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Answer = Callable[[bytes], bytes]
"""What is sent for a line; nothing is sent, and the line is kept open, for nothing."""


@contextmanager
def port_at(path: Path, answer: Answer, *, hangs_up: bool = False) -> Iterator[None]:
    """Answer each caller's first line for as long as the block runs."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        open_lines: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    line_to, _ = listener.accept()
                except OSError:
                    return
                open_lines.append(line_to)
                asked = line_to.makefile("rb").readline()
                if said := answer(asked):
                    # Whoever has heard enough goes.
                    with suppress(OSError):
                        line_to.sendall(said)
                if hangs_up:
                    line_to.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for each in open_lines:
                each.close()


def left_behind(path: Path) -> None:
    """A socket whose rehearsal was killed."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
