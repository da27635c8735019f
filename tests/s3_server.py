"""An S3 server on loopback, of the calls that an audio store makes: every signature is checked.

It answers as AWS documents it (Signature Version 4, ListObjectsV2, error bodies); what it is told
to do wrong, it does: hang up, refuse a key, give back other bytes.
"""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from playlists.audio.s3_bucket import S3Bucket

KEY_ID, SECRET, REGION, BUCKET = "loa-key", "geheim/not+told", "vn-hanoi-1", "loa-audio"
PAGE = 3
"""So few names are told at once, so that whoever lists must go on."""


class Trouble(StrEnum):
    """What is wrong with it."""

    NONE = "none"
    HANGS_UP = "hangs_up"
    ERROR_500 = "error_500"
    NO_BUCKET = "no_bucket"


@dataclass
class S3Server:
    """What it keeps, what it was asked, and what is wrong with it."""

    url: str = ""
    kept: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    trouble: Trouble = Trouble.NONE

    def count(self, method: str) -> int:
        """How often it was asked so."""
        return sum(each.startswith(f"{method} ") for each in self.asked)


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """One with an empty bucket, until the block ends."""
    told = S3Server()

    class Handler(_Handler):
        server_told = told

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_told: S3Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing is written."""

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._may_go_on(body):
            self.server_told.kept[self._key] = body
            self._answer(200, headers={"ETag": _etag(body)})

    def do_GET(self) -> None:
        if not self._may_go_on(b""):
            return
        if self._key:
            self._give()
        else:
            self._list()

    def do_HEAD(self) -> None:
        if self._may_go_on(b""):
            self._give()

    @property
    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}").lstrip("/")

    def _may_go_on(self, body: bytes) -> bool:
        told = self.server_told
        told.asked.append(f"{self.command} {self.path}")
        if told.trouble is Trouble.HANGS_UP:
            self.close_connection = True
            return False
        if told.trouble is Trouble.ERROR_500:
            self._error(500, "InternalError")
            return False
        wrong = wrong_with_signature(self.command, self.path, dict(self.headers.items()), body)
        if wrong:
            told.refused.append(wrong)
            self._error(403, wrong)
            return False
        if told.trouble is Trouble.NO_BUCKET or not self.path.startswith(f"/{BUCKET}"):
            self._error(404, "NoSuchBucket")
            return False
        return True

    def _give(self) -> None:
        body = self.server_told.kept.get(self._key)
        if body is None:
            self._error(404, "NoSuchKey")
            return
        headers = {"ETag": _etag(body), "Last-Modified": "Tue, 01 Dec 2026 02:00:00 GMT"}
        self._answer(200, body, headers=headers)

    def _list(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query))
        after = asked.get("continuation-token", "")
        names = sorted(each for each in self.server_told.kept if each > after)
        rows = "".join(
            f"<Contents><Key>{escape(each)}</Key><Size>{len(self.server_told.kept[each])}</Size>"
            "<LastModified>2026-12-01T02:00:00.000Z</LastModified></Contents>"
            for each in names[:PAGE]
        )
        more = (
            f"<IsTruncated>true</IsTruncated>"
            f"<NextContinuationToken>{escape(names[PAGE - 1])}</NextContinuationToken>"
            if len(names) > PAGE
            else "<IsTruncated>false</IsTruncated>"
        )
        self._answer(200, f"<ListBucketResult>{more}{rows}</ListBucketResult>".encode())

    def _error(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code></Error>".encode())

    def _answer(
        self, status: int, body: bytes = b"", *, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def wrong_with_signature(method: str, path: str, headers: dict[str, str], body: bytes) -> str:
    """S3's own code for what is wrong with a request's signature; empty where it holds.

    Written from the documentation of Signature Version 4, beside the client's own.
    """
    given = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    algorithm, _, rest = given.get("authorization", "").partition(" ")
    if algorithm != "AWS4-HMAC-SHA256":
        return "AccessDenied"
    parts = dict(each.strip().split("=", 1) for each in rest.split(","))
    key_id, day, region, service, ends = parts["Credential"].split("/")
    if key_id != KEY_ID:
        return "InvalidAccessKeyId"
    if given["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
        return "XAmzContentSHA256Mismatch"
    url = urlsplit(path)
    query = sorted(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in parse_qsl(url.query, keep_blank_values=True)
    )
    signed = parts["SignedHeaders"].split(";")
    request = "\n".join(
        (
            method, url.path, "&".join(query), *(f"{each}:{given[each]}" for each in signed), "",
            parts["SignedHeaders"], given["x-amz-content-sha256"],
        )
    )  # fmt: skip
    to_sign = "\n".join(
        (
            algorithm, given["x-amz-date"], f"{day}/{region}/{service}/{ends}",
            hashlib.sha256(request.encode()).hexdigest(),
        )
    )  # fmt: skip
    key = f"AWS4{SECRET}".encode()
    for each in (day, REGION, "s3", "aws4_request"):
        key = hmac.digest(key, each.encode(), "sha256")
    expected = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return "" if hmac.compare_digest(expected, parts["Signature"]) else "SignatureDoesNotMatch"


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def bucket_on(server: S3Server) -> S3Bucket:
    """The bucket as a station with the right key finds it."""
    return S3Bucket(endpoint=server.url, bucket=BUCKET, region=REGION, key_id=KEY_ID, secret=SECRET)
