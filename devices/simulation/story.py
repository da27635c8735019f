"""From a profile and a seed to a story: which device has which fault from when until when.

Pure: the same seed, devices and profile give the same story, whatever machine plays it. What is
drawn for one device does not depend on the others, so that a larger fleet keeps the smaller one's
story for whom it still concerns.
"""

from collections.abc import Iterable, Sequence
from random import Random

import msgspec
from msgspec import Struct

from devices.simulation.faults.kinds import FaultKind, Span
from devices.simulation.profile import Fault, Profile


class Episode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One fault of one device in `[begins_s, ends_s)`, with its numbers drawn.

    `seed` is what its own chances are drawn from while it lasts.
    """

    device: str
    kind: FaultKind
    begins_s: float
    ends_s: float
    settings: dict[str, float] = {}
    manner: str = ""
    seed: str = ""


def plan_story(profile: Profile, *, devices: Iterable[str], seed: int) -> tuple[Episode, ...]:
    """All episodes by the instant at which they begin; of one kind a device has one at a time."""
    everyone = sorted(set(devices))
    drawn = [
        episode
        for number, fault in enumerate(profile.faults)
        for device in _struck(fault, everyone, roots=f"{seed}/{number}")
        for episode in _episodes(fault, device, roots=f"{seed}/{number}/{device}")
    ]
    return tuple(sorted(_apart(drawn), key=_turn))


def told(story: Sequence[Episode]) -> str:
    """The story as lines of JSON."""
    return "".join(msgspec.json.encode(each).decode() + "\n" for each in story)


def _struck(fault: Fault, devices: Sequence[str], *, roots: str) -> Sequence[str]:
    """Whom it strikes: those named, or the share, at least one where there is any."""
    if fault.devices:
        return [device for device in fault.devices if device in devices]
    count = max(1, round(fault.share * len(devices))) if fault.share else 0
    ranked = sorted(devices, key=lambda device: (Random(f"{roots}/{device}/rank").random(), device))  # noqa: S311
    return sorted(ranked[:count])


def _episodes(fault: Fault, device: str, *, roots: str) -> Iterable[Episode]:
    rng = Random(roots)  # noqa: S311 — a story, not a secret
    for number in range(fault.times):
        begins_s = _drawn(rng, fault.begins_s)
        yield Episode(
            device=device,
            kind=fault.kind,
            begins_s=begins_s,
            ends_s=round(begins_s + _drawn(rng, fault.lasts_s), 3),
            settings={name: _drawn(rng, span) for name, span in sorted(fault.settings.items())},
            manner=fault.manner,
            seed=f"{roots}/{number}",
        )


def _drawn(rng: Random, span: Span) -> float:
    return round(rng.uniform(span.least, span.most), 3)


def _apart(drawn: Sequence[Episode]) -> Iterable[Episode]:
    """Where two of one kind and device overlap, the earlier ends as the later begins."""
    ordered = sorted(drawn, key=lambda each: (each.device, each.kind, *_turn(each)))
    for number, episode in enumerate(ordered):
        after = ordered[number + 1] if number + 1 < len(ordered) else None
        if after is None or (after.device, after.kind) != (episode.device, episode.kind):
            yield episode
        elif after.begins_s > episode.begins_s:
            ends_s = min(episode.ends_s, after.begins_s)
            yield msgspec.structs.replace(episode, ends_s=ends_s)


def _turn(episode: Episode) -> tuple[float, str, FaultKind, float]:
    return episode.begins_s, episode.device, episode.kind, episode.ends_s
