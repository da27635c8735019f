"""The forms of a device and of relays: what a browser sends, one band or host a line."""

import re
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from broadcaster.fleet.behaviour import (
    Behaviour,
    checked_hosts,
    checked_stagger,
    checked_volume,
)
from broadcaster.fleet.errors import StaggerUnusable, VolumeBandUnusable
from broadcaster.fleet.places import Place, read_place

_BAND = re.compile(r"(\d{1,2})[:h](\d{2})\s*[-–—]\s*(\d{1,2})[:h](\d{2})\s+(\d{1,3})\s*%?")


class BehaviourForm(BaseModel):
    """How a device is to behave, as somebody typed it."""

    model_config = ConfigDict(frozen=True)

    volume: str = ""
    stagger_ms: str = "0"

    def behaviour(self) -> Behaviour:
        """What was asked for; raise a BadInput that names its field."""
        return Behaviour(volume=checked_volume(_bands(self.volume)), stagger_ms=self._stagger())

    def _stagger(self) -> int:
        typed = self.stagger_ms.strip().replace(".", "") or "0"
        if not typed.isdecimal() or len(typed) > 9:
            raise StaggerUnusable(field="stagger_ms")
        return checked_stagger(int(typed))


class PlaceForm(BaseModel):
    """Where a device stands, as somebody copied it from a map."""

    model_config = ConfigDict(frozen=True)

    place: str = ""

    def checked(self) -> Place | None:
        """The place, or None for nothing; raise a BadInput that names its field."""
        return read_place(self.place)


class RelayHostsForm(BaseModel):
    """Hosts to relay from, as somebody typed them."""

    model_config = ConfigDict(frozen=True)

    hosts: str = ""

    def checked(self) -> list[str]:
        """The hosts; raise a BadInput that names its field."""
        return checked_hosts(_lines(self.hosts))


def form_of(behaviour: Behaviour) -> BehaviourForm:
    """The form as it stands for what was chosen before."""
    bands = (f"{band.begins}–{band.ends} {band.percent}" for band in behaviour.volume)
    return BehaviourForm(volume="\n".join(bands), stagger_ms=str(behaviour.stagger_ms))


def _bands(typed: str) -> Iterable[tuple[str, str, int]]:
    for line in _lines(typed):
        read = _BAND.fullmatch(line)
        if read is None:
            raise VolumeBandUnusable(line[:100], field="volume")
        from_hour, from_minute, to_hour, to_minute, percent = read.groups()
        yield (
            f"{int(from_hour):02}:{from_minute}",
            f"{int(to_hour):02}:{to_minute}",
            int(percent),
        )


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]
