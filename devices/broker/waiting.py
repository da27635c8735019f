"""What waits: messages for a client that is away, and messages a client has not acknowledged.

Both are bounded. A full queue forgets (the contract survives that: plans are retained, receipts are
asked for again). A station that is slow to acknowledge makes the *senders* wait; a device that is
slow waits itself.
"""

from bisect import insort
from collections import Counter, deque
from heapq import merge
from typing import TypeAlias

from amqtt.session import ApplicationMessage, Session

QUEUE_LIMIT_MESSAGES = 5_000
QUEUE_LIMIT_BYTES = 8 * 1024 * 1024
IN_FLIGHT_LIMIT_MESSAGES = 2_000
IN_FLIGHT_LIMIT_BYTES = 4 * 1024 * 1024
_WAITING = "loa.waiting"
_Numbered: TypeAlias = tuple[int, ApplicationMessage]


def keep_for(session: Session, message: ApplicationMessage, *, number: int) -> int:
    """Queue a message for a client that is away; returns how many older ones were forgotten.

    The number says when it was first to be sent: one that comes back keeps its place.
    """
    waiting: Waiting = session.attributes.setdefault(_WAITING, Waiting())
    return waiting.add(message, number=number)


def take_all(session: Session) -> list[tuple[int, ApplicationMessage]]:
    """Empty the queue of a client that has come back; the oldest message comes first."""
    waiting: Waiting | None = session.attributes.pop(_WAITING, None)
    return waiting.in_order() if waiting else []


def is_waiting(session: Session) -> bool:
    """Whether anything waits for this client."""
    return _WAITING in session.attributes


def take_oldest(session: Session) -> _Numbered:
    """Take the first of what waits; something must."""
    waiting: Waiting = session.attributes[_WAITING]
    oldest = waiting.take_oldest()
    if not waiting:
        del session.attributes[_WAITING]
    return oldest


class Waiting:
    """One client's queue. A full one forgets the oldest message of the topic that fills it most.

    So a device that floods an absent station pushes out its own words, not its neighbours'.
    """

    def __init__(self) -> None:
        self._by_topic: dict[str, deque[_Numbered]] = {}
        self._bytes_of: Counter[str] = Counter()
        self._messages = 0

    def add(self, message: ApplicationMessage, *, number: int) -> int:
        """Queue a message; returns how many older ones were forgotten to make room."""
        queue = self._by_topic.setdefault(message.topic, deque())
        if queue and queue[-1][0] > number:
            insort(queue, (number, message), key=_number)
        else:
            queue.append((number, message))
        self._bytes_of[message.topic] += len(message.data)
        self._messages += 1
        forgotten = 0
        while self._messages > 1 and (fullest := self._fullest()) is not None:
            self._take_from(fullest)
            forgotten += 1
        return forgotten

    def in_order(self) -> list[_Numbered]:
        """All that waits, in the order in which it came."""
        return list(merge(*self._by_topic.values(), key=_number))

    def take_oldest(self) -> _Numbered:
        """Take out the message that came first."""
        return self._take_from(min(self._by_topic, key=lambda topic: self._by_topic[topic][0][0]))

    def __len__(self) -> int:
        return self._messages

    def _fullest(self) -> str | None:
        """The topic to forget from; None while the queue is within its bounds."""
        if self._bytes_of.total() > QUEUE_LIMIT_BYTES:
            return max(self._bytes_of, key=lambda topic: self._bytes_of[topic])
        if self._messages > QUEUE_LIMIT_MESSAGES:
            return max(self._by_topic, key=lambda topic: len(self._by_topic[topic]))
        return None

    def _take_from(self, topic: str) -> _Numbered:
        oldest = self._by_topic[topic].popleft()
        self._messages -= 1
        self._bytes_of[topic] -= len(oldest[1].data)
        if not self._by_topic[topic]:
            del self._by_topic[topic], self._bytes_of[topic]
        return oldest


def _number(numbered: _Numbered) -> int:
    return numbered[0]


class InFlight:
    """Counts what each client has been sent and has not acknowledged."""

    def __init__(self) -> None:
        self._messages: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._slow: set[str] = set()

    def begin(self, client_id: str, *, size_bytes: int) -> None:
        """A message goes out."""
        self._change(client_id, messages=1, size_bytes=size_bytes)

    def end(self, client_id: str, *, size_bytes: int) -> None:
        """A message was acknowledged, or given up."""
        self._change(client_id, messages=-1, size_bytes=-size_bytes)

    def _change(self, client_id: str, *, messages: int, size_bytes: int) -> None:
        self._messages[client_id] += messages
        self._bytes[client_id] += size_bytes
        if self._messages[client_id] <= 0:
            del self._messages[client_id], self._bytes[client_id]
        if (
            self._messages[client_id] > IN_FLIGHT_LIMIT_MESSAGES
            or self._bytes[client_id] > IN_FLIGHT_LIMIT_BYTES
        ):
            self._slow.add(client_id)
        else:
            self._slow.discard(client_id)

    def has(self, client_id: str) -> bool:
        """Whether this client has anything to acknowledge."""
        return client_id in self._messages

    def lags(self, client_id: str) -> bool:
        """Whether this client has more to acknowledge than it may."""
        return client_id in self._slow

    def others_that_lag(self, client_id: str) -> set[str]:
        """The *other* clients that lag: nobody waits for their own acknowledgements."""
        return self._slow - {client_id}
