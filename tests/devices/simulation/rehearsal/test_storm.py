"""The storm as it is written: what plays, what cuts it, what is silenced, in the right order."""

from devices.protocol.messages import Priority
from devices.simulation.rehearsal.storm import REPEATS, TONE_MS, storm


def test_the_storm_warns_again_and_again_and_ends() -> None:
    """A programme, warnings of one id with their own repeats, a stop of the last, the all-clear."""
    acts = storm(begins_ms=1_000_000).acts
    warnings = [act for act in acts if act.order and act.order.priority == Priority.EMERGENCY]
    stop = next(act for act in acts if act.stop is not None)

    assert [act.at_s for act in acts] == sorted(act.at_s for act in acts)
    assert [act.order.repeat for act in warnings if act.order] == list(range(REPEATS + 1))
    assert all(act.is_for_now for act in [*warnings, stop])
    for act in warnings:
        assert act.order is not None
        assert act.order.starts_at_ms == 1_000_000 + round(act.at_s * 1_000)
        assert act.order.tone_ms == TONE_MS
    last = warnings[-1].order
    assert last is not None
    assert stop.stop is not None
    assert stop.stop.silences(last)
    assert acts[-1].stop is None
    assert not acts[-1].is_for_now


def test_all_that_is_ordered_is_there_to_be_fetched() -> None:
    """No order names a sound that the storm does not bring."""
    coming = storm(begins_ms=1_000_000)
    brought = {sound.sha256 for sound in coming.sounds}

    assert {item.sha256 for act in coming.acts if act.order for item in act.order.items} == brought
