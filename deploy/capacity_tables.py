"""The tables of `deploy/CAPACITY.md`: three digits of each figure, MB and GB as powers of ten."""

# ruff: noqa: INP001 - beside the command that is run by its path

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace

from capacity_constants import Constants
from capacity_sums import (
    DAY_S,
    Demand,
    busiest_minute,
    ledger_of_a_year,
    limits,
    month_of_a_device,
    octets_a_month,
    processors,
    vnd_a_month,
)


def tables(demand: Demand, c: Constants, *, devices: Sequence[int]) -> str:
    """All tables of the page."""
    every = [replace(demand, devices=each) for each in devices]
    return "\n".join(
        [
            "## The constants\n",
            *_constants(c),
            "\n## One device's month over 4G\n",
            *_month(demand, c),
            "\n## By decades: messages\n",
            *_messages(every, c),
            "\n## By decades: 4G\n",
            *_mobile(every, c),
            "\n## By decades: the ledger\n",
            *_ledgers(every, c),
            "\n## By decades: processors, lines and storms\n",
            *_processors(every, c),
            "\n## What breaks, the narrowest first\n",
            *_limits(demand, c),
            "\n## What breaks first at each decade\n",
            *_first(every, c),
            "",
        ]
    )


def _constants(c: Constants) -> Iterator[str]:
    yield from _head("constant", "value", "of what", "measured with", "load")
    for each in fields(c):
        told = each.metadata
        value = f"{getattr(c, each.name):,}"
        yield _row(f"`{each.name}`", value, told["unit"], told["by"], told["load"])


def _month(demand: Demand, c: Constants) -> Iterator[str]:
    yield from _head("what for", "up", "down")
    for name, way in month_of_a_device(demand, c).items():
        yield _row(name, size(way.up), size(way.down))
    whole = octets_a_month(demand, c)
    yield _row("**all**", f"**{size(whole.up)}**", f"**{size(whole.down)}**")


def _messages(every: Iterable[Demand], c: Constants) -> Iterator[str]:
    yield from _head(
        "devices", "steady a second", "within 3 s at a start", "in the busiest minute",
        "drained on two cores", "repeated meanwhile, at most",
    )  # fmt: skip
    for each in every:
        minute = busiest_minute(each, c)
        yield _row(
            count(each.devices), count(minute.steady_a_second), count(minute.burst),
            count(minute.messages), lasting(minute.drained_s), f"{minute.said_again} times",
        )  # fmt: skip


def _mobile(every: Iterable[Demand], c: Constants) -> Iterator[str]:
    yield from _head("devices", "up a month", "down a month", "VND a month", "VND by the octet")
    for each in every:
        month = octets_a_month(each, c) * each.devices
        by_octet = month.both / 1e9 * each.plan_vnd / each.plan_gb
        yield _row(
            count(each.devices), size(month.up), size(month.down),
            f"{vnd_a_month(each, c):,}", count(by_octet),
        )  # fmt: skip


def _ledgers(every: Iterable[Demand], c: Constants) -> Iterator[str]:
    yield from _head(
        "devices", "confirmations a year", "plays a year", "their octets a year",
        "signed plans a year", "all in ten years", "a year verified on two cores",
    )  # fmt: skip
    for each in every:
        year = ledger_of_a_year(each, c)
        yield _row(
            count(each.devices), count(year.confirmations), count(year.plays), size(year.octets),
            size(year.plan_octets), size(10 * (year.octets + year.plan_octets)),
            lasting(year.verified_s),
        )  # fmt: skip


def _processors(every: Iterable[Demand], c: Constants) -> Iterator[str]:
    yield from _head(
        "devices", "ingest, cores", "schedule, cores", "configurations, once a minute",
        "all signed anew", "all connected again, TLS", "octets of that",
        "octets of an emergency", "one broadcast's audio to all",
    )  # fmt: skip
    for each in every:
        used = processors(each, c)
        yield _row(
            count(each.devices), f"{used.ingest:.3f}", f"{used.schedule:.3f}",
            lasting(used.derived_s), lasting(used.signed_s), lasting(used.connected_s),
            size(used.connected_octets), size(used.emergency_octets), lasting(used.fetched_s),
        )  # fmt: skip


def _limits(demand: Demand, c: Constants) -> Iterator[str]:
    yield from _head("devices", "what", "because", "what takes its place")
    for each in limits(demand, c):
        yield _row(count(each.devices), each.what, each.because, each.then)


def _first(every: Sequence[Demand], c: Constants) -> Iterator[str]:
    yield from _head("devices", "breaks first on the way here", "then", "what is next")
    before = 0
    for each in every:
        all_of_them = limits(each, c)
        here = [one.what for one in all_of_them if before <= one.devices < each.devices]
        beyond = [one for one in all_of_them if one.devices >= each.devices]
        first, *others = here or ["nothing"]
        further = f"{beyond[0].what} ({count(beyond[0].devices)})" if beyond else "nothing known"
        yield _row(count(each.devices), first, ", ".join(others) or "–", further)
        before = each.devices


def _head(*titles: str) -> Iterator[str]:
    yield _row(*titles)
    yield "|" + "---|" * len(titles)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def count(number: float) -> str:
    """Three digits of it, as people write it."""
    if number < 100:
        return f"{number:.3g}"
    step = 10 ** max(0, math.floor(math.log10(number)) - 2)
    return f"{round(number / step) * step:,}"


def size(octets: float) -> str:
    """Octets in powers of ten."""
    for unit, of in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if octets >= of:
            return f"{count(octets / of)} {unit}"
    return f"{count(octets)} B"


def lasting(seconds: float) -> str:
    """Seconds, minutes, hours or days."""
    for unit, of in (("days", 2 * DAY_S), ("h", 2 * 3_600), ("min", 120)):
        if seconds >= of:
            return f"{count(seconds / (of / 2))} {unit}"
    return f"{count(seconds)} s"
