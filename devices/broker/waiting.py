"""What waits: messages for a client that is away, and messages a client has not acknowledged.

Both are bounded. A full queue forgets its oldest message (the contract survives that: plans are
retained, receipts are asked for again); a client slow to acknowledge makes the *senders* wait.
"""

from collections import Counter, deque

from amqtt.session import ApplicationMessage, Session

QUEUE_LIMIT_MESSAGES = 5_000
QUEUE_LIMIT_BYTES = 8 * 1024 * 1024
IN_FLIGHT_LIMIT_MESSAGES = 2_000
IN_FLIGHT_LIMIT_BYTES = 4 * 1024 * 1024
_QUEUED_BYTES = "loa.queued_bytes"


def keep_for(session: Session, message: ApplicationMessage) -> int:
    """Queue a message for a client that is away; returns how many older ones were forgotten."""
    queue = session.retained_messages
    held = session.attributes.get(_QUEUED_BYTES, 0) + len(message.data)
    queue.put_nowait(message)
    forgotten = 0
    while queue.qsize() > 1 and (queue.qsize() > QUEUE_LIMIT_MESSAGES or held > QUEUE_LIMIT_BYTES):
        held -= len(queue.get_nowait().data)
        forgotten += 1
    session.attributes[_QUEUED_BYTES] = held
    return forgotten


def take_all(session: Session) -> deque[ApplicationMessage]:
    """Empty the queue of a client that has come back."""
    taken: deque[ApplicationMessage] = deque()
    while not session.retained_messages.empty():
        taken.append(session.retained_messages.get_nowait())
    session.attributes[_QUEUED_BYTES] = 0
    return taken


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

    def others_are_slow(self, client_id: str) -> bool:
        """Whether any *other* client lags: a client never waits for its own acknowledgements."""
        return bool(self._slow - {client_id})
