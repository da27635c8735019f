"""Prometheus's text format, version 0.0.4: what a scrape reads, written here as it is short.

A library that counts in the process would count one process of several: every figure here is read
from the database or the system at the moment of the scrape.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure, and by which labels it is told from others of its family."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: all are gauges, for each is how things stand now."""

    name: str
    help: str
    samples: Sequence[Sample]


def by_label(label: str, counts: Mapping[str, float]) -> list[Sample]:
    """One sample for each value of a label."""
    return [Sample(value, {label: name}) for name, value in counts.items()]


def written(families: Iterable[Family]) -> str:
    """All of it as a scrape reads it."""
    lines: list[str] = []
    for each in families:
        lines.append(f"# HELP {each.name} {_escaped(each.help)}")
        lines.append(f"# TYPE {each.name} gauge")
        lines += [f"{each.name}{_labels(one.labels)} {one.value!r}" for one in each.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    inner = ",".join(
        f'{name}="{_escaped(value).replace(chr(34), chr(92) + chr(34))}"'
        for name, value in labels.items()
    )
    return f"{{{inner}}}"


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("\n", "\\n")
