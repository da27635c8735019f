"""Every kind of list that can be brought in."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from broadcaster.intake.checking import Kind
from broadcaster.intake.contributors import Contributors
from broadcaster.intake.devices import Devices
from broadcaster.intake.people import People
from broadcaster.intake.schedules import Schedules
from broadcaster.intake.villages import Residents, Villages


class Table(StrEnum):
    """The lists that an admin brings in, as addresses and commands name them."""

    VILLAGES = "villages"
    RESIDENTS = "residents"
    PEOPLE = "people"
    CONTRIBUTORS = "contributors"
    DEVICES = "devices"


SCHEDULES: Kind = Schedules()
"""Whoever may schedule brings it in, so it has addresses of its own."""

KINDS: Mapping[Table, Kind] = MappingProxyType(
    {
        Table.VILLAGES: Villages(),
        Table.RESIDENTS: Residents(),
        Table.PEOPLE: People(),
        Table.CONTRIBUTORS: Contributors(),
        Table.DEVICES: Devices(),
    }
)

ALL_KINDS: Mapping[str, Kind] = MappingProxyType(
    {**{str(table): kind for table, kind in KINDS.items()}, SCHEDULES.key: SCHEDULES}
)
