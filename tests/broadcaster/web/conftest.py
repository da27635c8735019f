"""An app with nothing but the frame, and its components by themselves."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from broadcaster.web import frame
from tests.broadcaster.web.troubled_app import FIVE_PM, NAVIGATION, routes
from tests.clients import TestClient


@pytest.fixture
def app() -> FastAPI:
    """The frame installed in an app of its own, at five in the afternoon."""
    app = FastAPI(docs_url=None, redoc_url=None)
    frame.install(app)
    routes(app)
    app.state.station_name = "Đài truyền thanh xã Đồng Bãi"
    app.state.navigation = NAVIGATION
    app.state.now = lambda: FIVE_PM
    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """A browser or program that sees a 500 as an answer."""
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def shown() -> Callable[..., str]:
    """A template's text rendered in a language, with the components at hand as `ui`."""

    def show(source: str, *, language: str = "vi", **context: object) -> str:
        env = frame.environment("en" if language == "en" else "vi")
        head = '{% import "web/pages/components.html" as ui with context %}'
        known = {
            "language": language,
            "now": FIVE_PM,
            "today": FIVE_PM.date(),
            "zone": frame.HOME_ZONE,
            "csrf_token": None,
        }
        return env.from_string(head + source).render({**known, **context})

    return show
