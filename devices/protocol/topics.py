"""The topics of the contract, version 1: built and taken apart in this one place."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from devices.errors import WrongAddress

VERSION = "loa/1"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")


class Upward(StrEnum):
    """What a device says, by the last level of its topic."""

    CONFIRM = "confirm"
    STATUS = "status"
    HEALTH = "health"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class FromDevice:
    """An upward topic, taken apart."""

    station: str
    device: str
    what: Upward


def check_name(name: str) -> str:
    """Return a name that may stand in a topic; raise WrongAddress for any other."""
    if not _NAME.match(name):
        raise WrongAddress(name)
    return name


def plan(station: str, cluster: str) -> str:
    """Retained: the plan of one cluster."""
    return f"{VERSION}/{check_name(station)}/plan/{check_name(cluster)}"


def now(station: str, cluster: str) -> str:
    """Not retained: an order for this moment."""
    return f"{VERSION}/{check_name(station)}/now/{check_name(cluster)}"


def live(station: str, cluster: str) -> str:
    """Not retained: sealed frames of live speech, no JSON."""
    return f"{VERSION}/{check_name(station)}/live/{check_name(cluster)}"


def is_live(topic: str) -> bool:
    """Whether frames of live speech come on this topic: heard at QoS 0, and where it is granted."""
    levels = topic.split("/")
    return len(levels) == 5 and "/".join(levels[:2]) == VERSION and levels[3] == "live"


def config(station: str, device: str) -> str:
    """Retained: the configuration of one device."""
    return f"{VERSION}/{check_name(station)}/config/{check_name(device)}"


def to_device(station: str, device: str) -> str:
    """Not retained: commands and receipts for one device."""
    return f"{VERSION}/{check_name(station)}/to/{check_name(device)}"


def from_device(station: str, device: str, what: Upward) -> str:
    """One device's word to its station."""
    return f"{VERSION}/{check_name(station)}/from/{check_name(device)}/{what}"


def from_all(station: str) -> str:
    """The filter under which a station hears all its devices."""
    return f"{VERSION}/{check_name(station)}/from/+/+"


def from_every(station: str, what: Upward) -> str:
    """The filter under which a station hears one thing of all its devices."""
    return f"{VERSION}/{check_name(station)}/from/+/{what}"


@lru_cache(maxsize=10_000)
def parse_from_device(topic: str) -> FromDevice:
    """Take an upward topic apart; raise WrongAddress when it is none."""
    levels = topic.split("/")
    if len(levels) != 6 or "/".join(levels[:2]) != VERSION or levels[3] != "from":
        raise WrongAddress(topic)
    try:
        what = Upward(levels[5])
    except ValueError as error:
        raise WrongAddress(topic) from error
    return FromDevice(station=check_name(levels[2]), device=check_name(levels[4]), what=what)
