"""Codes of an authenticator: those of RFC 6238, for a step and its neighbours, and never twice."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.accounts.authenticator import (
    STEP_S,
    address_of,
    code_at,
    in_groups,
    new_seed,
    qr_svg,
    step_of,
)

# RFC 6238, appendix B: SHA-1, the last six of its eight digits.
RFC_SEED = b32encode(b"12345678901234567890").decode()
RFC_CODES = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]
instants = st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(("unix_s", "code"), RFC_CODES)
def test_codes_are_those_of_the_standard(unix_s: int, code: str) -> None:
    """Any app shows what this takes."""
    now = datetime.fromtimestamp(unix_s, UTC)

    assert code_at(RFC_SEED, now=now) == code
    assert step_of(RFC_SEED, code, now=now, after_step=0) == unix_s // STEP_S


@given(instants, st.integers(-4, 4))
def test_a_code_serves_for_its_step_and_the_two_beside_it(now: datetime, away: int) -> None:
    """A telephone may be half a minute fast or slow."""
    code = code_at(RFC_SEED, now=now + away * timedelta(seconds=STEP_S))
    # Six digits of another step may be the same by chance.
    codes = {code_at(RFC_SEED, now=now + each * timedelta(seconds=STEP_S)) for each in (-1, 0, 1)}

    assert (step_of(RFC_SEED, code, now=now, after_step=0) is not None) == (code in codes)


@given(instants)
def test_a_spent_step_is_never_taken_again(now: datetime) -> None:
    """Nor any before it; the next one is."""
    step = step_of(RFC_SEED, code_at(RFC_SEED, now=now), now=now, after_step=0)
    assert step is not None
    before = code_at(RFC_SEED, now=now - timedelta(seconds=STEP_S))
    later = now + timedelta(seconds=STEP_S)

    again = step_of(RFC_SEED, code_at(RFC_SEED, now=now), now=now, after_step=step)
    assert again is None or again > step
    older = step_of(RFC_SEED, before, now=now, after_step=step)
    assert older is None or older > step
    assert step_of(RFC_SEED, code_at(RFC_SEED, now=later), now=later, after_step=step) is not None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "-12345", "1" * 999])
def test_what_is_no_code_is_refused(typed: str) -> None:
    """Six digits as this keyboard has them, and nothing else; spaces do not matter."""
    now = datetime.fromtimestamp(59, UTC)

    assert step_of(RFC_SEED, typed, now=now, after_step=0) is None
    assert step_of(RFC_SEED, " 287 082 ", now=now, after_step=0) == 1


def test_the_qr_code_holds_no_style_and_no_script() -> None:
    """It stands in a page under a strict policy, and says whose seed it is."""
    seed = new_seed()
    address = address_of(seed, username="quan-tri", station="Đài xã Thượng")
    drawn = qr_svg(address)

    assert address.startswith("otpauth://totp/")
    assert f"secret={seed}" in address
    assert drawn.startswith("<svg")
    assert "style=" not in drawn
    assert "script" not in drawn
    # Without it a narrow page would cut the code off instead of drawing it smaller.
    assert "viewBox=" in drawn
    assert in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"
