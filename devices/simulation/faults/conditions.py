"""What one simulated device is going through now: the ports around its controller ask it."""

from collections.abc import Callable, Mapping
from random import Random

from devices.simulation.faults.kinds import FaultKind
from devices.simulation.story import Episode


class Conditions:
    """The episodes that hold for one device, at most one of a kind; `changed` hears of each."""

    def __init__(self) -> None:
        self.active: frozenset[FaultKind] = frozenset()
        """The kinds that hold now."""
        self._active: dict[FaultKind, tuple[Episode, Random]] = {}
        self._listeners: list[Callable[[], None]] = []

    def begin(self, episode: Episode) -> None:
        """From now on this holds, in place of another of its kind."""
        self._active[episode.kind] = episode, Random(episode.seed)  # noqa: S311 — a story
        self._tell()

    def end(self, kind: FaultKind) -> None:
        """It is over."""
        if self._active.pop(kind, None) is not None:
            self._tell()

    def hold(self, kind: FaultKind) -> Episode | None:
        """The episode of this kind that holds; None when there is none."""
        found = self._active.get(kind)
        return found[0] if found else None

    def strikes(self, kind: FaultKind) -> bool:
        """Whether it holds and its chance falls on what is happening now."""
        found = self._active.get(kind)
        return found is not None and found[1].random() < found[0].settings.get("chance", 1.0)

    def settings(self, kind: FaultKind) -> Mapping[str, float]:
        """The numbers of an episode that holds; none when it does not."""
        found = self._active.get(kind)
        return found[0].settings if found else {}

    def listen(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have `changed` called at each change; what is returned ends it."""
        self._listeners.append(changed)
        return lambda: self._listeners.remove(changed)

    def _tell(self) -> None:
        self.active = frozenset(self._active)
        for changed in tuple(self._listeners):
            changed()
