"""amqtt 0.12 with the faults that matter here put right.

Found in its source, and each covered by a test:
- a client that connects is handed every retained message that *anybody's* subscription hears,
  past the access list;
- a subscription that comes or goes while a message is being fanned out loses that message for the
  rest of its subscribers (a dictionary changes while it is walked);
- a client that leaves right after its CONNECT is held to be connected for ever;
- a persistent session inherits the will's retain flag, and a clean one its cleanness;
- what a client has not acknowledged when its connection ends, or within 5 s, is forgotten;
- what was acknowledged to a sender is forgotten when it leaves before it was handed on;
- what comes from a quick sender, queues for an absent client, or is on its way to a slow one, has
  no bound.
"""

import asyncio
import itertools
from collections import deque
from pathlib import Path
from typing import Any

import structlog
from amqtt.adapters import ReaderAdapter, WriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig, ListenerType
from amqtt.errors import AMQTTError, ProtocolHandlerError
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.session import ApplicationMessage, Session

from devices.broker.packets import Connect
from devices.broker.plugins import LOGIN_PLUGIN, TOPIC_PLUGIN
from devices.broker.refusals import refusals
from devices.broker.subscriptions import SubscriptionTable
from devices.broker.waiting import InFlight, is_waiting, keep_for, take_all, take_oldest
from devices.protocol.filters import filter_hears
from devices.protocol.registry import registry_at

LISTENER = "gate"
BACKLOG_LIMIT_MESSAGES = 2_000
UNHEARD_LIMIT_MESSAGES = 500

log = structlog.get_logger(__name__)


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
        self._subscribing: set[str] = set()
        self._caught_up: dict[str, BrokerProtocolHandler] = {}
        self._in_flight = InFlight()
        self._numbers = itertools.count()

    def must_wait(self, client_id: str) -> bool:
        """Whether this sender should wait until what was sent has been handed on."""
        backlog: int = self._broadcast_queue.qsize()
        return (
            backlog > BACKLOG_LIMIT_MESSAGES
            or self._unheard(client_id) > UNHEARD_LIMIT_MESSAGES
            or any(map(self._hears_many, self._in_flight.others_that_lag(client_id)))
        )

    def has_unheard(self, client_id: str) -> bool:
        """Whether a message of this client was taken and is not handed on yet."""
        return self._unheard(client_id) > 0

    async def admit(
        self, reader: ReaderAdapter, writer: WriterAdapter, *, connect: Connect
    ) -> None:
        """Serve one client until its stream ends."""
        session, _ = self._sessions.get(connect.client_id, (None, None))
        if session is not None:
            # amqtt carries these over from the connection before.
            session.will_retain = connect.will_retained
            # It would send these before it reads an answer; they come again with what waited.
            session.inflight_out.clear()
            if session.clean_session:
                await self._delete_session(connect.client_id)
        await self.external_connected(reader, writer, LISTENER)

    async def add_subscription(self, subscription: tuple[str, int], session: Session) -> int:
        """Subscribe with QoS 1 at most: amqtt would send everything at the QoS asked for here."""
        topic_filter, qos = subscription
        answer: int = await super().add_subscription((topic_filter, min(qos, 1)), session)
        return answer

    async def _client_message_loop(
        self, client_session: Session, handler: BrokerProtocolHandler
    ) -> None:
        # A client that is gone before amqtt waits for its going is never missed, and one that
        # says goodbye before that has its will said: two turns of the loop later all is in place.
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, handler.reader.open)
        await super()._client_message_loop(client_session, handler)

    async def _handle_subscription(
        self,
        client_session: Session,
        handler: BrokerProtocolHandler,
        subscribe_waiter: "asyncio.Future[Any]",
    ) -> None:
        self._subscribing.add(client_session.client_id)
        try:
            await super()._handle_subscription(client_session, handler, subscribe_waiter)
        finally:
            self._subscribing.discard(client_session.client_id)

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        # amqtt calls this at every connection too, for all the filters it knows.
        topic_filter, qos = subscription
        if session.client_id not in self._subscribing:
            return
        for topic, held in self._retained_messages.items():
            if filter_hears(topic_filter, topic) and self._may_have(session, topic):
                sent_qos = min(qos, 1, held.qos or 0)
                message = ApplicationMessage(None, topic, sent_qos, held.data, retain=True)
                self._send(session, message)

    async def _publish_session_retained_messages(self, session: Session) -> None:
        self._caught_up[session.client_id] = self._get_handler(session)
        for number, message in take_all(session):
            if self._may_have(session, message.topic):
                self._send(session, message, number=number)

    async def _run_broadcast(self, running_tasks: "deque[asyncio.Task[Any]]") -> None:  # noqa: ARG002
        said = await self._broadcast_queue.get()
        topic = said["topic"]
        for session, asked_qos in self._subscriptions.hearing(topic):
            if self._may_have(session, topic):
                qos = min(asked_qos, said.get("qos", asked_qos))
                message = ApplicationMessage(None, topic, qos, said["data"], retain=False)
                self._send(session, message)

    def _unheard(self, client_id: str) -> int:
        session, _ = self._sessions.get(client_id, (None, None))
        return session.delivered_message_queue.qsize() if session is not None else 0

    def _hears_many(self, client_id: str) -> bool:
        user = self._registry.user(client_id)
        return user is not None and any("+" in each or "#" in each for each in user.subscribe)

    def _may_have(self, session: Session, topic: str) -> bool:
        return self._registry.may_receive(session.username, topic=topic)

    def _send(
        self, session: Session, message: ApplicationMessage, *, number: int | None = None
    ) -> None:
        if number is None:
            number = next(self._numbers)
        handler = self._handler_of(session)
        if handler is None:
            self._keep(session, message, number=number)
        elif message.qos and self._must_hold_back(session):
            self._hold(session, message, number=number)
        else:
            self._start(session, message, number=number, handler=handler)

    def _start(
        self,
        session: Session,
        message: ApplicationMessage,
        *,
        number: int,
        handler: BrokerProtocolHandler,
    ) -> None:
        self._in_flight.begin(session.client_id, size_bytes=len(message.data))
        delivery = self._deliver(session, message, number=number, handler=handler)
        self._tasks_queue.append(asyncio.create_task(delivery, name="deliver"))

    async def _deliver(
        self,
        session: Session,
        message: ApplicationMessage,
        *,
        number: int,
        handler: BrokerProtocolHandler,
    ) -> None:
        acknowledged = False
        try:
            await handler.mqtt_publish(
                message.topic, message.data, message.qos, retain=message.retain
            )
            acknowledged = True
        except (AMQTTError, ProtocolHandlerError, OSError):
            self._try_again(session, message, number=number, failed=handler)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # Not this task but the wait for an acknowledgement was cancelled: the client left.
            self._try_again(session, message, number=number, failed=handler)
        finally:
            self._in_flight.end(session.client_id, size_bytes=len(message.data))
        if acknowledged:
            self._go_on(session)

    def _must_hold_back(self, session: Session) -> bool:
        """Whether one device has enough to acknowledge. For a station its senders wait instead."""
        client_id = session.client_id
        behind = self._in_flight.lags(client_id) or (
            is_waiting(session) and self._in_flight.has(client_id)
        )
        return behind and not self._hears_many(client_id)

    def _go_on(self, session: Session) -> None:
        """Send the next of what was held back, now that the device has acknowledged another."""
        if not is_waiting(session) or self._hears_many(session.client_id):
            return
        handler = self._handler_of(session)
        if handler is None or self._in_flight.lags(session.client_id):
            return
        number, message = take_oldest(session)
        if self._may_have(session, message.topic):
            self._start(session, message, number=number, handler=handler)

    def _try_again(
        self,
        session: Session,
        message: ApplicationMessage,
        *,
        number: int,
        failed: BrokerProtocolHandler,
    ) -> None:
        log.info("delivery_unconfirmed", client_id=session.client_id, topic=message.topic)
        if self._handler_of(session) in {None, failed}:
            self._keep(session, message, number=number)
        else:
            self._send(session, message, number=number)

    def _keep(self, session: Session, message: ApplicationMessage, *, number: int) -> None:
        if message.qos and not session.clean_session and not message.retain:
            self._hold(session, message, number=number)

    def _hold(self, session: Session, message: ApplicationMessage, *, number: int) -> None:
        forgotten = keep_for(session, message, number=number)
        if forgotten:
            refusals().note("queue_full", user=session.client_id, times=forgotten)

    def _handler_of(self, session: Session) -> BrokerProtocolHandler | None:
        if session.transitions.state != "connected":
            return None
        handler = self._get_handler(session)
        if handler is None or handler.writer is None or handler.writer.is_gone:
            return None
        # Until a returning client has what waited for it, newer messages queue up behind that.
        return handler if self._caught_up.get(session.client_id) is handler else None
