"""From the click to the tone, with the real chain: broker, processes, simulated controllers.

The figures stand in the test's report; what is asserted is the promise of three seconds for a
machine that is the station's alone, and that no silence falls between the alarm and its words.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest
from sqlmodel import col, select

from broadcaster.accounts.sessions import SESSION_LIFE
from broadcaster.accounts.tables import Account, SignInSession
from broadcaster.areas.queries import the_station
from broadcaster.bulletins.texts import sha256_of
from broadcaster.database.columns import to_ms
from broadcaster.demo.commune import LEADER, OPERATOR
from broadcaster.emergency.authorising import authorise
from broadcaster.emergency.ending import end_emergency
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.emergency.sounds import NEEDED_SOON, rendered, want
from broadcaster.emergency.tables import EmergencyOrder, EmergencyPart
from devices.protocol.messages import Confirmation, Kind
from tests.chain import DEVICES, Chain, running_chain
from tests.chain_evidence import assert_whole

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

Record = Callable[[str, object], None]

PROMISED_S = 3.0
LONGEST_GAP_S = 0.5
_WORK_S = 0.1
WORDS = "Hồ Suối Trong xả lũ lúc 15 giờ. Bà con hai bên bờ suối lên nơi cao ngay."


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A running station with its fleet, where the leader has authorised the operator."""
    with running_chain(tmp_path_factory.mktemp("emergency")) as chain:
        with chain.database.writing() as session:
            authorise(
                session,
                person(chain, OPERATOR),
                station_id=the_station(session).id,
                by=person(chain, LEADER),
                now=datetime.now(UTC),
            )
        ready(chain, HAZARDS["dam_release"].warning)
        yield chain


def slowed() -> float:
    """How many times slower than alone this machine works at the moment: by its clock, by its CPU.

    The promise is that of a machine that has nothing else to do than to be a station.
    """
    begun_s, worked_s = time.perf_counter(), time.process_time()
    while time.process_time() - worked_s < _WORK_S:
        hashlib.sha256(bytes(65_536)).digest()
    return max((time.perf_counter() - begun_s) / _WORK_S, 1.0)


def person(chain: Chain, username: str) -> str:
    """Somebody's account."""
    with chain.database.reading() as session:
        return session.exec(select(Account.id).where(Account.username == username)).one()


def ready(chain: Chain, script: str) -> None:
    """Let the site make a sound of these words, and wait for it."""
    with chain.database.writing() as session:
        want(session, script, urgency=NEEDED_SOON, now=datetime.now(UTC))

    def made() -> bool | None:
        with chain.database.reading() as session:
            return sha256_of(script) in rendered(session, [sha256_of(script)]) or None

    chain.wait_for(made, "the sound is made")


def click(chain: Chain, words: str, *, drill: bool = False) -> tuple[str, datetime]:
    """Order an emergency everywhere, as a request to the site; its id, and when it was sent."""
    token = signed_in(chain, OPERATOR)
    clicked = datetime.now(UTC)
    answer = httpx.post(
        f"{chain.settings.station_url}/api/emergencies",
        headers={"Authorization": f"Bearer {token}"},
        json={
            "clusters": ["everywhere"],
            "hazard": "dam_release",
            "mode": "drill" if drill else "real",
            "words": words,
            "typed": "DIỄN TẬP" if drill else "KHẨN CẤP",
            "request_key": secrets.token_hex(8),
        },
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["emergency_id"], clicked


def signed_in(chain: Chain, username: str) -> str:
    """The token of somebody who has signed in before."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with chain.database.writing() as session:
        session.add(
            SignInSession(
                token_sha256=hashlib.sha256(token.encode()).hexdigest(),
                account_id=person(chain, username),
                csrf_token=secrets.token_urlsafe(32),
                created_at=now,
                second_factor_at=now,
                expires_at=now + SESSION_LIFE,
            )
        )
    return token


def end(chain: Chain, emergency_id: str, ending: str, words: str = "") -> None:
    """End it as the operator."""
    with chain.database.writing() as session:
        end_emergency(
            session,
            emergency_id,
            ending=ending,
            words=words,
            station_id=the_station(session).id,
            by=person(chain, OPERATOR),
            oversees=False,
            now=datetime.now(UTC),
        )


def said(chain: Chain, emergency_id: str, kind: str) -> dict[str, list[Confirmation]]:
    """What each controller has on its disk of one part of an emergency."""
    with chain.database.reading() as session:
        orders = session.exec(
            select(EmergencyOrder.id)
            .join(EmergencyPart, col(EmergencyPart.id) == col(EmergencyOrder.part_id))
            .where(EmergencyPart.emergency_id == emergency_id, EmergencyPart.kind == kind)
        ).all()
    return {
        journal.device: [each for each in journal.confirmations if each.order in orders]
        for journal in chain.journals()
    }


def wait_for_all(chain: Chain, emergency_id: str, part: str, kind: Kind) -> None:
    """Wait until every controller has said this."""

    def enough() -> bool | None:
        found = said(chain, emergency_id, part)
        return sum(any(e.kind is kind for e in each) for each in found.values()) == DEVICES or None

    chain.wait_for(enough, f"all said {kind} of {part}")


def tones_after_s(chain: Chain, emergency_id: str, part: str, clicked: datetime) -> list[float]:
    """How long after the click each controller's tone began, by its own signed word."""
    firsts = [
        next(e.first_sample_at_us for e in each if e.kind is Kind.TONE_STARTED)
        for each in said(chain, emergency_id, part).values()
    ]
    return sorted(((first or 0) / 1_000 - to_ms(clicked)) / 1_000 for first in firsts)


def test_words_that_were_heard_before_go_out_with_the_tone(
    chain: Chain, record_testsuite_property: Record
) -> None:
    """A preview made the sound: one order, tone and words; then it is over, and said so."""
    ready(chain, WORDS)
    slowness = slowed()
    emergency_id, clicked = click(chain, WORDS)
    wait_for_all(chain, emergency_id, "message", Kind.TONE_STARTED)
    tones = tones_after_s(chain, emergency_id, "message", clicked)
    record_testsuite_property("click_to_tone_s", [round(each, 3) for each in (tones[0], tones[-1])])
    wait_for_all(chain, emergency_id, "message", Kind.FINISHED)
    end(chain, emergency_id, "over", "Hồ đã ngừng xả lũ. Bà con trở lại sinh hoạt bình thường.")
    wait_for_all(chain, emergency_id, "final", Kind.FINISHED)

    assert tones[-1] < PROMISED_S * max(slowness, slowed())


def test_own_words_follow_the_alarm_without_a_silence(
    chain: Chain, record_testsuite_property: Record
) -> None:
    """No sound of them yet: the alarm is out within the promise, and the words come behind it."""
    words = f"{WORDS} Lúc này là {datetime.now(UTC):%H:%M:%S}."
    slowness = slowed()
    emergency_id, clicked = click(chain, words)
    wait_for_all(chain, emergency_id, "alarm", Kind.TONE_STARTED)
    tones = tones_after_s(chain, emergency_id, "alarm", clicked)
    wait_for_all(chain, emergency_id, "message", Kind.FINISHED)
    gaps = [gap_s(chain, emergency_id, device) for device in said(chain, emergency_id, "message")]
    record_testsuite_property("click_to_alarm_s", round(tones[-1], 3))
    record_testsuite_property("alarm_to_words_silence_s", round(max(gaps), 3))
    end(chain, emergency_id, "silence")

    assert tones[-1] < PROMISED_S * max(slowness, slowed())
    assert max(gaps) < LONGEST_GAP_S * max(slowness, slowed())


def gap_s(chain: Chain, emergency_id: str, device: str) -> float:
    """The silence between the last sample of the alarm and the first of the words' tone."""
    ends = [
        each.last_sample_at_us or 0
        for each in said(chain, emergency_id, "alarm")[device]
        if each.kind is Kind.FINISHED
    ]
    begins = [
        each.first_sample_at_us or 0
        for each in said(chain, emergency_id, "message")[device]
        if each.kind is Kind.TONE_STARTED
    ]
    return (begins[0] - max(ends)) / 1_000_000


def test_a_drill_that_was_a_mistake_falls_silent_at_once(chain: Chain) -> None:
    """Silenced on the fast path; everything that was said is in the ledger, once."""
    emergency_id, _ = click(chain, WORDS, drill=True)
    wait_for_all(chain, emergency_id, "alarm", Kind.TONE_STARTED)
    end(chain, emergency_id, "silence")
    wait_for_all(chain, emergency_id, "alarm", Kind.STOPPED)
    journals = chain.wait_until_receipted()

    assert_whole(chain.database, journals)
