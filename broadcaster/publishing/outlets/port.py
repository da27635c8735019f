"""What every network that a station posts to can be asked: the interface of its adapter.

No network lets a sender name a post, so that a second one with the same name would be refused. What
keeps a post from being made twice is the order of things (`publishing/posting.py`): that it is
being sent is written down first; where no clear answer came the network is asked whether it is
there (`find`), by the address that every post carries, and only then is it sent again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from broadcaster.publishing.share_text import Limits


class Outlet(StrEnum):
    """A network."""

    FACEBOOK = "facebook"
    ZALO = "zalo"


class Form(StrEnum):
    """What a post is made of beside its text."""

    LINK = "link"
    PICTURE = "picture"
    VIDEO = "video"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is posted; all addresses are public ones. `address` marks it as this bulletin's."""

    form: Form
    title: str
    text: str
    address: str
    author: str
    picture: str
    video: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a network answered: a post's id, or a token of what it has accepted and not made yet."""

    post_id: str = ""
    token: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is true of a network whoever's account it is.

    What was sent and is not there after `arrives_within` has not arrived. `has_secret` says that an
    account there needs an application's secret beside its token.
    """

    limits: Limits
    forms: Collection[Form]
    arrives_within: timedelta
    has_secret: bool = False


class Adapter(Protocol):
    """One account at a network; a method may raise what `errors` lists, and nothing else."""

    def publish(self, post: Post) -> Receipt:
        """Post it once."""
        ...

    def find(self, post: Post, *, since: datetime) -> Receipt | None:
        """The post, if it was made since then; None where there is none."""
        ...

    def settle(self, token: str) -> Receipt | None:
        """What became of what was accepted; None while that is not decided."""
        ...

    def withdraw(self, post_id: str) -> None:
        """Take it down; what is gone already is no error."""
        ...

    def keep_alive(self) -> None:
        """Do what keeps the account open although nothing is posted for months."""
        ...
