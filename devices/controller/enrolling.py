"""Enrolment from the device's side: a code, a key of its own, and patience until a person agrees.

The key and the broker's password are made here and never leave: the station gets the public key
and a verifier. The very same request is repeated until it is answered, over restarts too, because
a code is bound to the first request that proved it. What comes back counts only if it is proven
with the code and names the root key whose fingerprint the code carries.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

import httpx
import msgspec
from msgspec import Struct
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from devices.controller.backoff import backoff_s
from devices.controller.tls import tls_context
from devices.errors import EnrolmentEnded, EnrolmentTimedOut
from devices.protocol.credentials import ROUNDS, SALT_BYTES, new_secret
from devices.protocol.enrolment import (
    CodeKeys,
    EnrolAnswer,
    Enrolled,
    EnrolRequest,
    Pending,
    Refused,
    Wish,
    answer_is_proven,
    keys_of,
    read_code,
    sign_request,
)
from devices.protocol.identity import Identity, save_identity
from devices.protocol.jws import key_id, key_id_of

REQUEST_FILE = "enrolment.json"
FIRST_RETRY_S = 5.0
RETRY_CAP_S = 60.0
PATIENCE_S = 24 * 3_600.0
ANSWER_LIMIT_BYTES = 65_536
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)


class Asking(Struct, frozen=True, kw_only=True):
    """What a device keeps between the first question and the answer."""

    device_key: str
    broker_password: str
    code_id: str
    request: str


class Poster(Protocol):
    """Carries a request to the station."""

    def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        """Return status and body; raise OSError when nobody answered."""
        ...


class HttpPoster:
    """The station over HTTP; redirections and the environment's proxies are not followed.

    `ca_pem` are certificates to trust beside the system's own, for a station with its own CA.
    """

    def __init__(self, *, ca_pem: str | None = None) -> None:
        self._tls = tls_context(ca_pem)

    def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        """Ask once."""
        headers = {"Content-Type": "application/json"}
        try:
            with httpx.Client(timeout=_TIMEOUT, trust_env=False, verify=self._tls) as client:
                answer = client.post(url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise OSError(str(error)) from error
        return answer.status_code, answer.content[:ANSWER_LIMIT_BYTES]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What enrolment needs of the world: a way to the station, time, chance, and a person."""

    poster: Poster
    now_s: Callable[[], float]
    sleep: Callable[[float], None]
    tell: Callable[[str], None]
    rng: Random


def enrol(
    home: Path, *, station_url: str, code: str, software: str, hardware: str, world: World
) -> Identity:
    """Ask until a person at the station has agreed, and store who this device is from then on.

    Raises CodeUnreadable, EnrolmentEnded when the station said no, EnrolmentTimedOut after a day.
    """
    read = read_code(code)
    keys = keys_of(read.secret)
    asking = _asking(home, keys=keys, software=software, hardware=hardware)
    device_key = SigningKey(asking.device_key.encode(), encoder=HexEncoder)
    request = sign_request(asking.request, keys=keys, device_key=device_key)
    world.tell(key_id(device_key.verify_key))
    enrolled = _ask_until_answered(f"{station_url.rstrip('/')}/enrol", request, keys, world=world)
    own_key = device_key.verify_key.encode(HexEncoder).decode()
    if enrolled.device_key != own_key or key_id_of(enrolled.root_key) != read.root_fingerprint:
        raise EnrolmentEnded("the station proved another key than the code's")
    identity = Identity(
        station=enrolled.station,
        device=enrolled.device,
        device_key=asking.device_key,
        root_key=enrolled.root_key,
        broker_url=enrolled.broker_url,
        broker_username=enrolled.broker_username,
        broker_password=asking.broker_password,
        station_url=enrolled.station_url,
        ca_pem=enrolled.ca_pem,
        rehearsal=enrolled.rehearsal,
    )
    save_identity(identity, home)
    (home / REQUEST_FILE).unlink(missing_ok=True)
    return identity


def _ask_until_answered(
    url: str, request: EnrolRequest, keys: CodeKeys, *, world: World
) -> Enrolled:
    body = msgspec.json.encode(request)
    ends_s = world.now_s() + PATIENCE_S
    attempt = 0
    while world.now_s() < ends_s:
        said = _ask(url, body, request, keys, world=world)
        if isinstance(said, Enrolled):
            return said
        if isinstance(said, Refused):
            raise EnrolmentEnded(said.code)
        pause_s = backoff_s(attempt, first_s=FIRST_RETRY_S, cap_s=RETRY_CAP_S, rng=world.rng)
        attempt += 1
        if isinstance(said, Pending):
            pause_s, attempt = float(said.retry_after_s), 0
        world.sleep(pause_s)
    raise EnrolmentTimedOut(url)


def _ask(
    url: str, body: bytes, request: EnrolRequest, keys: CodeKeys, *, world: World
) -> Enrolled | Pending | Refused | None:
    """One question: what the station answered and proved; None for anything else."""
    try:
        status, content = world.poster.post(url, body)
    except OSError as error:
        world.tell(str(error))
        return None
    try:
        answer = msgspec.json.decode(content, type=EnrolAnswer)
        if not answer_is_proven(answer, to_request=request.request, keys=keys):
            raise msgspec.ValidationError("not proven")
        return msgspec.json.decode(answer.answer, type=Enrolled | Pending | Refused)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        world.tell(f"HTTP {status}")
        return None


def _asking(home: Path, *, keys: CodeKeys, software: str, hardware: str) -> Asking:
    """The request that this code was used for before, or a new one, stored before it is sent."""
    path = home / REQUEST_FILE
    try:
        held = msgspec.json.decode(path.read_bytes(), type=Asking)
        if held.code_id == keys.code_id:
            return held
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        pass
    made = _new_asking(keys, software=software, hardware=hardware)
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(made))
        file.flush()
        os.fsync(file.fileno())
    return made


def _new_asking(keys: CodeKeys, *, software: str, hardware: str) -> Asking:
    device_key, password = SigningKey.generate(), new_secret()
    salt = secrets.token_bytes(SALT_BYTES)
    verifier = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS)
    wish = Wish(
        device_key=device_key.verify_key.encode(HexEncoder).decode(),
        nonce=secrets.token_hex(16),
        broker_salt=salt.hex(),
        broker_verifier=verifier.hex(),
        software=software,
        hardware=hardware[:300],
    )
    return Asking(
        device_key=device_key.encode(HexEncoder).decode(),
        broker_password=password,
        code_id=keys.code_id,
        request=msgspec.json.encode(wish).decode(),
    )
