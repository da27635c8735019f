"""What pages, the API and the command say of rows; each a msgid."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.intake.checking import Verdict
from broadcaster.web.language import msgid

VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.PROBLEM: msgid("Sai"),
        Verdict.NEW: msgid("Mới"),
        Verdict.CHANGED: msgid("Đổi"),
        Verdict.SAME: msgid("Như cũ"),
    }
)
"""In the order in which pages show them: what needs a hand first."""
