"""People at their browsers who write bulletins and make programmes of them, without JavaScript."""

import re
from collections.abc import Mapping
from html import unescape

from fastapi import FastAPI
from httpx import Response

from broadcaster.accounts.roles import Role
from broadcaster.bulletins import api as bulletins_api
from broadcaster.bulletins import pages as bulletins_pages
from broadcaster.bulletins.desk import approved_rendition
from broadcaster.bulletins.studio import Studio
from broadcaster.playlists import api, pages
from broadcaster.schedule import queue_pages
from tests.broadcaster.small_station import SmallStation, browser, form_token
from tests.clients import TestClient

ROUTERS = (
    bulletins_pages.router,
    bulletins_api.api,
    queue_pages.router,
    pages.router,
    api.api,
)
Fields = Mapping[str, str | list[str]]


class ProgrammeDesk:
    """An app with a studio, An who writes and Binh who approves, both signed in."""

    def __init__(self, station: SmallStation, studio: Studio) -> None:
        self.station = station
        self.app: FastAPI = station.app(*ROUTERS)
        self.app.state.studio = studio
        self.app.state.bulletin_panels = [queue_pages.queue_panel]
        self.app.state.playlist_page = pages.answer_playlist
        self.an_token = station.session_of("an", Role.OPERATOR)
        self.binh_token = station.session_of("binh", Role.LEADER)
        self.an = browser(self.app, token=self.an_token)
        self.binh = browser(self.app, token=self.binh_token)
        self._token = {
            client: form_token(client.get("/sign-in").text) for client in (self.an, self.binh)
        }

    def program(self, token: str) -> TestClient:
        """A client of the API."""
        bearer = {"Authorization": f"Bearer {token}"}
        return TestClient(self.app, follow_redirects=False, headers=bearer)

    def send(self, client: TestClient, path: str, fields: Fields | None = None) -> Response:
        """Send a form with the token of the person's own page."""
        data = {"csrf_token": self._token[client], **(fields or {})}
        answer: Response = client.post(path, data=data)
        return answer

    def bulletin(
        self, title: str, *, script: str = "", approved: bool = True, priority: str = "3"
    ) -> str:
        """A bulletin that An wrote and, unless it is to wait, Binh approved; its id."""
        words = script or f"{title} của xã."
        fields: Fields = {"title": title, "script": words, "priority": priority}
        address = self.send(self.an, "/bulletins", fields).headers["location"]
        if approved:
            self.approve(address)
        return address.rsplit("/", 1)[1]

    def approve(self, address: str) -> Response:
        """An submits, Binh approves what its page shows."""
        self.send(self.an, f"/bulletins/{address.rsplit('/', 1)[1]}/submission")
        return self.decide(address, decision="approve")

    def decide(self, address: str, **fields: str) -> Response:
        """Binh decides on what the page shows."""
        page = self.binh.get(address, follow_redirects=True).text
        shown = dict(re.findall(r'name="(rendition_id|\w+_sha256)" value="([^"]+)"', page))
        decision = f"/bulletins/{address.rsplit('/', 1)[1]}/decision"
        return self.send(self.binh, decision, {**shown, **fields})

    def make(self, *parts: str, title: str = "Chương trình chiều", act: str = "save") -> Response:
        """An sends a form of these parts: a kind, a bulletin's id, or `music 10`."""
        return self.send(self.an, "/playlists", {"title": title, "act": act, **fields_of(*parts)})

    def made(self, *parts: str, title: str = "Chương trình chiều") -> str:
        """The address of a programme that An made."""
        answer = self.make(*parts, title=title)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def on_air(self, address: str) -> bool:
        """Whether it may be broadcast."""
        with self.station.database.reading() as session:
            return approved_rendition(session, address.rsplit("/", 1)[1]) is not None


def fields_of(*parts: str) -> Fields:
    """The form's rows for these parts."""
    names = ("kind", "bulletin_id", "minutes", "seconds", "source")
    rows: dict[str, list[str]] = {name: [] for name in names}
    for part in parts:
        kind, _, rest = part.partition(" ")
        is_bulletin = kind.startswith("bul-")
        seconds, _, source = rest.partition(" ")
        row = {
            "kind": "bulletin" if is_bulletin else kind,
            "bulletin_id": kind if is_bulletin else "",
            "minutes": "",
            "seconds": seconds,
            "source": source,
        }
        for name, value in row.items():
            rows[name].append(value)
    return rows


def rows_on(page: str) -> list[str]:
    """The parts as the editor's form would send them again, each its kind or bulletin."""
    kinds = re.findall(r'name="kind" value="([^"]*)"', page)
    bulletins = re.findall(r'name="bulletin_id" value="([^"]*)"', page)
    return [bulletin or kind for kind, bulletin in zip(kinds, bulletins, strict=True)]


def text_of(page: str) -> str:
    """A page's words without its marks."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", page.partition("<main")[2], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
