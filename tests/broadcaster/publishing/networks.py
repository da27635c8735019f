"""Facebook's and Zalo's documented APIs on the loopback, as far as a station uses them.

What is posted is kept; `faults` says what goes wrong with the next calls that change anything.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlsplit

PAGE, APP = "103070", "2718281828"
PAGE_TOKEN, APP_SECRET = "EAAG-page-token", "zalo-app-secret"
FIRST_REFRESH = "refresh-0"
VERSION = "/v24.0"


class Fault(Enum):
    """One way of going wrong."""

    EXPIRED = auto()
    BUSY = auto()
    BROKEN = auto()
    REFUSED = auto()
    DROPPED = auto()
    """What was asked is done, and the connection ends without an answer."""
    HANGING = auto()
    """Nothing is done, and no answer comes."""
    DUPLICATE = auto()


class NoAnswer(Exception):
    """The connection ends."""


@dataclass
class Call:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    given: Mapping[str, object]


Told = tuple[int, Mapping[str, object], Mapping[str, str]]


@dataclass
class Networks:
    """Both networks; `now` is their clock."""

    now: Callable[[], datetime]
    at: str = ""
    posts: dict[str, dict[str, str]] = field(default_factory=dict)
    articles: dict[str, dict[str, object]] = field(default_factory=dict)
    handed_in: dict[str, dict[str, object]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    access: str = "access-0"
    refresh: str = FIRST_REFRESH
    is_making: bool = False
    """Whether articles that were handed in are still being made."""
    released: threading.Event = field(default_factory=threading.Event)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def asked(self) -> list[str]:
        """Which calls came, in their order."""
        return [f"{each.method} {each.path}" for each in self.calls]

    def answer(self, call: Call) -> Told:
        """What a call is told; raise NoAnswer."""
        self.calls.append(call)
        if call.path == "/v4/oa/access_token":
            return self._tokens(call)
        if call.path.startswith(f"{VERSION}/"):
            return self._facebook(call, call.path.removeprefix(f"{VERSION}/"))
        return self._zalo(call, call.path.removeprefix("/v2.0/article/"))

    def _fault(self, call: Call) -> Fault | None:
        if call.method == "GET" or not self.faults:
            return None
        fault = self.faults.pop(0)
        if fault is Fault.HANGING:
            self.released.wait()
            raise NoAnswer
        return fault

    def _facebook(self, call: Call, path: str) -> Told:
        if call.headers.get("Authorization") != f"Bearer {PAGE_TOKEN}":
            return _graph_error(190, "Error validating access token")
        fault = self._fault(call)
        errors = {
            Fault.EXPIRED: (190, "Error validating access token: Session has expired", {}),
            Fault.BUSY: (32, "Page request limit reached", {"Retry-After": "7200"}),
            Fault.BROKEN: (2, "Service temporarily unavailable", {}),
            Fault.REFUSED: (368, "The action attempted has been deemed abusive", {}),
            Fault.DUPLICATE: (506, "Duplicate status message", {}),
        }
        if fault in errors:
            code, said, headers = errors[fault]
            return _graph_error(code, said, headers)
        if call.method == "DELETE":
            gone = self.posts.pop(path, None)
            return (200, {"success": True}, {}) if gone else _graph_error(100, "gone", subcode=33)
        if call.method == "GET":
            return 200, {"data": self._listed(path.split("/")[1], call.query)}, {}
        number = f"{PAGE}_{next(self.numbers)}"
        self.posts[number] = {
            **{name: str(value) for name, value in call.given.items()},
            "edge": path.split("/")[1],
            "created_time": self.now().strftime("%Y-%m-%dT%H:%M:%S+0000"),
        }
        if fault is Fault.DROPPED:
            raise NoAnswer
        return 200, {"id": number}, {}

    def _listed(self, edge: str, query: Mapping[str, str]) -> list[dict[str, str]]:
        assert query["since"].isdigit()
        field_names = {"videos": "description", "published_posts": "message"}
        return [
            {
                "id": number,
                field_names[edge]: post.get("description" if edge == "videos" else "message", "")
                or post.get("caption", ""),
                "created_time": post["created_time"],
                "permalink_url": f"https://www.facebook.com/{PAGE}/posts/{number}",
            }
            for number, post in self.posts.items()
            if (post["edge"] == "videos") == (edge == "videos")
        ]

    def _tokens(self, call: Call) -> Told:
        assert call.headers.get("secret_key") == APP_SECRET
        assert call.given["grant_type"] == "refresh_token"
        assert call.given["app_id"] == APP
        if call.given["refresh_token"] != self.refresh:
            return 200, {"error": -14014, "error_name": "Invalid refresh token"}, {}
        number = next(self.numbers)
        self.access, self.refresh = f"access-{number}", f"refresh-{number}"
        told = {"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"}
        return 200, told, {}

    def _zalo(self, call: Call, what: str) -> Told:
        if call.headers.get("access_token") != self.access:
            return _zalo_error(-216, "Access token is invalid")
        fault = self._fault(call)
        errors = {
            Fault.EXPIRED: (-216, "Access token is invalid"),
            Fault.BUSY: (-32, "Your application reached limit call api"),
            Fault.REFUSED: (-201, "title allow 1 to 150 characters"),
        }
        if fault in errors:
            return _zalo_error(*errors[fault])
        if fault is Fault.BROKEN:
            return 502, {}, {}
        told = getattr(self, f"_{what}")({**call.query, **call.given})
        if fault is Fault.DROPPED:
            raise NoAnswer
        return 200, told, {}

    def _create(self, given: dict[str, object]) -> dict[str, object]:
        assert len(str(given["title"])) < 150
        assert len(str(given["description"])) < 300
        token = f"token-{next(self.numbers)}"
        self.handed_in[token] = given
        if not self.is_making:
            self.make()
        return _zalo_told({"token": token})

    def make(self) -> None:
        """Make the articles that were handed in."""
        for token, given in self.handed_in.items():
            if token not in {each["token"] for each in self.articles.values()}:
                made_ms = int(self.now().timestamp() * 1000)
                self.articles[f"art-{token}"] = {**given, "token": token, "create_date": made_ms}

    def _verify(self, given: dict[str, object]) -> dict[str, object]:
        for number, article in self.articles.items():
            if article["token"] == given["token"]:
                return _zalo_told({"id": number})
        return {"error": -1, "message": "processing"}

    def _getslice(self, given: dict[str, object]) -> dict[str, object]:
        assert int(str(given["limit"])) <= 10
        rows = [
            {
                "id": number,
                "title": each["title"],
                "create_date": each["create_date"],
                "link_view": f"https://rd.zapps.vn/detail/{number}",
            }
            for number, each in self.articles.items()
        ]
        return _zalo_told({"medias": rows, "total": len(rows)})

    def _getdetail(self, given: dict[str, object]) -> dict[str, object]:
        return _zalo_told(dict(self.articles[str(given["id"])]))

    def _remove(self, given: dict[str, object]) -> dict[str, object]:
        if self.articles.pop(str(given["id"]), None) is None:
            return {"error": -201, "message": "article is not exist"}
        return _zalo_told({})


def _graph_error(
    code: int, said: str, headers: Mapping[str, str] | None = None, *, subcode: int = 0
) -> Told:
    error = {"message": said, "type": "OAuthException", "code": code, "error_subcode": subcode}
    return 400, {"error": error}, headers or {}


def _zalo_error(code: int, said: str) -> Told:
    return 200, {"error": code, "message": said}, {}


def _zalo_told(data: dict[str, object]) -> dict[str, object]:
    return {"error": 0, "message": "Success", "data": data}


@contextmanager
def networks(now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Iterator[Networks]:
    """Serve both until the end of the block."""
    both = Networks(now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            query = {name: each[0] for name, each in parse_qs(parts.query).items()}
            is_json = self.headers.get("Content-Type", "").startswith("application/json")
            given = (
                json.loads(content)
                if is_json
                else {name: each[0] for name, each in parse_qs(content).items()}
            )
            call = Call(self.command, parts.path, query, dict(self.headers.items()), given)
            try:
                status, told, headers = both.answer(call)
            except NoAnswer:
                self.close_connection = True
                return
            body = json.dumps(told).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def do_DELETE(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    both.at = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield both
    finally:
        both.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
