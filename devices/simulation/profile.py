"""What shall go wrong in a rehearsal, as a person writes it down: a TOML file of faults.

A file that cannot be used is refused with everything that is wrong in it, not with the first.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeGuard

from devices.errors import WrongAddress
from devices.protocol.topics import check_name
from devices.simulation.errors import ProfileInvalid
from devices.simulation.faults.kinds import MANUALS, FaultKind, Span

LONGEST_S = 40 * 86_400.0
USUAL_BEGINS_S = Span(30.0, 600.0)
USUAL_LASTS_S = Span(30.0, 120.0)
TIMES_LIMIT = 1_000
_COMMON = {"kind", "share", "devices", "manner", "begins_s", "lasts_s", "times"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of fault for some of the devices: a share of them, or these by name.

    `begins_s` counts from the rehearsal's start; each of `times` spells begins somewhere in it
    and lasts somewhere in `lasts_s`.
    """

    kind: FaultKind
    share: float = 0.0
    devices: tuple[str, ...] = ()
    begins_s: Span = USUAL_BEGINS_S
    lasts_s: Span = USUAL_LASTS_S
    times: int = 1
    settings: Mapping[str, Span] = field(default_factory=dict)
    manner: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """All faults of one rehearsal; without any, everybody is well."""

    faults: tuple[Fault, ...] = ()


def load_profile(path: Path) -> Profile:
    """Read a profile; raise ProfileInvalid with all that is wrong in it."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileInvalid(f"{path}: {error}") from error
    return read_profile(text)


def read_profile(text: str) -> Profile:
    """Read a profile's text; raise ProfileInvalid with all that is wrong in it."""
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileInvalid(str(error)) from error
    wrong = [f"{name}: unknown" for name in written if name != "fault"]
    tables = written.get("fault", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise ProfileInvalid("; ".join([*wrong, "fault: must be tables, [[fault]]"]))
    readers = [FaultReader(table, f"fault {number}") for number, table in enumerate(tables, 1)]
    faults = [reader.read() for reader in readers]
    wrong += [each for reader in readers for each in reader.wrong]
    if wrong:
        raise ProfileInvalid("; ".join(wrong))
    return Profile(faults=tuple(each for each in faults if each is not None))


class FaultReader:
    """Reads one table, gathering in `wrong` whatever does not hold."""

    def __init__(self, table: Mapping[str, object], name: str) -> None:
        self.wrong: list[str] = []
        self._table = table
        self._name = name

    def read(self) -> Fault | None:
        """The fault; None where something is wrong."""
        kind = self._kind()
        if kind is None:
            return None
        manual = MANUALS[kind]
        for name in sorted(self._table.keys() - _COMMON - manual.settings.keys()):
            self._say(name, f"unknown; {kind} has {', '.join(manual.settings) or 'no settings'}")
        fault = Fault(
            kind=kind,
            share=self._share(),
            devices=self._devices(),
            begins_s=self._span("begins_s", Span(0, LONGEST_S), USUAL_BEGINS_S),
            lasts_s=self._span("lasts_s", Span(0, LONGEST_S), manual.usual_lasts_s),
            times=self._times(),
            settings={
                name: self._span(name, setting.allowed, setting.usual)
                for name, setting in manual.settings.items()
            },
            manner=self._manner(manual.manners),
        )
        return None if self.wrong else fault

    def _kind(self) -> FaultKind | None:
        try:
            return FaultKind(str(self._table.get("kind")))
        except ValueError:
            self._say("kind", f"must be one of {', '.join(FaultKind)}")
            return None

    def _share(self) -> float:
        if ("share" in self._table) == ("devices" in self._table):
            self._say("share", "either a share or devices by name")
        share = self._table.get("share", 0.0)
        if not _is_number(share) or not 0 <= share <= 1:
            self._say("share", "must be from 0 to 1")
            return 0.0
        return float(share)

    def _devices(self) -> tuple[str, ...]:
        names = self._table.get("devices", [])
        if not isinstance(names, list) or not all(_is_name(each) for each in names):
            self._say("devices", "must be a list of device names")
            return ()
        return tuple(names)

    def _times(self) -> int:
        times = self._table.get("times", 1)
        if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= TIMES_LIMIT:
            self._say("times", f"must be a whole number from 1 to {TIMES_LIMIT}")
            return 1
        return times

    def _manner(self, manners: tuple[str, ...]) -> str:
        manner = self._table.get("manner", manners[0] if manners else "")
        if manner not in manners and (manners or manner):
            self._say("manner", f"must be one of {', '.join(manners)}" if manners else "unknown")
            return ""
        return str(manner)

    def _span(self, name: str, allowed: Span, usual: Span) -> Span:
        """A number, or a list of the least and the most."""
        written = self._table.get(name)
        if written is None:
            return usual
        ends = written if isinstance(written, list) else [written, written]
        numbers = [float(end) for end in ends if _is_number(end)]
        if not len(ends) == len(numbers) == 2:
            self._say(name, "must be a number, or [least, most]")
            return usual
        least, most = numbers
        if not allowed.least <= least <= most <= allowed.most:
            self._say(name, f"must be from {allowed.least:g} to {allowed.most:g}, least first")
            return usual
        return Span(least, most)

    def _say(self, name: str, what: str) -> None:
        self.wrong.append(f"{self._name}, {name}: {what}")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_name(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        check_name(value)
    except WrongAddress:
        return False
    return True
