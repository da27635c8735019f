"""The record of a soak case: each round kept as it ends, the table written from all of them."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

Facts = Mapping[str, int | float | str]


@dataclass(frozen=True, slots=True)
class Round:
    """One round: how long it took, whether what was promised held, and its figures."""

    number: int
    seconds: float
    held: bool
    facts: Facts


@dataclass(frozen=True, slots=True)
class Share:
    """One of several runs that divide the rounds of a case among them, by number."""

    which: int
    among: int

    @classmethod
    def read(cls, text: str) -> "Share":
        """Read `1/2`; raise ValueError for what is none."""
        which, among = (int(part) for part in text.split("/"))
        if not 1 <= which <= among:
            msg = f"not a share: {text}"
            raise ValueError(msg)
        return cls(which, among)

    def of(self, numbers: Sequence[int]) -> list[int]:
        """Those of these rounds that are its own, whatever others have run meanwhile."""
        return [number for number in numbers if (number - self.which) % self.among == 0]


@dataclass(frozen=True, slots=True)
class Record:
    """The rounds of one case, seed and commit, one JSON line each."""

    path: Path
    case: str
    seed: int
    rounds: int
    commit: str

    @classmethod
    def open(cls, results: Path, *, case: str, seed: int, rounds: int) -> "Record":
        """The record to go on with; another commit or seed begins a new one."""
        results.mkdir(parents=True, exist_ok=True)
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        path = results / f".{case}-{commit}-{seed}.jsonl"
        return cls(path=path, case=case, seed=seed, rounds=rounds, commit=commit)

    def kept(self) -> list[Round]:
        """The rounds that have ended."""
        if not self.path.exists():
            return []
        return [Round(**json.loads(line)) for line in self.path.read_text("utf-8").splitlines()]

    def missing(self) -> list[int]:
        """The numbers of the rounds still to run."""
        done = {each.number for each in self.kept()}
        return [number for number in range(1, self.rounds + 1) if number not in done]

    def add(self, ended: Round) -> None:
        """Keep a round."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(ended), ensure_ascii=False) + "\n")

    def write_table(self, *, what: str) -> bool:
        """Write the table for people; say whether every round held."""
        rounds = sorted(self.kept(), key=lambda each: each.number)
        names = sorted({name for each in rounds for name in each.facts})
        held = all(each.held for each in rounds)
        lines = [
            f"# {self.case}: {what}",
            "",
            f"- commit `{self.commit}`, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            f"- command `python -m tests.soak {self.case} --rounds {self.rounds} "
            f"--seed {self.seed}`",
            f"- {sum(each.held for each in rounds)} of {len(rounds)} rounds held"
            + ("" if len(rounds) == self.rounds else f"; {self.rounds} were asked for"),
            "",
            "| round | held | seconds | " + " | ".join(names) + " |",
            "|---" * (3 + len(names)) + "|",
        ]
        lines += [
            f"| {each.number} | {'yes' if each.held else '**no**'} | {each.seconds} | "
            + " | ".join(str(each.facts.get(name, "")) for name in names)
            + " |"
            for each in rounds
        ]
        (self.path.parent / f"{self.case}.md").write_text("\n".join(lines) + "\n", "utf-8")
        return held
