"""A mail server on the loopback, with TLS: what it answers to each letter is the test's to say."""

import base64
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from tests.authority import Issued

TAKEN = "250 taken"


@dataclass
class PostOffice:
    """What came, in order; the next of `answers` to a letter, `TAKEN` when none is left."""

    port: int = 0
    logins: dict[str, str] = field(default_factory=dict)
    got: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refuses: str = ""
    over_tls: list[bool] = field(default_factory=list)

    @property
    def bodies(self) -> list[str]:
        """What the letters say."""
        return [each.get_content() for each in self.got]


class _Talk(socketserver.StreamRequestHandler):
    """One connection, as RFC 5321, 3207 and 4954 have it."""

    server: "_Server"

    def handle(self) -> None:
        self._secured = self.server.at_once
        self._is_in = False
        self._to: list[str] = []
        if self._secured:
            self._secure()
        self._say("220 post office")
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            if not self._answer(verb.upper(), rest):
                return

    def finish(self) -> None:
        """Let go of what TLS put in the place of the connection."""
        with suppress(OSError):
            super().finish()
        self.connection.close()

    def _answer(self, verb: str, rest: str) -> bool:
        office = self.server.office
        if verb == "EHLO":
            offered = ["AUTH PLAIN"] if self._secured else ["STARTTLS"]
            self._say("\r\n".join(["250-post office", *(f"250 {each}" for each in offered)]))
        elif verb == "STARTTLS":
            self._say("220 go on")
            self._secure()
        elif verb == "AUTH":
            _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
            self._is_in = office.logins.get(user) == password
            self._say("235 in" if self._is_in else f"535 no: {password}")
        elif verb == "MAIL":
            self._say(TAKEN if self._is_in else "530 who are you")
        elif verb == "RCPT":
            address = rest[rest.index("<") + 1 : rest.index(">")]
            if address == office.refuses:
                self._say("550 nobody here")
                return True
            self._to.append(address)
            self._say(TAKEN)
        elif verb == "DATA":
            self._say("354 go on")
            self._take()
        elif verb == "QUIT":
            self._say("221 bye")
            return False
        else:
            self._say(TAKEN)
        return True

    def _take(self) -> None:
        office, octets = self.server.office, b""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            octets += line
        answer = office.answers.pop(0) if office.answers else TAKEN
        if answer == TAKEN:
            letter = message_from_bytes(octets, policy=policy.default)
            office.got.append(cast("EmailMessage", letter))
            office.recipients.append(list(self._to))
            office.over_tls.append(self._secured)
        self._say(answer)

    def _secure(self) -> None:
        self.connection = self.server.context.wrap_socket(
            cast("socket.socket", self.connection), server_side=True
        )
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self._secured = True

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    """It ends its talks with itself."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, office: PostOffice, shows: Issued, *, at_once: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.office, self.at_once = office, at_once
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(shows.certificate, shows.key)

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor who does not believe the certificate leaves; that is no trouble here."""


@contextmanager
def open_post_office(shows: Issued, *, at_once: bool = False) -> Iterator[PostOffice]:
    """Take letters until the end of the block; `at_once` speaks TLS from the first octet."""
    office = PostOffice(logins={"dai": "mat-khau-thu"})
    server = _Server(office, shows, at_once=at_once)
    office.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield office
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
