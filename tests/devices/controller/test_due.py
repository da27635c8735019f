"""The decision what to begin: whatever the plan and the time, at most one, once, in its window."""

from hypothesis import given
from hypothesis import strategies as st

from devices.controller.due import PREROLL_MS, Audio, Candidate, due
from devices.protocol.messages import Item, Order, Priority

ITEM = Item(sha256="0" * 64, size_bytes=1, duration_ms=3_000)

orders = st.builds(
    Order,
    id=st.sampled_from(["a", "b", "c", "d"]),
    repeat=st.integers(0, 1),
    broadcast=st.just("x"),
    priority=st.integers(1, 3),
    starts_at_ms=st.integers(0, 60_000),
    not_after_ms=st.integers(0, 90_000),
    items=st.just((ITEM,)),
)
candidates = st.lists(
    st.builds(
        Candidate,
        order=orders,
        audio=st.sampled_from(Audio),
        seen_at_ms=st.integers(0, 60_000),
    ),
    max_size=6,
    unique_by=lambda each: each.order.key,
)
moments = st.integers(0, 100_000)


@given(candidates, moments, st.data())
def test_a_decision_keeps_every_promise(
    candidates: list[Candidate], now_ms: int, data: st.DataObject
) -> None:
    """Nothing settled is touched, nothing begins outside its window or without its audio."""
    keys = [each.order.key for each in candidates]
    settled = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    playing = data.draw(st.none() | orders)
    decision = due(candidates, now_ms=now_ms, settled=settled, playing=playing)
    named = [*decision.too_late, *(order for order, _ in decision.without_audio)]
    if decision.start is not None:
        named.append(decision.start)

    assert len({order.key for order in named}) == len(named)
    assert not {order.key for order in named} & settled
    assert all(now_ms > order.not_after_ms for order in decision.too_late)
    assert all(
        now_ms >= order.starts_at_ms and audio is not Audio.READY
        for order, audio in decision.without_audio
    )
    if decision.start is not None:
        start = decision.start
        assert start.starts_at_ms - PREROLL_MS <= now_ms <= start.not_after_ms
        assert next(each.audio for each in candidates if each.order == start) is Audio.READY
        if playing is not None:
            assert start.priority == Priority.EMERGENCY < playing.priority
    assert decision.wake_at_ms is None or decision.wake_at_ms > now_ms


@given(candidates)
def test_asked_only_when_it_says_so_nothing_is_missed(candidates: list[Candidate]) -> None:
    """Following `wake_at_ms` alone, every order that could begin, fail or expire does."""
    settled = set()
    now_ms = 0
    while True:
        decision = due(candidates, now_ms=now_ms, settled=settled, playing=None)
        ended = [*decision.too_late, *(order for order, _ in decision.without_audio)]
        settled |= {order.key for order in ended}
        if decision.start is not None:
            settled.add(decision.start.key)
            continue
        if decision.wake_at_ms is None:
            break
        now_ms = decision.wake_at_ms

    assert settled == {each.order.key for each in candidates}
