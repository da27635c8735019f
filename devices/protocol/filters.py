"""MQTT topic filters: what a filter hears, and whether one filter hears no more than another.

Rules: MQTT 3.1.1, section 4.7.
"""

from itertools import zip_longest


def filter_hears(topic_filter: str, topic: str) -> bool:
    """Whether a message on this topic reaches a subscriber to this filter."""
    return filter_within(topic, granted=topic_filter)


def filter_within(requested: str, *, granted: str) -> bool:
    """Whether everything that `requested` hears is also heard by `granted`."""
    asked, given = requested.split("/"), granted.split("/")
    if asked[0].startswith("$") and given[0] in {"+", "#"}:
        return False
    for ask, give in zip_longest(asked, given):
        if give == "#":
            return True
        if ask is None or give is None or ask == "#":
            return False
        if give not in {"+", ask}:
            return False
    return True


def is_filter(text: str) -> bool:
    """Whether this is a well-formed topic filter."""
    levels = text.split("/")
    return (
        _is_text(text)
        and all(level == "+" or "+" not in level for level in levels)
        and all("#" not in level for level in levels[:-1])
        and (levels[-1] == "#" or "#" not in levels[-1])
    )


def is_topic(text: str) -> bool:
    """Whether a message may be published on this: no wildcard, and none of the broker's own."""
    return _is_text(text) and "+" not in text and "#" not in text and not text.startswith("$")


def _is_text(text: str) -> bool:
    return 0 < len(text.encode()) <= 65_535 and "\0" not in text
