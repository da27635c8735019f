"""How a delivery is signed: Standard Webhooks 1.0, which libraries of many languages check.

HMAC-SHA256 over `<id>.<timestamp>.<body>` under the secret's octets, in base64 after `v1,`.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with
_SECRET_OCTETS = 32


def new_secret() -> str:
    """A secret as the receiver keeps it: 256 random bits in base64 behind `whsec_`."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_OCTETS)).decode()


def signed_headers(*, secret: str, event_id: str, at_s: int, body: bytes) -> Mapping[str, str]:
    """The three headers of a delivery; `at_s` is when it is sent, in Unix seconds."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signature = hmac.digest(key, f"{event_id}.{at_s}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
