"""A story follows from seed, devices and profile alone."""

import json
from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st

from devices.simulation.faults.kinds import MANUALS, FaultKind, Span
from devices.simulation.profile import Fault, Profile
from devices.simulation.story import Episode, plan_story, told

DEVICES = [f"loa-{number:02}" for number in range(20)]
SPANS = st.tuples(st.floats(0, 1_000), st.floats(0, 1_000)).map(lambda ends: Span(*sorted(ends)))


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    """Any fault of any kind."""
    kind = draw(st.sampled_from(FaultKind))
    return Fault(
        kind=kind,
        share=draw(st.floats(0, 1)),
        begins_s=draw(SPANS),
        lasts_s=draw(SPANS),
        times=draw(st.integers(1, 4)),
        settings={name: each.usual for name, each in MANUALS[kind].settings.items()},
    )


PROFILES = st.lists(faults(), max_size=5).map(lambda each: Profile(tuple(each)))
SEEDS = st.integers()


@given(PROFILES, SEEDS, st.permutations(DEVICES))
def test_the_same_seed_gives_the_same_story(
    profile: Profile, seed: int, shuffled: list[str]
) -> None:
    """In whatever order the devices are named."""
    story = plan_story(profile, devices=DEVICES, seed=seed)

    assert story == plan_story(profile, devices=shuffled, seed=seed)


@given(PROFILES, SEEDS)
def test_a_device_has_one_fault_of_a_kind_at_a_time(profile: Profile, seed: int) -> None:
    """Episodes are in order, end after they begin, and never overlap."""
    story = plan_story(profile, devices=DEVICES, seed=seed)

    assert [each.begins_s for each in story] == sorted(each.begins_s for each in story)
    assert all(each.begins_s <= each.ends_s for each in story)
    by_device = sorted(story, key=lambda each: (each.device, each.kind, each.begins_s))
    for _, same in groupby(by_device, key=lambda each: (each.device, each.kind)):
        episodes = list(same)
        for before, after in pairwise(episodes):
            assert before.ends_s <= after.begins_s


@given(faults(), SEEDS)
def test_a_fault_strikes_its_share_within_its_time(fault: Fault, seed: int) -> None:
    """As many as the share says, at least one; each spell begins where it should."""
    story = plan_story(Profile((fault,)), devices=DEVICES, seed=seed)
    struck = {each.device for each in story}

    assert len(struck) == (max(1, round(fault.share * len(DEVICES))) if fault.share else 0)
    for each in story:
        assert fault.begins_s.least - 0.001 <= each.begins_s <= fault.begins_s.most + 0.001
        assert each.ends_s <= each.begins_s + fault.lasts_s.most + 0.002


@given(faults(), SEEDS)
def test_a_larger_fleet_keeps_what_was_drawn(fault: Fault, seed: int) -> None:
    """Whoever is struck in both has the same spells."""
    few = plan_story(Profile((fault,)), devices=DEVICES[:10], seed=seed)
    many = plan_story(Profile((fault,)), devices=DEVICES, seed=seed)
    in_both = {each.device for each in few} & {each.device for each in many}

    assert of(few, in_both) == of(many, in_both)


def of(story: tuple[Episode, ...], devices: set[str]) -> list[Episode]:
    """The episodes of these devices."""
    return [each for each in story if each.device in devices]


def test_another_seed_is_another_story() -> None:
    """A different half of the fleet, at different times."""
    profile = Profile((Fault(kind=FaultKind.OFFLINE, share=0.5),))

    assert plan_story(profile, devices=DEVICES, seed=1) != plan_story(
        profile, devices=DEVICES, seed=2
    )


def test_named_devices_are_struck_and_strangers_are_not() -> None:
    """A name that is not in the fleet strikes nobody."""
    profile = Profile((Fault(kind=FaultKind.CRASH, devices=("loa-03", "loa-99")),))

    assert [each.device for each in plan_story(profile, devices=DEVICES, seed=7)] == ["loa-03"]


def test_a_story_is_told_in_lines() -> None:
    """One JSON object an episode, with its numbers."""
    fault = Fault(
        kind=FaultKind.SLOW_LINK,
        devices=("loa-01",),
        settings={"delay_ms": Span(5, 5), "bytes_per_s": Span(9, 9)},
    )
    (line,) = told(plan_story(Profile((fault,)), devices=DEVICES, seed=1)).splitlines()
    said = json.loads(line)

    assert (said["device"], said["kind"]) == ("loa-01", "slow_link")
    assert said["settings"] == {"bytes_per_s": 9.0, "delay_ms": 5.0}
