"""For whoever wants to see what a controller does without being part of it: a fleet, a test."""

from collections.abc import Sequence
from typing import Protocol

from devices.protocol.messages import Confirmation


class Watch(Protocol):
    """Told of each thing after it happened."""

    def connected(self) -> None:
        """The broker accepted the device."""
        ...

    def said(self, confirmations: Sequence[Confirmation]) -> None:
        """These confirmations are on the disk."""
        ...


class Unwatched:
    """Nobody looks."""

    def connected(self) -> None:
        """Nobody looks."""

    def said(self, confirmations: Sequence[Confirmation]) -> None:
        """Nobody looks."""
