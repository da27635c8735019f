"""Topics are built and taken apart in one place, and no name escapes its level."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import WrongAddress
from devices.protocol import topics

names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True)


def test_the_topics_are_those_of_the_contract() -> None:
    """Spelt out, for whoever writes another controller."""
    assert topics.plan("binh-an", "cum-1") == "loa/1/binh-an/plan/cum-1"
    assert topics.now("binh-an", "cum-1") == "loa/1/binh-an/now/cum-1"
    assert topics.config("binh-an", "loa-01") == "loa/1/binh-an/config/loa-01"
    assert topics.to_device("binh-an", "loa-01") == "loa/1/binh-an/to/loa-01"
    assert topics.from_all("binh-an") == "loa/1/binh-an/from/+/+"
    assert [topics.from_device("binh-an", "loa-01", what) for what in topics.Upward] == [
        "loa/1/binh-an/from/loa-01/confirm",
        "loa/1/binh-an/from/loa-01/status",
        "loa/1/binh-an/from/loa-01/health",
        "loa/1/binh-an/from/loa-01/ask",
    ]


@given(station=names, device=names, what=st.sampled_from(topics.Upward))
def test_an_upward_topic_is_taken_apart_as_built(
    station: str, device: str, what: topics.Upward
) -> None:
    """Building and reading are inverse."""
    topic = topics.parse_from_device(topics.from_device(station, device, what))

    assert (topic.station, topic.device, topic.what) == (station, device, what)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "loa/1/binh-an/from/loa-01",
        "loa/1/binh-an/from/loa-01/confirm/more",
        "loa/2/binh-an/from/loa-01/confirm",
        "loa/1/binh-an/to/loa-01/confirm",
        "loa/1/binh-an/from/loa-01/config",
        "loa/1/binh-an/from/+/confirm",
        "loa/1/Binh-an/from/loa-01/confirm",
        "loa/1/binh-an/from//confirm",
        "loa/1/binh-an/from/loa-01\n/confirm",
    ],
)
def test_any_other_topic_is_refused(topic: str) -> None:
    """Too few levels, too many, wrong words, names that are none."""
    with pytest.raises(WrongAddress):
        topics.parse_from_device(topic)


@given(st.text(max_size=70))
def test_a_name_never_holds_a_wildcard_or_a_level(name: str) -> None:
    """Whatever a name is, it stays within its level or is refused."""
    try:
        topic = topics.plan("binh-an", name)
    except WrongAddress:
        return

    assert topic.count("/") == 4
    assert not set(name) & set("+#/\x00 \n")
