"""Pages and routes that go wrong in every known way, for an app with nothing but the frame."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from broadcaster.errors import Conflict
from broadcaster.web import frame
from broadcaster.web.frame import NavigationItem
from broadcaster.web.language import msgid

FIVE_PM = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PAGE = {"Accept": "text/html"}
NAVIGATION = (
    NavigationItem(label=msgid("Hôm nay"), href="/", icon="today"),
    NavigationItem(label=msgid("Bản tin"), href="/bulletins", icon="bulletins"),
    NavigationItem(
        label=msgid("Thiết bị"), href="/devices", icon="devices", roles=frozenset({"admin"})
    ),
)


class Note(BaseModel):
    """What the test app takes as JSON."""

    title: str
    repeats: int


def _page(request: Request) -> HTMLResponse:
    return frame.render(
        request, "web/pages/error.html", message="", detail=[], code="", status=404, again=None
    )


def _broken() -> None:
    message = "the password is hunter2"
    raise ValueError(message)


def _conflict() -> None:
    raise Conflict("Cụm Thượng đã có lần phát lúc 17:00.", field="starts_at")


def _limited() -> None:
    raise HTTPException(429, headers={"Retry-After": "60"})


def _count(repeats: Annotated[int, Query(ge=1)]) -> int:
    return repeats


def _take(note: Note) -> Note:
    return note


def routes(app: FastAPI) -> None:
    """Each kind of trouble once for people and once for programs."""
    app.get("/bulletins/{name}")(_page)
    app.get("/")(_page)
    app.post("/bulletins/{name}/part/sending")(_take)
    app.post("/leave")(_take)
    for prefix in ("", "/api"):
        app.get(f"{prefix}/broken")(_broken)
        app.get(f"{prefix}/conflict")(_conflict)
        app.get(f"{prefix}/limited")(_limited)
        app.get(f"{prefix}/count")(_count)
        app.post(f"{prefix}/take")(_take)
