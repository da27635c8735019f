"""amqtt 0.12 with the faults that matter here put right.

Found in its source, and each covered by a test:
- a client that connects is handed every retained message that *anybody's* subscription hears,
  past the access list;
- a subscription that comes or goes while a message is being fanned out loses that message for the
  rest of its subscribers (a dictionary changes while it is walked);
- what queues for an absent client has no bound.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from amqtt.adapters import ReaderAdapter, WriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig, ListenerType
from amqtt.session import Session

from devices.broker.plugins import LOGIN_PLUGIN, TOPIC_PLUGIN
from devices.broker.registry import registry_at
from devices.protocol.filters import filter_hears

LISTENER = "gate"
QUEUE_LIMIT_MESSAGES = 5_000
QUEUE_LIMIT_BYTES = 16 * 1024 * 1024
BACKLOG_LIMIT_MESSAGES = 2_000
_QUEUED_BYTES = "loa.queued_bytes"

Subscriber: TypeAlias = tuple[Session, int]


class SubscriptionTable(dict[str, list[Subscriber]]):
    """Who subscribed to what; walking it walks a copy, so that it may change meanwhile."""

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

    def hearing(self, topic: str) -> list[Subscriber]:
        """Each client that hears this topic once, with the highest QoS it asked for."""
        filters = [topic, *(each for each in self._wildcards if filter_hears(each, topic))]
        found: dict[str, Subscriber] = {}
        for session, qos in (each for key in filters for each in self.get(key, ())):
            known = found.get(session.client_id)
            if known is None or known[1] < qos:
                found[session.client_id] = (session, qos)
        return list(found.values())


class EmbeddedBroker(Broker):  # type: ignore[misc]
    """The broker behind the gate: it opens no socket of its own."""

    def __init__(self, registry: Path) -> None:
        plugin_config = {"registry": str(registry)}
        super().__init__(
            BrokerConfig(
                listeners={
                    "default": ListenerConfig(type=ListenerType.EXTERNAL, bind=None),
                    LISTENER: ListenerConfig(type=ListenerType.EXTERNAL, bind=LISTENER),
                },
                plugins={LOGIN_PLUGIN: plugin_config, TOPIC_PLUGIN: plugin_config},
            )
        )
        self._registry = registry_at(str(registry))
        self._subscriptions: SubscriptionTable = SubscriptionTable()

    def is_crowded(self) -> bool:
        """Whether senders should wait until what was sent has been handed on."""
        waiting: int = self._broadcast_queue.qsize()
        return waiting > BACKLOG_LIMIT_MESSAGES

    async def admit(self, reader: ReaderAdapter, writer: WriterAdapter) -> None:
        """Serve one client until its stream ends."""
        await self.external_connected(reader, writer, LISTENER)

    async def add_subscription(self, subscription: tuple[str, int], session: Session) -> int:
        """Subscribe with QoS 1 at most: amqtt would send everything at the QoS asked for here."""
        topic_filter, qos = subscription
        answer: int = await super().add_subscription((topic_filter, min(qos, 1)), session)
        return answer

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        topic_filter, qos = subscription
        held = self._subscriptions.get(topic_filter, ())
        handler = self._get_handler(session)
        if handler is None or all(holder.client_id != session.client_id for holder, _ in held):
            return
        heard = [
            message
            for topic, message in self._retained_messages.items()
            if filter_hears(topic_filter, topic)
            and self._registry.may_receive(session.username, topic=topic)
        ]
        await asyncio.gather(
            *(
                handler.mqtt_publish(m.topic, m.data, min(qos, m.qos or 0), retain=True)
                for m in heard
            ),
            return_exceptions=True,
        )

    async def _run_broadcast(self, running_tasks: "deque[asyncio.Task[Any]]") -> None:
        message = await self._broadcast_queue.get()
        topic = message["topic"]
        for session, subscribed_qos in self._subscriptions.hearing(topic):
            if not self._registry.may_receive(session.username, topic=topic):
                continue
            qos = min(subscribed_qos, message.get("qos", subscribed_qos))
            handler = self._get_handler(session)
            if session.transitions.state == "connected" and handler is not None:
                send = handler.mqtt_publish(topic, message["data"], qos, retain=False)
                running_tasks.append(asyncio.ensure_future(send))
            elif qos and not session.clean_session:
                await self._retain_broadcast_message(message, qos, session)
                self._bound_queue(session, newest=len(message["data"]))

    def _bound_queue(self, session: Session, *, newest: int) -> None:
        queue = session.retained_messages
        held = session.attributes.get(_QUEUED_BYTES, 0) if queue.qsize() > 1 else 0
        held += newest
        while queue.qsize() > 1 and (
            queue.qsize() > QUEUE_LIMIT_MESSAGES or held > QUEUE_LIMIT_BYTES
        ):
            held -= len(queue.get_nowait().data)
        session.attributes[_QUEUED_BYTES] = held
