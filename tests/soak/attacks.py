"""Attacks as cases of `make soak`: Hypothesis with a seed a round, and how much it really sent."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.attack_count import ASKED_BY
from tests.soak.case import Outcome, Turn
from tests.soak.record import Facts

EXAMPLES_A_ROUND = 100
"""Of each attack on each of two brokers; 125 rounds of 4 attacks are 100,000.

A round is kept once it has ended, so it must end within minutes on a small machine as well.
"""
BROKER_ATTACKS = ("no_topic_lets", "no_filter_lets", "no_octets_disturb", "no_client_id_takes")
SERIES_A_ROUND = 100
"""Of 20 messages each; 25 rounds are 50,000 to controllers, and as many to each ledger."""


def attack_brokers(turn: Turn) -> Outcome:
    """What Hypothesis thinks of, on both brokers: topics, filters, octets and client ids."""
    held, said = _tried(
        "tests/devices/broker/test_broker_attacks.py",
        turn=turn,
        examples=EXAMPLES_A_ROUND,
        more=("-k", " or ".join(BROKER_ATTACKS)),
    )
    examples = EXAMPLES_A_ROUND * len(BROKER_ATTACKS) * 2
    return Outcome(held=held, facts={"examples": examples, "said": said})


def attack_deployed(turn: Turn) -> Outcome:
    """The brokers' attacks from outside, at Mosquitto as the files of `deploy` start it."""
    held, said = _tried(
        "tests/deploy/test_deployed_broker.py", turn=turn, examples=EXAMPLES_A_ROUND
    )
    return Outcome(held=held, facts={"said": said})


def attack_controllers(turn: Turn) -> Outcome:
    """Messages of every kind of attack to controllers, counted as they are sent."""
    return _counted("tests/devices/controller/test_every_attack.py", turn=turn)


def attack_ledger(turn: Turn) -> Outcome:
    """Messages of every kind of attack to the ledger, counted as they are sent."""
    return _counted("tests/broadcaster/ledger/test_every_attack.py", turn=turn)


def _counted(file: str, *, turn: Turn) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="loa-soak-") as folder:
        told = Path(folder) / "sent.json"
        held, said = _tried(file, turn=turn, examples=SERIES_A_ROUND, told=told)
        sent: dict[str, int] = json.loads(told.read_text("utf-8")) if told.exists() else {}
    facts: Facts = {"messages": sum(sent.values()), "said": said, **dict(sorted(sent.items()))}
    return Outcome(held=held, facts=facts)


def _tried(
    file: str, *, turn: Turn, examples: int, more: Sequence[str] = (), told: Path | None = None
) -> tuple[bool, str]:
    """Run a file of attacks in a process of its own; whether all held, and its last line."""
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"),
            *(
                "--show-capture=no",
                "--timeout",
                "3600",
                f"--hypothesis-seed={turn.seed}",
                *more,
                file,
            ),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "LOA_ATTACKS": str(examples),
            "HYPOTHESIS_PROFILE": "chance",
            **({ASKED_BY: str(told)} if told else {}),
        },
    )
    if ended.returncode:
        sys.stderr.write(ended.stdout[-20_000:])
    return ended.returncode == 0, (ended.stdout.strip().splitlines() or [""])[-1]
