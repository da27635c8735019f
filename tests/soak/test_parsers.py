"""A sample of the soak case: each door reads what is sound, and refuses by name what is not."""

import pytest

from tests.soak.doors import DOORS
from tests.soak.parsers import inputs, try_door

SEED = 8
SAMPLE = 40


@pytest.mark.parametrize("name", DOORS)
def test_what_is_sound_is_read(name: str) -> None:
    """So that the wounds begin where the parser is, and not before its door."""
    door = DOORS[name]
    read = 0
    for sound in door.sound():
        try:
            door.read(sound)
            read += 1
        except door.refusals:
            continue

    assert read >= 1


@pytest.mark.parametrize("name", DOORS)
def test_what_is_wounded_is_read_or_refused_by_name(name: str) -> None:
    """The whole count is `make soak`'s."""
    count = max(2, SAMPLE * DOORS[name].share // 1000)
    tried = try_door(name, count=count, seed=SEED)

    assert tried.wrong == []
    assert tried.read + tried.refused.total() == count


def test_the_same_seed_wounds_the_same_way() -> None:
    """So that what was found can be found again."""
    door = DOORS["CAP"]

    assert list(inputs(door, count=50, seed="1")) == list(inputs(door, count=50, seed="1"))
    assert list(inputs(door, count=50, seed="1")) != list(inputs(door, count=50, seed="2"))


def test_what_takes_without_end_is_wrong() -> None:
    """By the processor's time, which a busy machine does not add to."""
    passed = iter(range(0, 10_000, 30))
    tried = try_door("podcasts", count=3, seed=SEED, clock=lambda: float(next(passed)))

    assert [said for _, _, said in tried.wrong] == ["30 s"] * 3
