"""What the browser is told to refuse, with every answer."""

import re
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse

from broadcaster.web.frame import PACKAGE
from broadcaster.web.security import SecurityHeaders
from tests.broadcaster.web.troubled_app import PAGE
from tests.clients import TestClient


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api/broken", "/static/none", "/language/en"])
def test_every_answer_carries_the_policy(client: TestClient, path: str) -> None:
    """Pages, errors, files and redirects alike."""
    headers = client.get(path, headers=PAGE, follow_redirects=False).headers

    policy = headers["content-security-policy"].split("; ")
    assert {
        "default-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    } <= set(policy)
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_tls_is_promised_only_over_tls(client: TestClient) -> None:
    """A commune without a certificate must not be locked out of its own station."""
    plain = client.get("/", headers=PAGE)
    client.base_url = "https://testserver"
    secure = client.get("/", headers=PAGE)

    assert "strict-transport-security" not in plain.headers
    assert "max-age" in secure.headers["strict-transport-security"]


def test_an_answers_own_header_is_left_alone() -> None:
    """A route that needs another policy states it and keeps it."""
    own = PlainTextResponse("x", headers={"Referrer-Policy": "no-referrer"})
    client = TestClient(SecurityHeaders(own))

    assert client.get("/").headers["referrer-policy"] == "no-referrer"


def _templates() -> list[Path]:
    return sorted(PACKAGE.rglob("pages/**/*.html"))


@pytest.mark.parametrize("template", _templates(), ids=lambda t: t.relative_to(PACKAGE).as_posix())
def test_no_template_holds_what_the_policy_refuses(template: Path) -> None:
    """Inline styles, inline handlers and foreign addresses would silently do nothing.

    But the one style of the pages for a phone, whose hash their own policy names.
    """
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = text.replace("<style>{{ phone_style }}</style>", "")

    assert re.findall(r"\sstyle\s*=|\son\w+\s*=|<style|javascript:", text) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", text) == []
