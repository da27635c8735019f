"""The cases of `make soak`: what each shows, how many rounds, and how one round is run."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from broadcaster.ledger.play_state import PlayState
from broadcaster.logs import configure_logs
from devices.conformance.scoring import Verdict
from devices.controller.statements import ENDS
from devices.protocol.messages import Kind
from tests.chain import DEVICES, RESIDENTS, Chain, running_chain
from tests.chain_evidence import JournalCopy, assert_whole
from tests.contract.trials import conformance_of_js, conformance_of_ours
from tests.soak.record import Facts

KILLS_MOST = 5
EXAMPLES_A_ROUND = 500
"""Of each attack on each of two brokers; 25 rounds of 4 attacks are 100,000."""
BROKER_ATTACKS = ("no_topic_lets", "no_filter_lets", "no_octets_disturb", "no_client_id_takes")
WINDOW_S = 16.0
"""From the order to the last sound, about: within it the kills fall."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether what was promised held in a round, and the round's figures."""

    held: bool
    facts: Facts


@dataclass(frozen=True, slots=True)
class Case:
    """What a case shows; `run` is given the round's seed."""

    what: str
    rounds: int
    run: Callable[[int], Outcome]


def kill_station(seed: int) -> Outcome:
    """One broadcast during which random programs of the station are killed at random instants."""
    configure_logs("ERROR")
    rng = Random(seed)
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
    ends = [each.kind for each in journal.confirmations if each.kind in ENDS | {Kind.REJECTED}]
    assert len(ends) == 1, (journal.device, ends)
    return PlayState.CONFIRMED if ends[0] is Kind.FINISHED else ends[0].value


def attack_brokers(seed: int) -> Outcome:
    """What Hypothesis thinks of, on both brokers: topics, filters, octets and client ids."""
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"),
            *("--timeout", "3600", f"--hypothesis-seed={seed}", "-k", " or ".join(BROKER_ATTACKS)),
            "tests/devices/broker/test_broker_attacks.py",
        ],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "LOA_ATTACKS": str(EXAMPLES_A_ROUND),
            "HYPOTHESIS_PROFILE": "chance",
        },
    )
    facts: dict[str, int | float | str] = {
        "examples": EXAMPLES_A_ROUND * len(BROKER_ATTACKS) * 2,
        "said": ended.stdout.strip().splitlines()[-1] if ended.stdout.strip() else "",
    }
    return Outcome(held=ended.returncode == 0, facts=facts)


def conformance(seed: int) -> Outcome:
    """Every point of the conformance suite, with our controller and with one in JavaScript."""
    with tempfile.TemporaryDirectory(prefix="loa-soak-") as folder:
        ours = conformance_of_ours(Path(folder) / "ours")
        theirs = conformance_of_js(Path(folder) / "js")
    facts: dict[str, int | float | str] = {"seed": seed}
    for name, scores in (("ours", ours), ("js", theirs)):
        failed = [
            f"{each.point.name} ({each.why[:120]})"
            for each in scores
            if each.verdict is Verdict.FAILED
        ]
        facts[f"{name}_passed"] = sum(each.verdict is Verdict.PASSED for each in scores)
        facts[f"{name}_failed"] = "; ".join(failed)
    return Outcome(held=not facts["ours_failed"] and not facts["js_failed"], facts=facts)


CASES: dict[str, Case] = {
    "conformance": Case(
        what="all points of the conformance suite, power cuts among them, tried with our own "
        "controller and with the one in JavaScript",
        rounds=1,
        run=conformance,
    ),
    "attack-brokers": Case(
        what="a thief with a device's login at the embedded broker and at Mosquitto: it speaks for "
        "nobody, hears nobody, takes over nobody's session, and nobody else is disturbed",
        rounds=25,
        run=attack_brokers,
    ),
    "kill-station": Case(
        what="`kill -9` of random programs of the station at random instants of a broadcast: "
        "each confirmation is in the ledger once, each chain whole, each play as its device tells",
        rounds=10,
        run=kill_station,
    ),
}
