"""Codes of an authenticator app (TOTP, RFC 6238): pure, but for the chance in a new seed.

A code is of one step of thirty seconds; the steps beside it serve too, for telephones' clocks are
not exact. Whoever keeps the last step that was used refuses it and all before it.
"""

import hmac
import io
from datetime import datetime

import pyotp
import segno

STEP_S = 30
DIGITS = 6
_STEPS_BESIDE = 1


def new_seed() -> str:
    """A seed of 160 random bits, in base 32 as apps take it."""
    return pyotp.random_base32()


def step_of(seed: str, code: str, *, now: datetime, after_step: int) -> int | None:
    """The step that a code is of, if it is one of those that serve now and is not spent."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not typed.isascii() or not typed.isdigit():
        return None
    present = int(now.timestamp()) // STEP_S
    generator = pyotp.TOTP(seed, digits=DIGITS, interval=STEP_S)
    found = None
    for step in range(present - _STEPS_BESIDE, present + _STEPS_BESIDE + 1):
        # All of them are compared: time tells nothing.
        if hmac.compare_digest(generator.generate_otp(step), typed) and step > after_step:
            found = step
    return found


def code_at(seed: str, *, now: datetime) -> str:
    """The code that an app shows now."""
    return pyotp.TOTP(seed, digits=DIGITS, interval=STEP_S).at(now)


def address_of(seed: str, *, username: str, station: str) -> str:
    """What the QR code holds: whose seed it is, for which station."""
    return pyotp.TOTP(seed, digits=DIGITS, interval=STEP_S).provisioning_uri(
        name=username, issuer_name=station
    )


def qr_svg(text: str) -> str:
    """A QR code as SVG to stand in a page: no style, no script, dark on light in every theme."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, scale=5, border=4, light="#fff",
        omitsize=True, svgclass="qr", lineclass=None,
    )  # fmt: skip
    return drawn.getvalue().decode()


def in_groups(seed: str) -> str:
    """A seed as it is read out: groups of four."""
    return " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))
