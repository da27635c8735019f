"""A small OpenID provider over real HTTP: discovery, authorization with PKCE, tokens, keys.

What it says can be spoilt by a test, claim by claim.
"""

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, HTTPException
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT = "dai-thuong"
PATIENCE_S = 30


@dataclass
class Provider:
    """Who is signed in there, and how what it says is spoilt."""

    issuer: str = ""
    subject: str = "sub-1"
    claims: dict[str, Any] = field(
        default_factory=lambda: {"email": "Lan@tinh.example.vn", "email_verified": True}
    )
    spoilt: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    metadata: dict[str, Any] = field(default_factory=dict)
    now_s: int = 0
    secret: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def id_token(self, nonce: str) -> str:
        """What is said of whoever is signed in."""
        claims = {
            "iss": self.issuer, "sub": self.subject, "aud": CLIENT, "nonce": nonce,
            "iat": self.now_s, "exp": self.now_s + 300, **self.claims, **self.spoilt,
        }  # fmt: skip
        key: Any = self.key
        if self.algorithm == "HS256":
            # The well-known trick: the public key as a shared secret.
            key = OctKey.import_key(self.key.as_pem(private=False))
        header = {"alg": self.algorithm, "kid": "k1"}
        if self.algorithm == "none":
            joined = [_b64(str(part).replace("'", '"').replace("True", "true").encode())
                      for part in (header, claims)]  # fmt: skip
            return ".".join([*joined, ""])
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])

    def app(self) -> FastAPI:
        """Its routes."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, Any]:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.metadata,
            }

        @app.get("/authorize")
        def authorize(  # noqa: PLR0917 - the protocol's own parameters
            response_type: str, client_id: str, redirect_uri: str, scope: str, state: str,
            nonce: str, code_challenge: str, code_challenge_method: str,
        ) -> RedirectResponse:  # fmt: skip
            if (response_type, client_id, code_challenge_method) != ("code", CLIENT, "S256"):
                raise HTTPException(400)
            if "openid" not in scope.split():
                raise HTTPException(400)
            code = secrets.token_urlsafe(16)
            self.asked[code] = {
                "nonce": nonce, "challenge": code_challenge, "redirect_uri": redirect_uri,
            }  # fmt: skip
            return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}")

        @app.post("/token")
        def token(
            grant_type: Annotated[str, Form()],
            code: Annotated[str, Form()],
            redirect_uri: Annotated[str, Form()],
            code_verifier: Annotated[str, Form()],
            client_secret: Annotated[str, Form()] = "",
        ) -> dict[str, str]:
            asked = self.asked.pop(code, None)
            proof = _b64(hashlib.sha256(code_verifier.encode()).digest())
            if (
                asked is None
                or grant_type != "authorization_code"
                or (asked["challenge"], asked["redirect_uri"]) != (proof, redirect_uri)
                or client_secret != self.secret
            ):
                raise HTTPException(400)
            return {
                "token_type": "Bearer",
                "access_token": "-",
                "id_token": self.id_token(asked["nonce"]),
            }

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return dict(KeySet([self.key]).as_dict(private=False))

        return app


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider on a free port of this machine."""
    provider = Provider()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        provider.issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(provider.app(), log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + PATIENCE_S
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.started
        yield provider
        server.should_exit = True
        thread.join(timeout=PATIENCE_S)


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
