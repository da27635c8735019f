"""Who subscribed to what, in the shape amqtt keeps it: filter → (session, QoS)."""

from collections.abc import Iterator
from typing import TypeAlias

from amqtt.session import Session

from devices.protocol.filters import filter_hears

Subscriber: TypeAlias = tuple[Session, int]


class SubscriptionTable(dict[str, list[Subscriber]]):
    """Walking it walks a copy, so that clients may come and go meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self._wildcards: set[str] = set()

    def __setitem__(self, topic_filter: str, held: list[Subscriber]) -> None:
        super().__setitem__(topic_filter, held)
        if "+" in topic_filter or "#" in topic_filter:
            self._wildcards.add(topic_filter)

    def __delitem__(self, topic_filter: str) -> None:
        super().__delitem__(topic_filter)
        self._wildcards.discard(topic_filter)

    def __iter__(self) -> Iterator[str]:
        return iter(list(super().__iter__()))

    def __repr__(self) -> str:
        # amqtt writes the whole table out at every subscription, for a log that nobody reads.
        return f"{type(self).__name__}({len(self)} filters)"

    def hearing(self, topic: str) -> list[Subscriber]:
        """Each client that hears this topic once, with the highest QoS it asked for."""
        filters = [topic, *(each for each in self._wildcards if filter_hears(each, topic))]
        found: dict[str, Subscriber] = {}
        for session, qos in (each for key in filters for each in self.get(key, ())):
            known = found.get(session.client_id)
            if known is None or known[1] < qos:
                found[session.client_id] = (session, qos)
        return list(found.values())
