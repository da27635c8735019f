"""Fixtures: the real site of a commune on a free port, and the system's Chromium in front of it."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.bulletins.studio import open_studio
from broadcaster.lexicon.entries import StationLexicon
from broadcaster.web.context import Context
from tests.broadcaster.pages.commune import found_commune
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.trail import connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--no-first-run"]  # fmt: skip
ARTIFACTS = Path(__file__).parents[1] / "artifacts"
PATIENCE_S = 20


@dataclass(frozen=True)
class Site:
    """The running site: where it is, whose it is, and the people who can sign in."""

    address: str
    station: SmallStation
    accounts: dict[str, str]
    passwords: dict[str, str]
    app: FastAPI


Visit = Callable[..., Page]


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    """The real app on the embedded database, with the real voice, on an afternoon that stands."""
    if CHROMIUM is None:
        pytest.skip("not run: install chromium (make system-deps)")
    database = connect(sqlite_url)
    station = found_commune(database, state_dir=tmp_path)
    people = {
        "operator": station.person("operator", Role.OPERATOR),
        "leader": station.person("leader", Role.LEADER),
        "admin": station.person("admin", Role.ADMIN),
    }
    context = Context(
        database=database,
        settings=station.settings,
        station_id=STATION_ID,
        station_name="Đài truyền thanh xã Thượng",
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        rehearsal=True,
        now=station.clock,
    )
    with (
        open_studio(station.settings, lexicon=StationLexicon(database)) as studio,
        served(app := create_app(context, studio=studio)) as at,
    ):
        yield Site(
            address=at,
            station=station,
            accounts={name: account for name, (account, _) in people.items()},
            passwords={name: password for name, (_, password) in people.items()},
            app=app,
        )
    database.dispose()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """An app behind a real server on a free port of this machine."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + PATIENCE_S
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.started
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=PATIENCE_S)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium of the system, closed with its module.

    While it is open its driver keeps an event loop running in this thread, in which no test of
    another room could run one of its own.
    """
    if CHROMIUM is None:
        pytest.skip("not run: install chromium (make system-deps)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser refused or failed at while a test ran."""
    return []


@pytest.fixture
def visit(browser: Browser, site: Site, complaints: list[str]) -> Iterator[Visit]:
    """Open a window of its own in which the named person signs in, with their second factor."""
    contexts = []

    def visitor(
        name: str,
        *,
        width: int = 1280,
        script: bool = True,
        dark: bool = False,
        proven: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/sign-in")
        page.get_by_label("Tên đăng nhập").fill(name)
        page.get_by_label("Mật khẩu").fill(site.passwords[name])
        page.get_by_role("button", name="Đăng nhập").click()
        page.wait_for_url(lambda address: not address.endswith("/sign-in"))
        if proven:
            # Typing codes is what test_second_factor.py is about.
            site.station.prove(site.accounts[name])
            page.goto("/")
        return page

    yield visitor
    for context in contexts:
        context.close()


def keep_picture(page: Page, name: str) -> None:
    """Keep what a person saw, to be looked at."""
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
