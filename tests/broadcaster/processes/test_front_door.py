"""Whom the site lets in past its proxy, and what settings it refuses to open a door with."""

import asyncio
from pathlib import Path

import pytest
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from broadcaster.processes.front_door import front_door
from broadcaster.settings import Settings, SettingsInvalid, load_settings
from tests.authority import Authority

EVERYWHERE = "0.0.0.0"  # noqa: S104
PROXY = "10.1.2.3"
URL = "https://dai.example"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with who it believes is there."""
    await JSONResponse({"scheme": scope["scheme"], "client": scope["client"][0]})(
        scope, receive, send
    )


def answered(settings: Settings, *, comes_from: str) -> tuple[int, bytes]:
    """What somebody gets who says that they are another and came by https."""
    told: list[Message] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "scheme": "http",
        "client": (comes_from, 40_000),
        "headers": [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"https")],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    asyncio.run(front_door(settings, app).app(scope, receive, send))  # type: ignore[operator]
    return told[0]["status"], told[1]["body"]


@pytest.fixture
def behind(tmp_path: Path) -> Settings:
    """A station behind one named proxy."""
    return load_settings(
        state_dir=tmp_path, host=EVERYWHERE, public_url=URL, trusted_proxies=f"{PROXY}, 2001:db8::1"
    )


def test_a_named_proxy_is_believed(behind: Settings) -> None:
    """Its visitor's address and scheme are the visitor's."""
    assert answered(behind, comes_from=PROXY) == (
        200,
        b'{"scheme":"https","client":"203.0.113.9"}',
    )


@pytest.mark.parametrize("stranger", ["10.1.2.4", "::ffff:10.1.2.4", "2001:db8::2", "nobody"])
def test_nobody_else_comes_past_it(behind: Settings, stranger: str) -> None:
    """Whatever they say of themselves."""
    assert answered(behind, comes_from=stranger)[0] == 403


def test_this_machine_comes_past_it(behind: Settings) -> None:
    """The station's own programs use its pages and sounds."""
    assert answered(behind, comes_from="127.0.0.1")[0] == 200


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"host": EVERYWHERE}, "loa init"),
        ({"host": "192.168.1.10"}, "loa init"),
        ({"host": "dai.example"}, "loa init"),
        ({"host": "::", "public_url": URL}, "loa init"),
        ({"host": EVERYWHERE, "trusted_proxies": PROXY}, "must be https"),
        (
            {"host": EVERYWHERE, "trusted_proxies": PROXY, "public_url": "http://a.b"},
            "must be https",
        ),
        ({"host": EVERYWHERE, "trusted_proxies": "everybody"}, "trusted_proxies"),
        ({"tls_cert": Path("c.pem")}, "one is of no use"),
        ({"tls_cert": Path("c.pem"), "tls_key": Path("k.pem")}, "they do not belong together"),
    ],
)
def test_no_plain_door_is_opened_to_the_world(
    tmp_path: Path, given: dict[str, object], says: str
) -> None:
    """All of these stop the program with what to do instead."""
    with pytest.raises(SettingsInvalid, match=says):
        load_settings(state_dir=tmp_path, **given)


def test_with_tls_it_may_be_reached_from_everywhere(tmp_path: Path) -> None:
    """Then pages are reached by https, and cookies are for https alone."""
    issued = Authority(tmp_path).issue("dai.example")
    tls = {"tls_cert": issued.certificate, "tls_key": issued.key}

    assert load_settings(state_dir=tmp_path, host="10.0.0.5", **tls).station_url == (
        "https://10.0.0.5:8000"
    )
    assert load_settings(state_dir=tmp_path, host=EVERYWHERE, public_url=URL, **tls).pages_by_tls
    with pytest.raises(SettingsInvalid, match="public_url"):
        load_settings(state_dir=tmp_path, host=EVERYWHERE, **tls)
