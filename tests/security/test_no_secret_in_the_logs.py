"""A whole day at the station, and nothing that lets anybody in stands in what it logged.

What is secret is not listed by hand: it is whatever forms and programs sent as one, whatever the
station answered as one, and whatever lies in its keys folder.
"""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from broadcaster.accounts.sealing import open_seed
from broadcaster.accounts.tables import SecondFactor
from broadcaster.accounts.told_once import KEY_FILE, TOLD_COOKIE
from broadcaster.rehearsal.director import Director
from broadcaster.webhooks.keeping import secret_of
from broadcaster.webhooks.tables import Webhook
from tests.broadcaster.rehearsal.test_director import stand_in
from tests.clients import TestClient
from tests.security.conftest import CSRF, ROLES, Site
from tests.security.day_at_the_station import Day
from tests.security.test_every_act_leaves_an_entry import _put_on_air, story

NAMED_SECRET = re.compile(r"password|secret|token|^old$|^new$|^codes?$|^link$|cookie")
"""What a field is called whose value nobody else may know."""

SHOWN_SECRET = re.compile(
    r"whsec_[\w+/=]{20,}|/password/([\w-]{20,})|\bloa_[\w-]{20,}|\b[A-Z2-7]{32}\b|"
    r"\b[0-9A-Z]{7}(?:-[0-9A-Z]{7}){5,}\b"
)
"""Secrets of which a page shows one once: webhook, link, token, seed, enrolment code."""

AT_LEAST = 8
"""Shorter ones (a wrong password of three letters) stand in many a word by chance."""


@dataclass(frozen=True, slots=True)
class Overheard(Site):
    """The site, with every secret that went in or out."""

    heard: set[str] = field(default_factory=set)

    def browser(self, role: str | None = None) -> TestClient:
        """A browser that is listened to."""
        return self._listened(Site.browser(self, role))

    def program(self, role: str | None = None) -> TestClient:
        """A program that is listened to."""
        return self._listened(Site.program(self, role))

    def _listened(self, client: TestClient) -> TestClient:
        client.event_hooks["response"].append(self._hear)
        return client

    def _hear(self, answer: httpx.Response) -> None:
        self.heard.update(_sent(answer.request))
        for name, value in answer.headers.multi_items():
            if name == "set-cookie":
                cookie, _, held = value.partition(";")[0].partition("=")
                self.heard.add(held)
                if cookie == TOLD_COOKIE:
                    self.heard.add(self._told(held))
        answer.read()
        if answer.headers.get("content-type", "").startswith(("text/", "application/json")):
            found = SHOWN_SECRET.finditer(answer.text)
            self.heard.update(each[1] or each[0] for each in found)
        kind = answer.headers.get("content-type", "")
        if kind.startswith("application/json") and answer.content:
            self.heard.update(_named(answer.json()))

    def _told(self, sealed: str) -> str:
        keys_dir = self.station.settings.keys_dir
        told = json.loads(open_seed(sealed, keys_dir=keys_dir, key_file=KEY_FILE))["told"]
        return str(told)


def _sent(request: httpx.Request) -> Iterator[str]:
    kind, body = request.headers.get("content-type", ""), request.read()
    if kind.startswith("application/x-www-form-urlencoded"):
        for name, value in parse_qsl(body.decode()):
            if NAMED_SECRET.search(name):
                yield value
    elif kind.startswith("application/json"):
        yield from _named(json.loads(body or b"null"))
    if found := re.search(r"/password/([\w-]{20,})", request.url.path):
        yield found[1]


def _named(document: Any, name: str = "") -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    match document:
        case dict():
            for key, value in document.items():
                yield from _named(value, key)
        case list():
            for value in document:
                yield from _named(value, name)
        case str() if NAMED_SECRET.search(name):
            yield document


def _kept(day: Day) -> Iterator[str]:
    """What lies sealed in the database, and what lies in the keys folder."""
    folder = day.site.station.settings.keys_dir
    for file in folder.rglob("*"):
        if file.is_file() and file.suffix not in {".pub", ".jws"}:
            yield file.read_bytes().decode("ascii", "replace").strip()
    with day.site.station.database.reading() as session:
        for row in session.execute(select(SecondFactor)).scalars():
            yield open_seed(row.sealed_seed, keys_dir=folder)
        for hook in session.execute(select(Webhook)).scalars():
            yield secret_of(hook, keys_dir=folder)


@pytest.mark.processes
def test_a_whole_day_logs_no_secret(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Passwords, cookies, tokens, links, codes, seeds, webhooks' secrets, private keys."""
    overheard = Overheard(site.station, site.app)
    director = Director(site.station.settings, command=stand_in())
    site.app.state.director = director
    day = Day(overheard)
    _put_on_air(day)
    caplog.set_level(logging.WARNING)  # as `configure_logs` has it
    with capture_logs() as logged:
        for _, step, *_ in story():
            step(day)
            overheard.heard.update(_kept(day))
    director.close()
    said = str(logged) + caplog.text
    public = {*ROLES, CSRF}
    secrets = {each for each in overheard.heard if len(each) >= AT_LEAST} - public

    assert len(logged) > 100
    assert {each for each in secrets if each in said} == set()
    assert _kinds(secrets) == {"link or cookie", "token", "webhook", "seed", "words"}


def _kinds(secrets: set[str]) -> set[str]:
    """Which kinds were among them: were one missing, the day would show nothing of it."""
    of = {
        "webhook": r"whsec_.+",
        "token": r"loa_.+",
        "seed": r"[A-Z2-7]{32}",
        "link or cookie": r"[\w-]{43}",
        "words": r"ba con chim sẻ",
    }
    return {kind for kind, form in of.items() if any(re.fullmatch(form, each) for each in secrets)}


def test_what_is_thrown_says_no_secret_either(tmp_path: Path) -> None:
    """The way in which this file looks finds a secret where there is one."""
    told = _named({"a": [{"page_token": "EAAG"}], "title": "x", "password": "mat-khau"})

    assert sorted(told) == ["EAAG", "mat-khau"]
    assert SHOWN_SECRET.search(f"{tmp_path}/password/{'a' * 43}") is not None
