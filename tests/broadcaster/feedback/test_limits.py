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


def takes(box: Postbox, *, poster: str, address: str) -> bool:
    """Whether a word is taken at once."""
    return box.wait_s(poster=poster, address=address) == 0


def test_whoever_is_refused_learns_how_long() -> None:
    """Until the oldest that counts is old: minutes for an address, up to an hour for a poster."""
    watch = Watch()
    box = Postbox(now_s=watch)
    for _ in range(FROM_ONE_ADDRESS):
        takes(box, poster="p", address="10.0.0.1")
        watch.now_s += 60
    assert box.wait_s(poster="p", address="10.0.0.1") == ADDRESS_WINDOW_S - 60 * FROM_ONE_ADDRESS
    for n in range(AT_ONE_POSTER - FROM_ONE_ADDRESS):
        takes(box, poster="p", address=f"10.0.1.{n}")
    waits_s = POSTER_WINDOW_S - 60 * FROM_ONE_ADDRESS
    assert box.wait_s(poster="p", address="10.0.0.1") == waits_s
    watch.now_s += waits_s
    assert takes(box, poster="p", address="10.0.0.1")


def test_one_address_three_times_in_ten_minutes() -> None:
    """Whatever the poster; and again once the first is old. Others are not held up by it."""
    watch = Watch()
    box = Postbox(now_s=watch)
    taken = [takes(box, poster=f"p{n}", address="10.0.0.1") for n in range(FROM_ONE_ADDRESS + 1)]

    assert taken == [True, True, True, False]
    assert takes(box, poster="p0", address="10.0.0.2")
    watch.now_s += ADDRESS_WINDOW_S
    assert takes(box, poster="p0", address="10.0.0.1")


def test_one_poster_twelve_times_an_hour() -> None:
    """From however many addresses: a poster that is abused silences no other one."""
    watch = Watch()
    box = Postbox(now_s=watch)
    taken = [takes(box, poster="p", address=f"10.0.0.{n}") for n in range(AT_ONE_POSTER + 1)]

    assert (taken.count(True), taken[-1]) == (AT_ONE_POSTER, False)
    assert takes(box, poster="other", address="10.0.1.1")
    watch.now_s += POSTER_WINDOW_S
    assert takes(box, poster="p", address="10.0.1.2")


def test_all_posters_together_have_a_limit() -> None:
    """A crowd of machines fills neither the memory nor the operator's day."""
    box = Postbox(now_s=Watch())
    taken = [takes(box, poster=f"p{n}", address=f"a{n}") for n in range(AT_ALL_POSTERS + 5)]

    assert taken.count(True) == AT_ALL_POSTERS
    assert box.remembers() == AT_ALL_POSTERS


def test_no_address_is_held_and_nothing_of_it_longer_than_it_counts() -> None:
    """Only a hash under a key of this run, for ten minutes."""
    watch = Watch()
    box, other_run = Postbox(now_s=watch), Postbox(now_s=watch)
    takes(box, poster="p", address="203.0.113.77")
    takes(other_run, poster="p", address="203.0.113.77")

    assert "203.0.113.77" not in repr(box)
    assert box._by_address != other_run._by_address
    watch.now_s += ADDRESS_WINDOW_S
    assert box.remembers() == 0
