"""How what was heard is said to people."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.hearing.grades import Heard
from broadcaster.web.language import msgid

HEARD: Mapping[Heard, str] = MappingProxyType(
    {
        Heard.CLEAR: msgid("nghe rõ"),
        Heard.NOT_HEARD: msgid("không nghe"),
        Heard.DISPUTED: msgid("mỗi người nói một khác"),
        Heard.UNSAID: msgid("chưa ai nói"),
    }
)
