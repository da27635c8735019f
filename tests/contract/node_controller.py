"""The small controller in JavaScript as a process that the conformance suite can try."""

import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from devices.protocol.contract.published import FOLDER
from tests.contract.node import Workshop


@dataclass
class NodeController:
    """One controller and its folder; `cut_power` is a `kill -9`."""

    shop: Workshop
    home: Path
    _process: subprocess.Popen[bytes] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.home / "controller.log"

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self.shop.node, "controller.mjs", str(self.home), str(FOLDER)],
                cwd=self.shop.folder,
                env=self.shop.environment,
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
