"""`kill -9` of whole programs as cases of `make soak`: in one broadcast, and for minutes on end."""

import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.reports import BroadcastReport
from broadcaster.logs import configure_logs
from devices.controller.statements import ENDS
from devices.protocol.messages import Confirmation, Kind
from tests.chain import DEVICES, RESIDENTS, SCRIPT, Chain, running_chain
from tests.chain_brokers import Broker, OnBroker, chain_on
from tests.chain_evidence import JournalCopy, assert_whole
from tests.soak.case import Outcome, Turn

KILLS_MOST = 5
WINDOW_S = 16.0
"""From the order to the last sound, about: within it the kills fall."""
ANYTHING_ROUNDS = 10
ANYTHING_S = 120.0
"""How long things are killed in one round: twenty minutes in all."""
PAUSE_S = (2.0, 9.0)
"""Between two kills."""
LEAD_S = 8.0
POLE = "controller"


def kill_station(turn: Turn) -> Outcome:
    """One broadcast during which random programs of the station are killed at random instants."""
    configure_logs("ERROR")
    rng = Random(turn.seed)
    with (
        tempfile.TemporaryDirectory(prefix="loa-soak-") as folder,
        running_chain(Path(folder)) as chain,
    ):
        bulletin_id = chain.queue()
        killed = _kill_now_and_then(chain, rng)
        begun = time.monotonic()
        facts: dict[str, int | float | str] = {"kills": len(killed), "killed": " ".join(killed)}
        try:
            facts |= _outcome(chain, bulletin_id)
            whole = True
        except AssertionError as error:
            facts["why"] = " ".join(str(error).split())[:200]
            whole = False
        facts["seconds_until_whole"] = round(time.monotonic() - begun, 1)
        return Outcome(held=whole, facts=facts)


def _kill_now_and_then(chain: Chain, rng: Random) -> list[str]:
    """Kill a seeded choice of what lives at seeded instants of the window; who was killed."""
    killed: list[str] = []
    instants = sorted(rng.uniform(0, WINDOW_S) for _ in range(rng.randint(1, KILLS_MOST)))
    passed_s = 0.0
    for instant_s in instants:
        chain.live(instant_s - passed_s)
        passed_s = instant_s
        living = chain.living()
        if living:
            chosen = rng.sample(living, rng.randint(1, len(living)))
            chain.kill(*chosen)
            killed.append("+".join(chosen))
    return killed


def _outcome(chain: Chain, bulletin_id: str) -> dict[str, int | float | str]:
    """Figures of a broadcast of which all is told; AssertionError when anything of it is lost.

    A device may fail honestly, when the site was away for as long as it waits for its audio.
    """
    broadcast_id = chain.wait_for(lambda: chain.broadcast_of(bulletin_id), "it is planned")
    report = chain.settled(broadcast_id, within_s=150)
    journals = chain.wait_until_receipted()
    assert_whole(chain.database, journals)
    ends = {journal.device: _end_of(journal) for journal in journals}
    assert {play.device_id: play.state for play in report.devices} == ends
    assert len(ends) == len(report.devices) == DEVICES
    assert round(report.coverage.confirmed + report.coverage.failed) == RESIDENTS
    return {
        "finished": report.counts.finished,
        "failed": report.counts.failed,
        "codes": " ".join(sorted({play.code for play in report.devices if play.code})),
        "entries": sum(len(each.entries) for each in journals),
        "skew_max_ms": round(report.skew.max_ms, 1) if report.skew else "",
    }


def _end_of(journal: JournalCopy) -> str:
    """What the play must be by the device's own disk: it had one order, which ended once."""
    ends = _ends(journal.confirmations)
    assert len(ends) == 1, (journal.device, ends)
    return _state_after(ends)


def _ends(said: Sequence[Confirmation]) -> list[Kind]:
    return [each.kind for each in said if each.kind in ENDS | {Kind.REJECTED}]


def _state_after(ends: Sequence[Kind]) -> str:
    """What a play is that ended so, at most once."""
    if not ends:
        return PlayState.NOT_CONFIRMED
    return PlayState.CONFIRMED if ends[0] is Kind.FINISHED else ends[0].value


@dataclass(slots=True)
class Spell:
    """Some minutes in which things die: whom, how often, and how long nobody served."""

    rng: Random
    on: OnBroker
    killed: Counter[str] = field(default_factory=Counter)
    longest_s: float = 0.0

    def pass_by(self) -> None:
        """Let a moment pass, kill one, and see all of the station live again."""
        chain = self.on.chain
        chain.live(self.rng.uniform(*PAUSE_S))
        victim = self.rng.choice(["broker", POLE, *chain.programs])
        begun = time.monotonic()
        if victim == POLE:
            poles = [journal.device for journal in chain.journals()]
            # One that is being started again has nobody to kill.
            with suppress(ProcessLookupError):
                chain.kill_controller(self.rng.choice(poles))
        elif victim == "broker":
            self.on.restart_broker()
        else:
            chain.kill(victim)
        self.killed[victim] += 1
        chain.wait_for(lambda: set(chain.programs) <= set(chain.living()) or None, "all live")
        chain.wait_for_broker()
        self.longest_s = max(self.longest_s, time.monotonic() - begun)


def kill_anything(turn: Turn) -> Outcome:
    """Broadcasts one after the other while any process dies; all of it must be told in the end."""
    configure_logs("ERROR")
    broker = list(Broker)[turn.number % len(Broker)]
    with (
        tempfile.TemporaryDirectory(prefix="loa-soak-") as folder,
        chain_on(broker, Path(folder), lead_s=LEAD_S) as on,
    ):
        on.chain.start_station()
        on.chain.start_fleet()
        spell = Spell(Random(turn.seed), on)
        broadcasts = _broadcast_while_things_die(spell)
        quiet_since = time.monotonic()
        facts: dict[str, int | float | str] = {
            "broker": broker.value,
            "broadcasts": len(broadcasts),
            "kills": spell.killed.total(),
            "killed": " ".join(f"{name}:{spell.killed[name]}" for name in sorted(spell.killed)),
            "longest_until_all_live_s": round(spell.longest_s, 1),
        }
        try:
            facts |= _all_told(on.chain, broadcasts)
            held = True
        except AssertionError as error:
            facts["why"] = " ".join(str(error).split())[:200]
            held = False
        facts["whole_after_s"] = round(time.monotonic() - quiet_since, 1)
        return Outcome(held=held, facts=facts)


def _broadcast_while_things_die(spell: Spell) -> list[str]:
    chain = spell.on.chain
    until_s = time.monotonic() + ANYTHING_S
    broadcasts: list[str] = []
    while time.monotonic() < until_s:
        bulletin_id = chain.queue(script=f"Tin thứ {len(broadcasts) + 1}. {SCRIPT}")
        spell.pass_by()
        spell.pass_by()
        planned = partial(chain.broadcast_of, bulletin_id)
        broadcasts.append(chain.wait_for(planned, "it is planned"))
        spell.pass_by()
    return broadcasts


def _all_told(chain: Chain, broadcasts: list[str]) -> dict[str, int | float | str]:
    """Figures of all broadcasts; AssertionError when anything of them is lost or told twice."""
    for each in broadcasts:
        chain.settled(each, within_s=150)
    journals = chain.wait_until_receipted()
    assert_whole(chain.database, journals)
    # Late words have corrected by now what a deadline had settled.
    reports = [chain.settled(each) for each in broadcasts]
    states: Counter[str] = Counter()
    for report in reports:
        assert len(report.devices) == DEVICES
        states.update(_as_on_the_disks(report, journals))
    return {
        "plays": states.total(),
        "finished": states[PlayState.CONFIRMED],
        "other_ends": " ".join(
            f"{state}:{states[state]}" for state in sorted(states) if state != PlayState.CONFIRMED
        ),
        "entries": sum(len(each.entries) for each in journals),
    }


def _as_on_the_disks(report: BroadcastReport, journals: list[JournalCopy]) -> list[PlayState]:
    """What became of each play, which must be what its device wrote down, once."""
    said = {journal.device: journal.confirmations for journal in journals}
    for play in report.devices:
        ends = _ends([each for each in said[play.device_id] if each.order == play.order_id])
        assert len(ends) <= 1, (play.device_id, ends)
        expected = _state_after(ends)
        assert play.state == expected, (play.device_id, play.state, expected)
    return [PlayState(play.state) for play in report.devices]
