"""What one transaction of the ingest takes: all that came, and no longer than others may wait."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from broadcaster.ledger.portions import HOLDS_S, LEAST_OCTETS, MOST_OCTETS, Portions
from broadcaster.wire import Delivery

SIZES = st.lists(st.integers(min_value=0, max_value=300_000), max_size=60)


def came(sizes: Sequence[int]) -> list[Delivery]:
    """Deliveries of so many octets."""
    return [
        Delivery(f"from/{number}", b"x" * size, lambda: None) for number, size in enumerate(sizes)
    ]


def settled(*, s_per_octet: float, s_each: float) -> int:
    """The octets that portions come to where storing takes so long."""
    portions = Portions()
    for _ in range(30):
        (first, *_) = portions.of(came([500] * 2_000))
        octets = sum(len(each.payload) for each in first)
        portions.took(first, held_s=s_each + octets * s_per_octet)
    return portions.octets


@given(sizes=SIZES, octets=st.integers(min_value=LEAST_OCTETS, max_value=MOST_OCTETS))
def test_everything_is_taken_once_and_in_its_order(sizes: list[int], octets: int) -> None:
    """However large each is; only one that is larger than a portion is more than one."""
    deliveries = came(sizes)
    portions = list(Portions(octets).of(deliveries))

    assert [each for some in portions for each in some] == deliveries
    assert all(
        len(some) == 1 or sum(len(each.payload) for each in some) <= octets for some in portions
    )


@given(
    s_per_octet=st.floats(min_value=HOLDS_S / MOST_OCTETS, max_value=HOLDS_S / LEAST_OCTETS / 1.2),
    s_each=st.floats(min_value=0, max_value=HOLDS_S / 10),
)
def test_a_transaction_comes_to_hold_the_place_as_long_as_it_may(
    s_per_octet: float, s_each: float
) -> None:
    """On a slow machine it takes less, on a fast one more; others wait the same."""
    octets = settled(s_per_octet=s_per_octet, s_each=s_each)
    held_s = s_each + octets * s_per_octet

    assert HOLDS_S * 0.7 <= held_s <= HOLDS_S * 1.1 or octets in {LEAST_OCTETS, MOST_OCTETS}


def test_a_machine_that_stands_still_for_a_moment_changes_little() -> None:
    """One transaction that took a hundred times as long is no reason to store one by one."""
    portions = Portions(octets=300_000)
    (first,) = portions.of(came([500] * 600))
    portions.took(first, held_s=HOLDS_S * 100)

    assert portions.octets == 200_000


def test_a_few_messages_do_not_tell_what_many_cost() -> None:
    """What a transaction costs by itself would be taken for the price of its messages."""
    portions = Portions(octets=300_000)
    portions.took(came([500]), held_s=0.002)

    assert portions.octets == 300_000
