"""What may be written into a bulletin: limits, and text that can be kept and hashed as it is."""

import hashlib
import re
from dataclasses import dataclass

from broadcaster.bulletins.blanks import blanks_of
from broadcaster.bulletins.delivery import AS_WRITTEN, Delivery
from broadcaster.bulletins.errors import (
    SCRIPT_LIMIT_CHARACTERS,
    TITLE_LIMIT_CHARACTERS,
    TOPIC_LIMIT_CHARACTERS,
    BlankLeft,
    EmergencyNotHere,
    PriorityUnusable,
    ScriptMissing,
    ScriptOverLimit,
    TextUnusable,
    TitleUnusable,
    TopicTooLong,
)
from broadcaster.bulletins.folding import folded
from broadcaster.bulletins.provenance import UNNAMED, Provenance, checked_provenance

EMERGENCY, PRIORITY, NORMAL = 1, 2, 3
# Controls, and marks that turn the direction of what follows: a title is shown to who approves it
# and on a terminal, and must look like what it is. Copied telephone numbers bring some along.
_UNSEEN = re.compile(
    "[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Written:
    """What an author gives: checked, and as it will be kept."""

    title: str
    script: str
    topic: str = ""
    priority: int = NORMAL
    delivery: Delivery = AS_WRITTEN
    provenance: Provenance = UNNAMED

    @property
    def search_text(self) -> str:
        """What a search reads of it."""
        told = self.provenance
        return folded(f"{self.title} {self.topic} {told.contributor} {told.source} {self.script}")

    @property
    def version(self) -> str:
        """What a form says that it began from: equal for what is written alike."""
        return sha256_of(repr(self))[:16]


def checked(
    *,
    title: str,
    script: str,
    topic: str = "",
    priority: int = NORMAL,
    delivery: Delivery = AS_WRITTEN,
    provenance: Provenance = UNNAMED,
) -> Written:
    """What was given, as it will be kept; raise a BadInput that names its field."""
    title = one_line(title, field="title")
    if not 1 <= len(title) <= TITLE_LIMIT_CHARACTERS:
        raise TitleUnusable(field="title")
    topic = one_line(topic, field="topic")
    if len(topic) > TOPIC_LIMIT_CHARACTERS:
        raise TopicTooLong(field="topic")
    if priority == EMERGENCY:
        raise EmergencyNotHere(field="priority")
    if priority not in (PRIORITY, NORMAL):
        raise PriorityUnusable(field="priority")
    script = as_kept(script, field="script")
    if not script.strip():
        raise ScriptMissing(field="script")
    if len(script) > SCRIPT_LIMIT_CHARACTERS:
        raise ScriptOverLimit(length_characters=len(script))
    for text, place in ((title, "title"), (script, "script")):
        if left := blanks_of(text):
            raise BlankLeft(blank=left[0], field=place)
    return Written(
        title=title,
        script=script,
        topic=topic,
        priority=priority,
        delivery=delivery,
        provenance=checked_provenance(
            contributor=one_line(provenance.contributor, field="contributor"),
            source=one_line(provenance.source, field="source"),
            valid_from=provenance.valid_from,
            valid_until=provenance.valid_until,
        ),
    )


def one_line(text: str, *, field: str) -> str:
    """A text without line breaks, outer spaces and signs that only turn or hide what is shown."""
    return " ".join(_UNSEEN.sub("", as_kept(text, field=field)).split())


def as_kept(text: str, *, field: str) -> str:
    """A text with one kind of line end; raise TextUnusable for what is no text."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in unified):
        raise TextUnusable(field=field)
    return unified


def sha256_of(text: str) -> str:
    """The SHA-256, in hex, of a text's UTF-8 bytes: what a decision names."""
    return hashlib.sha256(text.encode()).hexdigest()
