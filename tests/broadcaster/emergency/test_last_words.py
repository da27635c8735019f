"""Words of one's own at an emergency's end ask for the second factor; silence waits for nobody."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlmodel import select

from broadcaster.accounts import second_factor
from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import SignInSession
from broadcaster.app import create_app
from broadcaster.emergency.ending import Ending, offered_words
from tests.broadcaster.emergency.conftest import WatchRoom
from tests.broadcaster.small_station import browser, form_token
from tests.clients import TestClient

THIEFS = "Bà con ra ngay bến sông nhận quà."


@pytest.fixture
def authorised(room: WatchRoom) -> WatchRoom:
    """A room whose giver a leader has named."""
    room.authorise()
    return room


@pytest.fixture
def app(authorised: WatchRoom) -> FastAPI:
    """The real application with a voice that says tones."""
    return create_app(authorised.newsroom.small.context, studio=authorised.studio)


@pytest.fixture
def token(authorised: WatchRoom) -> str:
    """The giver's session, in which nothing was proven: of an earlier shift, or a stolen one."""
    small = authorised.newsroom.small
    kept = small.session_of("thief", Role.OPERATOR)
    with authorised.database.writing() as session:
        session.exec(select(SignInSession)).one().account_id = authorised.giver
        session.exec(select(SignInSession)).one().second_factor_at = None
    return kept


@pytest.fixture
def code(authorised: WatchRoom) -> str:
    """What the giver's telephone shows."""
    small = authorised.newsroom.small
    with authorised.database.writing() as session:
        second_factor.enrol_at_the_machine(
            session, authorised.giver, keys_dir=small.settings.keys_dir, now=authorised.now()
        )
    return _code_now(authorised)


def _code_now(room: WatchRoom) -> str:
    """What the giver's telephone shows at this moment."""
    with room.database.reading() as session:
        return second_factor.present_code(
            session, room.giver, keys_dir=room.newsroom.small.settings.keys_dir, now=room.now()
        )


def end(client: TestClient, emergency_id: str, **given: str) -> Response:
    """End it by its page."""
    address = f"/emergency/{emergency_id}"
    csrf = form_token(client.get(address).text)
    return client.post(f"{address}/end", data={**given, "csrf_token": csrf})


def test_a_session_alone_says_nothing_of_its_own(
    authorised: WatchRoom, app: FastAPI, token: str, code: str
) -> None:
    """What was typed comes back with the place for a code, and with it goes out."""
    emergency_id = authorised.raise_()
    client = browser(app, token=token)

    refused = end(client, emergency_id, ending="mistake", words=THIEFS)
    assert refused.status_code == 403
    assert THIEFS in refused.text
    assert 'name="code"' in refused.text
    wrong = end(client, emergency_id, ending="mistake", words=THIEFS, code="000000")
    assert wrong.status_code == 422
    assert authorised.emergency(emergency_id).ended_at is None

    assert end(client, emergency_id, ending="mistake", words=THIEFS, code=code).status_code == 303
    assert authorised.emergency(emergency_id).final_words == THIEFS


@pytest.mark.parametrize("ending", [Ending.OVER, Ending.MISTAKE])
def test_the_words_that_the_page_offers_wait_for_no_telephone(
    authorised: WatchRoom, app: FastAPI, token: str, ending: Ending
) -> None:
    """They are the product's own: a correction goes out at once, also without a code."""
    emergency_id = authorised.raise_()
    with authorised.database.reading() as session:
        commune = authorised.station(session).commune
    words = offered_words(ending, "dam_release", commune=commune).replace("\n", "\r\n")

    answer = end(browser(app, token=token), emergency_id, ending=ending, words=words)

    assert answer.status_code == 303
    assert authorised.emergency(emergency_id).ending == ending


def test_silence_waits_for_nobody(authorised: WatchRoom, app: FastAPI, token: str) -> None:
    """Also where words were sent along, which are not said."""
    emergency_id = authorised.raise_()

    answer = end(browser(app, token=token), emergency_id, ending="silence", words=THIEFS)

    assert answer.status_code == 303
    assert authorised.emergency(emergency_id).final_words == ""


def test_a_session_alone_does_not_let_it_go_on(
    authorised: WatchRoom, app: FastAPI, token: str
) -> None:
    """Another day of it is an order; the page leads to where the code is typed, and back."""
    small = authorised.newsroom.small
    with authorised.database.writing() as session:
        second_factor.enrol_at_the_machine(
            session, authorised.giver, keys_dir=small.settings.keys_dir, now=authorised.now()
        )
    emergency_id = authorised.raise_()
    client = browser(app, token=token)
    address = f"/emergency/{emergency_id}"
    until = authorised.emergency(emergency_id).repeats_until
    authorised.newsroom.clock.move(timedelta(hours=1))

    def prolong() -> Response:
        csrf = form_token(client.get(address).text)
        return client.post(f"{address}/prolongation", data={"csrf_token": csrf})

    assert prolong().status_code == 403
    assert authorised.emergency(emergency_id).repeats_until == until
    assert f"/sign-in/code?next={address}" in client.get(address).text
    csrf = form_token(client.get(address).text)
    typed = client.post(
        "/sign-in/code",
        data={"csrf_token": csrf, "code": _code_now(authorised), "next": address},
    )
    assert typed.headers["location"] == address
    assert prolong().status_code == 303
    assert authorised.emergency(emergency_id).repeats_until > until


def test_a_program_proves_it_too(
    authorised: WatchRoom, app: FastAPI, token: str, code: str
) -> None:
    """The same rule by the API."""
    emergency_id = authorised.raise_()
    api = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    given = {"ending": "over", "words": THIEFS}

    refused = api.post(f"/api/emergencies/{emergency_id}/end", json=given)
    taken = api.post(f"/api/emergencies/{emergency_id}/end", json={**given, "code": code})

    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")
    assert taken.json()["ending"] == "over"
