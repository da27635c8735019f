"""A keyring says who may sign what, for whom and when; nothing else is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from devices.errors import KeyExpired, OutsideScope
from devices.protocol.jws import key_id
from devices.protocol.keyring import CLOCK_LEEWAY_MS, Trust, issuer_of, trust_in
from devices.protocol.messages import Keyring, Level, Scope

KEY = SigningKey(b"k" * 32)
FIRST_MS, LAST_MS = 10_000_000, 20_000_000


def trust(*scopes: Scope, clusters: tuple[str, ...] = ()) -> Trust:
    """One key of a province, valid from FIRST_MS to LAST_MS."""
    issuer = issuer_of(
        KEY,
        name="Tỉnh",
        scopes=scopes,
        not_before_ms=FIRST_MS,
        not_after_ms=LAST_MS,
        level=Level.PROVINCE,
        clusters=clusters,
    )
    return trust_in(Keyring(station="binh-an", serial=1, issued_at_ms=0, keys=(issuer,)))


def check(held: Trust, scope: Scope, **fields: object) -> None:
    """Ask whether the key may sign this in the middle of its validity."""
    usual: dict[str, object] = {"issued_at_ms": 15_000_000, "now_ms": 15_000_000}
    held.check(key_id(KEY.verify_key), scope=scope, **(usual | fields))  # type: ignore[arg-type]


@given(granted=st.sets(st.sampled_from(Scope), min_size=1), asked=st.sampled_from(Scope))
def test_a_key_signs_what_it_was_granted_and_nothing_else(
    granted: set[Scope], asked: Scope
) -> None:
    """Every scope by itself."""
    if asked in granted:
        check(trust(*granted), asked)
    else:
        with pytest.raises(OutsideScope):
            check(trust(*granted), asked)


def test_a_key_for_one_cluster_orders_nothing_in_another() -> None:
    """Without clusters it may order in all."""
    check(trust(Scope.PLAN), Scope.PLAN, cluster="cum-2")
    check(trust(Scope.PLAN, clusters=("cum-1",)), Scope.PLAN, cluster="cum-1")

    with pytest.raises(OutsideScope):
        check(trust(Scope.PLAN, clusters=("cum-1",)), Scope.PLAN, cluster="cum-2")


@pytest.mark.parametrize(
    ("issued_at_ms", "now_ms", "holds"),
    [
        (FIRST_MS, FIRST_MS, True),
        (FIRST_MS - CLOCK_LEEWAY_MS, FIRST_MS, True),
        (FIRST_MS - CLOCK_LEEWAY_MS - 1, FIRST_MS, False),
        (LAST_MS, LAST_MS, True),
        (LAST_MS + 1, LAST_MS, False),
        (LAST_MS, LAST_MS + 1, False),
        (FIRST_MS, 0, True),
    ],
    ids=[
        "first day",
        "a station's clock ahead",
        "too early",
        "last day",
        "issued too late",
        "backdated by a thief",
        "a device that knows no time",
    ],
)
def test_a_key_has_a_first_and_a_last_day(issued_at_ms: int, now_ms: int, holds: bool) -> None:
    """Both the instant that is stated and the reader's own must lie within."""
    if holds:
        check(trust(Scope.PLAN), Scope.PLAN, issued_at_ms=issued_at_ms, now_ms=now_ms)
        return
    with pytest.raises(KeyExpired) as caught:
        check(trust(Scope.PLAN), Scope.PLAN, issued_at_ms=issued_at_ms, now_ms=now_ms, version=7)
    assert caught.value.version == 7
