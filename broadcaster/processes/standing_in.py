"""What an emergency needs of the site while the site is down: its sounds made, and handed out.

A command that orders an emergency makes the sounds itself. Where nothing listens at the site's
address it also hands them to the devices there, and nothing else: no page and no API. What is made
twice is the same sound, so it does not matter if the site lives after all.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from broadcaster.bulletins import audio
from broadcaster.bulletins.errors import UnknownAudio
from broadcaster.bulletins.studio import Studio, open_studio
from broadcaster.database import Database
from broadcaster.emergency.announcer import announcing
from broadcaster.lexicon.entries import StationLexicon
from broadcaster.processes.front_door import front_door
from broadcaster.settings import Settings
from broadcaster.voices.station_house import StationHouse

_PATIENCE_S = 10.0


@contextmanager
def standing_in(settings: Settings, database: Database, *, station_id: str) -> Iterator[bool]:
    """Make wanted sounds until the end of the block; whether they are handed out here as well."""
    house = StationHouse(database, station_id=station_id, voices_dir=settings.voices_dir)
    with ExitStack() as stack:
        studio = stack.enter_context(
            open_studio(settings, lexicon=StationLexicon(database), house=house)
        )
        hands_out = stack.enter_context(_handed_out(settings, studio))
        stack.enter_context(announcing(database, studio))
        yield hands_out


@contextmanager
def _handed_out(settings: Settings, studio: Studio) -> Iterator[bool]:
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket(_family(settings.host)))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.host, settings.port))
        except OSError:
            # The site has its address, as it should.
            yield False
            return
        server = uvicorn.Server(front_door(settings, _sounds_alone(studio)))
        serving = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, name="sounds", daemon=True
        )
        serving.start()
        try:
            yield True
        finally:
            server.should_exit = True
            serving.join(timeout=_PATIENCE_S)


def _sounds_alone(studio: Studio) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.studio = studio
    app.add_exception_handler(UnknownAudio, _nothing_here)
    app.include_router(audio.router)
    return app


def _nothing_here(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"code": UnknownAudio.code}, status_code=UnknownAudio.status)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
