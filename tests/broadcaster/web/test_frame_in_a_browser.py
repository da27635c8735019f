"""The frame as Chromium shows it: nothing refused, nothing wider than the phone, works zoomed."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Page, sync_playwright

from broadcaster.web import frame
from tests.broadcaster.web.troubled_app import NAVIGATION

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--no-first-run"]  # fmt: skip
BOARD = """
{% extends "web/pages/frame.html" %}
{% import "web/pages/components.html" as ui with context %}
{% block heading %}Hôm nay{% endblock %}
{% block content %}
{{ ui.error_summary({"title": "Hãy đặt tên cho bản tin."}) }}
<section class="sheet">{{ ui.coverage_bar({"confirmed": 6210, "partial": 840, "failed": 312,
  "not_confirmed": 1180, "unverifiable": 655}, "người", "Bản tin 17:00") }}</section>
{% for state in play_marks %}<p>{{ ui.play_mark(state, at=now) }}</p>{% endfor %}
{% call ui.listing("Thiết bị", ["Loa", "Thôn", "Trạng thái"]) %}
<tr role="row">{% call ui.cell("Loa") %}Loa Nhà văn hóa thôn Thượng{% endcall %}
{% call ui.cell("Thôn") %}Thôn Thượng{% endcall %}
{% call ui.cell("Trạng thái") %}{{ ui.play_mark("unverifiable", at=now) }}{% endcall %}</tr>
{% endcall %}
<form method="post" action="/sent">{{ ui.field("title", "Tên bản tin", error="Hãy đặt tên.") }}
{{ ui.button("Gửi duyệt", busy="Đang gửi…") }}</form>
<button class="second" type="button" hx-get="/gone" hx-target="#content">Tải lại</button>
<button class="second" type="button" hx-get="/part" hx-target="this">Xem</button>
{% endblock %}
"""


def _app() -> FastAPI:
    app = FastAPI()
    frame.install(app)
    app.state.station_name = "Đài truyền thanh xã Đồng Bãi"
    app.state.navigation = NAVIGATION

    @app.get("/")
    def board(request: Request) -> HTMLResponse:
        page = frame.environment("vi").from_string(BOARD)
        return HTMLResponse(page.render(frame.frame_context(request)))

    @app.get("/part")
    def part() -> HTMLResponse:
        return HTMLResponse("Đã xem")

    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The app behind a real server on a free port of this machine."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(_app(), log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.started
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium of the system for this file."""
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
def page(browser: Browser, address: str, complaints: list[str]) -> Iterator[Page]:
    """The board on a phone."""
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        yield page


def _overflow(page: Page) -> int:
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return int(width)


def test_the_browser_refuses_nothing(page: Page, complaints: list[str]) -> None:
    """Under the strict policy style, type, marks and scripts all arrive, without a complaint."""
    page.wait_for_function("document.fonts.status === 'loaded'")

    assert complaints == []
    assert page.evaluate("htmx.config.allowEval") is False
    assert page.evaluate("document.fonts.check('700 16px \"Be Vietnam Pro\"', 'Đường')") is True


@pytest.mark.parametrize("width", [320, 360, 640, 1280])
def test_no_page_is_wider_than_its_screen(page: Page, width: int) -> None:
    """From the smallest phone to a desk, and at 200 % zoom of one, nothing scrolls sideways."""
    page.set_viewport_size({"width": width, "height": 640})

    assert _overflow(page) <= 0


def test_no_page_of_the_navigation_is_hidden_by_large_type(browser: Browser, address: str) -> None:
    """Six pages at 200 % type on a phone stand in rows: none lies beyond the screen's edge."""
    six = "const ul = document.querySelector('.navigation ul'); while (ul.children.length < 6)"
    lefts_and_rights = """[...document.querySelectorAll('.navigation a')].map(
      (a) => [a.getBoundingClientRect().left, a.getBoundingClientRect().right])"""
    large = browser.browser_type.launch(
        executable_path=CHROMIUM, args=[*QUIET, "--blink-settings=defaultFontSize=32"]
    )
    page = large.new_page(viewport={"width": 360, "height": 740})
    page.goto(address)

    page.evaluate(f"{six} ul.append(ul.children[0].cloneNode(true))")
    found = page.evaluate(lefts_and_rights)
    large.close()

    assert len(found) == 6
    assert all(0 <= left < right <= 360 for left, right in found)


def test_a_row_is_a_card_on_a_phone_and_a_row_on_a_desk(page: Page) -> None:
    """The heading stands beside each value on a phone, above its column on a desk."""
    label = (
        "getComputedStyle(document.querySelector('td[data-label=\"Thôn\"]'), '::before').content"
    )

    on_phone = page.evaluate(label)
    page.set_viewport_size({"width": 1280, "height": 800})

    assert on_phone == '"Thôn"'
    assert page.evaluate(label) == "none"


def test_an_error_summary_is_where_the_reader_is(page: Page) -> None:
    """After a refused form the keyboard stands at the summary, whose link leads to the field."""
    assert page.evaluate("document.activeElement.className") == "error-summary"

    page.get_by_role("link", name="Hãy đặt tên cho bản tin.").click()

    assert page.evaluate("document.activeElement.id") == "title"


def test_an_error_behind_a_button_is_told_in_the_notice(page: Page) -> None:
    """What htmx could not fetch is explained in words, and the page stays."""
    page.get_by_role("button", name="Tải lại").click()

    notice = page.locator("#notice .banner-failed")
    notice.wait_for()
    assert "Không tìm thấy" in notice.inner_text()
    assert page.get_by_role("heading", level=1).inner_text() == "Hôm nay"


def test_a_lost_station_is_told_in_the_notice(page: Page) -> None:
    """Without a connection the reader learns what is safe and what to do."""
    page.context.set_offline(True)
    page.get_by_role("button", name="Tải lại").click()

    notice = page.locator("#notice .banner-failed")
    notice.wait_for()
    assert "vẫn an toàn" in notice.inner_text()

    page.context.set_offline(False)
    page.get_by_role("button", name="Xem").click()
    notice.wait_for(state="detached")


def test_an_error_stays_when_something_else_succeeds(page: Page) -> None:
    """A page that refreshes itself must not wipe away the only copy of an error."""
    page.get_by_role("button", name="Tải lại").click()
    page.locator("#notice .banner-failed").wait_for()

    page.get_by_role("button", name="Xem").click()
    page.get_by_role("button", name="Đã xem").wait_for()

    assert "Không tìm thấy" in page.locator("#notice").inner_text()


def test_a_form_goes_out_once_and_says_so(page: Page) -> None:
    """A second tap on a slow line sends nothing, and the button tells what goes on."""
    page.evaluate(
        "window.sent = 0; addEventListener('submit', (event) => {"
        " if (!event.defaultPrevented) window.sent += 1; event.preventDefault(); })"
    )
    page.get_by_role("textbox", name="Tên bản tin").fill("Tiêm phòng")

    page.get_by_role("button", name="Gửi duyệt").click()
    page.get_by_role("button", name="Đang gửi…").click()

    assert page.evaluate("window.sent") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_day_and_night(page: Page, scheme: str) -> None:
    """The reader's setting decides the ground that words stand on."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(20, 23, 31)" if scheme == "dark" else "rgb(251, 248, 241)")


def test_paper_gets_the_content_without_the_controls(page: Page) -> None:
    """In print there is no navigation and no button, and the figures are there."""
    page.emulate_media(media="print")

    assert not page.locator(".navigation").is_visible()
    assert not page.get_by_role("button", name="Gửi duyệt").is_visible()
    assert page.get_by_text("6.210").is_visible()
