"""What has begun is named once, in order, at the sample where it begins, and only when heard."""

from hypothesis import given
from hypothesis import strategies as st

from devices.controller.progress import Beginning, Progress
from devices.protocol.messages import Cue, Item

RATE_HZ = 8_000
START_US = 1_000_000


def item(*cues_at_ms: int, duration_ms: int = 60_000) -> Item:
    """A file with cues."""
    cues = tuple(Cue(at_ms=at_ms, kind="bulletin") for at_ms in cues_at_ms)
    return Item(sha256="0" * 64, size_bytes=1, duration_ms=duration_ms, cues=cues)


def write(progress: Progress, number: int, samples: int, *, from_sample: int = 0) -> None:
    """Write an item's samples in pieces of half a second, without a gap."""
    for piece in range(0, samples, RATE_HZ // 2):
        begins_us = START_US + (from_sample + piece) * 1_000_000 // RATE_HZ
        progress.wrote(number, min(RATE_HZ // 2, samples - piece), begins_us=begins_us)


def test_an_item_without_cues_begins_with_its_first_sample() -> None:
    """As one part, without a number of a cue."""
    progress = Progress([item(), item()], RATE_HZ)
    write(progress, 0, RATE_HZ)
    write(progress, 1, RATE_HZ, from_sample=RATE_HZ)

    assert progress.left(until_us=START_US + 1) == [Beginning(0, None, START_US)]
    assert progress.left(until_us=START_US + 1_000_001) == [
        Beginning(1, None, START_US + 1_000_000)
    ]
    assert progress.left(until_us=START_US + 9_000_000) == []


def test_a_cue_at_the_beginning_stands_for_the_item() -> None:
    """One statement, not two, about one sample."""
    progress = Progress([item(0, 700)], RATE_HZ)
    write(progress, 0, RATE_HZ)

    assert progress.left(until_us=START_US + 9_000_000) == [
        Beginning(0, 0, START_US),
        Beginning(0, 1, START_US + 700_000),
    ]


def test_sound_before_the_first_cue_is_the_items_own() -> None:
    """The first sample of a play is always named."""
    progress = Progress([item(300)], RATE_HZ)
    write(progress, 0, RATE_HZ)

    assert progress.left(until_us=START_US + 9_000_000) == [
        Beginning(0, None, START_US),
        Beginning(0, 0, START_US + 300_000),
    ]


def test_a_cue_whose_sample_has_not_left_is_not_named() -> None:
    """Not at the very instant at which it would have begun, and not when the sound ends before."""
    progress = Progress([item(0, 500, 900)], RATE_HZ)
    write(progress, 0, RATE_HZ * 6 // 10)

    assert [each.cue for each in progress.left(until_us=START_US + 500_000)] == [0]
    assert progress.reached == Beginning(0, 0, START_US)
    assert [each.cue for each in progress.left(until_us=START_US + 500_001)] == [1]
    assert progress.left(until_us=START_US + 9_000_000) == []


@given(
    cues=st.sets(st.integers(0, 3_999), max_size=100).map(sorted),
    pieces=st.lists(st.tuples(st.integers(1, 8_000), st.integers(0, 300_000)), max_size=20),
    looks=st.lists(st.integers(0, 9_000_000), max_size=10).map(sorted),
)
def test_whatever_is_written_and_cut_only_what_left_is_named(
    cues: list[int], pieces: list[tuple[int, int]], looks: list[int]
) -> None:
    """Pieces of any length with any gaps between them: each cue heard is named once, in order."""
    progress = Progress([item(*cues, duration_ms=4_000)], RATE_HZ)
    leaves_us: list[int] = []
    ends_us = START_US
    for samples, gap_us in pieces:
        begins_us = ends_us + gap_us
        progress.wrote(0, samples, begins_us=begins_us)
        leaves_us += [begins_us + n * 1_000_000 // RATE_HZ for n in range(samples)]
        ends_us = begins_us + samples * 1_000_000 // RATE_HZ
    named = [each for look in looks for each in progress.left(until_us=START_US + look)]
    seen_us = START_US + max(looks, default=0)
    expected = [
        (number, leaves_us[at_ms * 8])
        for number, at_ms in enumerate(cues)
        if at_ms * 8 < len(leaves_us) and leaves_us[at_ms * 8] < seen_us
    ]

    assert [(each.cue, each.at_us) for each in named if each.cue is not None] == expected
    assert progress.reached == (named[-1] if named else None)
