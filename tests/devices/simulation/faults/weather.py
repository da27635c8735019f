"""Short words for what the tests of faults need."""

from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.story import Episode


def episode(kind: FaultKind, *, manner: str = "", **settings: float) -> Episode:
    """A fault with these numbers."""
    return Episode(
        device="loa-01",
        kind=kind,
        begins_s=0,
        ends_s=60,
        settings=settings,
        manner=manner,
        seed="1",
    )


def under(kind: FaultKind, *, manner: str = "", **settings: float) -> Conditions:
    """Conditions under which one fault holds."""
    conditions = Conditions()
    conditions.begin(episode(kind, manner=manner, **settings))
    return conditions
