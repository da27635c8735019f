"""The cases of `make soak`: what each shows, how many rounds, and how one round is run."""

import tempfile
from pathlib import Path

from devices.conformance.scoring import Verdict
from tests.contract.trials import conformance_of_js, conformance_of_ours
from tests.fault_matrix import matrix
from tests.soak.api import api
from tests.soak.attacks import (
    attack_brokers,
    attack_controllers,
    attack_deployed,
    attack_ledger,
)
from tests.soak.case import Case, Outcome, Turn
from tests.soak.comparison import comparison
from tests.soak.durability import FULL_ROUNDS, KILL_ROUNDS, full_disk, kill_ingest
from tests.soak.every_fault import FAULTS, every_fault
from tests.soak.faults import fault_matrix
from tests.soak.killing import ANYTHING_ROUNDS, kill_anything, kill_station
from tests.soak.parsers import parsers


def conformance(turn: Turn) -> Outcome:
    """Every point of the conformance suite, with our controller and with one in JavaScript."""
    with tempfile.TemporaryDirectory(prefix="loa-soak-") as folder:
        ours = conformance_of_ours(Path(folder) / "ours")
        theirs = conformance_of_js(Path(folder) / "js")
    facts: dict[str, int | float | str] = {"seed": turn.seed}
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
    "api": Case(
        what="each operation of the OpenAPI document asked by Schemathesis, sense and nonsense: "
        "no answer that the document does not state, none with 5xx; an eighth of them a round",
        rounds=40,
        run=api,
    ),
    "comparison": Case(
        what="10,000 plays of 50 poles in 100 hours, told by three senders under the same faults "
        "(2 % of messages lost, 1 % of answers, an outage of 5 to 90 min a pole and day, the "
        "station away for 6 to 12 h, power gone every other day): *start only* says that it begins "
        "and forgets; *no id* sends rows again after a time-out; *ours*, with the real ledger. "
        "Lost, doubled, made up (shown as played though power cut it): only ours must have none",
        rounds=3,
        run=comparison,
    ),
    "conformance": Case(
        what="all points of the conformance suite, power cuts among them, tried with our own "
        "controller and with the one in JavaScript",
        rounds=1,
        run=conformance,
    ),
    "attack-brokers": Case(
        what="a thief with a device's login at the embedded broker and at Mosquitto: it speaks for "
        "nobody, hears nobody, takes over nobody's session, and nobody else is disturbed",
        rounds=125,
        run=attack_brokers,
    ),
    "attack-deployed": Case(
        what="Mosquitto by the command of `deploy/commune`, with its access list, attacked by TLS "
        "at the door that is open to the world: each attack of the brokers' suite but those that "
        "change the registry, old TLS, words in the clear; 100 examples of each drawn attack a "
        "round",
        rounds=25,
        run=attack_deployed,
    ),
    "attack-controllers": Case(
        what="whoever owns network and broker at a controller, with keys of his own, of yesterday "
        "and of a clock, and all that was ever recorded: nothing plays, nothing is believed, each "
        "message is counted and told in the health",
        rounds=25,
        run=attack_controllers,
    ),
    "attack-ledger": Case(
        what="whoever owns broker and one pole at the ledger: nothing counts that nobody may say, "
        "each message is an incident to look at, the neighbour is heard",
        rounds=25,
        run=attack_ledger,
    ),
    "fault-matrix": Case(
        what="the network cut at each step of a broadcast, and meanwhile broker, station, power of "
        "half the devices or all of them lost: each confirmation is in the ledger once, each chain "
        "whole, nothing played twice",
        rounds=len(matrix()),
        run=fault_matrix,
    ),
    "faults": Case(
        what="everything away for six hours with 100 controllers, the server's clock an hour and a "
        "day off, the broker's certificate ended, broker and database gone, slow and full, a page "
        "spoilt (root only): confirmations lost and doubled, wrong sounds, the letter that said "
        "what happened, in seconds after it began, and seconds from its end until all was told",
        rounds=len(FAULTS),
        run=every_fault,
    ),
    "full-disk": Case(
        what="the database's disk filled to the last block while poles speak (root only): nothing "
        "is receipted meanwhile, it is told, and with room again all goes on by itself; nothing is "
        "lost, nothing is twice",
        rounds=FULL_ROUNDS,
        run=full_disk,
    ),
    "kill-anything": Case(
        what="two minutes of broadcasts, one after the other, and every few seconds `kill -9` of "
        "any process: broker, ingest, site, schedule, a pole's controller; afterwards each "
        "confirmation is in the ledger once, each chain whole, each play as its device tells",
        rounds=ANYTHING_ROUNDS,
        run=kill_anything,
    ),
    "kill-ingest": Case(
        what="`kill -9` of the ingest at random instants under load, ten a round, the broker and "
        "PostgreSQL among them: each receipt is held against the database as it comes; nothing is "
        "lost, nothing is twice, each play is folded from all of it",
        rounds=KILL_ROUNDS,
        run=kill_ingest,
    ),
    "kill-station": Case(
        what="`kill -9` of random programs of the station at random instants of a broadcast: "
        "each confirmation is in the ledger once, each chain whole, each play as its device tells",
        rounds=10,
        run=kill_station,
    ),
    "parsers": Case(
        what="seeded wounds at every door by which something from outside is read (orders and "
        "confirmations raw and signed anew, live frames, enrolment, MQTT packets, CAP, lists, "
        "podcasts, documents, PDF, spreadsheets, exchange, photos, sound at the station and at a "
        "pole): each is read or refused by name",
        rounds=10,
        run=parsers,
    ),
}
