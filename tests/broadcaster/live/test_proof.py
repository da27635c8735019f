"""A microphone asks for the second factor, once in a shift, as an emergency does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import select

from broadcaster.accounts import second_factor
from broadcaster.accounts.errors import (
    SecondFactorRefused,
    SignInRefused,
)
from broadcaster.accounts.passwords import hash_password
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sessions import session_of
from broadcaster.accounts.tables import Account, SignInSession
from broadcaster.areas.tables import Station
from broadcaster.live import api, pages
from broadcaster.live.errors import NoPermit
from broadcaster.live.live_command import Wish, spoken
from broadcaster.live.proof import is_speaker_asked, may_open, prove_speaker
from broadcaster.live.tables import LivePermit
from broadcaster.live.talks import BEGIN_WITHIN
from broadcaster.settings import Settings
from broadcaster.web.context import Context
from tests.broadcaster.live.studio import LiveStudio, open_studio
from tests.broadcaster.small_station import STATION_ID, browser, form_token
from tests.clients import TestClient
from tests.trail import connect

SECRET = "bo-ke-xa-lu"
TALK = {"title": "Mời họp", "cluster_ids": ["cl-1"], "minutes": 5}


@dataclass
class Stolen:
    """An operator with a permit, and a session of theirs in which nothing was proven."""

    studio: LiveStudio
    token: str
    code: str

    def context(self, *, rehearsal: bool = False) -> Context:
        """The station, which is a real one unless it rehearses."""
        return replace(self.studio.room.small.context, rehearsal=rehearsal)

    def app(self, *, rehearsal: bool = False) -> FastAPI:
        """The pages and the API of talks."""
        app = self.studio.room.small.app(pages.router, api.api)
        app.state.context = self.context(rehearsal=rehearsal)
        return app

    def may_open(self) -> bool:
        """Whether this session may open the microphone now."""
        with self.studio.database.reading() as session:
            found = session_of(session, self.token, now=self.studio.now(), own=STATION_ID)
        assert found is not None
        return may_open(self.context(), found.viewer)


@pytest.fixture
def stolen(sqlite_url: str, tmp_path: Path) -> Iterator[Stolen]:
    """At noon of a Monday; what is asked here is the same on any database."""
    database = connect(sqlite_url)
    yield _stolen(open_studio(database, state_dir=tmp_path))
    database.dispose()


def _stolen(studio: LiveStudio) -> Stolen:
    small = studio.room.small
    studio.permit()
    token = small.session_of("thief", Role.OPERATOR)
    with studio.database.writing() as session:
        kept = session.exec(select(SignInSession)).one()
        kept.account_id, kept.second_factor_at = studio.room.operator, None
        second_factor.enrol_at_the_machine(
            session, studio.room.operator, keys_dir=small.settings.keys_dir, now=studio.now()
        )
        code = second_factor.present_code(
            session, studio.room.operator, keys_dir=small.settings.keys_dir, now=studio.now()
        )
    return Stolen(studio, token, code)


def program(stolen: Stolen, *, rehearsal: bool = False) -> TestClient:
    """What acts for the operator."""
    headers = {"Authorization": f"Bearer {stolen.token}"}
    return TestClient(stolen.app(rehearsal=rehearsal), headers=headers)


def test_a_page_asks_for_the_code_and_keeps_what_was_typed(stolen: Stolen) -> None:
    """Without one no microphone, with a wrong one neither; with it, once for the shift."""
    client = browser(stolen.app(), token=stolen.token)
    csrf = form_token(client.get("/live").text)
    given = {"csrf_token": csrf, "title": "Mời họp", "clusters": "cl-1", "minutes": "5"}

    refused = client.post("/live", data=given)
    assert refused.status_code == 403
    assert 'name="code"' in refused.text
    assert 'value="Mời họp"' in refused.text
    assert client.post("/live", data={**given, "code": "000000"}).status_code == 422
    assert client.post("/live", data={**given, "code": stolen.code}).status_code == 303
    assert client.post("/live", data=given).status_code == 303
    assert 'name="code"' not in client.get("/live").text


def test_a_program_asks_for_it_by_its_field(stolen: Stolen) -> None:
    """Each refusal by its code, and nothing is asked for meanwhile."""
    client = program(stolen)

    assert client.post("/api/live", json=TALK).json()["code"] == "second_factor_needed"
    wrong = client.post("/api/live", json=TALK | {"code": "000000"})
    assert wrong.json()["code"] == "second_factor_refused"
    assert client.get("/api/live").json()["over"] == []
    assert client.post("/api/live", json=TALK | {"code": stolen.code}).status_code == 201


def test_a_rehearsal_never_asks(stolen: Stolen) -> None:
    """What it says sounds from no real loudspeaker."""
    assert program(stolen, rehearsal=True).post("/api/live", json=TALK).status_code == 201


def test_who_has_no_permit_is_told_that_first(stolen: Stolen) -> None:
    """A code is taken from nobody who could do nothing with it."""
    leader = stolen.studio.viewer(stolen.studio.room.leader)

    assert is_speaker_asked(stolen.context(), leader)
    with pytest.raises(NoPermit):
        prove_speaker(stolen.context(), leader, code="", token="")


def test_who_has_nothing_to_prove_with_is_led_to_set_it_up(stolen: Stolen) -> None:
    """On the page by a link, to a program by its code."""
    with stolen.studio.database.writing() as session:
        second_factor.remove(session, stolen.studio.room.operator, by=None, now=stolen.studio.now())

    client = program(stolen)
    assert client.post("/api/live", json=TALK).json()["code"] == "second_factor_missing"
    assert "Cài mã xác thực" in browser(stolen.app(), token=stolen.token).get("/live").text


def test_the_microphone_opens_in_the_session_that_proved_it(stolen: Stolen) -> None:
    """One of the same person that did not is led to the code; at a shift's end there is time."""
    talk_id = stolen.studio.ask(by=stolen.studio.room.operator, clusters=["cl-1"])
    page = browser(stolen.app(), token=stolen.token).get(f"/live/{talk_id}").text
    assert f"/sign-in/code?next=/live/{talk_id}" in page
    assert 'id="microphone"' not in page
    assert not stolen.may_open()

    assert program(stolen).post("/api/live", json=TALK | {"code": stolen.code}).status_code == 201
    page = browser(stolen.app(), token=stolen.token).get(f"/live/{talk_id}").text
    assert 'id="microphone"' in page
    stolen.studio.later(Settings().shift + BEGIN_WITHIN - timedelta(seconds=1))
    assert stolen.may_open()
    stolen.studio.later(timedelta(seconds=1))
    assert not stolen.may_open()


def answers(*typed: str) -> Callable[[str, bool], str]:
    """Somebody at the machine who types these lines."""
    lines = iter(typed)
    return lambda _words, _hidden: next(lines)


@pytest.mark.parametrize(
    ("rehearsal", "typed", "stopped_by"),
    [
        (False, ("sai",), SignInRefused),
        (True, ("sai",), SignInRefused),
        (False, (SECRET, "000000"), SecondFactorRefused),
        (False, (SECRET, "the code"), NoPermit),
        (True, (SECRET,), NoPermit),
    ],
)
def test_the_command_asks_who_it_is(
    stolen: Stolen,
    tmp_path: Path,
    *,
    rehearsal: bool,
    typed: tuple[str, ...],
    stopped_by: type[Exception],
) -> None:
    """Password and code, a rehearsal the password only; then the permit is looked for."""
    studio = stolen.studio
    with studio.database.reading() as session:
        permit = session.exec(select(LivePermit)).one()
    studio.revoke(permit)
    with studio.database.writing() as session:
        session.get_one(Account, studio.room.operator).password_hash = hash_password(SECRET)
        session.get_one(Station, STATION_ID).rehearsal = rehearsal
        printed = second_factor.make_codes(session, studio.room.operator, by=None, now=studio.now())
    sound = tmp_path / "loi.wav"
    sound.write_bytes(b"")

    with pytest.raises(stopped_by):
        spoken(
            studio.room.small.settings,
            studio.database,
            station_id=STATION_ID,
            wish=Wish(username="hanh", title="Mời họp", clusters=["cl-1"], minutes=5),
            file=sound,
            rate_hz=16_000,
            ask=answers(*(printed[0] if each == "the code" else each for each in typed)),
            say=lambda _words: None,
        )
