"""The questions amqtt asks of its plugins, answered from the credentials file."""

from dataclasses import dataclass

from amqtt.contexts import Action, BaseContext
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from devices.broker.registry import registry_at

LOGIN_PLUGIN = "devices.broker.plugins.LoginPlugin"
TOPIC_PLUGIN = "devices.broker.plugins.TopicPlugin"


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
        """Whether this session may do that with this topic or filter."""
        if action == Action.PUBLISH:
            return self._registry.may_publish(session.username, topic=topic)
        if action == Action.SUBSCRIBE:
            return self._registry.may_subscribe(session.username, topic_filter=topic)
        return self._registry.may_receive(session.username, topic=topic)
