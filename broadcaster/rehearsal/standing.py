"""How a rehearsal stands, as its control port tells it, and what this machine gives for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from broadcaster.rehearsal.errors import RehearsalSilent


class State(StrEnum):
    """Where a rehearsal is in its life."""

    NONE = "none"
    PREPARING = "preparing"
    RUNNING = "running"
    SILENT = "silent"
    ENDING = "ending"
    FAILED = "failed"


class Sums(BaseModel):
    """A cluster's devices, or all. Each counts devices but the last five, which count events."""

    cluster: str
    devices: int
    connected: int
    silent: int = Field(description="Devices that the broker does not hear.")
    planned: int = Field(description="Devices that follow the newest plan of their cluster.")
    cached: int = Field(description="Devices that hold the audio of an order to come.")
    playing: int
    finished: int = Field(description="Plays that devices confirmed to their end.")
    failed: int
    rejected: int = Field(description="Orders that devices refused.")
    muted: int = Field(description="Plays that left the sink and were not heard.")
    refused: int = Field(description="Messages that the contract does not allow.")
    faults: dict[str, int] = Field(description="The faults that hold now, and for how many.")


class Report(BaseModel):
    """A running rehearsal; `running` is the switch on the devices' wall."""

    devices: int
    running: bool
    elapsed_s: float
    total: Sums
    clusters: list[Sums]
    processes: int
    restarts: int
    resident_bytes: int
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is seen of it; `cpu_share` of one core since it was looked at before."""

    state: State
    report: Report | None = None
    cpu_share: float | None = None
    last_words: str = ""


@dataclass(slots=True)
class CpuMeter:
    """What share of a core was used between two looks that are at least a second apart."""

    _elapsed_s: float = 0.0
    _cpu_s: float = 0.0
    _share: float | None = None

    def share(self, report: Report) -> float | None:
        """The newest share; None before there is one."""
        passed_s = report.elapsed_s - self._elapsed_s
        if passed_s < 0:
            # Another rehearsal than the one before.
            self._elapsed_s, self._cpu_s, self._share = 0.0, 0.0, None
            passed_s = report.elapsed_s
        if passed_s >= 1.0:
            self._share = max(0.0, report.cpu_s - self._cpu_s) / passed_s
            self._elapsed_s, self._cpu_s = report.elapsed_s, report.cpu_s
        return self._share


def report_of(answer: Mapping[str, Any]) -> Report:
    """Read a status; raise RehearsalSilent for one that is none."""
    try:
        return Report.model_validate(answer)
    except ValidationError as error:
        raise RehearsalSilent("not a status") from error
