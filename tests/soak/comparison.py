"""Senders as the field has them beside ours: who loses plays, who doubles them, who makes them up.

The same loudspeakers play the same programmes and meet the same seeded faults, minute by minute;
three senders tell three ledgers of it:

- *start only*: says that it begins, once, and forgets (what many controllers on poles do);
- *no id*: keeps rows on its disk until they are answered, sends them again after a time-out, and
  the server inserts what arrives (statistics of players, as widely used signage systems have it);
- *ours*: numbered, chained and signed entries, sent until a receipt covers them, taken in by the
  station's real ingest (`broadcaster/ledger`) into its real tables.

Charity is on the others' side: their disks lose nothing, their servers none of what they stored.
Nothing here is about how often faults come; they are chosen, stated, and the same for all.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from pathlib import Path
from random import Random

from sqlmodel import col, select

import broadcaster.schema  # noqa: F401 - all tables, as the station has them
from broadcaster.database import Database
from broadcaster.database.migrate import migrate
from broadcaster.ledger.expectations import ExpectedOrder, expect
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.tables import Play
from broadcaster.logs import configure_logs
from broadcaster.wire import Delivery
from devices.protocol.messages import Kind
from tests.broadcaster.ledger.commune import (
    ASKED_MS,
    BEFORE,
    RATE_HZ,
    STARTS,
    Pole,
    found,
    ingest,
    order,
    raise_pole,
)
from tests.soak.case import Outcome, Turn
from tests.trail import connect

POLES, PLAYS = 50, 200
"""10,000 plays a round."""
APART_MIN, LASTS_MIN, SENDS_EVERY_MIN = 30, 5, 5
DAY_MIN = 24 * 60
QUIET_AT_THE_END_MIN = DAY_MIN
"""After the last play nothing fails for a day: what comes late is not lost."""

MESSAGE_LOST, ANSWER_LOST = 0.02, 0.01
OUTAGES_A_DAY, OUTAGE_MIN = 1.0, (5, 90)
STATION_AWAY_MIN = (6 * 60, 12 * 60)
"""Once in the round the station is away for so long: a night's maintenance that went wrong."""
POWER_CUTS_A_DAY, POWER_AWAY_MIN = 0.5, (1, 60)
_AT_ONCE = 40

Told = tuple[int, int]
"""A pole and a play, by their numbers."""


class Fate(Enum):
    """What becomes of a message."""

    TAKEN = auto()
    LOST = auto()
    UNANSWERED = auto()
    """It arrived, and its answer did not: whoever sent it cannot tell this from `LOST`."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What fails when, the same for every sender."""

    seed: int
    ends_min: int
    outages: Sequence[Sequence[range]]
    power_cuts: Sequence[Sequence[range]]
    station_away: range

    @classmethod
    def of(cls, seed: int, *, poles: int, last_min: int) -> "Faults":
        """Drawn from the seed."""
        rng = Random(seed)

        def some(a_day: float, lasts: tuple[int, int]) -> list[range]:
            count = sum(rng.random() < a_day / 24 for _ in range(last_min // 60))
            begins = [rng.randrange(last_min) for _ in range(count)]
            return [range(each, each + rng.randint(*lasts)) for each in begins]

        away = rng.randrange(last_min)
        return cls(
            seed=seed,
            ends_min=last_min,
            outages=[some(OUTAGES_A_DAY, OUTAGE_MIN) for _ in range(poles)],
            power_cuts=[some(POWER_CUTS_A_DAY, POWER_AWAY_MIN) for _ in range(poles)],
            station_away=range(away, away + rng.randint(*STATION_AWAY_MIN)),
        )

    def has_power(self, pole: int, minute: int) -> bool:
        """Whether the pole has power in this minute."""
        return not any(minute in each for each in self.power_cuts[pole])

    def fate(self, pole: int, minute: int) -> Fate:
        """What becomes of what this pole sends in this minute, whoever its sender is."""
        if minute in self.station_away or any(minute in each for each in self.outages[pole]):
            return Fate.LOST
        if minute > self.ends_min:
            return Fate.TAKEN
        drawn = Random(f"{self.seed} {pole} {minute}").random()
        if drawn < MESSAGE_LOST:
            return Fate.LOST
        return Fate.UNANSWERED if drawn < MESSAGE_LOST + ANSWER_LOST else Fate.TAKEN


@dataclass
class StartOnly:
    """Says *it begins*, once; the server believes that what began was played."""

    shown: Counter[Told] = field(default_factory=Counter)

    def begins(self, told: Told, fate: Fate) -> None:
        """One message."""
        if fate is not Fate.LOST:
            self.shown[told] += 1


@dataclass
class NoId:
    """Keeps rows until they are answered; the server has no way to know a row again."""

    shown: Counter[Told] = field(default_factory=Counter)
    kept: dict[int, list[Told]] = field(default_factory=dict)

    def ends(self, told: Told) -> None:
        """One row more."""
        self.kept.setdefault(told[0], []).append(told)

    def sends(self, pole: int, fate: Fate) -> None:
        """All rows; they go when it is answered."""
        rows = self.kept.get(pole, [])
        if fate is not Fate.LOST:
            self.shown.update(rows)
        if fate is Fate.TAKEN:
            self.kept[pole] = []


@dataclass
class Ours:
    """Poles with journals, and the station's ingest behind the same line."""

    database: Database
    poles: Sequence[Pole]
    receipted: dict[int, int] = field(default_factory=dict)
    _waiting: list[tuple[int, Fate, Delivery]] = field(default_factory=list)

    def begins(self, told: Told) -> None:
        """Journalled before the sound."""
        for kind in (Kind.RECEIVED, Kind.CACHED, Kind.STARTED):
            self.poles[told[0]].say(kind, order=f"ord-{told[1]}")

    def ends(self, told: Told) -> None:
        """With how much of it sounded."""
        samples = ASKED_MS * RATE_HZ // 1_000
        self.poles[told[0]].say(
            Kind.FINISHED, order=f"ord-{told[1]}", samples=samples, sample_rate_hz=RATE_HZ,
            first_sample_at_us=1, last_sample_at_us=1 + ASKED_MS * 1_000,
        )  # fmt: skip

    def was_cut(self, told: Told) -> None:
        """Said as soon as there is power again."""
        self.poles[told[0]].say(Kind.FAILED, order=f"ord-{told[1]}", code="interrupted")

    def sends(self, pole: int, fate: Fate) -> None:
        """What no receipt covers, some entries at once."""
        journal, first = self.poles[pole], self.receipted.get(pole, 0) + 1
        last = min(len(journal.entries), first + _AT_ONCE - 1)
        if fate is not Fate.LOST and first <= last:
            self._waiting.append((pole, fate, journal.batch(first, last)))

    def takes_in(self, minute: int) -> None:
        """One transaction of the ingest; a receipt goes out where its way is open."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        with self.database.writing() as session:
            now = STARTS + timedelta(minutes=minute)
            stored = ingest(session, [delivery for _, _, delivery in waiting], now=now)
        covered = {each.device: each.seq for each in stored.receipts}
        for pole, fate, _ in waiting:
            if fate is Fate.TAKEN:
                self.receipted[pole] = covered[self.poles[pole].device]

    def shown(self) -> Counter[Told]:
        """What the ledger calls played, by pole and play."""
        numbers = {each.device: number for number, each in enumerate(self.poles)}
        with self.database.reading() as session:
            rows = session.exec(
                select(Play.device_id, Play.order_id).where(col(Play.state) == PlayState.CONFIRMED)
            )
            return Counter(
                (numbers[device], int(order_id.removeprefix("ord-"))) for device, order_id in rows
            )


def compared(seed: int, *, folder: Path, poles: int, plays: int) -> dict[str, dict[str, int]]:
    """For each sender: plays lost, doubled, and shown though they were not played to the end."""
    last_min = plays * APART_MIN
    faults = Faults.of(seed, poles=poles, last_min=last_min)
    start_only, no_id, ours = StartOnly(), NoId(), _station(folder, poles=poles, plays=plays)
    played: set[Told] = set()
    running: dict[int, int] = {}
    for minute in range(last_min + QUIET_AT_THE_END_MIN):
        for pole in range(poles):
            fate = faults.fate(pole, minute)
            if not faults.has_power(pole, minute):
                continue
            cut = running.get(pole)
            if cut is not None and not faults.has_power(pole, minute - 1):
                ours.was_cut((pole, running.pop(pole)))
            number, into = divmod(minute, APART_MIN)
            if into == 0 and number < plays:
                running[pole] = number
                start_only.begins((pole, number), fate)
                ours.begins((pole, number))
            elif into == LASTS_MIN and running.get(pole) == number:
                told = (pole, running.pop(pole))
                played.add(told)
                no_id.ends(told)
                ours.ends(told)
            if minute % SENDS_EVERY_MIN == 0:
                no_id.sends(pole, fate)
                ours.sends(pole, fate)
        ours.takes_in(minute)
    shown = {"start_only": start_only.shown, "no_id": no_id.shown, "ours": ours.shown()}
    ours.database.dispose()
    return {name: _against(played, each) for name, each in shown.items()} | {
        "really": {"played": len(played)}
    }


def _against(played: set[Told], shown: Counter[Told]) -> dict[str, int]:
    return {
        "lost": len(played - set(shown)),
        "doubled": sum(count - 1 for count in shown.values()),
        "made_up": len(set(shown) - played),
    }


def _station(folder: Path, *, poles: int, plays: int) -> Ours:
    """A station that expects all of it."""
    database = connect(f"sqlite:///{folder / 'ledger.sqlite3'}")
    migrate(database)
    with database.writing() as session:
        found(session)
        raised = [raise_pole(session, f"loa-{number}") for number in range(poles)]
        session.flush()
        expect(session, *_orders(plays), now=BEFORE)
    return Ours(database, raised)


def _orders(plays: int) -> Iterator[ExpectedOrder]:
    for number in range(plays):
        at = STARTS + timedelta(minutes=number * APART_MIN)
        yield order(f"ord-{number}", broadcast=f"bc-{number}", starts_at=at)


def comparison(turn: Turn) -> Outcome:
    """One round; it holds where ours lost, doubled and made up nothing."""
    configure_logs("CRITICAL")
    with tempfile.TemporaryDirectory(prefix="loa-soak-") as folder:
        told = compared(turn.seed, folder=Path(folder), poles=POLES, plays=PLAYS)
    return Outcome(
        held=not any(told["ours"].values()),
        facts={"plays": POLES * PLAYS}
        | {
            f"{name}_{what}": count
            for name, counts in told.items()
            for what, count in counts.items()
        },
    )
