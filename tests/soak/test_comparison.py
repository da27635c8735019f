"""A small round of the comparison: the same faults, three senders, three ledgers."""

from pathlib import Path

from tests.soak.comparison import Fate, Faults, NoId, StartOnly, compared

SEED = 11


def test_ours_loses_doubles_and_makes_up_nothing(tmp_path: Path) -> None:
    """Where the others do, under the same faults."""
    found = compared(SEED, folder=tmp_path, poles=6, plays=40)

    assert found["ours"] == {"lost": 0, "doubled": 0, "made_up": 0}
    assert found["really"]["played"] > 200
    assert found["start_only"]["lost"] > 0
    assert found["start_only"]["doubled"] == 0
    assert found["no_id"]["doubled"] > 0


def test_faults_are_the_same_for_the_same_seed() -> None:
    """Whoever asks, and in whatever order."""
    one, same, other = (Faults.of(seed, poles=3, last_min=3_000) for seed in (1, 1, 2))
    fates = [[each.fate(2, minute) for minute in range(3_000)] for each in (one, same, other)]

    assert fates[0] == fates[1]
    assert fates[0] != fates[2]
    assert set(fates[0]) == set(Fate)


def test_what_is_not_answered_is_doubled_by_whom_knows_no_id() -> None:
    """And a start that is lost is lost; on a clean line both tell the truth."""
    no_id, start_only = NoId(), StartOnly()
    no_id.ends((0, 1))
    for fate in (Fate.LOST, Fate.UNANSWERED, Fate.TAKEN, Fate.TAKEN):
        no_id.sends(0, fate)
    start_only.begins((0, 1), Fate.LOST)
    start_only.begins((0, 2), Fate.TAKEN)

    assert no_id.shown == {(0, 1): 2}
    assert start_only.shown == {(0, 2): 1}
