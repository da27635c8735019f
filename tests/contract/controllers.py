"""Controllers as processes that the conformance suite can try: ours, and one in JavaScript."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devices.protocol.contract.published import FOLDER
from tests.contract.node import Workshop


@dataclass
class ControllerProcess:
    """One controller and its folder."""

    command: Sequence[str]
    home: Path
    folder: Path | None = None
    environment: Mapping[str, str] | None = None
    log: Path = field(init=False)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.log = self.home / "controller.log"

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def restart(self) -> None:
        """Cut its power and give it back."""
        self.stop(signal.SIGKILL)
        self.start()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it, and fail if it had ended by itself."""
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        self._process.send_signal(number)
        self._process.wait(15)


def in_javascript(shop: Workshop, home: Path) -> ControllerProcess:
    """The one that was written from the published documents alone."""
    command = [shop.node, "controller.mjs", str(home), str(FOLDER)]
    return ControllerProcess(command, home, folder=shop.folder, environment=shop.environment)


def ours(home: Path) -> ControllerProcess:
    """Our own, without a loudspeaker."""
    command = [sys.executable, "-m", "devices.controller", "--home", str(home)]
    return ControllerProcess(command, home)
