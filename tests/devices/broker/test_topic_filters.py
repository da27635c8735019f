"""What a topic filter hears, and when one filter hears no more than another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.filters import filter_hears, filter_within, is_filter, is_topic

LEVELS = st.sampled_from(["a", "b", "", "$x", "ấp"])
TOPICS = st.lists(LEVELS, min_size=1, max_size=4).map("/".join)
FILTERS = st.builds(
    lambda levels, tail: "/".join([*levels, *tail]),
    st.lists(st.one_of(LEVELS, st.just("+")), min_size=1, max_size=4),
    st.sampled_from([[], ["#"]]),
)


@pytest.mark.parametrize(
    ("topic_filter", "topic", "hears"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a", False),
        ("a/+", "a/", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("+/b", "a/b", True),
        ("#", "a/b", True),
        ("#", "$SYS/uptime", False),
        ("+/uptime", "$SYS/uptime", False),
        ("$SYS/#", "$SYS/uptime", True),
        ("A/b", "a/b", False),
    ],
)
def test_a_filter_hears_what_the_standard_says(topic_filter: str, topic: str, hears: bool) -> None:
    """Examples in the manner of MQTT 3.1.1, section 4.7."""
    assert filter_hears(topic_filter, topic) is hears


@pytest.mark.parametrize(
    ("requested", "granted", "within"),
    [
        ("a/b", "a/+", True),
        ("a/+", "a/b", False),
        ("a/+", "a/#", True),
        ("a/#", "a/+", False),
        ("#", "a/#", False),
        ("+/b", "a/b", False),
        ("a", "a/#", True),
        ("a/#", "a/#", True),
    ],
)
def test_a_filter_is_within_another(requested: str, granted: str, within: bool) -> None:
    """A wildcard is only within a wildcard."""
    assert filter_within(requested, granted=granted) is within


@given(requested=FILTERS, granted=FILTERS, topic=TOPICS)
def test_what_is_within_hears_nothing_more(requested: str, granted: str, topic: str) -> None:
    """No topic reaches a filter without reaching every filter it is within."""
    if filter_within(requested, granted=granted) and filter_hears(requested, topic):
        assert filter_hears(granted, topic)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_a_topic_is_a_filter_without_wildcards(text: str) -> None:
    """Whatever may be published on may be subscribed to, and hears itself."""
    if is_topic(text):
        assert is_filter(text)
        assert filter_hears(text, text)
    assert not (is_topic(text) and set("+#") & set(text))


@pytest.mark.parametrize("text", ["", "a/#/b", "a#", "a/b+", "+a", "a/\0", "x" * 65_536])
def test_a_malformed_filter_is_none(text: str) -> None:
    """Wildcards fill a level, `#` comes last, and nothing is empty or endless."""
    assert not is_filter(text)


@pytest.mark.parametrize("text", ["", "a/+", "#", "$SYS/x", "a\0"])
def test_nobody_publishes_on_what_is_no_topic(text: str) -> None:
    """No wildcard, no broker's own topic."""
    assert not is_topic(text)
