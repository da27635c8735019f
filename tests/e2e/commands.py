"""The command `loa` as a process of its own: run to its end, or watched while it runs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 90.0


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def sentences(self) -> list[str]:
        """What it says stood against it, in Vietnamese."""
        lines = self.stderr.splitlines()
        return [line.removeprefix("✕ ") for line in lines if line.startswith("✕ ")]


@dataclass(frozen=True, slots=True)
class Started:
    """A command that runs, and all that it prints."""

    process: subprocess.Popen[bytes]
    folder: Path
    output: Path

    @property
    def said(self) -> str:
        """All that it has printed until now."""
        return self.output.read_text("utf-8")

    def wait_for_words(self, words: str) -> None:
        """Wait until it has printed this."""
        self.wait_for(lambda: words in self.said)

    def wait_for(self, holds: Callable[[], bool], *, within_s: float = PATIENCE_S) -> None:
        """Wait until something holds; fail with all that it printed."""
        deadline_s = time.monotonic() + within_s
        while not holds():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline_s, self.said
            time.sleep(0.1)

    def interrupt(self, *, within_s: float = PATIENCE_S) -> int:
        """Ctrl-C; its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=within_s)

    def processes(self) -> set[int]:
        """The processes that it and its children run."""
        return processes_in(self.folder)


def environment(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Temporary files go into the folder, by which the processes are also known; wide lines.

    No voice is fetched unless a test says from where.
    """
    ours = {"TMPDIR": str(folder), "COLUMNS": "300", "LOA_VOICE_SOURCE": ""}
    return {**os.environ, **ours, **more}


def run_to_end(folder: Path, *arguments: str, **more: str) -> Ended:
    """Run the command in a folder, with more environment; fail if it does not end."""
    ended = subprocess.run(
        [sys.executable, "-m", "broadcaster", *arguments],
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
        cwd=folder,
        env=environment(folder, more),
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@contextmanager
def started(folder: Path, *arguments: str, **more: str) -> Iterator[Started]:
    """Start the command in a folder; whatever happens, it has ended afterwards."""
    output = folder / "printed"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "broadcaster", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            cwd=folder,
            env=environment(folder, more),
        )
    try:
        yield Started(process, folder, output)
    finally:
        process.kill()
        process.wait()
        wait_until_gone(folder)
    assert "Traceback" not in output.read_text("utf-8")


def wait_until_gone(folder: Path, *, within_s: float = 20) -> None:
    """Wait until no process runs with this folder; what then still does is named."""
    deadline_s = time.monotonic() + within_s
    while left := processes_in(folder):
        assert time.monotonic() < deadline_s, [
            Path(f"/proc/{pid}/cmdline").read_bytes() for pid in left
        ]
        time.sleep(0.1)


def processes_in(folder: Path) -> set[int]:
    """The living processes whose temporary files go into this folder."""
    mark = f"TMPDIR={folder}".encode()
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and mark in _environ(entry).split(b"\0"):
            found.add(int(entry.name))
    return found


def _environ(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""
