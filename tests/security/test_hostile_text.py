"""Who writes bulletins writes only words: no page runs them, no clock stops for them."""

import gc
import time
from urllib.parse import quote

import pytest

from playlists.reading import national_lexicon, read_aloud
from tests.security.conftest import CSRF, Site

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}${7*7}'--"
LENGTH = 28_000


@pytest.mark.parametrize(
    "piece",
    [
        *("1", "A", "Ă", "1.", "1,", "1/", "1-", "1:", "1%", "1x", "a\u0301", "a-", "a/", "a - "),
        *("I, ", "[", "[a](", "](", ":,", "; ,", "1²", "½", "1–", "I–", "X/", "№", "#", "@", ".a"),
    ],
)
def test_a_script_of_one_endless_word_is_read_as_soon_as_any_other(piece: str) -> None:
    """The time to read grows with a script's length, not with its square."""
    lexicon = national_lexicon()

    def cost_s(odd: str) -> float:
        text = "Kính thưa bà con trong toàn xã. " * 20 + odd
        began = time.thread_time()
        read_aloud(text, lexicon)
        return time.thread_time() - began

    cost_s("")
    # What the tests before have left behind is not collected at this text's expense.
    gc.disable()
    try:
        whole, quarter = (cost_s(piece * (size // len(piece))) for size in (LENGTH, LENGTH // 4))
    finally:
        gc.enable()

    assert whole < 0.2 + 8 * quarter


def test_no_page_runs_what_an_author_writes(site: Site) -> None:
    """Title, script, topic, comment and reason come back as letters, wherever they are shown."""
    author, leader = site.browser("operator"), site.browser("leader")
    proof = {"csrf_token": CSRF}
    plain = "Kính thưa bà con. Sáng mai, thôn ta họp ở nhà văn hóa, mời bà con đến đúng giờ. "
    script = f"{plain * 6}{HOSTILE}"
    words = {
        "title": HOSTILE,
        "topic": HOSTILE[:90],
        "script": script,
        "priority": "3",
        "contributor": HOSTILE,
        "source": HOSTILE,
    }
    draft = author.post(f"/bulletins/drafts/drf-{'a' * 16}", data=proof | words)
    kept = author.post("/bulletins/templates", data=proof | words)
    previewed = author.post("/bulletins/preview", data=proof | words)
    assert (draft.status_code, kept.status_code, previewed.status_code) == (200, 303, 200)
    made = author.post("/bulletins", data=proof | words)
    assert made.status_code == 303, made.text
    place = made.headers["location"]
    where = {"clusters": "dong", "when": "at", "starts_local": "2026-11-23T03:00"}
    refused = author.post(f"{place}/queue", data=proof | where)
    queued = author.post(f"{place}/queue", data=proof | where | {"override_reason": HOSTILE})
    assert (refused.status_code, queued.status_code) == (422, 303)
    bulletin = site.program("leader").get(f"/api{place}").json()
    rendition = bulletin["rendition"]
    decision = proof | {
        "rendition_id": rendition["id"],
        "spoken_sha256": rendition["spoken_sha256"],
        "audio_sha256": rendition["audio_sha256"],
        "comment": HOSTILE,
    }
    returned = leader.post(f"{place}/decision", data=decision | {"decision": "return"})
    assert returned.status_code == 303, returned.text

    shown = [refused.text, previewed.text] + [
        browser.get(page).text
        for browser in (author, leader)
        for page in (place, "/bulletins", "/schedule", "/")
    ]
    shown += [leader.get("/approvals").text, leader.get(f"{place}/history").text]
    shown += [
        author.get(f"/bulletins{page}").text
        for page in (f"/new?draft=drf-{'a' * 16}", "/templates", f"?q={quote(HOSTILE)}")
    ]
    shown += [author.get(f"/bulletins/templates?from={place.rsplit('/', 1)[1]}").text]

    assert sum("alert(1)" in page for page in shown) >= 5
    for page in shown:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49" not in page.split("alert(1)", 1)[-1][:60]


@pytest.mark.parametrize(
    "page",
    ["/", "/today/board", "/bulletins/storm", "/sign-in", "/nowhere", "/api/me", "/audio/x.mp3"],
)
def test_every_answer_forbids_foreign_code(site: Site, page: str) -> None:
    """Were a word to slip through after all, the browser would not run it."""
    policy = site.browser("operator").get(page).headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n//evil.example",
        "\u2044/evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1\r\nSet-Cookie: x=1",
    ],
)
def test_nothing_leads_off_the_site(site: Site, target: str) -> None:
    """Where a link says to go afterwards is one of the site's own pages."""
    chosen = site.browser().get("/language/en", params={"next": target})
    cancelled = site.browser("operator").post(
        "/schedules/s-bc-evening/cancel", data={"csrf_token": CSRF, "next": target}
    )

    for answer in (chosen, cancelled):
        assert answer.headers["location"] in {"/", "/%250d%250aSet-Cookie:x=1"}
        assert "x" not in answer.cookies


@pytest.mark.parametrize(
    "name",
    [
        "../station.sqlite3",
        "..%2f..%2fkeys%2fstation.key%00",
        "0" * 63,
        "0" * 65,
        "A" * 64,
        "0" * 63 + "%0A",
        "%00" + "0" * 63,
        "." * 64,
    ],
)
def test_audio_has_no_names_but_hashes(site: Site, name: str) -> None:
    """Nothing else in the folder, or above it, is ever served."""
    answer = site.browser().get(f"/audio/{name}.mp3")

    assert answer.status_code == 404


def test_a_draft_is_heard_by_nobody_who_was_not_told_its_hash(site: Site) -> None:
    """The folder is not listed, and a page of a bulletin asks for a sign-in."""
    assert site.browser().get("/audio/").status_code == 404
    assert site.browser().get("/bulletins/storm").status_code == 303
