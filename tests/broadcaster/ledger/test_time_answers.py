"""Answers to the question for the time: signed, to the asker, at once, and to nobody else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from nacl.signing import VerifyKey
from structlog.testing import capture_logs

from broadcaster.database.columns import to_ms
from broadcaster.ledger.allowance import Allowance
from broadcaster.ledger.time_answers import TimeAnswers
from broadcaster.wire import BrokerUnreachable
from devices.protocol import topics
from devices.protocol.envelope import open_to_device
from devices.protocol.messages import TimeAnswer
from tests.broadcaster.ledger.commune import STARTS, STATION, Pole
from tests.broadcaster.station_keys import made_keys, trust_of

KEYS = made_keys(STATION)


class Answering:
    """What answers, with a clock that goes on by a second at each look, and what it has said."""

    def __init__(self, *poles: Pole, **given: object) -> None:
        self.said: list[tuple[str, bytes]] = []
        self.devices: dict[str, VerifyKey] = {each.device: each.key.verify_key for each in poles}
        self._looks = iter(range(1_000))
        self.answers = TimeAnswers(
            station_id=STATION,
            devices=lambda: self.devices,
            keys=lambda: KEYS,
            now=lambda: STARTS + timedelta(seconds=next(self._looks)),
            publish=self.publish,
            **given,  # type: ignore[arg-type]
        )

    def publish(self, topic: str, payload: bytes) -> None:
        """Note what is said."""
        self.said.append((topic, payload))

    def heard(self, device: str = "loa-1") -> list[TimeAnswer]:
        """What a device that pinned the root hears, verified."""
        return [
            open_to_device(
                payload, TimeAnswer, station=STATION, device=device, trust=trust_of(KEYS), now_ms=0
            )
            for topic, payload in self.said
            if topic == topics.to_device(STATION, device)
        ]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What is logged is no subject here."""
    with capture_logs():
        yield


def test_it_answers_to_the_nonce_with_the_time_of_answering() -> None:
    """Each question gets an answer of its own, with the instant at which it is said."""
    pole = Pole("loa-1")
    answering = Answering(pole)
    for nonce in ("ab" * 16, "cd" * 16):
        assert answering.answers.answer(pole.ask(nonce))

    assert [(each.nonce, each.at_ms) for each in answering.heard()] == [
        ("ab" * 16, to_ms(STARTS)),
        ("cd" * 16, to_ms(STARTS) + 1_000),
    ]


def test_what_is_no_good_question_is_left_to_the_ingest() -> None:
    """A stranger's, another's, another station's, an unknown device's, and everything else said."""
    pole, other, stranger = Pole("loa-1"), Pole("loa-2"), Pole("loa-1")
    answering = Answering(pole, other)
    others = [
        stranger.ask(),
        Pole("loa-9").ask(),
        pole.ask(as_device="loa-2"),
        pole.ask(as_station="xa-khac"),
        pole.deliver(b"junk", what=topics.Upward.ASK),
        pole.deliver(pole.health().payload, what=topics.Upward.ASK),
        pole.health(),
        pole.status(online=True, at_ms=1),
        pole.deliver(b"junk"),
    ]

    assert [answering.answers.answer(each) for each in others] == [False] * len(others)
    assert answering.said == []


def test_a_device_that_was_enrolled_meanwhile_is_answered() -> None:
    """The keys are looked at anew for each question."""
    pole = Pole("loa-1")
    answering = Answering()
    before = answering.answers.answer(pole.ask())
    answering.devices = {"loa-1": pole.key.verify_key}

    assert (before, answering.answers.answer(pole.ask())) == (False, True)


def test_who_asks_without_end_is_not_answered_without_end() -> None:
    """Nor does it go on to the ingest; its neighbour is answered all the same."""
    loud, other = Pole("loa-1"), Pole("loa-2")
    answering = Answering(loud, other, allowance=Allowance(at_once_bytes=5_000, bytes_a_second=0.0))
    asked = [answering.answers.answer(loud.ask()) for _ in range(50)]

    assert asked == [True] * 50
    assert 5 <= len(answering.heard()) < 20
    assert answering.answers.answer(other.ask())
    assert len(answering.heard("loa-2")) == 1


def test_a_broker_that_is_gone_is_no_error() -> None:
    """The device asks again."""
    pole = Pole("loa-1")
    answering = Answering(pole)

    def gone(topic: str, _payload: bytes) -> None:
        raise BrokerUnreachable(topic)

    answering.answers.publish = gone

    assert answering.answers.answer(pole.ask())
