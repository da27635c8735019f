"""Opens every page of a station in one browser, and tells what is wrong with each.

Pages are found by walking the application's routes; what stands in their addresses, by the table
in `tests/security/whole_station.py`. An answer that is no whole page (a part that htmx fetches, a
stream, a redirect) is left alone: it stands in the pages that hold it.
"""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from broadcaster.accounts.guard import SESSION_COOKIE
from tests.security.conftest import ROLES
from tests.security.day_at_the_station import Day
from tests.security.whole_station import filled, page_routes

PREFERRED = ("operator", "leader", "admin")
"""Who looks at a page that several may see: the one with most to do there."""

LEADS_NOWHERE = (
    "/emergency/preview/{digest}",
    "/sign-in/province",
    "/sign-in/province/answer",
)
"""A sound while it is being made, and a province's own sign-in, which this station has not."""

EXAMINE = """() => axe.run(document, {
  resultTypes: ["violations"],
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}).then(found => found.violations.map(each => ({
  rule: each.id,
  impact: each.impact,
  nodes: each.nodes.map(node => node.target.join(" ") + " | " + (node.failureSummary || "")),
})))"""
CUT_OFF = """() => [...document.querySelectorAll("html, nav, main *")].filter(each => {
  const style = getComputedStyle(each);
  return each.scrollWidth > each.clientWidth + 1
    && each.checkVisibility() && !each.matches("input, option")
    && (each.matches("html") || ["auto", "scroll", "hidden"].includes(style.overflowX))
    && style.clipPath === "none";
}).map(each => each.localName + "." + each.className)"""
GRAVE = {"serious", "critical"}


@dataclass(frozen=True, slots=True)
class PageOfTheSite:
    """A page, what its picture is called, and whose it is (empty: a stranger's)."""

    address: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at the pages."""

    name: str
    width: int
    dark: bool


DESK = Look("1280-light", 1280, dark=False)
PHONE = Look("360-dark", 360, dark=True)


def pages_of(day: Day, at: str) -> list[PageOfTheSite]:
    """Every whole page of the station served at this address, each with one who may see it.

    Raises AssertionError where an address of the table leads to nothing, or the answer is a fault.
    """
    roles = [*PREFERRED, *(role for role in ROLES if role not in PREFERRED), ""]
    found = []
    with ExitStack() as open_clients:
        clients = {role: open_clients.enter_context(_client(at, role)) for role in roles}
        for path in page_routes(day.site):
            for number, address in enumerate(filled(path, day), start=1):
                # Not each of the things has each page; one of them must have it.
                role = _seen_by(clients, address, may_miss=number > 1 or path in LEADS_NOWHERE)
                if role is not None:
                    name = re.sub(r"[{}]", "", path.strip("/")).replace("/", ".") or "today"
                    found.append(PageOfTheSite(address, f"{name}-{number}", role))
    return found


def _client(at: str, role: str) -> httpx.Client:
    cookies = {SESSION_COOKIE: role} if role else {}
    return httpx.Client(base_url=at, cookies=cookies, headers={"Accept": "text/html"}, timeout=60)


def _seen_by(clients: Mapping[str, httpx.Client], address: str, *, may_miss: bool) -> str | None:
    """The role that sees a whole page there; None where it is no whole page."""
    for role, client in clients.items():
        # What streams without an end is looked at no further than its head.
        with client.stream("GET", address) as answer:
            if answer.status_code in {303, 307, 401, 403}:
                continue
            fits = answer.status_code < 400 or (may_miss and answer.status_code == 404)
            assert fits, (address, answer.status_code)
            kind = answer.headers.get("content-type", "")
            whole = kind.startswith("text/html") and "<html" in answer.read().decode()[:400]
            return role if whole and answer.status_code == 200 else None
    return None


def examined(window: Page, *, axe: str) -> list[str]:
    """What axe-core calls serious or worse on the page that stands there, and what is cut off."""
    window.evaluate(axe)
    found: list[dict[str, Any]] = window.evaluate(EXAMINE)
    grave = [f"{each['rule']}: {node}" for each in found if each["impact"] in GRAVE
             for node in each["nodes"]]  # fmt: skip
    return grave + [f"cut off at the side: {each}" for each in window.evaluate(CUT_OFF)]


class Walker:
    """One window for each role, all of one look; what is wrong is kept by the page's address."""

    def __init__(self, browser: Browser, *, at: str, look: Look, axe: str, pictures: Path) -> None:
        self._browser, self._at, self._look, self._axe = browser, at, look, axe
        self._pictures = pictures
        self._windows: dict[str, tuple[BrowserContext, Page]] = {}
        self._complaints: list[str] = []

    def wrong_with(self, page: PageOfTheSite) -> list[str]:
        """Open it, keep its picture, and say what a reader would stumble over."""
        window = self._window(page.role)
        self._complaints.clear()
        window.goto(page.address)
        window.evaluate("() => document.fonts.ready.then(() => null)")
        picture = self._pictures / f"{page.name}.{self._look.name}.png"
        window.screenshot(path=picture, full_page=True)
        return examined(window, axe=self._axe) + self._complaints

    def close(self) -> None:
        """Close the windows."""
        for context, _ in self._windows.values():
            context.close()

    def _window(self, role: str) -> Page:
        if role not in self._windows:
            context = self._browser.new_context(
                base_url=self._at,
                viewport={"width": self._look.width, "height": 800},
                color_scheme="dark" if self._look.dark else "light",
                reduced_motion="reduce",
                locale="vi-VN",
            )
            if role:
                context.add_cookies([{"name": SESSION_COOKIE, "value": role, "url": self._at}])
            window = context.new_page()
            window.on("console", self._hear)
            window.on("response", self._note)
            window.on("pageerror", lambda error: self._complaints.append(str(error)))
            self._windows[role] = (context, window)
        return self._windows[role][1]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._complaints.append(message.text)

    def _note(self, answer: Response) -> None:
        # The sounds of the commune's afternoon were never made: their hashes are made up.
        if answer.status >= 400 and "/audio/" not in answer.url:
            self._complaints.append(f"{answer.url} answered with {answer.status}")
