"""Without a sign-in only so much is taken: per address, per poster, and in all; nothing is kept."""

from broadcaster.feedback.limits import (
    ADDRESS_WINDOW_S,
    AT_ALL_POSTERS,
    AT_ONE_POSTER,
    FROM_ONE_ADDRESS,
    POSTER_WINDOW_S,
    Postbox,
)


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        """The present, in seconds."""
        return self.now_s


def test_one_address_three_times_in_ten_minutes() -> None:
    """Whatever the poster; and again once the first is old. Others are not held up by it."""
    watch = Watch()
    box = Postbox(now_s=watch)
    taken = [box.takes(poster=f"p{n}", address="10.0.0.1") for n in range(FROM_ONE_ADDRESS + 1)]

    assert taken == [True, True, True, False]
    assert box.takes(poster="p0", address="10.0.0.2")
    watch.now_s += ADDRESS_WINDOW_S
    assert box.takes(poster="p0", address="10.0.0.1")


def test_one_poster_twelve_times_an_hour() -> None:
    """From however many addresses: a poster that is abused silences no other one."""
    watch = Watch()
    box = Postbox(now_s=watch)
    taken = [box.takes(poster="p", address=f"10.0.0.{n}") for n in range(AT_ONE_POSTER + 1)]

    assert (taken.count(True), taken[-1]) == (AT_ONE_POSTER, False)
    assert box.takes(poster="other", address="10.0.1.1")
    watch.now_s += POSTER_WINDOW_S
    assert box.takes(poster="p", address="10.0.1.2")


def test_all_posters_together_have_a_limit() -> None:
    """A crowd of machines fills neither the memory nor the operator's day."""
    box = Postbox(now_s=Watch())
    taken = [box.takes(poster=f"p{n}", address=f"a{n}") for n in range(AT_ALL_POSTERS + 5)]

    assert taken.count(True) == AT_ALL_POSTERS
    assert box.remembers() == AT_ALL_POSTERS


def test_no_address_is_held_and_nothing_of_it_longer_than_it_counts() -> None:
    """Only a hash under a key of this run, for ten minutes."""
    watch = Watch()
    box, other_run = Postbox(now_s=watch), Postbox(now_s=watch)
    box.takes(poster="p", address="203.0.113.77")
    other_run.takes(poster="p", address="203.0.113.77")

    assert "203.0.113.77" not in repr(box)
    assert box._by_address != other_run._by_address
    watch.now_s += ADDRESS_WINDOW_S
    assert box.remembers() == 0
