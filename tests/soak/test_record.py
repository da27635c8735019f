"""The record of a soak: a run that was broken off goes on where it stopped, and tells all of it."""

from pathlib import Path

from tests.soak.record import Record, Round, Share


def opened(results: Path, *, seed: int = 1, rounds: int = 3) -> Record:
    """The record of one case."""
    return Record.open(results, case="kill-station", seed=seed, rounds=rounds)


def ended(number: int, *, held: bool = True) -> Round:
    """A round that has ended."""
    return Round(number=number, seconds=1.5, held=held, facts={"kills": number, "why": "không"})


def test_only_rounds_that_have_not_ended_are_missing(tmp_path: Path) -> None:
    """Opened anew, the record still has its rounds; asked for more, it runs only those."""
    record = opened(tmp_path)
    before = record.missing()
    record.add(ended(1))
    record.add(ended(3))

    assert before == [1, 2, 3]
    assert opened(tmp_path).missing() == [2]
    assert opened(tmp_path, rounds=5).missing() == [2, 4, 5]
    assert opened(tmp_path).kept() == [ended(1), ended(3)]


def test_another_seed_is_another_record(tmp_path: Path) -> None:
    """Rounds of different seeds are never mixed."""
    opened(tmp_path).add(ended(1))

    assert opened(tmp_path, seed=2).missing() == [1, 2, 3]


def test_the_table_tells_what_did_not_hold(tmp_path: Path) -> None:
    """With the command that repeats it, what is still missing, and every round's figures."""
    record = opened(tmp_path)
    record.add(ended(1))
    whole = record.write_table(what="nothing is lost")
    record.add(ended(2, held=False))
    broken = record.write_table(what="nothing is lost")
    table = (tmp_path / "kill-station.md").read_text("utf-8")

    assert (whole, broken) == (True, False)
    assert "# kill-station: nothing is lost" in table
    assert "`python -m tests.soak kill-station --rounds 3 --seed 1`" in table
    assert "1 of 2 rounds held; 3 were asked for" in table
    assert "| 1 | yes | 1.5 | 1 | không |" in table
    assert "| 2 | **no** | 1.5 | 2 | không |" in table


def test_two_shares_are_all_rounds_once() -> None:
    """Each run has its own, also after one of them was broken off and the other was not."""
    first, second = Share.read("1/2"), Share.read("2/2")

    assert (first.of([1, 2, 3, 4, 5]), second.of([1, 2, 3, 4, 5])) == ([1, 3, 5], [2, 4])
    assert (first.of([3, 4]), second.of([3, 4])) == ([3], [4])
    assert Share(1, 1).of([2, 3]) == [2, 3]
