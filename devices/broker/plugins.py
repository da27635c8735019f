"""The questions amqtt asks of its plugins, answered from the credentials file."""

from dataclasses import dataclass

from amqtt.contexts import Action, BaseContext
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from devices.broker.refusals import STRANGER, refusals
from devices.protocol.registry import registry_at

LOGIN_PLUGIN = "devices.broker.plugins.LoginPlugin"
TOPIC_PLUGIN = "devices.broker.plugins.TopicPlugin"
_TOPIC_SHOWN = 200


@dataclass
class _Config:
    registry: str


class LoginPlugin(BaseAuthPlugin):  # type: ignore[misc]
    """Lets in who has the right secret; the client id is the username."""

    Config = _Config

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._registry = registry_at(self.config.registry)

    async def authenticate(self, *, session: Session) -> bool:
        """Whether this session may begin."""
        return session.client_id == session.username and self._registry.may_log_in(
            session.username, secret=session.password
        )


class TopicPlugin(BaseTopicPlugin):  # type: ignore[misc]
    """Lets a user speak and hear only where the credentials file grants it."""

    Config = _Config

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._registry = registry_at(self.config.registry)

    async def topic_filtering(self, *, session: Session, topic: str, action: Action) -> bool:
        """Whether this session may do that with this topic or filter; a denial is counted."""
        user = session.username or STRANGER
        if action == Action.PUBLISH:
            may, what = self._registry.may_publish(user, topic=topic), "publish_denied"
        elif action == Action.SUBSCRIBE:
            may, what = self._registry.may_subscribe(user, topic_filter=topic), "subscribe_denied"
        else:
            return self._registry.may_receive(user, topic=topic)
        if not may:
            refusals().note(what, user=user, topic=topic[:_TOPIC_SHOWN])
        return may
