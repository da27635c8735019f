"""Speaking live in a real browser: from its microphone to what a pole on the other side lets out.

The station's own processes run, Chromium's microphone hears a spoken sentence, and the pole is a
real controller that writes down what a loudspeaker would have played.
"""

import hashlib
import math
import secrets
import statistics
import subprocess
import sys
import wave
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import imageio_ffmpeg
import pytest
from playwright.sync_api import Page, expect, sync_playwright
from sqlmodel import Session, select

from broadcaster.accounts.guard import SESSION_COOKIE
from broadcaster.accounts.people import account_named
from broadcaster.accounts.tables import SignInSession
from broadcaster.demo.commune import LEADER, OPERATOR
from broadcaster.live.tables import LiveTalk
from tests.browser.conftest import CHROMIUM, QUIET, keep_picture
from tests.chain import Chain, founded_chain

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

SENTENCE = "Kính thưa bà con. Chiều nay, lúc năm giờ, mời bà con ra nhà văn hóa thôn. Xin mời."
STEP_MS, STRETCH_MS = 50, 3_000
LOUD = 1_000
SPOKEN_S = 9


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A running station with one pole, which writes down what it plays."""
    if CHROMIUM is None:
        pytest.skip("not run: install chromium (make system-deps)")
    with founded_chain(tmp_path_factory.mktemp("live-browser")) as chain:
        folder = chain.hold_back()
        chain.start_station()
        (home,) = folder.iterdir()
        with pole(home):
            yield chain


@contextmanager
def pole(home: Path) -> Iterator[None]:
    """A real controller, whose loudspeaker is a file."""
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "devices.controller", "--home", str(home), "--sink", "wav"],
            stderr=log,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture(scope="module")
def microphone(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the microphone hears, again and again: the sentence, and a pause."""
    path = tmp_path_factory.mktemp("microphone") / "sentence.wav"
    said = chain.studio.say(SENTENCE)
    subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(said.path)),
            *("-af", "apad=pad_dur=0.5", "-ac", "1", "-ar", "48000", str(path)),
        ],
        check=True,
    )
    return path


def session_of(chain: Chain, username: str) -> str:
    """The token of somebody who is signed in."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with chain.database.writing() as session:
        account = account_named(session, username)
        assert account is not None
        session.add(
            SignInSession(
                token_sha256=hashlib.sha256(token.encode()).hexdigest(),
                account_id=account.id,
                csrf_token=secrets.token_urlsafe(32),
                created_at=now,
                expires_at=now + timedelta(hours=1),
            )
        )
    return token


@contextmanager
def window(
    chain: Chain, username: str, *, microphone: Path, width: int = 1280, dark: bool = False
) -> Iterator[Page]:
    """A browser in which somebody is signed in, and whose microphone hears a file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *QUIET,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
            ],
        )
        context = browser.new_context(
            base_url=chain.settings.station_url,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            permissions=["microphone"],
        )
        context.add_cookies(
            [
                {
                    "name": SESSION_COOKIE,
                    "value": session_of(chain, username),
                    "url": chain.settings.station_url,
                }
            ]
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert complaints == []


def _who_is_not_allowed_is_told_how_to_be(chain: Chain, microphone: Path) -> None:
    """No form, no microphone, and what to do."""
    with window(chain, OPERATOR, microphone=microphone, width=360) as page:
        page.goto("/live")

        expect(page.get_by_text("Bạn chưa có giấy phép còn hiệu lực")).to_be_visible()
        expect(page.get_by_role("button", name="Tới micro")).to_have_count(0)
        keep_picture(page, "live-not-allowed-360")


def _a_leader_allows_somebody_else(chain: Chain, microphone: Path) -> None:
    """And is offered nobody's own name but others'."""
    with window(chain, LEADER, microphone=microphone, dark=True) as page:
        page.goto("/live")
        page.get_by_label("Cho phép ai?").select_option(label="Nguyễn Thị Hạnh (biên tập)")
        page.get_by_label("Lý do, nếu được nói cả trong giờ yên lặng").fill("Kiểm thử ban đêm")
        page.get_by_role("button", name="Cho phép", exact=True).click()

        expect(page.get_by_text("Cả giờ yên lặng: Kiểm thử ban đêm")).to_be_visible()
        keep_picture(page, "live-permits-dark")


def _what_is_said_into_the_microphone_comes_out_of_the_pole(chain: Chain, microphone: Path) -> None:
    """By the keyboard alone; the pole's own file holds the sentence, a moment later."""
    with window(chain, OPERATOR, microphone=microphone) as page:
        page.goto("/live")
        keep_picture(page, "live-ask")
        page.get_by_label("Nói về việc gì?").fill("Mời họp")
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_label("Nói tối đa bao lâu?").select_option("1")
        page.get_by_role("button", name="Tới micro").press("Enter")
        page.wait_for_url("**/live/talk-*")
        button = page.get_by_role("button", name="Bắt đầu nói")
        keep_picture(page, "live-microphone")
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Loa đang phát tiếng của bạn")).to_be_visible(timeout=30_000)
        # Between two words it is quiet: it must have moved, not stand still at one instant.
        moves = expect(page.get_by_label("Độ to của micro"))
        moves.not_to_have_js_property("value", 0, timeout=20_000)
        page.wait_for_timeout(SPOKEN_S * 1_000)
        keep_picture(page, "live-on-air")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Đã nói xong.")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("link", name="Mở bản ghi để gửi duyệt")).to_be_visible()
        keep_picture(page, "live-over")
    talk = chain.wait_for(lambda: _ended(chain), "it ended")
    heard = heard_by_pole(chain)

    assert talk.ended_because == "finished"
    assert abs(talk.said_ms - SPOKEN_S * 1_000) < 4_000
    assert likeness(envelope(heard), envelope(microphone)) > 0.85


def _it_can_be_heard_again_after_a_second_person(chain: Chain, microphone: Path) -> None:
    """The recording waits as a bulletin; on a phone its report can be read."""
    talk = _ended(chain)
    assert talk is not None
    with window(chain, LEADER, microphone=microphone, width=360) as page:
        page.goto(f"/live/{talk.id}")
        keep_picture(page, "live-report-360")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.goto(f"/bulletins/{talk.bulletin_id}")

        expect(page.get_by_role("heading", name="Ghi âm: Mời họp").first).to_be_visible()


def heard_by_pole(chain: Chain) -> Path:
    """The longest file that the pole wrote."""
    (home,) = (chain.settings.state_dir / "held-back").iterdir()
    return max((home / "heard").glob("*.wav"), key=lambda path: path.stat().st_size)


def envelope(path: Path) -> Sequence[float]:
    """How loud it is from step to step."""
    with wave.open(str(path)) as file:
        samples = array("h", file.readframes(file.getnframes()))
        size = file.getframerate() * STEP_MS // 1_000
    whole = range(0, len(samples) - size + 1, size)
    return [math.sqrt(sum(each * each for each in samples[at : at + size]) / size) for at in whole]


def likeness(heard: Sequence[float], said: Sequence[float]) -> float:
    """How well some seconds of what was heard follow what was said over and over.

    Some, because a machine that is busy with many tests may not bring all of it in time.
    """
    looped = [*said, *said]
    steps = STRETCH_MS // STEP_MS
    return max(
        statistics.correlation(heard[at : at + steps], looped[shift : shift + steps])
        for at in range(0, len(heard) - steps, steps // 4)
        for shift in range(len(said))
        if max(heard[at : at + steps]) > LOUD and max(looped[shift : shift + steps]) > LOUD
    )


def _ended(chain: Chain) -> LiveTalk | None:
    with chain.database.reading() as session:
        return _the_talk(session)


def _the_talk(session: Session) -> LiveTalk | None:
    found = session.exec(select(LiveTalk).where(LiveTalk.title == "Mời họp")).first()
    return found if found is not None and found.ended_at is not None else None


def test_a_talk_from_the_permission_to_the_replay(chain: Chain, microphone: Path) -> None:
    """One story, in its order: each part of it stands on the one before."""
    _who_is_not_allowed_is_told_how_to_be(chain, microphone)
    _a_leader_allows_somebody_else(chain, microphone)
    _what_is_said_into_the_microphone_comes_out_of_the_pole(chain, microphone)
    _it_can_be_heard_again_after_a_second_person(chain, microphone)
