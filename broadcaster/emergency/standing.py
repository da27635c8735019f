"""How an emergency stands, device by device, from nothing but what the devices have said. Pure.

A device stands where its furthest word puts it: it has the order, it sounds the alarm, it says the
message, it has said it. One that has said nothing is silent, whatever the plan wants.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from broadcaster.database.columns import from_ms
from broadcaster.emergency.raising import PartKind
from devices.protocol.messages import Confirmation, Kind


class Stage(StrEnum):
    """How far a device has come, by its own word."""

    SILENT = "silent"
    RECEIVED = "received"
    ALARM = "alarm"
    SPEAKING = "speaking"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


UNHEARD = frozenset({Stage.SILENT, Stage.FAILED})
"""Where people at a device have heard nothing of it: somebody has to go there, or to call."""

_IN_ORDER = (Stage.SILENT, Stage.RECEIVED, Stage.ALARM, Stage.SPEAKING, Stage.FINISHED)
_BAD_ENDS = {
    Kind.FAILED: Stage.FAILED,
    Kind.SKIPPED: Stage.FAILED,
    Kind.REJECTED: Stage.FAILED,
    Kind.CUT: Stage.FAILED,
    Kind.STOPPED: Stage.STOPPED,
}
_OF_MESSAGE = {
    Kind.RECEIVED: Stage.RECEIVED,
    Kind.CACHED: Stage.RECEIVED,
    Kind.TONE_STARTED: Stage.ALARM,
    Kind.STARTED: Stage.SPEAKING,
    Kind.ITEM_STARTED: Stage.SPEAKING,
    Kind.FINISHED: Stage.FINISHED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One confirmation of an emergency's order, with the part that it is about."""

    part: PartKind
    said: Confirmation


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceWord:
    """What a device has said of it. `tone_after_s` is from the order to its first tone.

    `final` is how far it is with the final notice, where one was ordered.
    """

    stage: Stage = Stage.SILENT
    code: str | None = None
    has_order: bool = False
    has_sounded: bool = False
    tone_after_s: float | None = None
    repeats: int = 0
    final: Stage = Stage.SILENT
    final_code: str | None = None


@dataclass(frozen=True, slots=True)
class ToCall:
    """A village head by name, with the number to dial; '' where none is known or to be shown."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStanding:
    """One device in an emergency: where it stands, whom it reaches, and what it said."""

    device_id: str
    name: str
    cluster_id: str
    cluster: str
    villages: Sequence[str] = ()
    heads: Sequence[ToCall] = ()
    word: DeviceWord = DeviceWord()
    offline_since: datetime | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many devices were to warn, what those have said that spoke, and the devices.

    `devices` are all of them in their clusters' order, or a part; the figures are of all.
    """

    asked: int = 0
    words: Sequence[DeviceWord] = field(default_factory=tuple)
    devices: Sequence[DeviceStanding] = field(default_factory=tuple)

    @property
    def stages(self) -> Mapping[Stage, int]:
        """How many devices stand at each stage at this moment; every stage is there."""
        found = Counter(each.stage for each in self.words)
        found[Stage.SILENT] += self.asked - len(self.words)
        return {stage: found[stage] for stage in Stage}

    @property
    def with_order(self) -> int:
        """How many have said that they have the order."""
        return sum(each.has_order for each in self.words)

    @property
    def sounded(self) -> int:
        """How many have said that they sounded the tone."""
        return sum(each.has_sounded for each in self.words)

    @property
    def last_tone_after_s(self) -> float | None:
        """How long the slowest of those took from the order to its tone."""
        told = [each.tone_after_s for each in self.words]
        return max((each for each in told if each is not None), default=None)

    @property
    def final_said(self) -> int:
        """How many have said the final notice, or the correction, to its end."""
        return sum(each.final is Stage.FINISHED for each in self.words)


def stage_of(heard: Iterable[Heard]) -> tuple[Stage, str | None]:
    """How far a device has come, and the code of why it came no further.

    Pure. The message decides; until a word of it is there the alarm does. An end that is none is
    a failure unless the message was said in full.
    """
    words = list(heard)
    message = [each.said for each in words if each.part is PartKind.MESSAGE]
    alarm = [each.said for each in words if each.part is PartKind.ALARM]
    stages = [_OF_MESSAGE[each.kind] for each in message if each.kind in _OF_MESSAGE]
    stages += [
        Stage.RECEIVED if each.kind in {Kind.RECEIVED, Kind.CACHED} else Stage.ALARM
        for each in alarm
        if each.kind in _OF_MESSAGE
    ]
    furthest = max(stages, key=_IN_ORDER.index, default=Stage.SILENT)
    if furthest is Stage.FINISHED:
        return furthest, None
    return _end_of(message or alarm) or (furthest, None)


def final_of(heard: Iterable[Heard]) -> tuple[Stage, str | None]:
    """How far a device has come with the final notice, and why no further. Pure.

    The tone before a notice that all is over is no alarm: it belongs to the notice.
    """
    said = [each.said for each in heard if each.part is PartKind.FINAL]
    stages = [_OF_MESSAGE[each.kind] for each in said if each.kind in _OF_MESSAGE]
    furthest = max(stages, key=_IN_ORDER.index, default=Stage.SILENT)
    if furthest is Stage.FINISHED:
        return furthest, None
    begun = Stage.SPEAKING if furthest is Stage.ALARM else furthest
    return _end_of(said) or (begun, None)


def _end_of(said: Sequence[Confirmation]) -> tuple[Stage, str | None] | None:
    """The last end that is none, with its code."""
    ended = [each for each in said if each.kind in _BAD_ENDS]
    return (_BAD_ENDS[ended[-1].kind], ended[-1].code) if ended else None


def word_of(heard: Sequence[Heard], *, repeats: int, raised_at: datetime) -> DeviceWord:
    """All that a device has said of an emergency, in one look; pure."""
    stage, code = stage_of(heard)
    final, final_code = final_of(heard)
    warned = [each.said for each in heard if each.part is not PartKind.FINAL]
    tones = [each for each in warned if each.kind is Kind.TONE_STARTED]
    sounded_us = [each.first_sample_at_us for each in tones if each.first_sample_at_us is not None]
    after_s = None
    if sounded_us:
        after_s = (from_ms(min(sounded_us) // 1_000) - raised_at).total_seconds()
    return DeviceWord(
        stage=stage,
        code=code,
        has_order=any(each.kind is not Kind.REJECTED for each in warned),
        has_sounded=bool(tones),
        tone_after_s=after_s,
        repeats=repeats,
        final=final,
        final_code=final_code,
    )
