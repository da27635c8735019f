"""OpenID Connect (Core 1.0, code flow with PKCE): who somebody is, by a province's provider.

The provider says who; what they may do stands in our own table, and whom an admin did not name is
refused. Network here, no database. Endpoints are by TLS, or on this machine, and each answer is
bounded in bytes and as a whole in time: whoever presses the button waits for it, signed in or not.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from broadcaster.accounts.errors import ProviderSaysOtherwise, ProviderUnreachable
from broadcaster.outward import BoundedTransport
from broadcaster.settings import Settings

SECRET_FILE = "openid.secret"  # noqa: S105 - a file's name
# Signatures that only the provider can make: never `none`, and no shared secret as a key.
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_PATIENCE_S = 10.0
"""How long one answer may take, however slowly its bytes come."""

_CLOCKS_DIFFER_BY_S = 60
_LONGEST_ANSWER_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What this browser was sent away with, kept until it comes back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Asked":
        """Three times 256 random bits."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class Foreigner:
    """Who somebody is at the provider: a subject that never changes, and a name that may."""

    issuer: str
    subject: str
    login: str


def discover(settings: Settings, *, now_s: Callable[[], float] = time.monotonic) -> Provider:
    """Ask the provider for its endpoints; raise ProviderUnreachable or ProviderSaysOtherwise."""
    issuer = settings.openid_issuer
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    told = _told("GET", address, now_s=now_s)
    if told.get("issuer") != issuer:
        raise ProviderSaysOtherwise("another issuer than was configured")
    named = (told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"))
    endpoints = [each for each in named if isinstance(each, str) and is_safe_address(each)]
    if len(endpoints) != 3:
        raise ProviderSaysOtherwise("an endpoint is missing, or not by TLS")
    return Provider(issuer, *endpoints)


def is_safe_address(address: str) -> bool:
    """Whether what is said there stays between us: by TLS, or on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
    )


def address_to_ask(provider: Provider, settings: Settings, asked: Asked) -> str:
    """Where the browser is sent."""
    challenge = hashlib.sha256(asked.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": settings.openid_client_id,
        "redirect_uri": answer_address(settings),
        "scope": "openid email profile",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    joint = "&" if urlsplit(provider.authorization_endpoint).query else "?"
    return f"{provider.authorization_endpoint}{joint}{urlencode(query)}"


def answer_address(settings: Settings) -> str:
    """Where the browser comes back to; an admin enters it at the provider."""
    return f"{settings.station_url}/sign-in/province/answer"


def who_answered(
    provider: Provider, settings: Settings, asked: Asked, *, code: str, now: datetime
) -> Foreigner:
    """Exchange the code for an ID token, and read who it is about.

    Raises ProviderUnreachable or ProviderSaysOtherwise.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": answer_address(settings),
        "client_id": settings.openid_client_id,
        "code_verifier": asked.verifier,
    }
    if secret := _secret(settings):
        form["client_secret"] = secret
    told = _told("POST", provider.token_endpoint, form=form)
    claims = _claims(provider, str(told.get("id_token", "")))
    _check(claims, provider, settings, asked, now=now)
    login = claims.get(settings.openid_claim)
    if settings.openid_claim == "email" and claims.get("email_verified") is not True:
        login = None
    return Foreigner(
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        login=login.strip().casefold() if isinstance(login, str) else "",
    )


def _claims(provider: Provider, token: str) -> Mapping[str, Any]:
    try:
        keys = KeySet.import_key_set(_told("GET", provider.jwks_uri))  # type: ignore[arg-type]
        return dict(jwt.decode(token, keys, algorithms=_ALGORITHMS).claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderSaysOtherwise(f"an ID token that does not hold: {error}") from error


def _check(
    claims: Mapping[str, Any],
    provider: Provider,
    settings: Settings,
    asked: Asked,
    *,
    now: datetime,
) -> None:
    """OpenID Connect Core 1.0, section 3.1.3.7."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    azp = claims.get("azp", settings.openid_client_id if len(audiences) == 1 else None)
    expires, issued, present = claims.get("exp"), claims.get("iat"), now.timestamp()
    holds = {
        "iss": claims.get("iss") == provider.issuer,
        "aud": settings.openid_client_id in audiences,
        "azp": azp == settings.openid_client_id,
        "exp": _is_number(expires) and present < float(expires or 0) + _CLOCKS_DIFFER_BY_S,
        "iat": _is_number(issued) and float(issued or 0) < present + _CLOCKS_DIFFER_BY_S,
        "nonce": secrets.compare_digest(str(claims.get("nonce", "")), asked.nonce),
        "sub": isinstance(claims.get("sub"), str) and bool(claims.get("sub")),
    }
    if wrong := [name for name, fits in holds.items() if not fits]:
        raise ProviderSaysOtherwise(f"an ID token with another {', '.join(wrong)}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _secret(settings: Settings) -> str:
    file = settings.keys_dir / SECRET_FILE
    return file.read_text("utf-8").strip() if file.is_file() else ""


def _told(
    method: str,
    address: str,
    *,
    form: Mapping[str, str] | None = None,
    now_s: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """A JSON object from the provider; redirects are not followed."""
    transport = BoundedTransport(whole_s=_PATIENCE_S, now_s=now_s)
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    try:
        with (
            httpx.Client(transport=transport, timeout=_PATIENCE_S, trust_env=False) as client,
            client.stream(method, address, data=form, headers=headers) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise ProviderSaysOtherwise(f"status {answer.status_code}")
            # What was asked for is not packed; unpacked it might be far more than it seems.
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise ProviderSaysOtherwise("a packed answer")
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > _LONGEST_ANSWER_BYTES:
                    raise ProviderSaysOtherwise("an answer without end")
            found = httpx.Response(200, content=bytes(body)).json()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderUnreachable(str(error)) from error
    except ValueError as error:
        raise ProviderSaysOtherwise(f"no JSON: {error}") from error
    if not isinstance(found, dict):
        raise ProviderSaysOtherwise("no JSON object")
    return found
